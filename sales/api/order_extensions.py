"""What v2.0 does not show of orders and their lines; asked for by name, or with X-Extensions: 1 (section 13.1)."""

from collections.abc import Mapping
from decimal import Decimal

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    DecimalField,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import NullIf, Round

from customers.models import PaymentMethod, ShippingAgent
from erp.kernel.odata.properties import (
    Bool,
    Choice,
    Code,
    Day,
    Dec,
    Guid,
    GuidOfCode,
    Property,
    Text,
    as_extension,
)
from sales.api.properties import INTERNAL_STATUS, lines_are, of_lines
from sales.models import SalesDocument, SalesLine
from sales.models.base import LineType
from sales.plans.fulfilment import Fulfilment

SOLD = ~Q(type=LineType.COMMENT) & ~Q(quantity=0)
OUTSTANDING = ~Q(outstanding_base=0)
LINE_STATUS: Mapping[str, str] = {
    "": "",
    Fulfilment.OPEN: "Not Shipped",
    Fulfilment.PARTLY_SHIPPED: "Partly Shipped",
    Fulfilment.SHIPPED: "Shipped",
    Fulfilment.PARTLY_INVOICED: "Partly Invoiced",
    Fulfilment.INVOICED: "Invoiced",
    Fulfilment.CANCELLED: "Cancelled",
}


def internal_status() -> Property:
    """How the document stands, by the names that pages have: approval shows here."""
    return Choice(
        "internalStatus",
        "status",
        values=INTERNAL_STATUS,
        type="SalesDocStatus",
        read_only=True,
        extension=True,
    )


def order_extensions() -> tuple[Property, ...]:
    waiting = F("quantity_shipped") - F("quantity_invoiced")
    shipped = Round(F("amount") * waiting / NullIf(F("quantity"), Value(Decimal(0))), precision=2)
    return (
        internal_status(),
        *as_extension(
            Bool("completelyShipped", lines_are(SOLD, none=OUTSTANDING), read_only=True),
            Bool(
                "completelyInvoiced",
                lines_are(SOLD, none=SOLD & ~Q(quantity_invoiced=F("quantity"))),
                read_only=True,
            ),
            Dec(
                "shippedNotInvoicedAmount",
                of_lines(shipped),
                scale=2,
                read_only=True,
                about="Without VAT, in the order's currency.",
            ),
            Text("yourReference", "your_reference", length=35),
            Day("dueDate", "due_date"),
            GuidOfCode("paymentMethodId", "payment_method_code", of=PaymentMethod, to="payment_method_code"),
            Code(
                "shippingAgentCode",
                "shipping_agent_code",
                length=10,
                of=ShippingAgent,
                by="code",
                gives="code",
                to="shipping_agent_code",
            ),
            Day("promisedDeliveryDate", "promised_delivery_date"),
        ),
    )


def order_line_extensions() -> tuple[Property, ...]:
    """Nothing is reserved, dropped from the vendor or ordered specially here: those are always none."""
    outstanding = ExpressionWrapper(F("quantity") - F("quantity_shipped"), DecimalField())
    no = ExpressionWrapper(Q(pk__in=[]), BooleanField())
    return as_extension(
        Dec("outstandingQuantity", outstanding, read_only=True),
        Dec("reservedQuantity", Value(Decimal(0), DecimalField()), read_only=True, filterable=False),
        Day("plannedShipmentDate", "planned_shipment_date", read_only=True),
        Day("plannedDeliveryDate", "planned_delivery_date", read_only=True),
        Day("promisedDeliveryDate", "promised_delivery_date", read_only=True),
        Bool("dropShipment", no, read_only=True, filterable=False),
        Bool("specialOrder", no, read_only=True, filterable=False),
        Code("purchasingCode", Value("", CharField()), length=10, read_only=True, filterable=False),
        Guid("blanketOrderLineId", _blanket_line(), read_only=True, nullable=True),
        Choice("lineStatus", _line_status(), values=LINE_STATUS, read_only=True),
    )


def _blanket_line() -> Subquery:
    """The identifier of the line of a blanket order that this one was called off from."""
    rows = SalesLine.objects.filter(
        document__type=SalesDocument.Type.BLANKET_ORDER,
        document__number=OuterRef("blanket_order_no"),
        line_no=OuterRef("blanket_order_line_no"),
    )
    return Subquery(rows.order_by().values("uuid")[:1])


def _line_status() -> Case:
    """How far one line has come; the same words as `line_fulfilment`."""
    return Case(
        When(Q(type=LineType.COMMENT) | Q(quantity=0, quantity_cancelled=0), then=Value("")),
        When(~Q(quantity=F("quantity_shipped")) & Q(quantity_shipped=0), then=Value(Fulfilment.OPEN.value)),
        When(~Q(quantity=F("quantity_shipped")), then=Value(Fulfilment.PARTLY_SHIPPED.value)),
        When(
            ~Q(quantity_shipped=F("quantity_invoiced")) & Q(quantity_invoiced=0),
            then=Value(Fulfilment.SHIPPED.value),
        ),
        When(~Q(quantity_shipped=F("quantity_invoiced")), then=Value(Fulfilment.PARTLY_INVOICED.value)),
        When(quantity=0, then=Value(Fulfilment.CANCELLED.value)),
        default=Value(Fulfilment.INVOICED.value),
        output_field=CharField(),
    )
