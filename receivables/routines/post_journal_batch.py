"""Post all lines of a journal and empty it, or show what that would do."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from erp.kernel.access import needs
from erp.kernel.errors import ErpError, Problem, raise_problems
from erp.kernel.models import NumberSeries
from posting.currency import factor_on
from posting.dates import allowed_dates, check_date
from posting.errors import document_no_missing
from posting.setup_values import PostingSetup
from receivables import errors, selectors
from receivables.journals import lines_of, numbers_to_come
from receivables.models import AccountType, JournalBatch, JournalLine
from receivables.plans.journal_check import check_lines
from receivables.plans.journal_draft import TRAITS, as_journal_line
from receivables.plans.journal_line import PENDING
from receivables.routines.journal_run import JournalPlan
from receivables.routines.load_journal import load_masters
from receivables.routines.post_journal import plan_journal, post_journal
from receivables.routines.write_journal import locked_batch

if TYPE_CHECKING:
    from erp.kernel.models import User


class PostedBatch(NamedTuple):
    """What a journal became: its register, the customer entries, and how many lines were posted."""

    register_no: int
    entry_nos: tuple[int, ...]
    lines: int


@needs(lambda batch, **_given: [TRAITS[batch.kind].may_post])
@transaction.atomic
def post_journal_batch(batch: JournalBatch, *, by: "User | None", at: datetime) -> PostedBatch:
    """Post a journal as one register and empty it; numbers are drawn last.

    raises  JournalEmpty, which says who posted it a moment ago; ProblemsFound with the problems of all lines

    Two at once: the second waits, and finds it empty.
    """
    batch = locked_batch(batch)
    lines = lines_of(batch)
    if not lines:
        raise journal_empty(batch)
    raise_problems(batch, check_batch(batch, lines, by=by))
    written = post_journal(
        [as_journal_line(line) for line in lines],
        by=by,
        at=at,
        journal_batch=batch.name,
        source_code=_source_code(batch),
        number_series=batch.number_series,
    )
    batch.lines.all().delete()
    batch.last_register_no = written.register_no
    batch.last_posted_at, batch.last_posted_by = at, by.get_username() if by else ""
    batch.save(update_fields=["last_register_no", "last_posted_at", "last_posted_by"])
    return PostedBatch(written.register_no, written.entry_nos, len(lines))


def preview_journal_batch(batch: JournalBatch, *, by: "User | None") -> JournalPlan:
    """The plan of a journal with its problems, under the numbers that it would get today; not a trace of it."""
    lines = lines_of(batch)
    if not lines:
        raise journal_empty(batch)
    problems = [problem for problem in check_batch(batch, lines, by=by) if not problem.code.startswith("W-")]
    if problems:
        return JournalPlan(problems=problems)
    numbers = numbers_to_come(batch, lines)
    with transaction.atomic():
        plan = plan_journal(
            [as_journal_line(line, document_no=numbers.get(line.line_no, "")) for line in lines],
            by=by,
            journal_batch=batch.name,
            source_code=_source_code(batch),
            number_series=batch.number_series,
        )
        transaction.set_rollback(True)
    return plan


def check_batch(batch: JournalBatch, lines: Sequence[JournalLine], *, by: "User | None") -> list[Problem]:
    """What is wrong with some lines of a journal one by one, each problem with its line; nothing is locked.

    Balance, periods and what a line settles with others show in the preview.
    """
    setup = PostingSetup.load()
    allowed = allowed_dates(by, setup)
    found: list[Problem] = []
    sound = []
    rates: dict[tuple[str, date | None], ErpError | None] = {}
    for line in lines:
        problem = check_date(line.posting_date, allowed, setup.first_period, line_no=line.line_no)
        if problem is not None:
            found.append(problem)
        rate = _rate_missing(line, rates)
        found += [rate.as_problem(line_no=line.line_no, field="currency_code")] if rate else []
        if not line.account_no and line.amount:
            found.append(errors.account_empty(line.line_no))
        elif line.account_no and rate is None and line.posting_date is not None:
            sound.append(as_journal_line(line, document_no=line.document_no or f"{PENDING}{line.line_no}"))
        if not line.document_no and not batch.number_series:
            found.append(document_no_missing(line.line_no))
        if not line.amount:
            found.append(errors.nothing_on_line(line.line_no))
    masters = load_masters(sound, setup, lock=False)
    found += check_lines(sound, masters)
    found += _check_typed_numbers(batch, lines)
    found += _check_applies_to(lines)
    return sorted(dict.fromkeys(found), key=lambda problem: problem.line_no or 0)


def journal_empty(batch: JournalBatch) -> errors.JournalEmpty:
    """Why there is nothing to post: nothing was typed, or somebody posted it."""
    if batch.last_posted_at is None or batch.last_register_no is None:
        return errors.JournalEmpty(journal=str(batch), story=_("Write a line first."))
    story = _("{user} posted it as register {register}.").format(
        user=batch.last_posted_by or _("Somebody"), register=batch.last_register_no
    )
    return errors.JournalEmpty(journal=str(batch), story=story)


def _source_code(batch: JournalBatch) -> str:
    return TRAITS[JournalBatch.Kind(batch.kind)].source_code


def _rate_missing(
    line: JournalLine, known: dict[tuple[str, date | None], ErpError | None]
) -> ErpError | None:
    """E-CX-RATE where a currency has no rate on the day, which an unknown currency never has."""
    key = (line.currency_code, line.posting_date)
    if key not in known:
        known[key] = None
        if line.currency_code and line.posting_date is not None:
            try:
                factor_on(line.currency_code, line.posting_date)
            except ErpError as error:
                known[key] = error
    return known[key]


def _check_typed_numbers(batch: JournalBatch, lines: Sequence[JournalLine]) -> list[Problem]:
    """Numbers may be typed where the series of the journal allows it."""
    typed = [line for line in lines if line.document_no]
    if not typed or not batch.number_series:
        return []
    series = NumberSeries.objects.filter(code=batch.number_series).first()
    if series is None or series.manual_numbers:
        return []
    return [errors.number_not_typed(batch.number_series, line.document_no, line.line_no) for line in typed]


def _check_applies_to(lines: Sequence[JournalLine]) -> list[Problem]:
    """E-AP-NOTOPEN, E-AP-OTHERCUST, E-AP-EARLY of documents that lines name and the journal itself does not post."""
    naming = [line for line in lines if line.applies_to_document_no]
    if not naming:
        return []
    own = {(line.document_type, line.document_no) for line in lines}
    entries: dict[tuple[str, str], list] = {}
    for entry in selectors.open_documents({line.applies_to_document_no for line in naming}):
        entries.setdefault((entry.document_type, entry.document_no), []).append(entry)
    found = []
    for line in naming:
        document = (line.applies_to_document_type, line.applies_to_document_no)
        name = errors.entry_name(*document)
        fits = entries.get(document, [])
        refusal: ErpError | None = None
        if not fits and document not in own:
            refusal = errors.NotOpen(entry=name)
        elif fits and line.account_type == AccountType.CUSTOMER:
            mine = [entry for entry in fits if entry.customer_no == line.account_no]
            if not mine and line.account_no:
                refusal = errors.OtherCustomer(entry=name, customer=fits[0].customer_no)
            elif mine and line.posting_date is not None and line.posting_date < mine[0].posting_date:
                refusal = errors.EntryIsLater(entry=name, date=mine[0].posting_date)
        if refusal is not None:
            found.append(refusal.as_problem(line_no=line.line_no, field="applies_to_document_no"))
    return found
