"""What customers may be paying for: open invoices and credit memos, found by number, customer and amount."""

from collections.abc import Collection
from decimal import Decimal

from django.db.models import F, Q

from customers.models import Customer
from customers.models.customer import FOUND_BY
from erp.kernel.search import match
from posting.models.entries import DocumentType
from receivables.models.entries import CustomerLedgerEntry
from receivables.selectors.entries import EntryRow, _rows

MONEY = (DocumentType.PAYMENT, DocumentType.REFUND)
SHOWN_TO_PAY = 100
HUNDRED = Decimal(100)


def to_be_paid(
    *,
    text: str = "",
    amount: Decimal | None = None,
    tolerance: Decimal = Decimal(0),
    entry_nos: Collection[int] = (),
    limit: int = SHOWN_TO_PAY,
) -> list[EntryRow]:
    """Open entries that are no money themselves, what is due first on top.

    text       beginning of a document or external document number; number or words of the customer
    amount     what remains, with the discount deducted or not; give or take `tolerance` percent
    entry_nos  these come first, whatever is searched for
    """
    entries = CustomerLedgerEntry.objects.filter(open_item__isnull=False).exclude(document_type__in=MONEY)
    found = entries.exclude(pk__in=entry_nos)
    if text:
        numbers = Q(document_no__istartswith=text) | Q(external_document_no__istartswith=text)
        words = match(text, *FOUND_BY)
        named = Customer.objects.filter(number__iexact=text)
        if words is not None:
            named = Customer.objects.filter(words) | named
        found = found.filter(numbers | Q(customer__in=named.values("pk")))
    if amount is not None:
        share = tolerance / HUNDRED
        low, high = sorted((abs(amount) * (1 - share), abs(amount) * (1 + share)))
        found = found.annotate(
            left=F("open_item__remaining_amount"),
            net=F("open_item__remaining_amount") - F("open_item__remaining_payment_discount"),
        ).filter(
            Q(left__range=(low, high))
            | Q(net__range=(low, high))
            | Q(left__range=(-high, -low))
            | Q(net__range=(-high, -low))
        )
    order = ("open_item__due_date", "entry_no")
    chosen = _rows(entries.filter(pk__in=entry_nos).order_by(*order)) if entry_nos else []
    return chosen + _rows(found.order_by(*order)[:limit])
