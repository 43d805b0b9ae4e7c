"""Entries of the customer and bank ledgers as people see them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from customers.models import Customer
from erp.kernel.money import ZERO
from receivables.models import BankAccount
from receivables.models.entries import BankLedgerEntry, CustomerLedgerEntry, DetailedCustomerLedgerEntry
from receivables.selectors.sums import AMOUNT, Type, total


@dataclass(frozen=True, slots=True)
class EntryRow:
    """A customer ledger entry as people see it; remaining amounts are zero once it is settled."""

    entry_no: int
    transaction_no: int
    customer_no: str
    customer_name: str
    posting_date: date
    document_type: str
    document_no: str
    external_document_no: str
    description: str
    due_date: date
    currency_code: str
    amount: Decimal
    amount_lcy: Decimal
    remaining: Decimal
    remaining_lcy: Decimal
    discount_date: date | None
    discount: Decimal
    applies_to_id: str
    on_hold: str
    reverses: int | None
    reversed_by: int | None

    @property
    def is_open(self) -> bool:
        return bool(self.remaining or self.remaining_lcy)


_ENTRY_COLUMNS = (
    "entry_no", "transaction_no", "customer__number", "customer_name", "posting_date", "document_type", "document_no",
    "external_document_no", "description", "shown_due_date", "currency_code", "amount", "amount_lcy", "remaining",
    "remaining_lcy", "open_item__payment_discount_date", "discount", "shown_id", "shown_hold", "reverses_id",
    "reversals__entry_no",
)  # fmt: skip


def _with_remaining(entries: QuerySet[CustomerLedgerEntry]) -> QuerySet[CustomerLedgerEntry]:
    zero = Value(ZERO, output_field=AMOUNT)
    return entries.annotate(
        remaining=Coalesce(F("open_item__remaining_amount"), zero),
        remaining_lcy=Coalesce(F("open_item__remaining_amount_lcy"), zero),
        discount=Coalesce(F("open_item__remaining_payment_discount"), zero),
        shown_due_date=Coalesce(F("open_item__due_date"), F("due_date")),
        shown_id=Coalesce(F("open_item__applies_to_id"), Value("")),
        shown_hold=Coalesce(F("open_item__on_hold"), Value("")),
    )


def _rows(entries: QuerySet[CustomerLedgerEntry]) -> list[EntryRow]:
    return [EntryRow(*row) for row in _with_remaining(entries).values_list(*_ENTRY_COLUMNS)]


def customer_ledger(
    customer: Customer,
    *,
    start: date | None = None,
    on: date | None = None,
    only_open: bool = False,
    document_type: str = "",
) -> list[EntryRow]:
    """The entries of a customer in the order they were posted, with what remains of each today. One query."""
    entries = CustomerLedgerEntry.objects.filter(customer=customer)
    if start is not None:
        entries = entries.filter(posting_date__gte=start)
    if on is not None:
        entries = entries.filter(posting_date__lte=on)
    if only_open:
        entries = entries.filter(open_item__isnull=False)
    if document_type:
        entries = entries.filter(document_type=document_type)
    return _rows(entries.order_by("posting_date", "entry_no"))


def open_entries(customer: Customer) -> list[EntryRow]:
    """What is open with a customer, in the order in which oldest first would settle it."""
    entries = CustomerLedgerEntry.objects.filter(customer=customer, open_item__isnull=False)
    return _rows(entries.order_by("open_item__due_date", "entry_no"))


def ledger(*, only_open: bool = False, customer: Customer | None = None) -> QuerySet[CustomerLedgerEntry]:
    """The entries of everybody, or of one customer, with what remains of each; to be paged by entry number."""
    entries = CustomerLedgerEntry.objects.select_related("customer")
    if customer is not None:
        entries = entries.filter(customer=customer)
    if only_open:
        entries = entries.filter(open_item__isnull=False)
    return _with_remaining(entries)


def entry(entry_no: int) -> EntryRow | None:
    """One entry."""
    return next(iter(_rows(CustomerLedgerEntry.objects.filter(pk=entry_no))), None)


def entries_named(
    document_no: str, *, document_type: str = "", customer_id: int | None = None
) -> list[EntryRow]:
    """The entries of a document number, whatever they are."""
    entries = CustomerLedgerEntry.objects.filter(document_no=document_no)
    if document_type:
        entries = entries.filter(document_type=document_type)
    if customer_id is not None:
        entries = entries.filter(customer_id=customer_id)
    return _rows(entries.order_by("entry_no"))


def customer_of(entry_no: int) -> int | None:
    """The customer of an entry."""
    return CustomerLedgerEntry.objects.filter(pk=entry_no).values_list("customer_id", flat=True).first()


def documents_in_use(documents: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """Which of some (type, number) pairs are in the ledger and not reversed. One query."""
    wanted = set(documents)
    if not wanted:
        return set()
    numbers = {number for _type, number in wanted}
    entries = CustomerLedgerEntry.objects.filter(document_no__in=numbers, reverses=None, reversals=None)
    return wanted & set(entries.values_list("document_type", "document_no"))


@dataclass(frozen=True, slots=True)
class DetailRow:
    """A detailed entry as people see it; `unapplied_by` is the detail that undoes it."""

    entry_no: int
    customer_entry: int
    type: str
    posting_date: date
    document_type: str
    document_no: str
    amount: Decimal
    amount_lcy: Decimal
    currency_code: str
    transaction_no: int
    application_no: int
    applied_entry: int | None
    reverses: int | None
    unapplied_by: int | None


_DETAIL_COLUMNS = (
    "entry_no", "customer_entry_id", "type", "posting_date", "document_type", "document_no", "amount", "amount_lcy",
    "currency_code", "transaction_no", "application_no", "applied_entry_id", "reverses_id", "reversals__entry_no",
)  # fmt: skip


def details_of(entry_no: int) -> list[DetailRow]:
    """Every movement of an entry, oldest first."""
    rows = DetailedCustomerLedgerEntry.objects.filter(customer_entry_id=entry_no).order_by("entry_no")
    return [DetailRow(*row) for row in rows.values_list(*_DETAIL_COLUMNS)]


@dataclass(frozen=True, slots=True)
class BankRow:
    """A bank entry as people see it."""

    entry_no: int
    transaction_no: int
    bank_account_no: str
    posting_date: date
    document_type: str
    document_no: str
    description: str
    currency_code: str
    amount: Decimal
    amount_lcy: Decimal
    reverses: int | None


_BANK_COLUMNS = (
    "entry_no", "transaction_no", "bank_account__number", "posting_date", "document_type", "document_no",
    "description", "currency_code", "amount", "amount_lcy", "reverses_id",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class DocumentEntries:
    """What a paper left in this room's ledgers, by entry number."""

    customer: tuple[EntryRow, ...]
    details: tuple[DetailRow, ...]
    bank: tuple[BankRow, ...]


