"""What people ask the general ledger: balances, account cards, the entries behind a paper."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Sum, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from erp.kernel.fields import AmountField
from erp.kernel.ledger import LedgerHead
from erp.kernel.money import ZERO
from posting.as_of import NOW, Known, last_number
from posting.models import GLAccount
from posting.models.entries import GLBalance, GLEntry, Register, VATEntry
from posting.totaling import Totaling
from posting.values import debit_and_credit


@dataclass(frozen=True, slots=True)
class TrialBalanceRow:
    """One account or total of the chart. Debit and credit are those of the period, both usually positive."""

    number: str
    name: str
    type: str
    statement: str
    indentation: int
    opening: Decimal = ZERO
    debit: Decimal = ZERO
    credit: Decimal = ZERO

    @property
    def net_change(self) -> Decimal:
        return self.debit - self.credit

    @property
    def closing(self) -> Decimal:
        return self.opening + self.net_change

    @property
    def is_account(self) -> bool:
        """Whether it carries entries of its own, and counts when the rows are summed."""
        return self.type == GLAccount.Type.POSTING


def trial_balance(
    *,
    on: date | None = None,
    start: date | None = None,
    with_closing: bool = False,
    only_with_amounts: bool = False,
    known: Known = NOW,
) -> list[TrialBalanceRow]:
    """Every account and total in the order of the chart. Two queries, on the balances by day.

    on                 last day of the period; None: all there is
    start              first day of the period, what came before is `opening`; None: the beginning
    with_closing       count the closing entries dated on the last day; those of earlier years always count
    only_with_amounts  leave out rows where all amounts are zero, headings included
    known              what was posted later does not count; two queries more, and the entries since or until then
    """
    sums = _sums(start=start, on=on, with_closing=with_closing, known=known)
    accounts = list(GLAccount.objects.order_by("number"))
    postings = [(account.number, sums[account.pk]) for account in accounts if account.pk in sums]
    rows = []
    for account in accounts:
        opening, debit, credit = (
            sums.get(account.pk, _NOTHING)
            if account.type == GLAccount.Type.POSTING
            else _total(account.totaling, postings)
        )
        if only_with_amounts and not (opening or debit or credit):
            continue
        rows.append(
            TrialBalanceRow(
                number=account.number,
                name=account.name,
                type=account.type,
                statement=account.statement,
                indentation=account.indentation,
                opening=opening,
                debit=debit,
                credit=credit,
            )
        )
    return rows


def account_balance(
    number: str,
    *,
    on: date | None = None,
    start: date | None = None,
    with_closing: bool = False,
    known: Known = NOW,
) -> Decimal:
    """What an account, or a total by its totaling, comes to on a day, or moved since the start. Two queries at most.

    known  what was posted later does not count; two queries more
    """
    type, totaling = GLAccount.objects.values_list("type", "totaling").get(number=number)
    span = {"on": on, "start": start, "with_closing": with_closing, "known": known}
    if type == GLAccount.Type.POSTING:
        return total_of(number, **span)
    return total_of(totaling, **span) if totaling else ZERO


def total_of(
    totaling: str,
    *,
    on: date | None = None,
    start: date | None = None,
    with_closing: bool = False,
    known: Known = NOW,
) -> Decimal:
    """The balance of all posting accounts in a totaling such as "1000..1999|3100". One query; of the past, three."""
    accounts = Q(pk__in=[])
    for first, last in Totaling.parse(totaling):
        span = Q(account__type=GLAccount.Type.POSTING)
        if first is not None:
            span &= Q(account__number__gte=first)
        if last is not None:
            span &= Q(account__number__lte=last)
        accounts |= span
    sums = _sums(start=start, on=on, with_closing=with_closing, known=known, accounts=accounts)
    return sum((debit - credit for _opening, debit, credit in sums.values()), ZERO)


def until(on: date | None, *, with_closing: bool = False) -> Q:
    """Entries or balances up to a day; its own closing entries lie after it and are asked for by name."""
    if on is None:
        return Q()
    return (
        Q(posting_date__lte=on)
        if with_closing
        else Q(posting_date__lt=on) | Q(posting_date=on, closing=False)
    )


class Position(NamedTuple):
    """Where on an account card a page ends; the next one starts after it."""

    posting_date: date
    closing: bool
    entry_no: int


@dataclass(frozen=True, slots=True)
class CardLine:
    """One entry of an account and the balance after it."""

    entry_no: int
    transaction_no: int
    posting_date: date
    closing: bool
    document_type: str
    document_no: str
    description: str
    source_type: str
    source_no: str
    debit: Decimal
    credit: Decimal
    balance: Decimal


@dataclass(frozen=True, slots=True)
class CardPage:
    """A page of an account card. `opening` is the balance before its first line, `next` None on the last page."""

    number: str
    name: str
    opening: Decimal
    lines: tuple[CardLine, ...]
    next: Position | None

    @property
    def closing(self) -> Decimal:
        return self.lines[-1].balance if self.lines else self.opening


def account_card(
    number: str,
    *,
    start: date | None = None,
    on: date | None = None,
    with_closing: bool = False,
    after: Position | None = None,
    limit: int = 100,
) -> CardPage:
    """The entries of an account by posting date with their running balance, a page at a time.

    after  the `next` of the page before; None: from the start
    Four queries, however long the history: what lies before the page comes from the balances by day.
    """
    account = GLAccount.objects.only("pk", "number", "name").get(number=number)
    entries = GLEntry.objects.filter(until(on, with_closing=with_closing), account=account)
    opening = ZERO
    first_day = after.posting_date if after else start
    if first_day is not None:
        entries = entries.filter(posting_date__gte=first_day)
        days = GLBalance.objects.filter(account=account, posting_date__lt=first_day)
        sums = days.aggregate(
            debit=Sum("debit_amount", default=ZERO), credit=Sum("credit_amount", default=ZERO)
        )
        opening = sums["debit"] - sums["credit"]
    if after:
        up_to = Q(posting_date=after.posting_date, closing=after.closing, entry_no__lte=after.entry_no)
        if after.closing:
            up_to |= Q(posting_date=after.posting_date, closing=False)
        opening += entries.filter(up_to).aggregate(sum=Sum("amount", default=ZERO))["sum"]
        entries = entries.exclude(up_to)
    found = list(entries.order_by("posting_date", "closing", "entry_no")[: limit + 1])
    lines, balance = [], opening
    for entry in found[:limit]:
        balance += entry.amount
        debit, credit = debit_and_credit(entry.amount, correction=entry.correction)
        lines.append(
            CardLine(
                entry_no=entry.entry_no,
                transaction_no=entry.transaction_no,
                posting_date=entry.posting_date,
                closing=entry.closing,
                document_type=entry.document_type,
                document_no=entry.document_no,
                description=entry.description,
                source_type=entry.source_type,
                source_no=entry.source_no,
                debit=debit,
                credit=credit,
                balance=balance,
            )
        )
    last = lines[-1] if len(found) > limit else None
    following = Position(last.posting_date, last.closing, last.entry_no) if last else None
    return CardPage(account.number, account.name, opening, tuple(lines), following)


@dataclass(frozen=True, slots=True)
class GLLine:
    """A G/L entry as people see it."""

    entry_no: int
    transaction_no: int
    posting_date: date
    closing: bool
    document_type: str
    document_no: str
    account_no: str
    account_name: str
    description: str
    amount: Decimal
    correction: bool
    source_type: str
    source_no: str
    prior_year: bool
    reverses: int | None
    reversed_by: int | None

    @property
    def debit(self) -> Decimal:
        return debit_and_credit(self.amount, correction=self.correction)[0]

    @property
    def credit(self) -> Decimal:
        return debit_and_credit(self.amount, correction=self.correction)[1]


@dataclass(frozen=True, slots=True)
class VATRow:
    """A VAT entry as people see it."""

    entry_no: int
    transaction_no: int
    gl_entry_no: int | None
    posting_date: date
    vat_date: date
    document_type: str
    document_no: str
    type: str
    base: Decimal
    amount: Decimal
    vat_percent: Decimal
    vat_identifier: str
    calculation_type: str
    vat_bus_posting_group: str
    vat_prod_posting_group: str
    bill_to_no: str
    country_code: str
    vat_registration_no: str


@dataclass(frozen=True, slots=True)
class DocumentEntries:
    """What a paper left in the general ledger and in the VAT entries, by entry number."""

    gl: tuple[GLLine, ...]
    vat: tuple[VATRow, ...]


def entries_for(document_no: str, *, posting_date: date | None = None) -> DocumentEntries:
    """The G/L and VAT entries of a document number. Two queries."""
    paper = {"document_no": document_no} | ({"posting_date": posting_date} if posting_date else {})
    return _document_entries(GLEntry.objects.filter(**paper), VATEntry.objects.filter(**paper))


def entries_of_transaction(transaction_no: int) -> DocumentEntries:
    """The G/L and VAT entries of a transaction. Two queries."""
    return _document_entries(
        GLEntry.objects.filter(transaction_no=transaction_no),
        VATEntry.objects.filter(transaction_no=transaction_no),
    )


def entries_of_register(register_no: int) -> DocumentEntries:
    """The G/L and VAT entries of a posting run. Three queries."""
    register = Register.objects.get(pk=register_no)
    return _document_entries(
        GLEntry.objects.filter(
            entry_no__range=(register.from_gl_entry_no or 0, register.to_gl_entry_no or -1)
        ),
        VATEntry.objects.filter(
            entry_no__range=(register.from_vat_entry_no or 0, register.to_vat_entry_no or -1)
        ),
    )


@dataclass(frozen=True, slots=True)
class PostedTransaction:
    """The rows of a transaction, complete: what a reversal mirrors."""

    transaction_no: int
    gl: tuple[GLEntry, ...]
    vat: tuple[VATEntry, ...]


def posted_transactions(
    *, transaction_no: int | None = None, register_no: int | None = None
) -> list[PostedTransaction]:
    """One transaction, or all of a register, with accounts; empty where there is none. Two queries, or three."""
    if transaction_no is not None:
        gl, vat = Q(transaction_no=transaction_no), Q(transaction_no=transaction_no)
    else:
        register = Register.objects.filter(pk=register_no).first()
        if register is None:
            return []
        gl = Q(entry_no__range=(register.from_gl_entry_no or 0, register.to_gl_entry_no or -1))
        vat = Q(entry_no__range=(register.from_vat_entry_no or 0, register.to_vat_entry_no or -1))
    entries = list(GLEntry.objects.filter(gl).select_related("account").order_by("entry_no"))
    taxes = list(VATEntry.objects.filter(vat).order_by("entry_no"))
    return [
        PostedTransaction(
            number,
            tuple(entry for entry in entries if entry.transaction_no == number),
            tuple(tax for tax in taxes if tax.transaction_no == number),
        )
        for number in dict.fromkeys(entry.transaction_no for entry in entries)
    ]


def reversals_of(entry_nos: Sequence[int]) -> dict[int, tuple[int, int]]:
    """Entry and transaction number of the mirror of each G/L entry that has one. One query."""
    rows = GLEntry.objects.filter(reverses__in=entry_nos).order_by("entry_no")
    return {
        of: (entry, number)
        for of, entry, number in rows.values_list("reverses_id", "entry_no", "transaction_no")
    }


def in_force(entries: QuerySet[GLEntry]) -> QuerySet[GLEntry]:
    """Entries that nothing undoes: the last of each chain of original, mirror, and mirror of the mirror."""
    return entries.filter(~Exists(GLEntry.objects.filter(reverses=OuterRef("pk"))))


def registers() -> QuerySet[Register]:
    """Every posting run, to be paged by its number."""
    return Register.objects.all()


def has_entries(account: GLAccount) -> bool:
    """Whether anything was ever posted to an account."""
    return GLEntry.objects.filter(account=account).exists()


class IncomeBalance(NamedTuple):
    """What an income account still carries in a span of days."""

    account_id: int
    number: str
    amount: Decimal


def income_balances(*, start: date, on: date) -> list[IncomeBalance]:
    """Every income statement account that is not zero over the days, the closing entries of the last day included."""
    days = GLBalance.objects.filter(
        posting_date__range=(start, on),
        account__type=GLAccount.Type.POSTING,
        account__statement=GLAccount.Statement.INCOME,
    )
    rows = (
        days.values("account_id", "account__number")
        .annotate(amount=Sum("debit_amount") - Sum("credit_amount"))
        .exclude(amount=0)
        .order_by("account__number")
    )
    return [IncomeBalance(row["account_id"], row["account__number"], row["amount"]) for row in rows]


_NOTHING = (ZERO, ZERO, ZERO)


def _sums(
    *, start: date | None, on: date | None, with_closing: bool, known: Known, accounts: Q | None = None
) -> dict[int, tuple[Decimal, Decimal, Decimal]]:
    """Opening, debit and credit by account id.

    As was known at a moment of the past: the balances by day without the entries since, in one statement, so that no
    posting falls between the two; or the entries until then, where those are fewer.
    """
    span = until(on, with_closing=with_closing) & (accounts or Q())
    before = Q(posting_date__lt=start) if start is not None else Q(pk__in=[])
    rows = _moved(GLBalance.objects.filter(span), before, F("debit_amount"), F("credit_amount"))
    last = last_number(known, "gl_entry_no")
    if last is not None:
        entries = GLEntry.objects.filter(span)
        debit, credit = debit_expression(), credit_expression()
        if last * 2 < LedgerHead.objects.values_list("gl_entry_no", flat=True).get():
            rows = _moved(entries.filter(entry_no__lte=last), before, debit, credit)
        else:
            since = _moved(entries.filter(entry_no__gt=last), before, -debit, -credit)
            rows = rows.union(since, all=True)
    sums: dict[int, tuple[Decimal, Decimal, Decimal]] = {}
    for account, *moved in rows:
        sums[account] = tuple(map(sum, zip(sums.get(account, _NOTHING), moved, strict=True)))
    return sums


def _moved(rows: QuerySet, before: Q, debit: Combinable, credit: Combinable) -> QuerySet:
    """Account id, opening, debit and credit of some rows: what lies before a day, and the rest."""
    return (
        rows.order_by()
        .values_list("account_id")
        .annotate(
            opening=_sum(debit, before) - _sum(credit, before),
            debit=_sum(debit, ~before),
            credit=_sum(credit, ~before),
        )
    )


def _sum(what: Combinable, which: Q) -> Coalesce:
    return Coalesce(
        Sum(what, filter=which), Value(ZERO, output_field=AmountField()), output_field=AmountField()
    )


def _total(
    totaling: str, postings: Sequence[tuple[str, tuple[Decimal, Decimal, Decimal]]]
) -> tuple[Decimal, Decimal, Decimal]:
    wanted = Totaling.parse(totaling)
    if not wanted:
        return _NOTHING
    chosen = [sums for number, sums in postings if number in wanted]
    return tuple(sum(column, ZERO) for column in zip(*chosen, strict=True)) if chosen else _NOTHING


def _document_entries(gl: QuerySet[GLEntry], vat: QuerySet[VATEntry]) -> DocumentEntries:
    rows = gl.order_by("entry_no").values_list(
        "entry_no",
        "transaction_no",
        "posting_date",
        "closing",
        "document_type",
        "document_no",
        "account__number",
        "account__name",
        "description",
        "amount",
        "correction",
        "source_type",
        "source_no",
        "prior_year",
        "reverses_id",
        "reversals__entry_no",
    )
    names = tuple(VATRow.__dataclass_fields__)
    taxes = vat.order_by("entry_no").values_list(*names)
    return DocumentEntries(tuple(GLLine(*row) for row in rows), tuple(VATRow(*row) for row in taxes))


def gl_entries() -> QuerySet[GLEntry]:
    """Every G/L entry with its account; to be paged by entry number."""
    return GLEntry.objects.select_related("account")


def vat_entries() -> QuerySet[VATEntry]:
    """Every VAT entry; to be paged by entry number."""
    return VATEntry.objects.all()


def debit_expression() -> Case:
    """The debit column of G/L entries in a query; see `debit_and_credit`."""
    debit = Q(amount__gt=0, correction=False) | Q(amount__lt=0, correction=True)
    return Case(When(debit, then=F("amount")), default=Value(ZERO), output_field=AmountField())


def credit_expression() -> Case:
    """The credit column of G/L entries in a query."""
    credit = Q(amount__lt=0, correction=False) | Q(amount__gt=0, correction=True)
    return Case(When(credit, then=-F("amount")), default=Value(ZERO), output_field=AmountField())
