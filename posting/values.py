"""What is handed to the general ledger's door: plain values, decided before anything is written.

Amounts are in local currency unless a name says currency; debit is positive.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from erp.kernel.money import ZERO


class Facts(NamedTuple):
    """What all lines of a transaction have in common.

    document_no  "***" while planning; the routine puts the number in with `_replace` once it is drawn
    closing      dated on the fictive day between `posting_date` and the next one: year-end entries
    """

    posting_date: date
    vat_date: date
    document_date: date
    document_type: str
    document_no: str
    external_document_no: str = ""
    description: str = ""
    source_type: str = ""
    source_no: str = ""
    source_code: str = ""
    reason_code: str = ""
    journal_batch: str = ""
    currency_code: str = ""
    closing: bool = False


class VATLine(NamedTuple):
    """One VAT entry; sales are negative, purchases positive, as on the G/L line that carries the base.

    account_id                 the VAT account, which the caller's own Line posts the amount to
    reverse_charge_account_id  the other VAT account of a reverse charge purchase
    base_before_discount       the G/L line's amount where a payment discount made `base` smaller; None: `base`
    reverses                   number of the VAT entry that this one undoes
    """

    type: str
    base: Decimal
    amount: Decimal
    percent: Decimal
    identifier: str
    calculation_type: str
    account_id: int | None
    vat_bus: str = ""
    vat_prod: str = ""
    gen_bus: str = ""
    gen_prod: str = ""
    tax_category: str = ""
    bill_to_no: str = ""
    country_code: str = ""
    vat_registration_no: str = ""
    eu_3_party_trade: bool = False
    eu_service: bool = False
    difference: Decimal = ZERO
    reverse_charge_account_id: int | None = None
    base_before_discount: Decimal | None = None
    reverses: int | None = None


class Line(NamedTuple):
    """One G/L entry.

    source_type, source_no  None: those of the transaction's facts
    vat                     the VAT entry whose base is this line; the VAT amount itself is a Line of its own
    reverses                number of the G/L entry that this one undoes
    line_no                 the document or journal line that a problem names
    """

    account_id: int
    amount: Decimal
    description: str = ""
    correction: bool = False
    gen_posting_type: str = ""
    gen_bus: str = ""
    gen_prod: str = ""
    vat_bus: str = ""
    vat_prod: str = ""
    vat_amount: Decimal = ZERO
    currency_amount: Decimal = ZERO
    quantity: Decimal = ZERO
    source_type: str | None = None
    source_no: str | None = None
    vat: VATLine | None = None
    system_created: bool = True
    reverses: int | None = None
    line_no: int | None = None


class Transaction(NamedTuple):
    """Lines that sum to zero on one posting date, and get one transaction number.

    continues  True: shares the number of the transaction before it, and balances only together with it
    """

    facts: Facts
    lines: Sequence[Line]
    continues: bool = False


def chains(transactions: Sequence[Transaction]) -> Iterator[list[Transaction]]:
    """The transactions by number: each with those that continue it."""
    chain: list[Transaction] = []
    for transaction in transactions:
        if chain and not transaction.continues:
            yield chain
            chain = []
        chain.append(transaction)
    if chain:
        yield chain


def debit_and_credit(amount: Decimal, *, correction: bool) -> tuple[Decimal, Decimal]:
    """The two columns of an amount: a correction stands on the other side, with a negative sign."""
    if (amount > 0) != correction:
        return amount, ZERO
    return ZERO, -amount
