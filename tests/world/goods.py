"""Items and the goods in stock, for stories."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from inventory.models import (
    CostingMethod,
    EntryType,
    InventoryPostingGroup,
    Item,
    ItemCharge,
    Resource,
    UnitOfMeasure,
)
from inventory.routines.create_item import create_item
from inventory.routines.post_item_journal import JournalLine, post_item_journal
from posting.models import GeneralProductGroup


def make_item(
    number: str,
    *,
    cost: Decimal,
    price: Decimal,
    group: str,
    units: Mapping[str, int],
    on: date,
    by,
    **values,
) -> Item:
    """An item counted in pieces; goods of type Inventory are carried as goods for resale."""
    product = GeneralProductGroup.objects.select_related("default_vat_prod_posting_group").get(code=group)
    if values.get("type", Item.Type.INVENTORY) == Item.Type.INVENTORY:
        values.setdefault("inventory_posting_group", InventoryPostingGroup.objects.get(code="RESALE"))
    if values.get("costing_method") == CostingMethod.STANDARD:
        values.setdefault("standard_cost", cost)
    return create_item(
        number=number,
        description=values.pop("description", number.capitalize()),
        base_unit=UnitOfMeasure.objects.get(code="PCS"),
        units={UnitOfMeasure.objects.get(code=code): Decimal(held) for code, held in units.items()},
        unit_cost=cost,
        unit_price=price,
        gen_prod_posting_group=product,
        vat_prod_posting_group=product.default_vat_prod_posting_group,
        on=on,
        by=by,
        **values,
    )


def make_resource(number: str, *, cost: Decimal, price: Decimal, group: str, unit: str, **values) -> Resource:
    """A resource that is sold by its unit."""
    return Resource.objects.create(
        number=number,
        name=values.pop("name", number.capitalize()),
        base_unit=UnitOfMeasure.objects.get(code=unit),
        unit_cost=cost,
        unit_price=price,
        **_groups(group),
        **values,
    )


def make_charge(number: str, *, group: str, **values) -> ItemCharge:
    return ItemCharge.objects.create(
        number=number, description=values.pop("description", number.capitalize()), **_groups(group), **values
    )


def _groups(code: str) -> dict:
    product = GeneralProductGroup.objects.select_related("default_vat_prod_posting_group").get(code=code)
    return {
        "gen_prod_posting_group": product,
        "vat_prod_posting_group": product.default_vat_prod_posting_group,
    }


def put_in_stock(
    item: Item,
    *,
    quantity: Decimal,
    unit_cost: Decimal,
    location_code: str = "",
    variant_code: str = "",
    on: date,
    by,
    at: datetime,
) -> int:
    """Post a positive adjustment; goods at standard cost come in at that, whatever is said."""
    is_standard = item.costing_method == CostingMethod.STANDARD
    line = JournalLine(
        line_no=10000,
        posting_date=on,
        document_no="OPENING",
        entry_type=EntryType.POSITIVE_ADJUSTMENT,
        item=item.number,
        quantity=quantity,
        unit_amount=None if is_standard else unit_cost,
        variant_code=variant_code,
        location_code=location_code,
    )
    return post_item_journal([line], by=by, at=at).entry_nos[0]
