"""Change an item card: what posted entries lock stays, price and profit follow."""

from typing import TYPE_CHECKING

from django.db import transaction

from erp.kernel.access import needs
from erp.kernel.changelog import acting_as
from erp.kernel.errors import raise_problems
from erp.kernel.money import ZERO
from inventory.checks import check_change, check_item
from inventory.ledger import StockSetup
from inventory.models import CostingMethod, Item
from inventory.prices import related
from inventory.routines.know_category import know_category

if TYPE_CHECKING:
    from erp.kernel.models import User

PRICE_FIELDS = frozenset(
    {"unit_price", "profit_percent", "unit_cost", "standard_cost", "price_includes_vat", "price_profit_calculation",
     "vat_bus_posting_group_price", "vat_prod_posting_group"}
)  # fmt: skip


@needs("inventory.change_item")
@transaction.atomic
def change_item(item: Item, *, by: "User | None", setup: StockSetup | None = None, **changes) -> Item:
    """Set fields of an item; returns the card as it is now.

    A type without stock resets reservation, costing and the inventory posting group. A new base unit becomes the sales
    and purchase unit too. The unit cost of an item at standard cost is its standard cost.
    raises  ProblemsFound: E-ITEM-FIELD-LOCKED, E-RESERVE-TYPE, E-COSTING-TYPE, …
    """
    item = Item.objects.select_for_update(no_key=True).get(pk=item.pk)
    setup = setup or StockSetup.load()
    raise_problems(item, check_change(item, changes))
    old_base = item.base_unit_id
    for name, value in changes.items():
        setattr(item, name, value)
    if not item.keeps_stock and "type" in changes:
        clear_stock_fields(item)
    if item.costing_method == CostingMethod.STANDARD:
        if "unit_cost" in changes and "standard_cost" not in changes:
            item.standard_cost = changes["unit_cost"]
        item.unit_cost = item.standard_cost
    if item.base_unit_id != old_base:
        item.sales_unit = item.purchase_unit = item.base_unit
    if not item.blocked:
        item.block_reason = ""
    if PRICE_FIELDS & changes.keys():
        relate(item, setup=setup)
    raise_problems(item, check_item(item))
    with acting_as(by):
        if "category_code" in changes:
            know_category(item)
        item.save()
        if item.base_unit_id != old_base:
            item.units.update_or_create(unit=item.base_unit, defaults={"per_unit": 1})
    return item


STOCK_FIELDS = (
    "reserve", "costing_method", "inventory_posting_group", "indirect_cost_percent", "overhead_rate", "standard_cost",
)  # fmt: skip


def clear_stock_fields(item: Item) -> None:
    """What only goods have."""
    item.reserve = Item.Reserve.NEVER
    item.costing_method = CostingMethod.FIFO
    item.inventory_posting_group = None
    item.indirect_cost_percent = item.overhead_rate = item.standard_cost = ZERO


def relate(item: Item, *, setup: StockSetup) -> None:
    """Bring price and profit of a card in line with each other and with the cost, as the card says."""
    vat = ZERO
    if item.price_includes_vat:
        bus = item.vat_bus_posting_group_price.code if item.vat_bus_posting_group_price else ""
        prod = item.vat_prod_posting_group.code if item.vat_prod_posting_group else ""
        vat = setup.vat_percent(bus, prod)
    item.unit_price, item.profit_percent = related(
        mode=item.price_profit_calculation,
        unit_price=item.unit_price,
        unit_cost=item.unit_cost,
        profit_percent=item.profit_percent,
        vat_percent=vat,
    )
