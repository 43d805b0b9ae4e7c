"""Which lines of an offer become business now, and what is left of it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from django.utils.translation import gettext as _

from erp.kernel.errors import Problem
from erp.kernel.money import is_rounded
from erp.kernel.quantity import QTY
from sales.arithmetic.values import ZERO
from sales.masters import LineMasters
from sales.models import SalesLine
from sales.plans import line as edit
from sales.plans.copied_line import copied_line, has_typed_discount

REDUCED = ("quantity", "quantity_base", "line_discount_amount", "line_amount", "inv_discount_amount",
           "vat_difference", "qty_to_ship", "qty_to_invoice")  # fmt: skip


class Chosen(NamedTuple):
    """A line, and how much of it goes along."""

    line: SalesLine
    quantity: Decimal

    @property
    def is_whole(self) -> bool:
        return self.quantity == self.line.quantity


class Taken(NamedTuple):
    """What of a line's amounts went along with a part of it."""

    line_discount_amount: Decimal
    inv_discount_amount: Decimal
    vat_difference: Decimal


@dataclass
class PartPlan:
    """What of an offer goes along, and what stays.

    chosen  lines with their quantities, texts included, in their order
    stays   lines of which something is left, with so much of it
    """

    chosen: list[Chosen] = field(default_factory=list)
    stays: list[Chosen] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def is_all(self) -> bool:
        """Nothing that is sold stays."""
        return not any(row.line.sells_something for row in self.stays)


def plan_part(lines: Sequence[SalesLine], part: Mapping[int, Decimal] | None) -> PartPlan:
    """Take a part of an offer's lines.

    part  quantity by line number; a line that is not named stays. None: everything goes along

    A text goes along, and stays, with the line that it hangs on; one that hangs on none does both.
    Problems: E-QUO-PART for a line that is none, for more than was offered, and for nothing at all.
    """
    if part is None:
        return PartPlan([Chosen(line, line.quantity) for line in lines])
    plan = PartPlan(problems=_check(lines, part))
    if plan.problems:
        return plan
    taken = {line.pk: part.get(line.line_no, ZERO) for line in lines if line.sells_something}
    for line in lines:
        if line.sells_something:
            went, left = taken[line.pk], line.quantity - taken[line.pk]
            goes, remains = went != ZERO, left != ZERO or line.quantity == ZERO
        else:
            went = left = ZERO
            parent = line.attached_to_line_id
            goes = parent not in taken or taken[parent] != ZERO
            remains = parent not in taken or taken[parent] != _quantity(lines, parent)
        if goes:
            plan.chosen.append(Chosen(line, went))
        if remains:
            plan.stays.append(Chosen(line, left))
    return plan


def reduce(line: SalesLine, quantity: Decimal, taken: Taken, rules: edit.LineRules) -> None:
    """Leave so much on a line of which a part went along: what was typed as an amount stays but for what was taken."""
    rest = copied_line(line, line.document, line.line_no, rules, quantity=quantity)
    rest.inv_discount_amount = line.inv_discount_amount - taken.inv_discount_amount
    rest.vat_difference = line.vat_difference - taken.vat_difference
    if has_typed_discount(line, rules):
        gross = rest.line_amount + rest.line_discount_amount
        rest.line_discount_amount = line.line_discount_amount - taken.line_discount_amount
        rest.line_amount = gross - rest.line_discount_amount
    for name in REDUCED:
        setattr(line, name, getattr(rest, name))


def check_precision(chosen: Sequence[Chosen], masters: LineMasters) -> list[Problem]:
    """Half a box is no box: E-QTY-PRECISION where a part of a line is too fine for its unit."""
    problems = []
    for line, quantity in chosen:
        precision = masters.precision(line.item_id, line.unit_code)
        if quantity != line.quantity and not is_rounded(quantity, precision):
            message = _("{typed} {unit} of {number} is too fine: the smallest quantity is {precision}.")
            message = message.format(
                typed=edit.plain(quantity),
                unit=line.unit_code,
                number=line.number,
                precision=edit.plain(precision),
            )
            problems.append(Problem("E-QTY-PRECISION", message, line_no=line.line_no, field="quantity"))
    return problems


def _quantity(lines: Sequence[SalesLine], key: int) -> Decimal:
    return next(line.quantity for line in lines if line.pk == key)


def _check(lines: Sequence[SalesLine], part: Mapping[int, Decimal]) -> list[Problem]:
    sold = {line.line_no: line for line in lines if line.sells_something}
    problems = []
    for line_no, quantity in part.items():
        line = sold.get(line_no)
        if line is None:
            message = _("There is no line {line_no} to order.").format(line_no=line_no)
        elif not is_rounded(quantity, QTY) or not (
            ZERO <= quantity <= line.quantity or line.quantity <= quantity <= ZERO
        ):
            message = _("Of line {line_no} ({number}) at most {most} can be ordered; {typed} was entered.")
            message = message.format(
                line_no=line_no,
                number=line.number,
                most=edit.plain(line.quantity),
                typed=edit.plain(quantity),
            )
        else:
            continue
        problems.append(Problem("E-QUO-PART", message, line_no=line_no, field="quantity"))
    if not problems and not any(part.values()):
        message = _("Nothing is chosen: enter a quantity for at least one line.")
        problems.append(Problem("E-QUO-PART", message))
    return problems
