"""Journals that are being typed: their batches and lines, what numbers they will get, what they come to."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from customers.models import Customer
from customers.selectors import CreditSituation, credit_situations
from erp.kernel.errors import ErpError
from erp.kernel.models import NumberSeries
from erp.kernel.money import ONE, ZERO
from erp.kernel.numbering import peek_numbers
from posting.currency import factors_on, to_lcy
from posting.models import GLAccount
from receivables.models import AccountType, BankAccount, JournalBatch, JournalLine, ReceivablesSetup
from receivables.plans.journal_draft import DEFAULT, Balance, Kind, balance_of, numbers_of

GENERAL_SERIES = "GENERAL-JOURNAL"


def batches(kind: str) -> list[JournalBatch]:
    """The journals of a kind by name; where nobody wrote in one yet, the one that everybody starts with."""
    return list(JournalBatch.objects.filter(kind=kind).order_by("name")) or [first_batch(kind)]


def batch_named(kind: str, name: str) -> JournalBatch | None:
    """A journal; the first one of a kind is there before anybody wrote in it."""
    found = JournalBatch.objects.filter(kind=kind, name=name).first()
    return found or (first_batch(kind) if name == DEFAULT else None)


def first_batch(kind: str) -> JournalBatch:
    """The journal that everybody starts with, not stored yet: numbers and the bank account as the set-up says."""
    setup = (
        ReceivablesSetup.objects.select_related("default_bank_account").filter(pk=1).first()
        or ReceivablesSetup()
    )
    batch = JournalBatch(kind=kind, name=DEFAULT)
    if kind == Kind.CASH_RECEIPTS:
        batch.number_series = setup.payment_number_series
        if setup.default_bank_account_id:
            batch.bal_account_type = AccountType.BANK
            batch.bal_account_no = setup.default_bank_account.number
    elif NumberSeries.objects.filter(code=GENERAL_SERIES).exists():
        batch.number_series = GENERAL_SERIES
    return batch


def lines_of(batch: JournalBatch) -> list[JournalLine]:
    return list(batch.lines.order_by("line_no")) if batch.pk else []


def numbers_to_come(batch: JournalBatch, lines: Sequence[JournalLine]) -> dict[int, str]:
    """The document number of each line by its line number: typed, or the one that posting will draw."""
    on = next((line.posting_date for line in lines if line.posting_date), None)

    def upcoming(count: int) -> Sequence[str]:
        if not batch.number_series or on is None:
            return ()
        try:
            return peek_numbers(batch.number_series, on=on, count=count)
        except ErpError:
            return ()  # posting says why

    return numbers_of(lines, upcoming)


def local_amounts(lines: Sequence[JournalLine]) -> dict[int, Decimal]:
    """Amounts in local currency at the rate of each line's day; lines without a rate are left out."""
    factors: dict[tuple[str, date | None], Decimal | None] = {}
    found = {}
    for line in lines:
        key = (line.currency_code, line.posting_date)
        if not line.currency_code:
            factors[key] = ONE
        elif key not in factors:
            factors[key] = _factor(*key)
        if factors[key]:
            found[line.line_no] = to_lcy(line.amount, factors[key]) if line.currency_code else line.amount
    return found


def _factor(currency_code: str, on: date | None) -> Decimal | None:
    if on is None:
        return None
    try:
        return factors_on([currency_code], on)[currency_code]
    except ErpError:
        return None


def journal_balance(
    batch: JournalBatch, lines: Sequence[JournalLine], *, current: int | None = None
) -> Balance:
    """What a journal and its documents come to."""
    return balance_of(lines, numbers=numbers_to_come(batch, lines), lcy=local_amounts(lines), current=current)


def account_names(sides: Collection[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Names of accounts, customers and banks by (account type, number). One query per type."""
    found = {}
    for kind, model in (
        (AccountType.GL, GLAccount),
        (AccountType.CUSTOMER, Customer),
        (AccountType.BANK, BankAccount),
    ):
        numbers = {number for side, number in sides if side == kind and number}
        if numbers:
            names = model.objects.filter(number__in=numbers).values_list("number", "name")
            found |= {(kind, number): name for number, name in names}
    return found


@dataclass(frozen=True, slots=True)
class CreditInJournal:
    """A customer whose limit the journal would exceed; `added` is what the journal adds to the balance."""

    customer: Customer
    situation: CreditSituation
    added: Decimal

    @property
    def amount(self) -> Decimal:
        return self.situation.credit_amount(self.added)

    @property
    def excess(self) -> Decimal:
        return self.amount - self.customer.credit_limit


def credit_exceeded(lines: Sequence[JournalLine], *, on: date) -> list[CreditInJournal]:
    """Customers who would owe more than agreed once the journal is posted; those who pay in it are no concern."""
    lcy = local_amounts(lines)
    added: dict[str, Decimal] = {}
    for line in lines:
        amount = lcy.get(line.line_no, ZERO)
        for kind, number, signed in (
            (line.account_type, line.account_no, amount),
            (line.bal_account_type, line.bal_account_no, -amount),
        ):
            if kind == AccountType.CUSTOMER and number:
                added[number] = added.get(number, ZERO) + signed
    wanted = [number for number, sum in added.items() if sum > 0]
    if not wanted:
        return []
    customers = list(Customer.objects.filter(number__in=wanted, credit_limit__gt=0).order_by("number"))
    situations = credit_situations(customers, on=on) if customers else {}
    found = [
        CreditInJournal(customer, situations[customer.pk], added[customer.number]) for customer in customers
    ]
    return [each for each in found if each.excess > 0]
