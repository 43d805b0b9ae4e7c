"""What customers owe, and when it is due."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal

from django.db.models import Exists, Min, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from customers.models import Customer
from erp.kernel.money import ZERO
from posting.models import AccountingPeriod
from receivables.models import ReceivablesSetup
from receivables.models.entries import (
    CustomerBalance,
    CustomerLedgerEntry,
    DetailedCustomerLedgerEntry,
    OpenItem,
)
from receivables.selectors.sums import AMOUNT, total


def balance(customer_id: int) -> Decimal:
    """What a customer owes in local currency, whatever the dates; future postings count."""
    return CustomerBalance.objects.filter(customer_id=customer_id).aggregate(sum=total("amount_lcy"))["sum"]


def balances_by_currency(customer_id: int) -> dict[str, Decimal]:
    """What a customer owes in each currency; the local one under the empty code."""
    rows = CustomerBalance.objects.filter(customer_id=customer_id).exclude(amount=0).order_by("currency_code")
    return dict(rows.values_list("currency_code", "amount"))


def balances(customer_ids: Collection[int], on: date) -> dict[int, Decimal]:
    """The balance of each of some customers; the day does not matter."""
    rows = CustomerBalance.objects.filter(customer_id__in=customer_ids).order_by()
    return dict(rows.values_list("customer_id").annotate(Sum("amount_lcy")))


def balance_expression() -> Coalesce:
    """The balance of each customer of a query, to filter and sort customers by it."""
    rows = CustomerBalance.objects.filter(customer=OuterRef("pk")).order_by().values("customer_id")
    return _sum(rows, "amount_lcy")


def overdue_expression(on: date) -> Coalesce:
    """What each customer of a query should have paid before a day."""
    rows = OpenItem.objects.filter(customer=OuterRef("pk"), due_date__lt=on).order_by().values("customer_id")
    return _sum(rows, "remaining_amount_lcy")


def sales_expression(*, since: date | None = None, until: date | None = None) -> Coalesce:
    """What was invoiced to each customer of a query, less credit memos, without VAT, by posting date."""
    rows = _sales(since, until).filter(customer=OuterRef("pk")).values("customer_id")
    return _sum(rows, "sales_lcy")


def has_sales(*, since: date | None = None, until: date | None = None) -> Exists:
    """Whether anything was invoiced or credited to each customer of a query."""
    return Exists(_sales(since, until).filter(customer=OuterRef("pk")))


def _sales(since: date | None, until: date | None) -> QuerySet:
    rows = CustomerLedgerEntry.objects.filter(document_type__in=("invoice", "credit_memo")).order_by()
    rows = rows if since is None else rows.filter(posting_date__gte=since)
    return rows if until is None else rows.filter(posting_date__lte=until)


def _sum(rows: QuerySet, column: str) -> Coalesce:
    sums = rows.annotate(sum=Sum(column)).values("sum")
    return Coalesce(Subquery(sums), Value(ZERO), output_field=AMOUNT)


def balances_due(customer_ids: Collection[int], on: date) -> dict[int, Decimal]:
    """What is due by the end of a day, the day itself included; later payments count already."""
    rows = OpenItem.objects.filter(customer_id__in=customer_ids, due_date__lte=on).order_by()
    return dict(rows.values_list("customer_id").annotate(Sum("remaining_amount_lcy")))


def overdue(customer_ids: Collection[int], on: date) -> dict[int, Decimal]:
    """What was due before a day; what is due on the day is not overdue."""
    rows = OpenItem.objects.filter(customer_id__in=customer_ids, due_date__lt=on).order_by()
    return dict(rows.values_list("customer_id").annotate(Sum("remaining_amount_lcy")))


def overdue_total(*, on: date) -> Decimal:
    """What all customers together should have paid before a day, in local currency."""
    return OpenItem.objects.filter(due_date__lt=on).aggregate(sum=total("remaining_amount_lcy"))["sum"]


def balance_on(customer_id: int, on: date) -> Decimal:
    """What a customer owed at the end of a day, by posting date."""
    rows = DetailedCustomerLedgerEntry.objects.filter(customer_id=customer_id, posting_date__lte=on)
    return rows.aggregate(sum=total("amount_lcy"))["sum"]


def customer_number_series() -> str:
    """Which number series customers get their numbers from."""
    rows = ReceivablesSetup.objects.filter(pk=1).values_list("customer_number_series", flat=True)
    return rows.first() or ""


def has_entries(customer: Customer, *, since: date | None = None) -> bool:
    """Whether anything was ever posted for a customer, or on a day and later."""
    entries = CustomerLedgerEntry.objects.filter(customer=customer)
    return entries.filter(posting_date__gte=since).exists() if since else entries.exists()


def has_open_entries(customer: Customer) -> bool:
    """Whether something is open with a customer."""
    return OpenItem.objects.filter(customer=customer).exists()


def open_years_start() -> date | None:
    """The first day of the oldest fiscal year that is not closed; None where no year is closed."""
    years = AccountingPeriod.objects.filter(new_fiscal_year=True, closed=False)
    return years.aggregate(start=Min("starting_date"))["start"]
