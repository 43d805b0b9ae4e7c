"""Journals while they are typed: kinds, document numbers to come, balances, and what a payment should be. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from erp.kernel.money import ZERO
from receivables.models import AccountType, DocumentType, JournalBatch
from receivables.models import JournalLine as DraftLine
from receivables.plans.journal_line import JournalLine

Kind = JournalBatch.Kind
DEFAULT = "DEFAULT"  # the batch that every kind of journal has, kept once somebody writes in it


class Traits(NamedTuple):
    """What tells one kind of journal from another.

    document_type, account_type  of a new line
    may_post                     the permission to post it
    """

    source_code: str
    document_type: str
    account_type: str
    may_post: str


TRAITS = {
    Kind.CASH_RECEIPTS: Traits(
        "CASHRECJNL", DocumentType.PAYMENT, AccountType.CUSTOMER, "receivables.post_payment"
    ),
    Kind.SALES: Traits("SALESJNL", DocumentType.INVOICE, AccountType.CUSTOMER, "posting.post_journal"),
    Kind.GENERAL: Traits("GENJNL", DocumentType.NONE, AccountType.GL, "posting.post_journal"),
}

COPIED = (
    "line_no", "posting_date", "document_date", "document_type", "document_no", "external_document_no",
    "account_type", "account_no", "description", "currency_code", "amount", "bal_account_type", "bal_account_no",
    "applies_to_document_type", "applies_to_document_no", "applies_to_id", "due_date", "payment_discount_date",
    "payment_discount_percent", "on_hold", "salesperson_code", "reason_code", "gen_posting_type", "gen_bus",
    "gen_prod", "vat_bus", "vat_prod", "correction",
)  # fmt: skip


def as_journal_line(line: DraftLine, *, document_no: str | None = None) -> JournalLine:
    """The line as the posting routine takes it; with another document number where one is given."""
    values = {name: getattr(line, name) for name in COPIED}
    values["payment_terms_code"] = line.payment_terms_code or None
    if document_no is not None:
        values["document_no"] = document_no
    return JournalLine(**values)


def own_id(line: DraftLine) -> str:
    """The applies-to ID under which a line marks what it settles; no two lines share one."""
    return f"JNL-{line.pk}"


def document_places(lines: Sequence[DraftLine]) -> dict[int, int]:
    """Which number of the series a line without a document number will get: 1 for the next one, by line number.

    As posting counts: a new number whenever the lines before balance; lines without an amount use none up.
    """
    places, count, balance = {}, 0, ZERO
    for line in lines:
        if line.document_no:
            continue
        place = count if balance else count + 1
        places[line.line_no] = place
        if line.amount:
            count = place
            balance += ZERO if line.bal_account_no else line.amount
    return places


class DocumentBalance(NamedTuple):
    """What the lines of one document come to, in local currency."""

    document_no: str
    posting_date: date | None
    line_no: int
    balance: Decimal


@dataclass(frozen=True, slots=True)
class Balance:
    """What a journal comes to, in local currency; debit and credit count both accounts of a line.

    documents  those that do not balance; `line_no` is their first line
    """

    lines: int = 0
    debit: Decimal = ZERO
    credit: Decimal = ZERO
    documents: tuple[DocumentBalance, ...] = ()
    current: DocumentBalance | None = None

    @property
    def total(self) -> Decimal:
        return self.debit - self.credit


def balance_of(
    lines: Sequence[DraftLine],
    *,
    numbers: Mapping[int, str],
    lcy: Mapping[int, Decimal],
    current: int | None = None,
) -> Balance:
    """Balance a journal as it stands.

    numbers  document numbers as people see them, by line
    lcy      amounts in local currency, by line; a line without a rate is left out
    current  the line whose document is asked for; None: the last one
    """
    debit = credit = ZERO
    here = None
    documents: dict[tuple, DocumentBalance] = {}
    for line in lines:
        amount = lcy.get(line.line_no, ZERO)
        sides = (amount, -amount) if line.bal_account_no else (amount,)
        debit += sum((side for side in sides if side > 0), ZERO)
        credit -= sum((side for side in sides if side < 0), ZERO)
        key = (line.posting_date, line.document_type, numbers.get(line.line_no, ""))
        so_far = documents.get(key) or DocumentBalance(key[2], line.posting_date, line.line_no, ZERO)
        documents[key] = so_far._replace(balance=so_far.balance + sum(sides, ZERO))
        if current is None or line.line_no == current:
            here = key
    return Balance(
        lines=len(lines),
        debit=debit,
        credit=credit,
        documents=tuple(found for found in documents.values() if found.balance),
        current=documents.get(here),
    )


def to_pay(remaining: Decimal, *, discount: Decimal, discount_date: date | None, on: date | None) -> Decimal:
    """What settles an entry on a day: what remains, less the discount while it is in time; signed as the entry."""
    in_time = on is not None and discount_date is not None and on <= discount_date
    return remaining - discount if in_time else remaining


def settled_by(
    amounts: Sequence[tuple[Decimal, Decimal, Decimal, date | None]], *, on: date | None
) -> Decimal:
    """The amount of a new line that settles entries: (to apply, remaining, discount, discount date) of each.

    Negative where it settles invoices. A discount counts where the whole entry is applied.
    """
    total = ZERO
    for to_apply, remaining, discount, until in amounts:
        whole = to_apply == remaining
        total += to_pay(to_apply, discount=discount if whole else ZERO, discount_date=until, on=on)
    return -total


def numbers_of(lines: Sequence[DraftLine], upcoming: Callable[[int], Sequence[str]]) -> dict[int, str]:
    """Document numbers as people see them: typed, or the ones that the series will give.

    upcoming  so many next numbers of the series, as far as there are any
    """
    places = document_places(lines)
    known = upcoming(max(places.values())) if places else ()
    shown = {line.line_no: line.document_no for line in lines if line.document_no}
    return shown | {
        line_no: known[place - 1] if place <= len(known) else "" for line_no, place in places.items()
    }
