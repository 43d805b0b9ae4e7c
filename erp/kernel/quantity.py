"""Quantities: one number in the unit of the line, the same in the unit of the item."""

from decimal import Decimal

from erp.kernel.money import WIDE, round_to

QTY = Decimal("0.00001")


def to_base(quantity: Decimal, per_unit: Decimal) -> Decimal:
    """A quantity in the item's base unit; `per_unit` base units make one unit of the line."""
    return round_to(WIDE.multiply(quantity, per_unit), QTY)


def from_base(quantity_base: Decimal, per_unit: Decimal) -> Decimal:
    """A base quantity in a unit of `per_unit` base units."""
    return round_to(WIDE.divide(quantity_base, per_unit), QTY)
