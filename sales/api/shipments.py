"""Posted shipments: what left, and what is done with it: undone, mailed as a packing slip, invoiced."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, F, Max, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce, Concat
from django.utils.translation import gettext as _

from customers.models import ShippingAgent
from erp.kernel.fields import QuantityField
from erp.kernel.mail import mails_of
from erp.kernel.odata.asking import Asking
from erp.kernel.odata.entity import Action, Done, EntitySet, Many, One, RowVersion, Source
from erp.kernel.odata.errors import missing
from erp.kernel.odata.properties import Bool, Choice, Code, Day, Dec, Guid, Moment, Number, Text, as_extension
from erp.kernel.odata.rowid import row_id
from sales.api import posted
from sales.api import properties as of_head
from sales.api.actions_of_papers import SENDS, send_now
from sales.api.fetching import LABEL, shipment_lines
from sales.api.head import need_right
from sales.api.kinds import Guids
from sales.models import SalesDocument, SalesShipment, SalesShipmentLine
from sales.print.letter import subject_of
from sales.rights import INVOICE
from sales.routines.comments import Kind, add_comment
from sales.routines.invoice_shipments import invoice_shipments
from sales.routines.post import post
from sales.routines.undo_shipment import undo_shipment
from sales.tracking import tracking_url
from sales.uninvoiced import uninvoiced_lines


@dataclass(frozen=True, kw_only=True)
class TrackingUrl(Text):
    """The carrier's page of a parcel; the database gives the carrier's address and the number, a line each."""

    def show(self, value: Any, asking: Asking) -> str:
        address, _line, number = (value or "").partition("\n")
        return tracking_url(address, number)


def carrier_and_parcel() -> Concat:
    agents = ShippingAgent.objects.filter(code=OuterRef("shipping_agent_code")).order_by()
    address = Coalesce(Subquery(agents.values("tracking_url")), Value(""), output_field=CharField())
    return Concat(address, Value("\n"), F("package_tracking_no"), output_field=CharField())


def weight() -> Coalesce:
    """The gross weight of all that left and was not undone."""
    lines = SalesShipmentLine.objects.filter(document=OuterRef("pk")).order_by().values("document")
    sums = lines.annotate(sum=Sum(F("quantity_base") * F("gross_weight"))).values("sum")
    return Coalesce(Subquery(sums), Value(0), output_field=QuantityField())


# What is done with them -----------------------------------------------------------------------------------------------


def undo(asking: Asking, record: SalesShipment, given: Mapping[str, Any]) -> Done:
    """Undo lines that are not invoiced; without `lineIds` all that can be. The reason stays as a remark."""
    chosen = chosen_lines(record, given)
    lines = undoable(record) if chosen is None else chosen
    line_nos = [line.line_no for line in lines]
    made = undo_shipment(record, line_nos, by=asking.user, at=asking.at)
    if given.get("reason"):
        who = {"by": asking.user, "at": asking.at, "on": asking.on}
        add_comment(Kind.POSTED_SHIPMENT, record.number, given["reason"], **who)
    return Done(
        location=("salesShipments", record.uuid),
        body={
            "salesShipmentId": str(record.uuid),
            "salesShipmentLineIds": [str(row_id(LABEL, line.pk)) for line in made],
        },
    )


def chosen_lines(shipment: SalesShipment, given: Mapping[str, Any]) -> list[SalesShipmentLine] | None:
    """The lines that `lineIds` names; None without it. Raises 400 for an empty list, which does not mean all."""
    wanted = given.get("lines")
    if wanted is None:
        return None
    if not wanted:
        raise missing(_("{property} must be given.").format(property="lineIds"), "lineIds")
    return shipment_lines(wanted, "lineIds", of=shipment)


def undoable(shipment: SalesShipment) -> list[SalesShipmentLine]:
    """The lines that moved something and are neither undone nor undo another one."""
    lines = list(shipment.lines.order_by("line_no"))
    undone = {line.undoes_line_no for line in lines}
    return [
        line for line in lines if line.quantity and not line.undoes_line_no and line.line_no not in undone
    ]


def send_packing_slip(asking: Asking, record: SalesShipment, given: Mapping[str, Any]) -> Done:
    """Mail the shipment as it was posted."""
    done = send_now(asking, record, Done(location=("salesShipments", record.uuid)))
    (mail,) = mails_of(*subject_of(record), limit=1)
    return Done(done.location, {"emailMessageId": str(mail.uuid)}, done.headers)


def invoice(asking: Asking, record: SalesShipment, given: Mapping[str, Any]) -> Done:
    """Write an invoice of what is not invoiced of some lines, or of all; with `post` it is posted at once."""
    if given.get("post"):
        need_right(asking, INVOICE)
    chosen = chosen_lines(record, given)
    lines = uninvoiced(record) if chosen is None else chosen
    told = {"by": asking.user, "at": asking.at}
    on = given.get("posting_date") or asking.on
    made = invoice_shipments(lines, posting_date=on, document_date=given.get("document_date"), **told)
    paper = post(made, ship=True, invoice=True, **told).invoice if given.get("post") else made
    return Done(
        location=("salesInvoices", paper.uuid),
        body={
            "salesInvoiceId": str(paper.uuid),
            "salesInvoiceNumber": paper.number,
            "status": "Open" if given.get("post") else "Draft",
        },
    )


def uninvoiced(shipment: SalesShipment) -> list[SalesShipmentLine]:
    """The lines of which something can still be put on an invoice."""
    orders = SalesDocument.objects.filter(type=SalesDocument.Type.ORDER, number=shipment.order_no)
    own: QuerySet = SalesShipmentLine.objects.filter(document=shipment)
    rows = uninvoiced_lines(orders, lines=own.values_list("pk", flat=True))
    return [row.shipped for row in rows if row.remaining]


LINES = Guids("lineIds", to="lines")
ACTIONS = (
    Action(
        "undo",
        run=undo,
        permissions=("sales.view_salesshipment",),  # of what age, the routine knows
        given=(LINES, Text("reason", length=250)),
        answers=(Guid("salesShipmentId", read_only=True), Guids("salesShipmentLineIds", read_only=True)),
        extension=True,
        about="Undoes lines that are not invoiced by lines with the opposite quantity.",
    ),
    Action(
        "sendPackingSlip",
        run=send_packing_slip,
        permissions=("sales.view_salesshipment", SENDS),
        answers=(Guid("emailMessageId", read_only=True),),
        extension=True,
        about="Mails the shipment to the customer.",
    ),
    Action(
        "invoice",
        run=invoice,
        permissions=("sales.view_salesdocument", "sales.add_salesdocument", "sales.add_salesline"),
        given=(
            LINES,
            Day("postingDate", to="posting_date"),
            Day("documentDate", to="document_date"),
            Bool("post"),
        ),
        answers=(
            Guid("salesInvoiceId", read_only=True),
            Number("salesInvoiceNumber", length=20, read_only=True),
            Choice("status", values=posted.STATUS, type="InvoiceStatus", read_only=True),
        ),
        extension=True,
        about="Writes an invoice of what is not invoiced yet; posts it where that is wished.",
    ),
)


# The set --------------------------------------------------------------------------------------------------------------


class SalesShipments(EntitySet):
    """Goods that left on one day; nobody owes anything for them yet."""

    name, entity, model = "salesShipments", "salesShipment", SalesShipment
    scope = "sales.shipments"
    unique = ("number",)
    properties = of_head.read_only(
        Guid("id", "uuid"),
        Number("number", "number", length=20, sortable=True),
        Text("externalDocumentNumber", "external_document_no", length=35),
        Day("invoiceDate", "document_date"),
        Day("postingDate", "posting_date", sortable=True),
        Day("dueDate", "due_date"),
        Text("customerPurchaseOrderReference", "your_reference", length=35),
        *of_head.customer(),
        *of_head.bill_to(),
        *of_head.ship_to(),
        *of_head.address("sellTo", "sell_to"),
        *of_head.address("billTo", "bill_to"),
        *of_head.address("shipTo", "ship_to"),
        of_head.currency_code(),
        Number("orderNumber", "order_no", length=20),
        Code("paymentTermsCode", "payment_terms_code", length=10),
        Code("shipmentMethodCode", "shipment_method_code", length=10),
        Code("salesperson", "salesperson_code", length=20),
        of_head.prices_include_tax(),
        Moment("lastModifiedDateTime", "created_at"),
        *of_head.contact(),
        *as_extension(
            Text("trackingNo", "package_tracking_no", length=50),
            TrackingUrl("trackingUrl", carrier_and_parcel(), filterable=False),
            Code("shippingAgent", "shipping_agent_code", length=10),
            Dec("weight", weight()),
        ),
    )
    navigation = (
        One("customer", to="customers", key="customerId", path="customer"),
        Many("salesShipmentLines", to="salesShipmentLines", by="documentId", inside=("document", "pk")),
        One("pdfDocument", to="pdfDocument", by="parentId"),
        Many("attachments", to="attachments", by="parentId"),
        Many("documentAttachments", to="documentAttachments", by="parentId"),
        Many("dimensionSetLines", to="dimensionSetLines", by="parentId"),
    )
    actions = ACTIONS

    def sources(self, asking: Asking) -> list[Source]:
        """A shipment never changes, but undoing adds lines to it."""
        lines = SalesShipmentLine.objects.filter(document=OuterRef("pk")).order_by().values("document")
        last = Subquery(lines.annotate(last=Max("pk")).values("last"))
        return [Source(self.rows(asking), etag=(RowVersion(), last))]
