"""Price lists and their lines (source: api-v2, section 13.11)."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from customers.models import Customer
from erp.kernel.odata.asking import Asking
from erp.kernel.odata.entity import ALL, Action, Done, EntitySet, Many, One, entity_set
from erp.kernel.odata.errors import invalid, missing
from erp.kernel.odata.properties import Bool, Choice, Code, Day, Dec, Guid, Int, Moment, Number, Text
from erp.kernel.odata.writing import change_row
from inventory.models import Item, Resource, UnitOfMeasure
from posting.models import VATBusinessGroup
from sales.api.raw import RawCurrencyCode
from sales.models import PriceList, PriceListLine
from sales.routines.copy_prices import copy_prices

STATUS: Mapping[str, str] = {"draft": "Draft", "active": "Active", "inactive": "Inactive"}
Source, Asset, Amount = PriceListLine.Source, PriceListLine.Asset, PriceListLine.AmountType
SOURCE: Mapping[str, str] = {
    Source.ALL_CUSTOMERS: "All Customers",
    Source.CUSTOMER: "Customer",
    Source.CUSTOMER_PRICE_GROUP: "Customer Price Group",
    Source.CUSTOMER_DISCOUNT_GROUP: "Customer Disc. Group",
    Source.CAMPAIGN: "Campaign",
}
ASSET: Mapping[str, str] = {
    Asset.ITEM: "Item",
    Asset.ITEM_DISCOUNT_GROUP: "Item Discount Group",
    Asset.RESOURCE: "Resource",
    Asset.ALL_ITEMS: "All Items",
}
AMOUNT_TYPE: Mapping[str, str] = {
    Amount.PRICE: "Price",
    Amount.DISCOUNT: "Discount",
    Amount.BOTH: "Price & Discount",
}


# Price lists ----------------------------------------------------------------------------------------------------------


def activate(asking: Asking, record: PriceList, given: Mapping[str, Any]) -> Done:
    """Switch the list on: from here on its prices count."""
    change_row(entity_set("salesPriceLists"), record, {"status": PriceList.Status.ACTIVE})
    return Done(body={"code": record.code, "status": STATUS[record.status]})


def copy_lines(asking: Asking, record: PriceList, given: Mapping[str, Any]) -> Done:
    """Put the lines of another list on this one as well."""
    if given.get("source") is None:
        raise missing(_("priceListId must be given."), "priceListId")
    source = entity_set("salesPriceLists").find(asking, given["source"])
    dates = {name: given.get(name) for name in ("starting_date", "ending_date")}
    return Done(body={"linesCopied": copy_prices(record, source, **dates)})


class SalesPriceLists(EntitySet):
    """Prices and discounts that are switched on as a whole; only those of an active list count."""

    name, entity, model = "salesPriceLists", "salesPriceList", PriceList
    scope = "items"
    is_extension = True
    verbs = ALL
    properties = (
        Guid("id", key="pk", of=PriceList, read_only=True),
        Code("code", "code", length=20, required=True, sortable=True),
        Text("displayName", "description", length=250),
        Choice("status", "status", values=STATUS, type="PriceStatus"),
        Moment("lastModifiedDateTime", "modified_at", read_only=True, sortable=True),
    )
    navigation = (
        Many("salesPriceListLines", to="salesPriceListLines", by="priceListId", inside=("price_list", "pk")),
    )
    actions = (
        Action(
            "activate",
            run=activate,
            permissions=("sales.view_pricelist", "sales.change_pricelist"),
            answers=(
                Code("code", length=20, read_only=True),
                Choice("status", values=STATUS, type="PriceStatus", read_only=True),
            ),
            scope="write",
            extension=True,
            about="Switches the list on: from here on its prices count.",
        ),
        Action(
            "copyLines",
            run=copy_lines,
            permissions=("sales.view_pricelist", "sales.view_pricelistline", "sales.add_pricelistline"),
            given=(
                Guid("priceListId", to="source"),
                Day("startingDate", to="starting_date"),
                Day("endingDate", to="ending_date"),
            ),
            answers=(Int("linesCopied", read_only=True),),
            scope="write",
            extension=True,
            about="Puts the lines of another list on this one as well, valid as they are or from a day, until a day.",
        ),
    )


class SalesPriceListLines(EntitySet):
    """One price or discount: for whom, of what, from how many, in which currency and unit, and when."""

    name, entity, model = "salesPriceListLines", "salesPriceListLine", PriceListLine
    scope = "items"
    is_extension = True
    verbs = ALL
    properties = (
        Guid("id", key="pk", of=PriceListLine, read_only=True),
        Guid("priceListId", key="price_list_id", of=PriceList, to="price_list", required=True),
        Code("priceListCode", "price_list__code", length=20, of=PriceList, by="code", to="price_list"),
        Choice("sourceType", "source_type", values=SOURCE, type="PriceSourceType"),
        Number("sourceNumber", "source_no", length=20),
        Choice("assetType", "asset_type", values=ASSET, type="PriceAssetType"),
        Number("assetNumber", "asset_no", length=20),
        Code("variantCode", "variant_code", length=10),
        Code("unitOfMeasureCode", "unit_code", length=10, of=UnitOfMeasure, by="code", gives="code",
             to="unit_code"),
        RawCurrencyCode("currencyCode", "currency_code", to="currency_code"),
        Day("startingDate", "starting_date"),
        Day("endingDate", "ending_date"),
        Dec("minimumQuantity", "minimum_quantity"),
        Choice("amountType", "amount_type", values=AMOUNT_TYPE, type="PriceAmountType"),
        Dec("unitPrice", "unit_price"),
        Dec("lineDiscountPercent", "line_discount_percent"),
        Bool("allowLineDiscount", "allow_line_discount"),
        Bool("allowInvoiceDiscount", "allow_invoice_discount"),
        Bool("priceIncludesTax", "price_includes_vat"),
        Code("taxBusinessPostingGroup", "vat_bus_posting_group_price__code", length=20, of=VATBusinessGroup, by="code",
             to="vat_bus_posting_group_price", nullable=True),
        Moment("lastModifiedDateTime", "modified_at", read_only=True, sortable=True),
    )  # fmt: skip
    navigation = (One("salesPriceList", to="salesPriceLists", key="priceListId"),)

    def create(self, asking: Asking, given: dict[str, Any]) -> Any:
        _check_numbers(given, PriceListLine())
        return super().create(asking, given)

    def change(self, asking: Asking, record: PriceListLine, given: dict[str, Any]) -> None:
        _check_numbers(given, record)
        super().change(asking, record, given)


# What the number of a line names, where that has a table of its own: type and number inside and outside.
NAMED = (
    ("source_type", "source_no", "sourceNumber", {Source.CUSTOMER: Customer}),
    ("asset_type", "asset_no", "assetNumber", {Asset.ITEM: Item, Asset.RESOURCE: Resource}),
)


def _check_numbers(given: Mapping[str, Any], line: PriceListLine) -> None:
    """A price for whom or what does not exist would never count: 400. What the line says already stays."""
    for kind, column, outside, tables in NAMED:
        number = given.get(column, getattr(line, column))
        table = tables.get(given.get(kind, getattr(line, kind)))
        if table is None or not number or not given.keys() & {kind, column}:
            continue
        if not table.objects.filter(number=number).exists():
            message = _('{property} "{value}" does not exist in {table}.')
            message = message.format(property=outside, value=number, table=table._meta.verbose_name_plural)
            raise invalid(message, outside, "Internal_InvalidTableRelation")
