"""Sales credit memos: drafts and posted ones in one set; a posted one keeps the identifier of its draft."""

from typing import Any
from uuid import UUID

from django.db.models import Case, CharField, F, OuterRef, Subquery, UUIDField, Value, When
from django.db.models.functions import Coalesce

from erp.kernel.odata.asking import Asking
from erp.kernel.odata.entity import Action, Source
from erp.kernel.odata.properties import Bool, Day, Guid, Number, Text, as_extension
from receivables.selectors import settled_invoice_no
from sales.api import line_properties as of_line
from sales.api import posted
from sales.api import properties as of_head
from sales.api.actions_of_papers import CANCELLING, SENDS, posting, send_posted
from sales.api.approval_actions import approvals
from sales.api.head import document_key, modified
from sales.api.invoices import Papers, ways
from sales.api.posted_lines import PostedLines
from sales.models import SalesCreditMemo, SalesCreditMemoLine, SalesDocument, SalesInvoice

Type = SalesDocument.Type
INVOICE = "invoice"  # the kind of document that a credit memo is applied to, as documents name it
NUMBER = CharField()


def applied_to() -> Case:
    """The number of the invoice that a draft is to be applied to."""
    return Case(
        When(applies_to_document_type=INVOICE, then=F("applies_to_document_no")),
        default=Value(""),
        output_field=NUMBER,
    )


def settled() -> Coalesce:
    """The number of the invoice that a posted credit memo took back, or was applied to first."""
    found = (posted.cancelled_invoice_no(), settled_invoice_no(posted.ENTRY), Value(""))
    return Coalesce(*found, output_field=NUMBER)


def id_of_invoice() -> Subquery:
    """The identifier of the posted invoice of which the row has the number."""
    invoices = SalesInvoice.objects.filter(number=OuterRef("invoice_number")).order_by()
    return Subquery(invoices.values("uuid"), output_field=UUIDField())


class SalesCreditMemos(Papers):
    """What customers get back, or are about to: goods returned, or an invoice corrected."""

    name, entity, type = "salesCreditMemos", "salesCreditMemo", Type.CREDIT_MEMO
    scope = "sales.creditMemos"
    properties = (
        *document_key(),
        Text("externalDocumentNumber", "external_document_no", length=35),
        Day("creditMemoDate", "document_date"),
        Day("postingDate", "posting_date", sortable=True),
        Day("dueDate", "due_date"),
        *of_head.customer(),
        *of_head.bill_to(),
        *of_head.address("sellTo", "sell_to"),
        *of_head.address("billTo", "bill_to"),
        *of_head.dimensions(),
        of_head.currency_id(),
        of_head.currency_code(),
        *of_head.terms(),
        of_head.prices_include_tax(read_only=True),
        of_head.invoice_discount(),
        of_head.discount_before_tax(),
        *of_head.totals(),
        posted.status("CrMemoStatus"),
        modified(),
        Guid("invoiceId", id_of_invoice(), of=SalesInvoice, gives="number", to="applies_to", nullable=True),
        Number(
            "invoiceNumber",
            F("invoice_number"),
            length=20,
            of=SalesInvoice,
            by="number",
            gives="number",
            to="applies_to",
        ),
        *of_head.contact(),
        Guid("customerReturnReasonId", absent=True, filterable=False),
        *as_extension(Bool("posted", lambda _asking: Value(False), read_only=True)),
    )
    navigation = ways("salesCreditMemoLines")
    actions = (
        *posting("credit_memo"),
        Action("send", run=send_posted, permissions=(SENDS,), about="Mails the posted credit memo."),
        *CANCELLING,
        *posted.of_drafts(*approvals()),
    )

    def rows(self, asking: Asking) -> Any:
        """Drafts, with the invoice that each is for."""
        return super().rows(asking).alias(invoice_number=applied_to())

    def papers(self, asking: Asking) -> Source:
        """Posted credit memos."""
        kind = posted.Kind.CREDIT_MEMO
        return Source(
            SalesCreditMemo.objects.order_by().alias(invoice_number=settled()),
            at={**posted.places(kind)},
            etag=posted.etag(kind),
            kinds={"status": posted.status("CrMemoStatus", kind=kind)},
        )

    def create(self, asking: Asking, given: dict[str, Any]) -> UUID:
        return super().create(asking, applied(given))

    def change(self, asking: Asking, record: Any, given: dict[str, Any]) -> None:
        super().change(asking, record, given if posted.is_posted(record) else applied(given))


def applied(given: dict[str, Any]) -> dict[str, Any]:
    """What is given, with the invoice that it is applied to as documents keep it."""
    if "applies_to" not in given:
        return given
    number = given.pop("applies_to")
    kind = INVOICE if number else ""
    return {**given, "applies_to_document_type": kind, "applies_to_document_no": number}


class SalesCreditMemoLines(PostedLines):
    """Lines of draft and posted credit memos; those of posted ones never change."""

    name, entity, type = "salesCreditMemoLines", "salesCreditMemoLine", Type.CREDIT_MEMO
    scope = "sales.creditMemos"
    paper_line = SalesCreditMemoLine
    properties = (
        *of_line.line_key(),
        of_line.unit_price(),
        of_line.quantity(),
        *of_line.amounts(),
        of_line.invoice_discount_share(),
        *of_line.nets(),
        of_line.shipment_date(),
        *of_line.places(),
        *of_line.line_extensions(),
    )
    navigation = of_line.line_ways()
