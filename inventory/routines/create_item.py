"""Create an item: number, defaults, base unit."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction

from erp.kernel.access import needs
from erp.kernel.changelog import acting_as
from erp.kernel.errors import Problem, raise_problems
from erp.kernel.numbering import number_for
from inventory import errors
from inventory.checks import check_item, check_unit
from inventory.ledger import StockSetup
from inventory.models import Item, ItemUnit, UnitOfMeasure
from inventory.routines.change_item import relate
from inventory.routines.know_category import know_category

if TYPE_CHECKING:
    from erp.kernel.models import User

ONE = Decimal(1)


@needs("inventory.add_item")
@transaction.atomic
def create_item(
    *,
    description: str,
    base_unit: UnitOfMeasure,
    on: date,
    by: "User | None",
    number: str = "",
    units: Mapping[UnitOfMeasure, Decimal] | None = None,
    setup: StockSetup | None = None,
    **card,
) -> Item:
    """A new item with its base unit of measure.

    number  typed; empty draws one from the series of the inventory set-up
    units   further units and how many base units each holds; sales and purchase unit are among them, or the base unit
    card    further fields; the costing method is the set-up's unless given, and reservation is optional for goods
    raises  E-ITEM-EXISTS, the number series' refusals, and whatever is wrong with the card
    """
    setup = setup or StockSetup.load()
    series = setup.rules.item_number_series
    if series:
        number = number_for(series, typed=number, on=on)
    if not number:
        raise errors.ItemIncomplete(item=description, field="a number")
    if Item.objects.filter(number=number).exists():
        raise errors.ItemExists(item=number)
    kind = card.setdefault("type", Item.Type.INVENTORY)
    if kind == Item.Type.INVENTORY:
        card.setdefault("costing_method", setup.rules.default_costing_method)
        card.setdefault("reserve", Item.Reserve.OPTIONAL)
    else:
        card.setdefault("reserve", Item.Reserve.NEVER)
    card.setdefault("search_description", description.upper())
    item = Item(number=number, description=description, base_unit=base_unit, **card)
    item.sales_unit = item.sales_unit or base_unit
    item.purchase_unit = item.purchase_unit or base_unit
    relate(item, setup=setup)
    rows = [
        ItemUnit(item=item, unit=unit, per_unit=held)
        for unit, held in {**(units or {}), base_unit: ONE}.items()
    ]
    raise_problems(number, [*check_item(item), *_check_units(item, rows)])
    with acting_as(by):
        know_category(item)
        item.save()
        ItemUnit.objects.bulk_create(rows)
    return item


def _check_units(item: Item, rows: list[ItemUnit]) -> list[Problem]:
    known = {row.unit for row in rows}
    missing = {item.sales_unit, item.purchase_unit} - known
    problems = [errors.NoSuchUnit(item=item.number, unit=unit.code).as_problem() for unit in missing]
    return [*problems, *(problem for row in rows for problem in check_unit(row))]
