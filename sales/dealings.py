"""What there is between us and a customer, at a glance: how many papers, the latest, and the latest prices."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q

from sales.models import SalesCreditMemo, SalesDocument, SalesInvoice, SalesLine, SalesShipment
from sales.models.invoice import SalesInvoiceLine

LATEST = 5


@dataclass(frozen=True)
class Latest:
    """One of a customer's latest papers. kind: "order", or of a posted one "posted_invoice"."""

    kind: str
    number: str
    on: date | None
    label: str
    amount: Decimal | None
    currency_code: str


@dataclass(frozen=True)
class Dealings:
    """Working documents by type, and posted papers by kind; who asks for the amounts may see them."""

    working: dict[str, int]
    shipments: int
    invoices: int
    credit_memos: int
    latest: Sequence[Latest]


@dataclass(frozen=True)
class EarlierPrice:
    """What the customer was asked for an item, per unit, on a posted invoice."""

    invoice_no: str
    on: date
    quantity: Decimal
    unit_code: str
    unit_price: Decimal
    line_discount_percent: Decimal
    currency_code: str


def dealings_with(customer_id: int, *, without: int | None = None) -> Dealings:
    """The history of a sell-to customer. Six queries.

    without  the key of a working document that is not told about: the one at hand
    """
    mine = Q(customer_id=customer_id)
    rows = SalesDocument.objects.filter(mine).order_by().values_list("type").annotate(Count("pk"))
    return Dealings(
        working=dict(rows),
        shipments=SalesShipment.objects.filter(mine).count(),
        invoices=SalesInvoice.objects.filter(mine).count(),
        credit_memos=SalesCreditMemo.objects.filter(mine).count(),
        latest=_latest(customer_id, without),
    )


def _latest(customer_id: int, without: int | None) -> list[Latest]:
    documents = SalesDocument.objects.filter(customer_id=customer_id).exclude(pk=without).with_totals()
    invoices = SalesInvoice.objects.filter(customer_id=customer_id).order_by("-posting_date", "-id")
    found = [
        Latest(
            document.type,
            document.number,
            document.order_date or document.document_date,
            str(document.get_type_display()),
            document.total_including_vat,
            document.currency_code,
        )
        for document in documents.order_by("-id")[:LATEST]
    ]
    found += [
        Latest(
            "posted_invoice",
            invoice.number,
            invoice.posting_date,
            str(SalesDocument.Type.INVOICE.label),
            invoice.amount_including_vat,
            invoice.currency_code,
        )
        for invoice in invoices[:LATEST]
    ]
    found.sort(key=lambda paper: paper.on or date.min, reverse=True)
    return found[:LATEST]


def earlier_prices(customer_id: int | None, line: SalesLine) -> list[EarlierPrice]:
    """What the customer was asked for the item of a line before, the latest first. One query."""
    if customer_id is None or line.item_id is None:
        return []
    rows = SalesInvoiceLine.objects.filter(document__customer_id=customer_id, item_id=line.item_id)
    rows = rows.exclude(quantity=0).select_related("document")
    return [
        EarlierPrice(
            row.document.number,
            row.document.posting_date,
            row.quantity,
            row.unit_code,
            row.unit_price,
            row.line_discount_percent,
            row.document.currency_code,
        )
        for row in rows.order_by("-document__posting_date", "-document_id")[:LATEST]
    ]


def neighbours(document: SalesDocument) -> tuple[SalesDocument | None, SalesDocument | None]:
    """The documents before and after one in the order of the list, the newest first. Two queries."""
    same = SalesDocument.objects.filter(type=document.type).only("type", "number")
    newer = same.filter(pk__gt=document.pk).order_by("pk").first()
    return newer, same.filter(pk__lt=document.pk).order_by("-pk").first()
