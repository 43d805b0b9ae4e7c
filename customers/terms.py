"""When an invoice is due, and what may be deducted until when. Pure."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from customers.models import PaymentTerms
from erp.kernel.money import CENT, WIDE, ZERO, round_to
from erp.kernel.periods import calc_date

HUNDRED = Decimal(100)


class Due(NamedTuple):
    """What payment terms make of a document date."""

    due_date: date
    discount_date: date | None
    discount_percent: Decimal


def due_on(terms: PaymentTerms | None, document_date: date, *, is_credit_memo: bool = False) -> Due:
    """Dates counted from the document date, whatever the posting date is.

    Credit memos are due at once and carry no discount, unless the terms say otherwise.
    Source: Business Central, payment terms.
    """
    if terms is None or (is_credit_memo and not terms.calc_pmt_disc_on_credit_memos):
        return Due(document_date, None, ZERO)
    return Due(
        calc_date(terms.due_date_calculation, document_date),
        calc_date(terms.discount_date_calculation, document_date),
        terms.discount_percent,
    )


def discount_possible(
    due: Due, *, posting_date: date, basis: Decimal, grace_period: str = "", precision: Decimal = CENT
) -> Decimal:
    """What may be deducted; nothing when discount date and grace period are over at posting already.

    basis  the amount including VAT, or without it where the ledger set-up says so; its sign is the document's
    """
    if due.discount_date is None or calc_date(grace_period, due.discount_date) < posting_date:
        return ZERO
    return round_to(WIDE.divide(WIDE.multiply(basis, due.discount_percent), HUNDRED), precision)
