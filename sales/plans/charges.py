"""Sharing an item charge: what somebody types, what is suggested, and what stays of it when the line changes. Pure."""

from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.kernel.errors import Problem
from erp.kernel.money import WIDE, is_rounded, round_to
from erp.kernel.quantity import QTY
from sales.arithmetic.charges import (
    ChargeShare,
    suggest_by_amount,
    suggest_by_measure,
    suggest_equally,
)
from sales.arithmetic.spread import spread
from sales.arithmetic.values import ZERO
from sales.models import SalesLine
from sales.models.base import LineType
from sales.plans.line import plain
from sales.targets import Goods


class Method(StrEnum):
    """By what a suggestion shares a charge."""

    EQUALLY = "equally"
    AMOUNT = "amount"
    WEIGHT = "weight"
    VOLUME = "volume"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    Method.EQUALLY: gettext_lazy("Equally"),
    Method.AMOUNT: gettext_lazy("By amount"),
    Method.WEIGHT: gettext_lazy("By weight"),
    Method.VOLUME: gettext_lazy("By volume"),
}


class Share(NamedTuple):
    """How much of a charge goes to which goods; the amount in the document's currency."""

    goods: Goods
    quantity: Decimal
    amount: Decimal


def check_charge(line: SalesLine) -> list[Problem]:
    """Only a charge is assigned, and only where it will be invoiced."""
    if line.type != LineType.CHARGE:
        message = _("Line {line_no} ({number}) is no item charge; only item charges are assigned to goods.")
        message = message.format(line_no=line.line_no, number=line.number)
        return [Problem("E-CHG-TYPE", message, line_no=line.line_no, field="type")]
    if not line.document.traits.invoices:
        message = _("{document} is never invoiced itself: assign the charge on the document made of it.")
        message = message.format(document=line.document)
        return [Problem("E-CHG-TYPE", message, line_no=line.line_no, field="type")]
    return []


def open_part(line: SalesLine, assigned: Decimal, *, precision: Decimal) -> ChargeShare:
    """What of a charge is not assigned by a posting yet: quantity, and net amount in the document's currency."""
    left = line.quantity - assigned
    if not line.quantity:
        return ChargeShare(ZERO, ZERO)
    amount = WIDE.divide(WIDE.multiply(line.amount, left), line.quantity)
    return ChargeShare(left, round_to(amount, precision))


def plan_assignment(
    line: SalesLine, typed: Sequence[tuple[Goods, Decimal]], left: ChargeShare, *, precision: Decimal
) -> tuple[list[Share], list[Problem]]:
    """The typed quantities with their amounts, or what is wrong with them.

    left  what can be assigned, from `open_part`
    """
    quantities = [quantity for _goods, quantity in typed]
    problems = [problem for quantity in quantities for problem in _check_quantity(line, quantity)]
    total = sum(quantities, ZERO)
    if not problems and abs(total) > abs(left.quantity):
        message = _("{total} of item charge {number} are assigned; there are only {left}.")
        message = message.format(total=plain(total), number=line.number, left=plain(left.quantity))
        problems.append(Problem("E-CHG-MORE", message, line_no=line.line_no, field="quantity"))
    if problems or not total:
        return [], problems
    amount = round_to(WIDE.divide(WIDE.multiply(left.amount, total), left.quantity), precision)
    amounts = spread(amount, quantities, precision=precision)
    rows = zip(typed, amounts, strict=True)
    return [Share(goods, quantity, amount) for (goods, quantity), amount in rows if quantity], []


def plan_suggestion(
    line: SalesLine, goods: Sequence[Goods], method: Method, left: ChargeShare, *, precision: Decimal
) -> tuple[list[Share], list[Problem]]:
    """Share all that can be assigned: one line takes everything, several by the method; invoiced ones are left out.

    Source: Business Central, suggesting item charge assignments.
    """
    goods = [each for each in goods if not each.is_invoiced]
    if not goods:
        message = _("Choose goods for item charge {number}: there is no line that is not invoiced yet.")
        message = message.format(number=line.number)
        return [], [Problem("E-CHG-TARGET", message, line_no=line.line_no)]
    if len(goods) == 1:
        return [Share(goods[0], *left)], []
    try:
        shares = _suggest(goods, method, left, precision)
    except ValueError:
        message = _(
            "Item charge {number} cannot be shared “{method}”: none of the chosen lines has a figure for it."
        )
        message = message.format(number=line.number, method=method.label)
        return [], [Problem("E-CHG-MEASURE", message, line_no=line.line_no)]
    return [Share(each, *share) for each, share in zip(goods, shares, strict=True)], []


def _suggest(
    goods: Sequence[Goods], method: Method, left: ChargeShare, precision: Decimal
) -> list[ChargeShare]:
    match method:
        case Method.EQUALLY:
            return suggest_equally(*left, len(goods), precision=precision)
        case Method.AMOUNT:
            return suggest_by_amount(*left, [each.amount for each in goods], precision=precision)
        case Method.WEIGHT:
            return suggest_by_measure(*left, [abs(each.weight) for each in goods], precision=precision)
        case Method.VOLUME:
            return suggest_by_measure(*left, [abs(each.volume) for each in goods], precision=precision)


def refit(quantities: Sequence[Decimal], left: ChargeShare, *, precision: Decimal) -> list[ChargeShare]:
    """What becomes of shares when the line's quantity or price changes.

    quantities  what is assigned and not posted yet
    left        what can be assigned now, from `open_part`

    Shares that fit keep their quantity; too many shrink in proportion; of the other sign they go.
    """
    total = sum(quantities, ZERO)
    if total * left.quantity <= 0:
        return [ChargeShare(ZERO, ZERO) for _quantity in quantities]
    if abs(total) > abs(left.quantity):
        quantities = spread(left.quantity, quantities, precision=QTY)
        total = left.quantity
    amount = round_to(WIDE.divide(WIDE.multiply(left.amount, total), left.quantity), precision)
    amounts = spread(amount, quantities, precision=precision)
    return [ChargeShare(*share) for share in zip(quantities, amounts, strict=True)]


def _check_quantity(line: SalesLine, quantity: Decimal) -> list[Problem]:
    if quantity * line.quantity < 0:
        message = _("{typed} must have the sign of the charge's quantity ({quantity}).")
        message = message.format(typed=plain(quantity), quantity=plain(line.quantity))
        return [Problem("E-CHG-SIGN", message, line_no=line.line_no, field="quantity")]
    if not is_rounded(quantity, QTY):
        message = _("{typed} is too fine: the smallest quantity is {precision}.")
        message = message.format(typed=plain(quantity), precision=plain(QTY))
        return [Problem("E-QTY-PRECISION", message, line_no=line.line_no, field="quantity")]
    return []
