"""The amount of one line: quantity × price, less its discount; whole, typed, or in parts."""

from decimal import Decimal
from typing import NamedTuple

from django.utils.translation import gettext as _

from erp.kernel.errors import Problem
from erp.kernel.money import round_to
from sales.arithmetic.values import CENT, HUNDRED, UNIT, ZERO


class LineAmounts(NamedTuple):
    """The four figures that always fit together: gross − discount = line amount."""

    gross: Decimal
    line_discount_percent: Decimal
    line_discount_amount: Decimal
    line_amount: Decimal


class OrderedLine(NamedTuple):
    """A stored line and how much of it has been invoiced, for invoicing a part of the rest."""

    quantity: Decimal
    unit_price: Decimal
    line_discount_percent: Decimal = ZERO
    line_discount_amount: Decimal = ZERO
    inv_discount_amount: Decimal = ZERO
    quantity_invoiced: Decimal = ZERO
    inv_discount_invoiced: Decimal = ZERO
    vat_difference: Decimal = ZERO


class LinePart(NamedTuple):
    """What one invoice takes from a line, before VAT. The ledgers' gross is line amount + line discount."""

    quantity: Decimal
    line_amount: Decimal
    line_discount_amount: Decimal
    inv_discount_amount: Decimal
    vat_difference: Decimal = ZERO

    @property
    def gross(self) -> Decimal:
        return self.line_amount + self.line_discount_amount


def gross_amount(quantity: Decimal, unit_price: Decimal, *, precision: Decimal = CENT) -> Decimal:
    return round_to(quantity * unit_price, precision)


def amounts_from_percent(
    quantity: Decimal, unit_price: Decimal, percent: Decimal, *, precision: Decimal = CENT
) -> LineAmounts:
    """The line as its discount percentage makes it. A new price or quantity keeps the percentage."""
    gross = gross_amount(quantity, unit_price, precision=precision)
    discount = round_to(gross * percent / HUNDRED, precision)
    return LineAmounts(gross, percent, discount, gross - discount)


def amounts_from_discount(
    quantity: Decimal, unit_price: Decimal, discount_amount: Decimal, *, precision: Decimal = CENT
) -> LineAmounts:
    """The line as a typed discount amount makes it: the amount stays, the percentage is only derived."""
    gross = gross_amount(quantity, unit_price, precision=precision)
    percent = round_to(discount_amount * HUNDRED / gross, UNIT) if gross else ZERO
    return LineAmounts(gross, percent, discount_amount, gross - discount_amount)


def amounts_from_line_amount(
    quantity: Decimal, unit_price: Decimal, line_amount: Decimal, *, precision: Decimal = CENT
) -> LineAmounts:
    """The line as a typed line amount makes it: what is missing to the gross becomes the discount."""
    gross = gross_amount(quantity, unit_price, precision=precision)
    return amounts_from_discount(quantity, unit_price, gross - line_amount, precision=precision)


def check_line_discount_percent(percent: Decimal, *, line_no: int | None = None) -> list[Problem]:
    if 0 <= percent <= HUNDRED:
        return []
    return [_discount_out_of_range(line_no, "line_discount_percent")]


def check_line_discount_amount(
    quantity: Decimal,
    unit_price: Decimal,
    discount_amount: Decimal,
    *,
    precision: Decimal = CENT,
    line_no: int | None = None,
) -> list[Problem]:
    """A typed discount amount must lie between nothing and the whole line, in the line's own sign."""
    gross = gross_amount(quantity, unit_price, precision=precision)
    if _lies_within(discount_amount, gross):
        return []
    return [_discount_out_of_range(line_no, "line_discount_amount")]


def check_line_amount(
    quantity: Decimal,
    unit_price: Decimal,
    line_amount: Decimal,
    *,
    precision: Decimal = CENT,
    line_no: int | None = None,
) -> list[Problem]:
    """A typed line amount may only be lower than quantity × price; a dearer line needs a higher price."""
    gross = gross_amount(quantity, unit_price, precision=precision)
    if _lies_within(gross - line_amount, gross):
        return []
    if _lies_within(gross, line_amount):
        message = _("This line amount would mean a negative discount; raise the unit price instead.")
        return [Problem("E-LINEAMT-HIGH", message, line_no=line_no, field="line_amount")]
    return [_discount_out_of_range(line_no, "line_amount")]


def part_to_invoice(line: OrderedLine, quantity: Decimal, *, precision: Decimal = CENT) -> LinePart:
    """The amounts of one partial invoice: the part's share of what stands on the line.

    However a line is invoiced, net amounts and discounts add up to its own to the cent; only VAT is each invoice's own.
    """
    net = gross_amount(line.quantity, line.unit_price, precision=precision) - line.line_discount_amount
    return LinePart(
        quantity=quantity,
        line_amount=_share(net, line, quantity, precision=precision),
        line_discount_amount=_share(line.line_discount_amount, line, quantity, precision=precision),
        inv_discount_amount=inv_discount_to_invoice(line, quantity, precision=precision),
        vat_difference=_share(line.vat_difference, line, quantity, precision=precision),
    )


def inv_discount_to_invoice(line: OrderedLine, quantity: Decimal, *, precision: Decimal = CENT) -> Decimal:
    """Inv. Disc. Amount to Invoice: the part's share of the invoice discount that is not invoiced yet."""
    open_quantity = line.quantity - line.quantity_invoiced
    if not open_quantity:
        return ZERO
    open_discount = line.inv_discount_amount - line.inv_discount_invoiced
    return round_to(open_discount * quantity / open_quantity, precision)


def _share(amount: Decimal, line: OrderedLine, quantity: Decimal, *, precision: Decimal) -> Decimal:
    """A part's share of an amount that stands on the whole line, in proportion to quantity.

    What everything invoiced so far comes to is rounded, not each part. It follows the line's present amount, so that
    a price changed between two invoices counts for the rest only.
    """
    if not line.quantity:
        return ZERO
    before = round_to(amount * line.quantity_invoiced / line.quantity, precision)
    return round_to(amount * (line.quantity_invoiced + quantity) / line.quantity, precision) - before


def _lies_within(amount: Decimal, whole: Decimal) -> bool:
    return 0 <= amount <= whole or whole <= amount <= 0


def _discount_out_of_range(line_no: int | None, field: str) -> Problem:
    message = _("Line Discount % must be between 0 and 100.")
    return Problem("E-DISC-RANGE", message, line_no=line_no, field=field)
