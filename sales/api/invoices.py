"""Sales invoices: drafts and posted ones in one set; a posted invoice keeps the identifier of its draft."""

from dataclasses import dataclass, replace
from typing import Any

from django.db.models import CharField, F, UUIDField, Value

from erp.kernel.odata.asking import Asking
from erp.kernel.odata.entity import Action, Many, One, Source
from erp.kernel.odata.properties import Bool, Day, Dec, Guid, Number, Text, as_extension
from sales.api import line_properties as of_line
from sales.api import posted
from sales.api import properties as of_head
from sales.api.actions_of_papers import CANCELLING, CORRECTING, SENDS, posting, send
from sales.api.approval_actions import approvals
from sales.api.fetching import GET_SHIPMENT_LINES
from sales.api.head import Documents, document_key, modified
from sales.api.posted_lines import PostedLines
from sales.models import SalesDocument, SalesInvoice, SalesInvoiceLine

Type = SalesDocument.Type


@dataclass(frozen=True, kw_only=True)
class Papers(Documents):
    """Drafts of one type together with what was posted from such drafts."""

    unique = ("number", "id")
    permissions = {"GET": ()}  # whoever sees either sees that; see `posted.sources`

    def papers(self, asking: Asking) -> Source:
        """The posted ones."""
        raise NotImplementedError

    def sources(self, asking: Asking) -> list[Source]:
        """Drafts and posted ones, as far as the caller may see them."""
        return posted.sources(asking, self.rows(asking), self.papers(asking))

    def change(self, asking: Asking, record: Any, given: dict[str, Any]) -> None:
        if not posted.is_posted(record):
            return super().change(asking, record, given)
        names = {each.inside: each.name for each in self.properties}
        return posted.change_posted(asking, record, given, names)

    def remove(self, asking: Asking, record: Any) -> None:
        posted.refuse_posted(record)
        super().remove(asking, record)


def ways(lines: str) -> tuple[One | Many, ...]:
    """The ways of a document; lines belong to it by its identifier, which drafts and posted ones do not share."""
    return tuple(
        replace(way, inside=("document__uuid", "uuid")) if way.name == lines else way
        for way in of_head.ways(lines)
    )


class SalesInvoices(Papers):
    """What customers are, or are about to be, asked to pay."""

    name, entity, type = "salesInvoices", "salesInvoice", Type.INVOICE
    scope = "sales.invoices"
    properties = (
        *document_key(),
        Text("externalDocumentNumber", "external_document_no", length=35),
        Day("invoiceDate", "document_date"),
        Day("postingDate", "posting_date", sortable=True),
        Day("dueDate", "due_date"),
        Day("promisedPayDate", absent=True, filterable=False),
        Text("customerPurchaseOrderReference", "your_reference", length=35),
        *of_head.customer(),
        *of_head.bill_to(),
        *of_head.ship_to(),
        *of_head.address("sellTo", "sell_to"),
        *of_head.read_only(*of_head.address("billTo", "bill_to")),
        *of_head.address("shipTo", "ship_to"),
        of_head.currency_id(),
        *of_head.dimensions(),
        of_head.currency_code(),
        Guid("orderId", lambda _asking: Value(None, UUIDField()), read_only=True, nullable=True),
        Number("orderNumber", lambda _asking: Value("", CharField()), length=20, read_only=True),
        *of_head.terms(),
        Guid("disputeStatusId", absent=True, filterable=False),
        Text("disputeStatus", length=10, absent=True, filterable=False),
        of_head.prices_include_tax(read_only=True),
        Dec("remainingAmount", of_head.of_lines("amount_including_vat"), scale=2, read_only=True),
        of_head.invoice_discount(),
        of_head.discount_before_tax(),
        *of_head.totals(),
        posted.status("InvoiceStatus", blank=True),
        modified(),
        *of_head.contact(),
        *as_extension(Bool("posted", lambda _asking: Value(False), read_only=True)),
    )
    navigation = (*ways("salesInvoiceLines"), One("disputeStatus", to="disputeStatus", key="disputeStatusId"))
    actions = (
        *posting("invoice"),
        Action("send", run=send, permissions=(SENDS,), about="Mails the draft, or what was posted."),
        *CANCELLING,
        CORRECTING,
        GET_SHIPMENT_LINES,
        *posted.of_drafts(*approvals()),
    )

    def papers(self, asking: Asking) -> Source:
        """Posted invoices; those of an order know its number and its identifier."""
        kind = posted.Kind.INVOICE
        return Source(
            SalesInvoice.objects.order_by(),
            at={
                **posted.places(kind),
                "remainingAmount": posted.remaining(kind),
                "orderId": F("order_uuid"),
                "orderNumber": F("order_no"),
            },
            etag=posted.etag(kind),
            kinds={"status": posted.status("InvoiceStatus", kind=kind, blank=True)},
        )


class SalesInvoiceLines(PostedLines):
    """Lines of draft and posted invoices; those of posted ones never change."""

    name, entity, type = "salesInvoiceLines", "salesInvoiceLine", Type.INVOICE
    scope = "sales.invoices"
    paper_line = SalesInvoiceLine
    properties = (
        *of_line.line_key(),
        of_line.quantity(),
        of_line.unit_price(),
        *of_line.amounts(),
        of_line.invoice_discount_share(),
        *of_line.nets(),
        of_line.shipment_date(),
        *of_line.places(),
        *of_line.line_extensions(),
    )
    navigation = of_line.line_ways()