def entries_for(document_no: str, *, posting_date: date | None = None) -> DocumentEntries:
    """The customer entries, details and bank entries of a document number. Three queries."""
    paper = {"document_no": document_no} | ({"posting_date": posting_date} if posting_date else {})
    details = DetailedCustomerLedgerEntry.objects.filter(**paper).order_by("entry_no")
    bank = BankLedgerEntry.objects.filter(**paper).order_by("entry_no")
    return DocumentEntries(
        tuple(_rows(CustomerLedgerEntry.objects.filter(**paper).order_by("entry_no"))),
        tuple(DetailRow(*row) for row in details.values_list(*_DETAIL_COLUMNS)),
        tuple(BankRow(*row) for row in bank.values_list(*_BANK_COLUMNS)),
    )


def bank_balance(bank_account_id: int) -> Decimal:
    """What stands on a bank account, in its own currency."""
    return BankLedgerEntry.objects.filter(bank_account_id=bank_account_id).aggregate(sum=total("amount"))[
        "sum"
    ]


def has_bank_entries(account: BankAccount) -> bool:
    """Whether anything was ever posted on a bank account."""
    return BankLedgerEntry.objects.filter(bank_account=account).exists()


@dataclass(frozen=True, slots=True)
class Closing:
    """When and by what an entry was settled; `by` is None where it settled others itself and they closed together."""

    entry_no: int
    on: date
    by: int | None
    amount: Decimal
    amount_lcy: Decimal


def closings(entry_nos: Collection[int]) -> dict[int, Closing]:
    """How each settled entry of some was closed; those that are open are left out. One query.

    An entry that others settled points to the one that did; one that settled others points to the last of them that
    is still open, if any.
    """
    undone = DetailedCustomerLedgerEntry.objects.filter(reverses=OuterRef("pk")).values("pk")[:1]
    rows = (
        DetailedCustomerLedgerEntry.objects.filter(
            customer_entry_id__in=entry_nos,
            customer_entry__open_item=None,
            type=Type.APPLICATION,
            reverses=None,
        )
        .annotate(undone=Subquery(undone))
        .filter(undone=None)
        .order_by("entry_no")
        .values_list(
            "entry_no", "customer_entry_id", "applied_entry_id", "posting_date", "amount", "amount_lcy"
        )
    )
    found: dict[int, Closing] = {}
    pairs: dict[int, int] = {}
    for number, own, applied, on, amount, amount_lcy in rows:
        found[own] = Closing(own, on, applied if applied != own else None, amount, amount_lcy)
        if applied == own:
            pairs[own] = number - 1
    left = DetailedCustomerLedgerEntry.objects.filter(
        pk__in=pairs.values(), customer_entry__open_item__isnull=False
    )
    last = dict(left.values_list("entry_no", "customer_entry_id"))
    for own, number in pairs.items():
        closing = found[own]
        if closing.by is None and number in last:
            found[own] = Closing(own, closing.on, last[number], closing.amount, closing.amount_lcy)
    return found
