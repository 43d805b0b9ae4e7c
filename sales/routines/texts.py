"""Extended texts under the lines of a document: put there with a line, on request, or anew."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from erp.kernel.access import needs
from erp.kernel.errors import Problem, raise_problems
from sales.models import ExtendedText, SalesDocument, SalesLine
from sales.plans.texts import attached_lines, chosen, fits, subject_of
from sales.rights import to_add_lines
from sales.routines.lock import lock, refuse_locked

STEP = 10000  # room after the last line


def put_texts(
    document: SalesDocument, lines: Sequence[SalesLine], *, on: date, automatic: bool = True
) -> list[SalesLine]:
    """Attach the texts that fit to lines that were just written, after which there is nothing else.

    on         the work date, where the document has no date of its own
    automatic  only those that are inserted without being asked for

    One query, and one more where there are texts, whatever the number of lines.
    """
    texts = _texts_by_subject(document, lines, on=on, automatic=automatic)
    return _attach(document, lines, texts, room=dict.fromkeys((line.line_no for line in lines), STEP))


def attach_texts(document: SalesDocument, lines: Sequence[SalesLine], *, on: date) -> list[SalesLine]:
    """Attach the automatic texts that fit to lines that were put between others; raises ProblemsFound E-TEXT-ROOM."""
    texts = _texts_by_subject(document, lines, on=on, automatic=True)
    if not texts:
        return []
    return _attach(document, lines, texts, room=_rooms(list(document.lines.order_by("line_no"))))


@needs(to_add_lines)
@transaction.atomic
def insert_texts(
    document: SalesDocument, *, by, at: datetime, on: date, line_no: int | None = None
) -> list[SalesLine]:
    """Insert Ext. Texts: put the texts under lines on request, also those that are not automatic.

    line_no  the texts of this line, instead of those that it has; None: of every line that has none
    raises   AwaitsApproval; ProblemsFound: E-TEXT-NONE where no text fits the line, E-TEXT-ROOM

    Texts may be put on a released document: they promise nothing. Source: Business Central, Insert Ext. Texts.
    """
    document = lock(document.pk)
    refuse_locked(document)
    lines = list(document.lines.order_by("line_no"))
    with_texts = {line.attached_to_line_id for line in lines}
    if line_no is None:
        wanted = [line for line in lines if line.pk not in with_texts]
    else:
        wanted = [line for line in lines if line.line_no == line_no]
    texts = _texts_by_subject(document, wanted, on=on, automatic=False)
    if line_no is not None:
        raise_problems(document, _check_fits(line_no, texts))
        lines = _without_texts(lines, wanted)
    return _attach(document, wanted, texts, room=_rooms(lines))


def renew_texts(document: SalesDocument, line: SalesLine, *, on: date) -> list[SalesLine]:
    """A line of a document that the caller holds names something else now: its texts go, those of the new one come."""
    lines = _without_texts(list(document.lines.order_by("line_no")), [line])
    texts = _texts_by_subject(document, [line], on=on, automatic=True)
    return _attach(document, [line], texts, room=_rooms(lines))


def _texts_by_subject(
    document: SalesDocument, lines: Iterable[SalesLine], *, on: date, automatic: bool
) -> dict[tuple[str, str], list[str]]:
    """Rows of text by what they are about. One query, or none."""
    numbers = defaultdict(set)
    for found in filter(None, map(subject_of, lines)):
        numbers[found[0]].add(found[1])
    if not numbers:
        return {}
    wanted = Q()
    for subject, named in numbers.items():
        wanted |= Q(subject=subject, number__in=named)
    by_subject = defaultdict(list)
    for text in ExtendedText.objects.filter(wanted).order_by("id"):
        if fits(text, document, on=on, automatic=automatic):
            by_subject[text.subject, text.number].append(text)
    return {key: chosen(texts, document) for key, texts in by_subject.items()}


def _attach(
    document: SalesDocument,
    lines: Iterable[SalesLine],
    texts: Mapping[tuple[str, str], Sequence[str]],
    *,
    room: Mapping[int, int],
) -> list[SalesLine]:
    attached, problems = [], []
    for line in lines:
        rows = texts.get(subject_of(line) or (), ())
        new = attached_lines(line, rows, room=room[line.line_no])
        if len(new) < len(rows):
            problems.append(_no_room(line))
        attached += new
    raise_problems(document, problems)
    return SalesLine.objects.bulk_create(attached) if attached else []


def _without_texts(lines: Sequence[SalesLine], of: Sequence[SalesLine]) -> list[SalesLine]:
    """Delete the texts that hang on some lines; what is left."""
    keys = {line.pk for line in of}
    gone = [line.pk for line in lines if line.attached_to_line_id in keys]
    if gone:
        SalesLine.objects.filter(pk__in=gone).delete()
    return [line for line in lines if line.pk not in gone]


def _rooms(lines: Sequence[SalesLine]) -> dict[int, int]:
    """By line number, how far it is to the next one."""
    numbers = [line.line_no for line in lines]
    following = [*numbers[1:], numbers[-1] + STEP] if numbers else []
    return {one: other - one for one, other in zip(numbers, following, strict=True)}


def _check_fits(line_no: int, texts: Mapping) -> list[Problem]:
    if any(texts.values()):
        return []
    message = _("Line {line_no}: no extended text fits the type, language and date of the document.")
    setup = "admin:sales_extendedtext_changelist"
    return [Problem("E-TEXT-NONE", message.format(line_no=line_no), line_no=line_no, setup=setup)]


def _no_room(line: SalesLine) -> Problem:
    message = _("Line {line_no} ({number}): there is no room for its texts before the next line.")
    message = message.format(line_no=line.line_no, number=line.number)
    return Problem("E-TEXT-ROOM", message, line_no=line.line_no, field="line_no")
