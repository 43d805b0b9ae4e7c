"""What happened on a customer's account in a span of days, as a statement tells it: per currency."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum

from customers.models import Customer
from erp.kernel.money import ZERO
from posting.as_of import NOW, Known, last_number
from receivables.models.entries import DetailedCustomerLedgerEntry
from receivables.selectors import details_as_of

Type = DetailedCustomerLedgerEntry.Type


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One movement (balance forward) or one open entry (open items).

    type       of the detail; blank for an open entry
    original   of the entry; remaining: of the entry at the end of the span
    amount     what it adds to the balance
    """

    entry_no: int
    on: date
    type: str
    document_type: str
    document_no: str
    description: str
    due_date: date
    original: Decimal
    remaining: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class CurrencyStatement:
    """A customer's account in one currency; the code is empty for the local one."""

    currency_code: str
    opening: Decimal = ZERO
    lines: list[StatementLine] = field(default_factory=list)
    overdue: list[StatementLine] = field(default_factory=list)

    @property
    def closing(self) -> Decimal:
        return self.opening + sum((line.amount for line in self.lines), ZERO)

    @property
    def total_overdue(self) -> Decimal:
        return sum((line.remaining for line in self.overdue), ZERO)


def statement(
    customer: Customer,
    *,
    start: date,
    end: date,
    open_items: bool = False,
    undone: bool = False,
    known: Known = NOW,
) -> list[CurrencyStatement]:
    """One statement per currency that the customer has entries in, the local one first. Five queries at most.

    open_items  what is left of entries at the end of the span; otherwise every movement in it, the balance before it
                in `opening`
    undone      show what was reversed or unapplied, and what undid it, where both lie in the span
    known       what was posted later does not count: what was undone since is not undone yet; three queries more

    Applications move nothing within a currency and are left out; between currencies they are shown.
    Source: Business Central, standard statement.
    """
    details = details_as_of(on=end, known=known).filter(customer=customer)
    facts = _facts(details)
    openings = _openings(details.filter(posting_date__lt=start), facts, start, open_items=open_items)
    if open_items:
        lines = _open_lines(facts, start)
    else:
        lines = _movements(details, facts, start, end, undone=undone, known=known)
    found = []
    for code in sorted({fact.currency_code for fact in facts.values()}):
        left = [fact for fact in facts.values() if fact.currency_code == code and fact.remaining]
        late = sorted(
            (fact for fact in left if fact.due_date < end), key=lambda fact: (fact.due_date, fact.entry_no)
        )
        found.append(
            CurrencyStatement(
                code,
                openings.get(code, ZERO),
                lines.get(code, []),
                [_line(fact, fact.remaining) for fact in late],
            )
        )
    return found


@dataclass(frozen=True, slots=True)
class _Fact:
    entry_no: int
    currency_code: str
    posting_date: date
    due_date: date
    document_type: str
    document_no: str
    description: str
    original: Decimal
    remaining: Decimal


def _facts(details: QuerySet) -> dict[int, _Fact]:
    """Every entry up to the end, with what it was and what was left of it then."""
    columns = (
        "customer_entry_id", "customer_entry__currency_code", "customer_entry__posting_date", "due",
        "customer_entry__document_type", "customer_entry__document_no", "customer_entry__description",
    )  # fmt: skip
    rows = (
        details.values(*columns)
        .annotate(original=Sum("amount", filter=Q(type=Type.INITIAL_ENTRY), default=ZERO), left=Sum("amount"))
        .order_by("customer_entry__posting_date", "customer_entry_id")
        .values_list(*columns, "original", "left")
    )
    return {row[0]: _Fact(*row) for row in rows}


def _openings(
    before: QuerySet, facts: dict[int, _Fact], start: date, *, open_items: bool
) -> dict[str, Decimal]:
    if open_items:
        sums: dict[str, Decimal] = {}
        for fact in facts.values():
            if fact.posting_date < start:
                sums[fact.currency_code] = sums.get(fact.currency_code, ZERO) + fact.remaining
        return sums
    return dict(before.order_by().values_list("currency_code").annotate(Sum("amount")))


def _open_lines(facts: dict[int, _Fact], start: date) -> dict[str, list[StatementLine]]:
    lines: dict[str, list[StatementLine]] = {}
    for fact in facts.values():
        if fact.remaining and fact.posting_date >= start:
            lines.setdefault(fact.currency_code, []).append(_line(fact, fact.remaining))
    return lines


def _line(fact: _Fact, amount: Decimal) -> StatementLine:
    return StatementLine(
        fact.entry_no, fact.posting_date, "", fact.document_type, fact.document_no, fact.description, fact.due_date,
        fact.original, fact.remaining, amount,
    )  # fmt: skip


def _movements(
    details: QuerySet, facts: dict[int, _Fact], start: date, end: date, *, undone: bool, known: Known
) -> dict[str, list[StatementLine]]:
    span = (start, end)
    moved = details.filter(posting_date__range=span)
    crossing = (
        moved.filter(type=Type.APPLICATION)
        .order_by()
        .values("application_no")
        .annotate(currencies=Count("currency_code", distinct=True))
        .filter(currencies__gt=1)
    )
    shown = moved.exclude(amount=0).filter(
        ~Q(type=Type.APPLICATION) | Q(application_no__in=crossing.values("application_no"))
    )
    if not undone:
        entry, mirror = "customer_entry__", "customer_entry__reversals__"
        undoing, mirroring = {"reversals__posting_date__range": span}, {f"{mirror}posting_date__range": span}
        if not known.is_now:
            undoing["reversals__entry_no__lte"] = last_number(known, "customer_detail_no")
            mirroring[f"{mirror}entry_no__lte"] = last_number(known, "gl_entry_no")
        shown = shown.exclude(reverses__posting_date__range=span).exclude(**undoing)
        shown = shown.exclude(**{f"{entry}reverses__posting_date__range": span})
        shown = shown.exclude(**{f"{entry}posting_date__range": span}, **mirroring)
    rows = shown.order_by("posting_date", "entry_no").values_list(
        "customer_entry_id", "posting_date", "type", "document_type", "document_no", "currency_code", "amount"
    )
    lines: dict[str, list[StatementLine]] = {}
    for entry_no, on, type, document_type, document_no, code, amount in rows:
        fact = facts[entry_no]
        is_initial = type == Type.INITIAL_ENTRY
        lines.setdefault(code, []).append(
            StatementLine(
                entry_no,
                on,
                type,
                document_type,
                document_no,
                fact.description if is_initial else Type(type).label,
                fact.due_date,
                fact.original if is_initial else ZERO,
                fact.remaining if is_initial else ZERO,
                amount,
            )
        )
    return lines
