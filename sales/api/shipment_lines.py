"""Lines of posted shipments, one flat set."""

from collections.abc import Mapping

from django.db.models import (
    Case,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    UUIDField,
    Value,
    When,
)
from django.db.models.functions import Abs, Coalesce

from erp.kernel.fields import QuantityField
from erp.kernel.odata.entity import EntitySet, Many
from erp.kernel.odata.properties import (
    Choice,
    Code,
    Day,
    Dec,
    Guid,
    Int,
    Number,
    Text,
    as_extension,
)
from inventory.models import ItemEntryState
from sales.api import properties as of_head
from sales.api.line_properties import charged
from sales.models import SalesDocument, SalesInvoiceLine, SalesLine, SalesShipmentLine
from sales.models.base import LineType

# What a line is, in the words of the raw sets; a comment is blank there.
RAW_LINE_TYPE: Mapping[str, str] = {
    LineType.COMMENT: "",
    LineType.GL_ACCOUNT: "G/L Account",
    LineType.ITEM: "Item",
    LineType.RESOURCE: "Resource",
    "fixed_asset": "Fixed Asset",
    LineType.CHARGE: "Charge (Item)",
    "allocation_account": "Allocation Account",
}
QUANTITY = QuantityField()


def order_id() -> Subquery:
    orders = SalesDocument.objects.filter(type=SalesDocument.Type.ORDER, number=OuterRef("order_no"))
    return Subquery(orders.order_by().values("uuid"), output_field=UUIDField())


def order_line_id() -> Subquery:
    return Subquery(_order_lines().values("uuid"), output_field=UUIDField())


def _order_lines() -> QuerySet:
    """The order line that a line left on, while it is there."""
    return SalesLine.objects.filter(
        document__type=SalesDocument.Type.ORDER,
        document__number=OuterRef("order_no"),
        line_no=OuterRef("order_line_no"),
    ).order_by()


def quantity_invoiced() -> Case:
    """How much of the line is on posted invoices: what its item entry says.

    What leaves none, such as freight, is invoiced where the whole order line is, or else as far as invoices name it.
    Lines that were undone, or undo others, never are.
    """
    states = ItemEntryState.objects.filter(pk=OuterRef("item_entry_no")).order_by()
    left = Subquery(states.annotate(left=Abs(F("quantity") - F("invoiced_quantity"))).values("left"))
    named = SalesInvoiceLine.objects.filter(
        order_no=OuterRef("order_no"),
        order_line_no=OuterRef("order_line_no"),
        shipment_no=OuterRef("document__number"),
        shipment_line_no=OuterRef("line_no"),
    )
    named = named.order_by().values("shipment_line_no").annotate(sum=Sum("quantity")).values("sum")
    waiting = _order_lines().exclude(quantity_shipped=F("quantity_invoiced"))
    undone = SalesShipmentLine.objects.filter(
        document=OuterRef("document"), undoes_line_no=OuterRef("line_no")
    )
    return Case(
        When(~Q(undoes_line_no=0), then=Value(0, output_field=QUANTITY)),
        When(Exists(undone.order_by()), then=Value(0, output_field=QUANTITY)),
        When(order_no="", then=F("quantity")),
        When(
            item_entry_no__isnull=False,
            then=ExpressionWrapper(F("quantity") - left / F("per_unit"), output_field=QUANTITY),
        ),
        When(~Exists(waiting), then=F("quantity")),
        default=Coalesce(Subquery(named), Value(0), output_field=QUANTITY),
        output_field=QUANTITY,
    )


class SalesShipmentLines(EntitySet):
    """What left, line by line; a line that undoes another one has its quantity, negative."""

    name, entity, model = "salesShipmentLines", "salesShipmentLine", SalesShipmentLine
    scope = "sales.shipments"
    unique = ("documentId", "sequence")
    needs = ("documentId", "documentNo", "id")
    properties = of_head.read_only(
        Guid("id", key="pk", of=SalesShipmentLine),
        Guid("documentId", "document__uuid"),
        Number("documentNo", "document__number", length=20),
        Int("sequence", "line_no"),
        Choice("lineType", "type", values=RAW_LINE_TYPE, type="SalesLineType"),
        Number("lineObjectNumber", "number", length=20),
        Text("description", "description", length=100),
        Text("description2", "description_2", length=50),
        Code("unitOfMeasureCode", "unit_code", length=10),
        Dec("unitPrice", "unit_price"),
        Dec("quantity", "quantity"),
        Dec("discountPercent", "line_discount_percent"),
        Dec("taxPercent", charged()),
        Day("shipmentDate", "shipment_date"),
        *as_extension(
            Guid("orderId", order_id(), nullable=True),
            Guid("orderLineId", order_line_id(), nullable=True),
            Dec("quantityInvoiced", quantity_invoiced()),
        ),
    )
    navigation = (Many("dimensionSetLines", to="dimensionSetLines", by="parentId"),)
