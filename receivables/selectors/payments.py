"""What customers paid."""

from receivables.models.entries import CustomerLedgerEntry, DocumentType


def last_payment(customer_id: int) -> CustomerLedgerEntry | None:
    """The latest payment of a customer that was not reversed; None where there is none."""
    payments = CustomerLedgerEntry.objects.filter(
        customer_id=customer_id, document_type=DocumentType.PAYMENT, reverses=None, reversals=None
    )
    return payments.order_by("-posting_date", "-entry_no").first()
