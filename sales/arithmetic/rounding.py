"""The invoice rounding line: what makes a total a whole multiple of what can be paid."""

from decimal import Decimal
from typing import NamedTuple

from erp.kernel.money import round_to
from sales.arithmetic.values import CENT, HUNDRED, ONE, ZERO, VATKey


class RoundingLine(NamedTuple):
    """A line of quantity 1 on the invoice rounding account."""

    unit_price: Decimal
    amount: Decimal
    vat_amount: Decimal
    amount_including_vat: Decimal


def rounding_line(
    total_including_vat: Decimal,
    *,
    to: Decimal,
    direction: str = "nearest",
    vat: VATKey,
    prices_including_vat: bool = False,
    vat_base_discount: Decimal = ZERO,
    precision: Decimal = CENT,
) -> RoundingLine | None:
    """The line to append, or None when the total is a multiple already (or nothing is to be rounded to).

    to   smallest amount that can be paid, e.g. 0.05 or 1.00
    vat  the VAT group of the rounding account; its VAT is what the net leaves, so that the total is exact
    """
    if to <= 0:
        return None
    missing = round_to(round_to(total_including_vat, to, direction) - total_including_vat, precision)
    if not missing:
        return None
    if vat.is_full:
        return RoundingLine(missing, ZERO, missing, missing)
    rate = (ONE - vat_base_discount / HUNDRED) * vat.charged / HUNDRED
    amount = round_to(missing / (ONE + rate), precision)
    return RoundingLine(missing if prices_including_vat else amount, amount, missing - amount, missing)
