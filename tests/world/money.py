"""Payments in stories."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from customers.models import Customer
from receivables.ledger import ApplyRequest
from receivables.models import CustomerLedgerEntry, DocumentType
from receivables.routines.receive_payment import Receipt, receive_payment


def receive(
    customer: Customer,
    amount: Decimal,
    *,
    on: date,
    apply: str | Sequence[str] | ApplyRequest | None,
    currency_code: str | None,
    by,
    at: datetime,
    **given,
) -> Receipt:
    """Post a payment; in the customer's currency unless another one is named."""
    if currency_code is None:
        currency_code = customer.currency.code if customer.currency_id else ""
    return receive_payment(
        customer=customer,
        amount=amount,
        on=on,
        currency_code=currency_code,
        apply=_request(customer, apply),
        by=by,
        at=at,
        **given,
    )


def _request(customer: Customer, apply: str | Sequence[str] | ApplyRequest | None) -> ApplyRequest | None:
    if apply is None or isinstance(apply, ApplyRequest):
        return apply
    if apply == "oldest":
        return ApplyRequest.oldest()
    if isinstance(apply, str):
        return ApplyRequest.to_document(DocumentType.INVOICE, apply)
    entries = CustomerLedgerEntry.objects.filter(customer=customer, document_no__in=apply)
    numbers = dict(entries.values_list("document_no", "entry_no"))
    return ApplyRequest.to_entries([(numbers[document_no], None) for document_no in apply])
