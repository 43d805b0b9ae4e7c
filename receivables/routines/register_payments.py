"""Register what a bank statement says was paid: each entry by itself, or one payment for several."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from customers.models import Customer
from erp.kernel.access import needs
from erp.kernel.errors import ErpError, Problem, raise_problems
from erp.kernel.money import ZERO
from receivables import errors
from receivables.ledger import ApplyRequest
from receivables.models import BankAccount
from receivables.plans.registration import Received, check_lump, takes_discount
from receivables.routines.receive_payment import Receipt, receive_payment

if TYPE_CHECKING:
    from erp.kernel.models import User


@dataclass(frozen=True)
class Outcome:
    """What became of one payment: its receipt, or why there is none."""

    received: Received
    receipt: Receipt | None = None
    problems: tuple[Problem, ...] = ()


@needs("receivables.post_payment")
def register_payments(
    received: Sequence[Received], *, bank: BankAccount, by: "User | None", at: datetime, key: str = ""
) -> list[Outcome]:
    """Post one payment (of a credit memo: one refund) for each entry; what is refused does not keep the others back.

    key     makes it safe to ask twice: what was posted is told again, what was refused is tried again
    raises  NothingMarked
    """
    if not received:
        raise errors.NothingMarked()
    customers = _customers(received)
    outcomes = []
    for row in received:
        try:
            receipt = receive_payment(
                customer=customers[row.entry.customer_no],
                amount=row.amount,
                on=row.on,
                bank=bank,
                currency_code=row.entry.currency_code,
                refund=row.is_refund,
                apply=ApplyRequest.to_entries([(row.entry.entry_no, None)]),
                external_document_no=row.external_document_no,
                by=by,
                at=at,
                idempotency_key=f"{key}-{row.entry.entry_no}" if key else "",
            )
        except ErpError as error:
            outcomes.append(Outcome(row, problems=tuple(error.problems)))
        else:
            outcomes.append(Outcome(row, receipt))
    return outcomes


@needs("receivables.post_payment")
def register_lump(
    received: Sequence[Received], *, bank: BankAccount, by: "User | None", at: datetime, key: str = ""
) -> Receipt:
    """Post one payment of one customer for several entries, net of credit memos.

    raises  NothingMarked, NothingToPay; ProblemsFound: E-PR-LUMPCUST, E-PR-LUMPDATE, E-PR-LUMPCURR, those of the
            payment

    What is received for an entry is what is applied to it; an entry that is paid in full, or less its discount in
    time, is applied whole. What exceeds the entries stays open as a payment.
    """
    if not received:
        raise errors.NothingMarked()
    raise_problems("", check_lump(received))
    first = received[0]
    total = sum((row.signed for row in received), ZERO)
    if not total:
        raise errors.NothingToPay()
    return receive_payment(
        customer=_customers(received)[first.entry.customer_no],
        amount=abs(total),
        on=first.on,
        bank=bank,
        currency_code=first.entry.currency_code,
        refund=total < 0,
        apply=ApplyRequest.to_entries([(row.entry.entry_no, _to_apply(row)) for row in received]),
        external_document_no=next(
            (row.external_document_no for row in received if row.external_document_no), ""
        ),
        by=by,
        at=at,
        idempotency_key=f"{key}-lump" if key else "",
    )


def _to_apply(row: Received) -> Decimal | None:
    """In the sign of the entry; None applies all that remains."""
    if row.amount >= abs(row.entry.remaining) or takes_discount(row):
        return None
    return -row.amount if row.is_refund else row.amount


def _customers(received: Sequence[Received]) -> dict[str, Customer]:
    numbers = {row.entry.customer_no for row in received}
    return {row.number: row for row in Customer.objects.filter(number__in=numbers)}
