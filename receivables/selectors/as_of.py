"""What customers owed as of a day, and as it was known at a moment: from the details, which are never forgotten."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Case, DateField, F, OuterRef, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce

from customers.models import Customer
from erp.kernel.changelog import ChangeLogEntry
from erp.kernel.money import ZERO
from posting.as_of import NOW, Known, last_number, later
from receivables.models.entries import (
    CustomerBalance,
    CustomerLedgerEntry,
    DetailedCustomerLedgerEntry,
    OpenItem,
)
from receivables.selectors.sums import AMOUNT, total

DETAILS = "customer_detail_no"


@dataclass(frozen=True, slots=True)
class Owed:
    """What a customer owed in a currency (empty code: the local one), and its value in local currency."""

    customer_id: int
    currency_code: str
    amount: Decimal
    amount_lcy: Decimal


def balances_as_of(
    *, on: date | None = None, known: Known = NOW, customer_ids: Collection[int] | None = None
) -> list[Owed]:
    """What each customer owed in each currency, those that owed nothing left out. One query; of a moment, two.

    on     the last posting date that counts; None: whatever the dates

    The balances of today without what came later, in one statement: the cost is that of what came later.
    """
    keys = ("customer_id", "currency_code")
    today, since = (
        CustomerBalance.objects.all(),
        DetailedCustomerLedgerEntry.objects.filter(later(known, DETAILS, on=on)),
    )
    if customer_ids is not None:
        today, since = (rows.filter(customer__in=customer_ids) for rows in (today, since))
    undone = since.order_by().values_list(*keys).annotate(a=-Sum("amount"), b=-Sum("amount_lcy"))
    sums: dict[tuple[int, str], tuple[Decimal, Decimal]] = {}
    for *key, amount, amount_lcy in today.values_list(*keys, "amount", "amount_lcy").union(undone, all=True):
        before = sums.get(tuple(key), (ZERO, ZERO))
        sums[tuple(key)] = before[0] + amount, before[1] + amount_lcy
    return [Owed(*key, *owed) for key, owed in sorted(sums.items()) if any(owed)]


def details_as_of(*, on: date | None = None, known: Known = NOW) -> QuerySet[DetailedCustomerLedgerEntry]:
    """The details that count, each with `due`: the due date of its entry as it was known. Two queries beforehand."""
    last = last_number(known, DETAILS)
    rows = DetailedCustomerLedgerEntry.objects.all()
    if on is not None:
        rows = rows.filter(posting_date__lte=on, customer_entry__posting_date__lte=on)
    if last is not None:
        rows = rows.filter(entry_no__lte=last)
    return rows.annotate(due=due_date(known, entry="customer_entry"))


def due_date(known: Known, *, entry: str = "") -> Coalesce | Case:
    """The due date of an entry; people may move that of an open one. Of a moment one query: what had been moved then.

    entry  the way from the rows to their entry; empty: they are the entries
    """
    way = f"{entry}__" if entry else ""
    posted = F(f"{way}due_date")
    if known.is_now:
        return Coalesce(F(f"{way}open_item__due_date"), posted)
    changes = ChangeLogEntry.objects.filter(table=OpenItem._meta.db_table, field="due_date", at__lte=known.at)
    moved = dict(changes.order_by("id").values_list("record_id", "after"))
    by_day: dict[date, list[int]] = {}
    for number, day in moved.items():
        by_day.setdefault(date.fromisoformat(day), []).append(number)
    moves = (When(**{f"{way}pk__in": numbers}, then=Value(day)) for day, numbers in by_day.items())
    return Case(*moves, default=posted, output_field=DateField())


@dataclass(frozen=True, slots=True)
class OpenOn:
    """An entry and what was left of it at the end of a day; what was applied later does not count."""

    customer_no: str
    customer_name: str
    entry_no: int
    posting_date: date
    document_date: date
    due_date: date
    document_type: str
    document_no: str
    currency_code: str
    amount: Decimal
    remaining: Decimal
    remaining_lcy: Decimal

    @property
    def is_open(self) -> bool:
        return bool(self.remaining or self.remaining_lcy)


def open_on(on: date, *, customer: Customer | None = None, known: Known = NOW) -> Iterator[OpenOn]:
    """Entries with something left, by customer and due date. One query, fetched while they are walked through.

    known  what was posted later does not count; two queries more
    The same rows as `aged_receivables` adds up.
    """
    details = details_as_of(on=on, known=known)
    if customer is not None:
        details = details.filter(customer=customer)
    columns = (
        "customer__number", "customer__name", "customer_entry_id", "customer_entry__posting_date",
        "customer_entry__document_date", "due", "customer_entry__document_type", "customer_entry__document_no",
        "customer_entry__currency_code", "customer_entry__amount",
    )  # fmt: skip
    rows = (
        details.values(*columns)
        .annotate(remaining=Sum("amount"), remaining_lcy=Sum("amount_lcy"))
        .exclude(remaining=0, remaining_lcy=0)
        .order_by("customer__number", "due", "customer_entry_id")
        .values_list(*columns, "remaining", "remaining_lcy")
    )
    for row in rows.iterator(chunk_size=2000):
        yield OpenOn(*row)


def ledger_as_of(customer: Customer, *, on: date | None = None, known: Known = NOW) -> list[OpenOn]:
    """The entries of a customer, settled ones too, with what was left of each. One query; of a moment, four."""
    entries = CustomerLedgerEntry.objects.filter(customer=customer)
    if on is not None:
        entries = entries.filter(posting_date__lte=on)
    if not known.is_now:
        entries = entries.filter(entry_no__lte=last_number(known, "gl_entry_no"))
    counting = DetailedCustomerLedgerEntry.objects.filter(customer_entry=OuterRef("pk"))
    counting = counting.exclude(later(known, DETAILS, on=on)).order_by().values("customer_entry")
    entries = entries.annotate(due=due_date(known), remaining=_left(counting, "amount"),
                               remaining_lcy=_left(counting, "amount_lcy"))  # fmt: skip
    columns = (
        "customer__number", "customer__name", "entry_no", "posting_date", "document_date", "due", "document_type",
        "document_no", "currency_code", "amount", "remaining", "remaining_lcy",
    )  # fmt: skip
    return [OpenOn(*row) for row in entries.order_by("posting_date", "entry_no").values_list(*columns)]


def _left(details: QuerySet, column: str) -> Coalesce:
    return Coalesce(
        Subquery(details.annotate(left=total(column)).values("left")), Value(ZERO), output_field=AMOUNT
    )
