"""The properties of lines: what they are, sell and cost. A set puts them in the order that v2.0 has."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db.models import Case, ExpressionWrapper, F, OuterRef, Subquery, Value, When
from django.db.models.functions import Round

from erp.kernel.fields import AmountField, PercentField
from erp.kernel.odata.entity import Many, One
from erp.kernel.odata.kinds import RowGuid
from erp.kernel.odata.properties import (
    Bool,
    Choice,
    Code,
    Day,
    Dec,
    Guid,
    GuidOfCode,
    Int,
    Moment,
    Number,
    Property,
    Text,
)
from inventory.models import Item, ItemVariant, Location, UnitOfMeasure
from posting.models import GLAccount, VATProductGroup
from sales.api.properties import without_vat
from sales.arithmetic.values import VATType
from sales.models import SalesDocument
from sales.models.base import LineType

LINE_TYPE: Mapping[str, str] = {
    LineType.COMMENT: "Comment",
    LineType.GL_ACCOUNT: "Account",
    LineType.ITEM: "Item",
    LineType.RESOURCE: "Resource",
    "fixed_asset": "Fixed Asset",
    LineType.CHARGE: "Charge",
    "allocation_account": "Allocation Account",
}
HUNDRED = Decimal(100)
AMOUNT = AmountField()


def line_key() -> tuple[Property, ...]:
    """Which line of which document it is, and what it sells: from `id` to `unitOfMeasureCode`."""
    return (
        Guid("id", "uuid", read_only=True),
        Guid("documentId", "document__uuid", of=SalesDocument, to="document"),
        Int("sequence", "line_no", to="line_no", sortable=True),
        Guid("itemId", "item__uuid", of=Item, to="item", nullable=True),
        Guid("accountId", "gl_account__uuid", of=GLAccount, to="gl_account", nullable=True),
        Choice("lineType", "type", values=LINE_TYPE, type="LineType"),
        Number("lineObjectNumber", "number", length=20, to="number"),
        Text("description", "description", length=100),
        Text("description2", "description_2", length=50),
        GuidOfCode("unitOfMeasureId", "unit_code", of=UnitOfMeasure, gives="code", to="unit_code"),
        Code(
            "unitOfMeasureCode",
            "unit_code",
            length=10,
            of=UnitOfMeasure,
            by="code",
            gives="code",
            to="unit_code",
        ),
    )


def quantity() -> Property:
    return Dec("quantity", "quantity")


def unit_price() -> Property:
    return Dec("unitPrice", "unit_price")


def amounts(*, head: str = "document") -> tuple[Property, ...]:
    """From `discountAmount` to `amountIncludingTax`: before the invoice discount."""
    before = Case(
        When(
            **{f"{head}__prices_including_vat": True},
            then=Round(F("line_amount") * HUNDRED / (HUNDRED + charged()), precision=2),
        ),
        default=F("line_amount"),
        output_field=AMOUNT,
    )
    including = Case(
        When(**{f"{head}__prices_including_vat": True}, then=F("line_amount")),
        default=Round(F("line_amount") * (HUNDRED + charged()) / HUNDRED, precision=2),
        output_field=AMOUNT,
    )
    return (
        Dec("discountAmount", "line_discount_amount", scale=2),
        Dec("discountPercent", "line_discount_percent"),
        Bool("discountAppliedBeforeTax", without_vat(f"{head}__prices_including_vat"), read_only=True),
        Dec("amountExcludingTax", before, scale=2, read_only=True),
        Code("taxCode", "vat_prod_posting_group", length=50, of=VATProductGroup, by="code", gives="code",
             to="vat_prod_posting_group"),
        Dec("taxPercent", charged(), read_only=True),
        Dec("totalTaxAmount", _less(including, before), scale=2, read_only=True),
        Dec("amountIncludingTax", including, scale=2, read_only=True),
    )  # fmt: skip


def invoice_discount_share(*, head: str = "document") -> Property:
    """`invoiceDiscountAllocation`: what the invoice discount takes of the amount without VAT."""
    (before,) = (each for each in amounts(head=head) if each.name == "amountExcludingTax")
    return Dec("invoiceDiscountAllocation", _less(before.at, F("amount")), scale=2, read_only=True)


def nets() -> tuple[Property, ...]:
    """After the invoice discount."""
    tax = _less(F("amount_including_vat"), F("amount"))
    return (
        Dec("netAmount", "amount", scale=2, read_only=True),
        Dec("netTaxAmount", tax, scale=2, read_only=True),
        Dec("netAmountIncludingTax", "amount_including_vat", scale=2, read_only=True),
    )


def shipment_date() -> Property:
    return Day("shipmentDate", "shipment_date")


def places() -> tuple[Property, ...]:
    """Variant and location."""
    return (
        RowGuid("itemVariantId", variant_key(), of=ItemVariant, to="variant", nullable=True),
        GuidOfCode("locationId", "location_code", of=Location, gives="code", to="location_code"),
    )


def line_extensions() -> tuple[Property, ...]:
    """What v2.0 does not have of any line; by it `lastModifiedDateTime` may be filtered (section 10.4.9)."""
    return (Moment("lastModifiedDateTime", "document__modified_at", read_only=True, extension=True),)


def line_ways() -> tuple[One | Many, ...]:
    return (
        Many("dimensionSetLines", to="dimensionSetLines", by="parentId"),
        One("location", to="locations", key="locationId"),
        One("item", to="items", key="itemId", path="item"),
        One("account", to="accounts", key="accountId", path="gl_account"),
        One("itemVariant", to="itemVariants", key="itemVariantId"),
        One("unitOfMeasure", to="unitsOfMeasure", key="unitOfMeasureId"),
    )


def charged() -> Case:
    """The VAT that the customer pays, in percent: none under reverse charge."""
    return Case(
        When(vat_calculation_type=VATType.NORMAL, then=F("vat_percent")),
        default=Value(Decimal(0)),
        output_field=PercentField(),
    )


def variant_key() -> Subquery:
    """The key of the variant that the line names by its code."""
    rows = ItemVariant.objects.filter(item=OuterRef("item"), code=OuterRef("variant_code")).order_by()
    return Subquery(rows.values("pk")[:1])


def _less(one: Any, other: Any) -> Any:
    return ExpressionWrapper(one - other, output_field=AMOUNT)
