"""Items over the API: the card by the rules of the card, stock by an adjustment that is posted."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import DecimalField, F, OuterRef, Subquery, Sum, UUIDField, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from erp.kernel.api.scopes import allows
from erp.kernel.odata.asking import Asking
from erp.kernel.odata.entity import ALL, Action, Done, EntitySet, Many, One, entity_set
from erp.kernel.odata.errors import bad_request, denied, invalid, missing
from erp.kernel.odata.properties import (
    Bool,
    Choice,
    Code,
    Day,
    Dec,
    Guid,
    Moment,
    Number,
    Text,
    as_extension,
)
from erp.kernel.odata.rowid import MadeId
from erp.kernel.odata.writing import keep
from inventory.api.stock import STOCK
from inventory.availability import outlooks
from inventory.card_form import COST
from inventory.models import InventoryPostingGroup, Item, ItemCategory, Location, Stock, UnitOfMeasure
from inventory.routines.adjust_inventory import adjust_inventory
from inventory.routines.change_item import change_item
from inventory.routines.create_item import create_item
from inventory.routines.delete_item import delete_item
from inventory.selectors import Place
from posting.models import GeneralProductGroup, VATProductGroup

TYPES = {"inventory": "Inventory", "service": "Service", "non_inventory": "Non-Inventory"}
ADJUST = ("inventory.post_item_journal",)
USUAL_UNIT = "PCS"
MOST_PERIODS = 366
QUANTITY = DecimalField(max_digits=19, decimal_places=5)


def on_hand(_asking: Asking) -> Any:
    """What lies at all places together, in base units."""
    stock = (
        Stock.objects.filter(item=OuterRef("pk")).order_by().values("item").annotate(there=Sum("quantity"))
    )
    return Coalesce(Subquery(stock.values("there")), Value(Decimal(0)), output_field=QUANTITY)


def unit_cost(asking: Asking) -> Any:
    """The cost of the card, for those who may see costs."""
    return F("unit_cost") if asking.user.has_perm("inventory.view_valueentry") else None


def availability(asking: Asking, item: Item, given: Mapping[str, Any]) -> Done:
    """Stock day by day (or week, or month): what is wanted and brought, and what can be promised."""
    begin = given.get("from") or asking.on
    end = given.get("to") or begin + min(timedelta(days=30), date.max - begin)
    bucket = given.get("bucket") or "day"
    days = _begins(begin, end, bucket)
    place = given.get("location_code")
    if place:
        places = [Place(item.pk, given.get("variant_code") or "", place)]
    else:
        rows = Stock.objects.filter(item=item)
        places = [Place(item.pk, row.variant_code, row.location_code) for row in rows] or [
            Place(item.pk, "", "")
        ]
    found = outlooks(places).values()
    periods = []
    for start, last in days:
        wanted = sum((_between(each.wanted, start, last, begin) for each in found), Decimal(0))
        coming = sum((_between(each.coming, start, last, begin) for each in found), Decimal(0))
        projected = sum((each.by(last).quantity for each in found), Decimal(0))
        periods.append(
            {
                "start": start.isoformat(),
                "grossRequirement": wanted,
                "scheduledReceipt": coming,
                "projected": projected,
                "available": max(projected, Decimal(0)),
            }
        )
    inventory = sum((each.inventory for each in found), Decimal(0))
    return Done(body={"itemNumber": item.number, "inventory": inventory, "periods": periods})


def _begins(begin: date, end: date, bucket: str) -> list[tuple[date, date]]:
    """First and last day of each period."""
    steps = {"day": 1, "week": 7, "month": 30}
    if bucket not in steps:
        raise invalid(_("bucket is one of {values}.").format(values=", ".join(steps)), "bucket")
    if end < begin:
        raise invalid(_("`to` must not lie before `from`."), "to")
    if (end - begin).days // steps[bucket] > MOST_PERIODS:
        raise invalid(_("At most {most} periods are shown.").format(most=MOST_PERIODS), "to")
    periods, step = [], timedelta(days=steps[bucket])
    for place in range((end - begin).days // steps[bucket] + 1):
        day = begin + place * step
        periods.append((day, day + min(step - timedelta(days=1), end - day)))
    return periods


def _between(rows, start: date, last: date, first: date) -> Decimal:
    """Quantities due within a period; what is overdue is due in the first one."""
    due = (quantity for day, quantity in rows if start <= max(day or first, first) <= last)
    return sum(due, Decimal(0))


class Items(EntitySet):
    """What we sell."""

    name, entity, model = "items", "item", Item
    verbs = ALL
    scope = "items"
    found_by = ("number", "description")
    properties = (
        Guid("id", "uuid", read_only=True),
        Number("number", "number", length=20, sortable=True, example="1000"),
        Text("displayName", "description", length=100, required=True, example="Bicycle, 28 inch"),
        Text("displayName2", "description_2", length=50),
        Choice("type", "type", values=TYPES, type="ItemType"),
        Guid("itemCategoryId", lambda _asking: _category_id(), of=ItemCategory, to="category_code", gives="code",
             filterable=False),
        Code("itemCategoryCode", "category_code", length=20, of=ItemCategory, by="code", gives="code"),
        Bool("blocked", "blocked"),
        Text("gtin", "gtin", length=14),
        Dec("inventory", on_hand, to="inventory", about="At all places. Another quantity posts an adjustment: it "
            "takes the scope inventory.adjust, and the header X-Adjustment-Document-No names what was posted."),
        Dec("unitPrice", "unit_price", example=400, about="Of the card; a customer may have another."),
        Bool("priceIncludesTax", "price_includes_vat"),
        Dec("unitCost", unit_cost, to="unit_cost", example=240, about="Only for those who may see costs."),
        Guid("taxGroupId", key="vat_prod_posting_group_id", of=VATProductGroup, to="vat_prod_posting_group",
             nullable=True),
        Code("taxGroupCode", "vat_prod_posting_group__code", length=20, of=VATProductGroup, by="code",
             to="vat_prod_posting_group", nullable=True),
        Guid("baseUnitOfMeasureId", "base_unit__uuid", of=UnitOfMeasure, to="base_unit"),
        Code("baseUnitOfMeasureCode", "base_unit__code", length=10, of=UnitOfMeasure, by="code", to="base_unit",
             example="PCS"),
        Guid("generalProductPostingGroupId", key="gen_prod_posting_group_id", of=GeneralProductGroup,
             to="gen_prod_posting_group", nullable=True),
        Code("generalProductPostingGroupCode", "gen_prod_posting_group__code", length=20, of=GeneralProductGroup,
             by="code", to="gen_prod_posting_group", nullable=True),
        Guid("inventoryPostingGroupId", key="inventory_posting_group_id", of=InventoryPostingGroup,
             to="inventory_posting_group", nullable=True),
        Code("inventoryPostingGroupCode", "inventory_posting_group__code", length=20, of=InventoryPostingGroup,
             by="code", to="inventory_posting_group", nullable=True),
        Moment("lastModifiedDateTime", "modified_at", read_only=True, sortable=True),
        *as_extension(
            Number("number2", "number_2", length=20),
            Bool("salesBlocked", "sales_blocked"),
            Code("salesUnitOfMeasureCode", "sales_unit__code", length=10, of=UnitOfMeasure, by="code", to="sales_unit",
                 nullable=True),
            Dec("netWeight", "net_weight"),
            Dec("grossWeight", "gross_weight"),
            Text("tariffNo", "tariff_no", length=20),
            Code("countryOfOrigin", "country_of_origin_code", length=2),
        ),
    )  # fmt: skip
    navigation = (
        One("itemCategory", to="itemCategories", key="itemCategoryId"),
        One("unitOfMeasure", to="unitsOfMeasure", key="baseUnitOfMeasureId", path="base_unit"),
        One("picture", to="pictures", by="id"),
        Many("defaultDimensions", to="defaultDimensions", by="parentId"),
        Many("itemVariants", to="itemVariants", by="itemId", inside=("item", "pk"), given="variants"),
        Many("documentAttachments", to="documentAttachments", by="parentId"),
        One("inventoryPostingGroup", to="inventoryPostingGroups", key="inventoryPostingGroupId"),
        One(
            "generalProductPostingGroup", to="generalProductPostingGroups", key="generalProductPostingGroupId"
        ),
        Many("itemUnitsOfMeasure", to="itemUnitsOfMeasure", by="itemId", inside=("item", "pk")),
    )
    actions = (
        Action(
            "availability",
            availability,
            permissions=("inventory.view_item", "inventory.view_stock"),
            scope="read",
            extension=True,
            locks=False,
            given=(
                Guid("locationId", of=Location, by="uuid", to="location_code", gives="code"),
                Code("locationCode", to="location_code", length=10, of=Location, by="code", gives="code"),
                Code("variantCode", to="variant_code", length=10),
                Day("from"),
                Day("to"),
                Text("bucket", length=10, about="day, week or month (30 days)", example="week"),
            ),
            answers=(Number("itemNumber"), Dec("inventory"), Dec("projected"), Dec("available")),
            about="What will lie there when, by what is wanted and brought until then.",
        ),
        STOCK,
    )  # fmt: skip

    def extra(self, asking: Asking, rows: list[dict[str, Any]]) -> None:
        """Take out the cost for those who may not see it: it must not look like nothing."""
        if not asking.user.has_perm("inventory.view_valueentry"):
            for row in rows:
                row.pop("unitCost", None)

    def create(self, asking: Asking, given: dict[str, Any]) -> Any:
        """A new item with its base unit; stock is posted afterwards."""
        if "inventory" in given:
            message = _("A new item has no stock: leave inventory out, and change it afterwards.")
            raise bad_request(message, "inventory")
        self._check_costs(asking, given)
        variants = given.pop("variants", [])
        if given.get("base_unit") is None:
            given["base_unit"] = UnitOfMeasure.objects.filter(code=USUAL_UNIT).first()
        if given["base_unit"] is None:
            raise missing(
                _("{property} must be given.").format(property="baseUnitOfMeasureCode"),
                "baseUnitOfMeasureCode",
            )
        item = create_item(on=asking.on, by=asking.user, **given)
        for variant in variants:
            entity_set("itemVariants").create(asking, {**variant, "item": item})
        return item.uuid

    def change(self, asking: Asking, record: Item, given: dict[str, Any]) -> None:
        """Change the card; another quantity is posted as an adjustment of today."""
        keep(self, record, given, "number")
        quantity = given.pop("inventory", None)
        self._check_costs(asking, given)
        if given:
            record = change_item(record, by=asking.user, **given)
        if quantity is not None:
            self._adjust(asking, record, quantity)

    def remove(self, asking: Asking, record: Item) -> None:
        """Only one for which nothing was ever posted."""
        delete_item(record, by=asking.user)

    def _check_costs(self, asking: Asking, given: Mapping[str, Any]) -> None:
        if given.keys() & COST and not asking.user.has_perm("inventory.view_valueentry"):
            raise denied(
                _("{user} has no right to say what items cost.").format(user=asking.user.get_username())
            )

    def _adjust(self, asking: Asking, item: Item, quantity: Decimal) -> None:
        """Bring the stock to a quantity; which place, is clear only where there is one."""
        stock = dict(
            Stock.objects.filter(item=item, variant_code="").values_list("location_code", "quantity")
        )
        there = {place: held for place, held in stock.items() if held}
        there = there or {next(iter(stock), ""): Decimal(0)}
        if sum(Stock.objects.filter(item=item).values_list("quantity", flat=True)) == quantity:
            return
        if asking.scopes is not None and not allows(asking.scopes, "inventory.adjust"):
            raise denied(_("This takes the scope {scope}.").format(scope="inventory.adjust"))
        if not asking.user.has_perms(ADJUST):
            raise denied(_("{user} may not post adjustments.").format(user=asking.user.get_username()))
        if (
            len(there) > 1
            or Stock.objects.filter(item=item).exclude(variant_code="").exclude(quantity=0).exists()
        ):
            message = _("{item} lies in several places or variants: adjust it in the item journal.")
            raise invalid(message.format(item=item.number), "inventory", "Application_DialogException")
        adjust_inventory(item, quantities={next(iter(there)): quantity}, document_no=item.number, on=asking.on,
                         by=asking.user, at=asking.at)  # fmt: skip
        asking.headers["X-Adjustment-Document-No"] = item.number


def _category_id() -> Any:
    """The identifier of the category that an item keeps by its code."""
    found = ItemCategory.objects.filter(code=OuterRef("category_code"))
    made = found.annotate(made=MadeId("pk", label=ItemCategory._meta.label_lower)).values("made")
    return Subquery(made[:1], output_field=UUIDField())
