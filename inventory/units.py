"""Units of an item: how many base units a unit holds, and whether a quantity fits it. Pure, but for `units_of`."""

from collections.abc import Collection
from decimal import Decimal
from typing import NamedTuple

from erp.kernel.errors import Problem
from erp.kernel.money import WIDE, ZERO, is_rounded, round_to
from erp.kernel.quantity import QTY, to_base
from inventory import errors
from inventory.models import ItemUnit


class Unit(NamedTuple):
    """A unit that an item is counted in.

    precision  base quantities must be multiples of it; zero: any
    """

    code: str
    per_unit: Decimal = Decimal(1)
    precision: Decimal = ZERO


def units_of(item_ids: Collection[int]) -> dict[tuple[int, str], Unit]:
    """The units of some items, by item and unit code. One query."""
    rows = ItemUnit.objects.filter(item__in=item_ids).order_by()
    columns = ("item_id", "unit__code", "per_unit", "rounding_precision")
    return {(item_id, code): Unit(code, *rest) for item_id, code, *rest in rows.values_list(*columns)}


def in_base(
    quantity: Decimal, unit: Unit, *, item: str, line_no: int | None = None
) -> tuple[Decimal, list[Problem]]:
    """A quantity in base units, and the problem (E-UOM-QTY) when it does not fit the unit's precision."""
    base = to_base(quantity, unit.per_unit)
    problems = check_fits(base, unit, item=item, line_no=line_no)
    return base, problems


def check_fits(base: Decimal, unit: Unit, *, item: str, line_no: int | None = None) -> list[Problem]:
    """Whether a base quantity is a multiple of the unit's rounding precision."""
    if not unit.precision or is_rounded(base, unit.precision):
        return []
    reason = f"{base.normalize():f} is no multiple of {unit.precision.normalize():f}"
    refusal = errors.UnitQuantityWrong(unit=unit.code, item=item, reason=reason)
    return [refusal.as_problem(line_no=line_no, field="quantity")]


def per_unit(amount: Decimal, unit: Unit) -> Decimal:
    """A price or cost of one base unit as that of one unit: a box of twelve costs twelve times as much."""
    return round_to(WIDE.multiply(amount, unit.per_unit), QTY)
