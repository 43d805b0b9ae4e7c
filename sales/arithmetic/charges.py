"""Suggesting how an item charge is shared by the lines that it was paid for."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from erp.kernel.money import round_to
from sales.arithmetic.spread import spread
from sales.arithmetic.values import CENT, ONE, UNIT, ZERO


class ChargeShare(NamedTuple):
    quantity: Decimal
    amount: Decimal


def suggest_equally(
    quantity: Decimal, amount: Decimal, lines: int, *, precision: Decimal = CENT
) -> list[ChargeShare]:
    """Every line carries the same; the last one what rounding left."""
    return suggest_by_amount(quantity, amount, [ONE] * lines, precision=precision)


def suggest_by_amount(
    quantity: Decimal, amount: Decimal, line_amounts: Sequence[Decimal], *, precision: Decimal = CENT
) -> list[ChargeShare]:
    """In proportion to the size of the lines' amounts, each from what is left; no amount, no share.

    raises  ValueError when no line has an amount
    """
    sizes = [abs(line_amount) for line_amount in line_amounts]
    left_size, left_quantity, left_amount = _whole(sizes), quantity, amount
    shares = []
    for size in sizes:
        if size == 0 or left_quantity == 0:
            share = ChargeShare(ZERO, ZERO)
        elif size == left_size:
            share = ChargeShare(left_quantity, left_amount)
        else:
            part = round_to(left_quantity * size / left_size, UNIT)
            share = ChargeShare(part, round_to(left_amount * part / left_quantity, precision))
        shares.append(share)
        left_size -= size
        left_quantity -= share.quantity
        left_amount -= share.amount
    return shares


def suggest_by_measure(
    quantity: Decimal, amount: Decimal, measures: Sequence[Decimal], *, precision: Decimal = CENT
) -> list[ChargeShare]:
    """In proportion to gross weight or volume (unit measure × quantity), passing the remainder on.

    raises  ValueError when no line has a measure
    """
    _whole(measures)
    quantities = spread(quantity, measures, precision=UNIT)
    amounts = spread(amount, quantities, precision=precision) if quantity else [ZERO] * len(measures)
    return [ChargeShare(*share) for share in zip(quantities, amounts, strict=True)]


def _whole(weights: Sequence[Decimal]) -> Decimal:
    whole = sum(weights, ZERO)
    if whole == 0:
        raise ValueError("no line can carry the charge")
    return whole
