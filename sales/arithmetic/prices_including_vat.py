"""Switching a document between prices with and without VAT, keeping what the customer pays up to rounding."""

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from erp.kernel.money import round_to
from sales.arithmetic.amounts import LineAmounts, amounts_from_percent
from sales.arithmetic.values import CENT, HUNDRED, UNIT, ZERO, VATKey


class PricedLine(NamedTuple):
    line_no: int
    quantity: Decimal
    unit_price: Decimal
    line_discount_percent: Decimal
    inv_discount_amount: Decimal
    vat: VATKey


class ConvertedLine(NamedTuple):
    line_no: int
    unit_price: Decimal
    amounts: LineAmounts
    inv_discount_amount: Decimal


def convert_prices(
    lines: Iterable[PricedLine],
    *,
    to_including_vat: bool,
    unit_precision: Decimal = UNIT,
    precision: Decimal = CENT,
) -> list[ConvertedLine]:
    """Reprice every line for the new basis; VAT itself is to be entered anew afterwards.

    Discount percentages stay. Invoice discounts are scaled with a running remainder over the document.
    """
    converted = []
    exact = given = ZERO
    for line in lines:
        more = HUNDRED + line.vat.charged
        times, by = (more, HUNDRED) if to_including_vat else (HUNDRED, more)
        price = line.unit_price
        if line.vat.charged:
            price = round_to(price * times / by, unit_precision)
        exact += line.inv_discount_amount * times / by
        reached = round_to(exact, precision)
        amounts = amounts_from_percent(line.quantity, price, line.line_discount_percent, precision=precision)
        converted.append(ConvertedLine(line.line_no, price, amounts, reached - given))
        given = reached
    return converted
