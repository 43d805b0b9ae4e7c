"""The head of a copy: what it takes from its source, and what must agree where it takes nothing. Pure."""

from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext as _

from erp.kernel.errors import Problem
from sales.models import SalesDocument
from sales.models.base import Paper
from sales.plans.copying import CopySource

# What of a paper is its own: who moved it, and what was said about it alone.
PAPERS_OWN = frozenset({"posting_description", "package_tracking_no", "free_text"})
TAKEN = (
    *(field.attname for field in Paper._meta.get_fields() if field.attname not in PAPERS_OWN),
    "customer_id",
    "bill_to_customer_id",
)
# What only working documents know; of a posted paper the customer's cards say it.
WORKING = ("price_group_code", "discount_group_code", "invoice_discount_code", "invoice_discount_calculation",
           "invoice_discount_value", "allow_line_discount", "vat_base_discount_percent", "shipping_advice",
           "shipping_time", "outbound_handling_time", "combine_shipments", "requested_delivery_date",
           "promised_delivery_date")  # fmt: skip
SAME = ("customer_id", "bill_to_customer_id", "customer_posting_group", "gen_bus_posting_group",
        "vat_bus_posting_group", "currency_code", "prices_including_vat")  # fmt: skip


def check_same(document: SalesDocument, source: CopySource) -> list[Problem]:
    """Why lines cannot be copied as they are without the head that they were written under: E-COPY-MISMATCH."""
    message = _(
        "{field} must be the same: {document} has {here}, {source} has {there}. Include the header, or recalculate "
        "the lines."
    )
    return [
        Problem(
            "E-COPY-MISMATCH",
            message.format(
                field=document._meta.get_field(name).verbose_name,
                document=document,
                here=_shown(document, name),
                source=source.name,
                there=_shown(source.head, name),
            ),
            field=name.removesuffix("_id"),
        )
        for name in SAME
        if getattr(document, name) != getattr(source.head, name)
    ]


def take_head(document: SalesDocument, source: CopySource, cards: Mapping[str, object], *, on: date) -> None:
    """Put the head of a source on a document, dates and all; number, status and history stay.

    cards  what the customer's cards say of `WORKING`, for posted papers
    on     the work date, for the posting date where the source has none

    Source: Business Central, Copy Document with Include Header.
    """
    own_posting_date = document.posting_date
    head = source.head
    for name in TAKEN:
        setattr(document, name, getattr(head, name))
    for name in WORKING:
        setattr(document, name, cards[name] if source.is_posted else getattr(head, name))
    if source.is_posted:
        _keep_invoice_discount(document, source)
    if not document.traits.has_posting_date:
        document.posting_date = None
    elif document.posting_date is None:
        document.posting_date = own_posting_date or on
    is_invoice = document.type == SalesDocument.Type.INVOICE
    document.free_text = head.free_text and is_invoice
    is_quote = document.type == SalesDocument.Type.QUOTE
    document.customer_template_id = getattr(head, "customer_template_id", None) if is_quote else None
    document.applies_to_document_type = document.applies_to_document_no = document.applies_to_id = ""


def _keep_invoice_discount(document: SalesDocument, source: CopySource) -> None:
    """What a posted paper gave is given as an amount."""
    given = sum(line.inv_discount_amount for line in source.lines)
    choices = SalesDocument.InvoiceDiscountCalculation
    document.invoice_discount_calculation = choices.AMOUNT if given else choices.NONE
    document.invoice_discount_value = given


def _shown(head: Paper, name: str) -> str:
    if name.endswith("_id"):
        customer = getattr(head, name.removesuffix("_id"))
        return customer.number if customer else "–"
    value = getattr(head, name)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return value or "–"
