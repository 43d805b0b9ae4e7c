from collections.abc import Collection, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from erp.kernel.access import needs
from erp.kernel.errors import Problem, raise_problems
from sales.masters import NewLine
from sales.models import SalesDocument, SalesLine
from sales.models.base import LineType
from sales.plans import line as edit
from sales.plans.totals import enter_totals
from sales.rights import to_add_lines
from sales.routines.add_lines import STEP, plan_lines
from sales.routines.check_concessions import check_new_lines
from sales.routines.lock import lock, refuse_locked
from sales.routines.texts import attach_texts, put_texts
from sales.routines.total import total
from sales.values import SalesValues

MOST = 2**31 - 1  # what the column of line numbers holds


class PlacedLine(NamedTuple):
    """A new line, and what only somebody says who writes the whole of it at once. None: as it follows.

    line_no  the number that it shall have; None: the next one after the last
    """

    new: NewLine
    line_no: int | None = None
    description_2: str | None = None
    qty_to_ship: Decimal | None = None
    qty_to_invoice: Decimal | None = None


@needs(to_add_lines)
@transaction.atomic
def place_lines(
    document: SalesDocument,
    lines: Sequence[PlacedLine],
    *,
    by,
    at: datetime,
    on: date,
    values: SalesValues | None = None,
) -> list[SalesLine]:
    """Put lines on a document under numbers that were chosen, or after its last line: all of them or none.

    on       the work date, for prices where the document has no date of its own
    returns  the lines in the order in which they were given, without the texts that came along
    raises   LinesLocked when the document is not open; ProblemsFound with every problem of every line, E-LINE-TAKEN
             for a number that another line has

    The number of queries does not depend on the number of lines.
    """
    document = lock(document.pk)
    selling = {_("lines") for placed in lines if placed.new.type != LineType.COMMENT}
    refuse_locked(document, wants_open=selling, texts=bool(lines))
    values = SalesValues.fit(document.currency_code, values)
    taken = set(document.lines.values_list("line_no", flat=True))
    numbers = number_lines([placed.line_no for placed in lines], taken)
    raise_problems(document, _check_numbers(numbers, taken))
    numbered = [(line_no, placed.new) for line_no, placed in zip(numbers, lines, strict=True)]
    added = plan_lines(document, numbered, on=on, values=values)
    raise_problems(document, _type(added, lines))
    check_new_lines(document, [placed.new for placed in lines], added, by=by, values=values, on=on)
    if not taken:  # the whole document is in hand: its amounts are known before the lines are written
        enter_totals(sorted(added, key=lambda line: line.line_no), values.total_rules(document))
    SalesLine.objects.bulk_create(added)
    follows_all = all(line_no > max(taken, default=0) for line_no in numbers) and _are_far_apart(numbers)
    (put_texts if follows_all else attach_texts)(document, added, on=on)
    if taken:
        total(document, values=values, at=at)
    else:
        document.modified_at = at
        document.save(update_fields=["modified_at"])
    return added


def number_lines(wanted: Sequence[int | None], taken: Collection[int]) -> list[int]:
    """The number of each new line: the one that was chosen, or the next step after the last."""
    last = max(taken, default=0)
    numbers = []
    for line_no in wanted:
        line_no = last + STEP if line_no is None else line_no
        numbers.append(line_no)
        last = max(last, line_no)
    return numbers


def _are_far_apart(numbers: Sequence[int]) -> bool:
    """Whether texts fit under each of them without asking."""
    return all(after - before >= STEP for before, after in pairwise(numbers))


def _check_numbers(numbers: Sequence[int], taken: Collection[int]) -> list[Problem]:
    problems, seen = [], set(taken)
    for line_no in numbers:
        if not 0 < line_no <= MOST:
            message = _("Line numbers go from 1 to {most}, not {line_no}.").format(most=MOST, line_no=line_no)
            problems.append(Problem("E-LINE-NUMBER", message, line_no=line_no, field="line_no"))
        elif line_no in seen:
            message = _("There is a line {line_no} already; choose another number, or leave it out.")
            message = message.format(line_no=line_no)
            problems.append(Problem("E-LINE-TAKEN", message, line_no=line_no, field="line_no"))
        seen.add(line_no)
    return problems


def _type(lines: Sequence[SalesLine], placed: Sequence[PlacedLine]) -> list[Problem]:
    """What `NewLine` does not carry."""
    problems: list[Problem] = []
    for line, typed in zip(lines, placed, strict=True):
        if typed.description_2 is not None:
            line.description_2 = typed.description_2
        if line.type == LineType.COMMENT:
            if typed.qty_to_ship or typed.qty_to_invoice:
                message = _("A comment has no quantity.")
                problems.append(Problem("E-LINE-COMMENT", message, line_no=line.line_no, field="qty_to_ship"))
            continue
        if typed.qty_to_ship is not None:
            problems += edit.set_qty_to_ship(line, typed.qty_to_ship)
        if typed.qty_to_invoice is not None:
            problems += edit.set_qty_to_invoice(line, typed.qty_to_invoice)
    return problems
