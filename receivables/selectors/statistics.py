"""What happened with a customer in a span of days."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Count, Max, Q

from customers.models import Customer
from erp.kernel.money import ZERO, round_to
from posting.models import AccountingPeriod
from receivables.models.entries import CustomerLedgerEntry, DetailedCustomerLedgerEntry
from receivables.selectors.balances import balance, balances_due, overdue
from receivables.selectors.sums import DISCOUNTS, LATE_DISCOUNTS, TOLERANCES, Type, total


@dataclass(frozen=True, slots=True)
class Turnover:
    """What happened with a customer in a span of days, in local currency."""

    sales: Decimal = ZERO
    profit: Decimal = ZERO
    invoice_discounts: Decimal = ZERO
    payments: Decimal = ZERO
    refunds: Decimal = ZERO
    invoices: Decimal = ZERO
    credit_memos: Decimal = ZERO
    payment_discounts: Decimal = ZERO
    payment_discount_tolerances: Decimal = ZERO
    payment_tolerances: Decimal = ZERO
    net_change: Decimal = ZERO
    documents: int = 0

    @property
    def costs(self) -> Decimal:
        return self.sales - self.profit

    @property
    def profit_percent(self) -> Decimal:
        return round_to(100 * self.profit / self.sales, Decimal("0.1")) if self.sales else ZERO


def turnover(customer_id: int, *, start: date | None = None, on: date | None = None) -> Turnover:
    """The figures of a customer by posting date; no start counts from the beginning. Two queries."""
    span = Q(customer_id=customer_id)
    if start is not None:
        span &= Q(posting_date__gte=start)
    if on is not None:
        span &= Q(posting_date__lte=on)
    entries = CustomerLedgerEntry.objects.filter(span).aggregate(
        sales=total("sales_lcy"),
        profit=total("profit_lcy"),
        invoice_discounts=total("invoice_discount_lcy"),
        documents=Count("pk", filter=Q(document_type__in=("invoice", "credit_memo"))),
    )
    initial = Q(type=Type.INITIAL_ENTRY)
    details = DetailedCustomerLedgerEntry.objects.filter(span).aggregate(
        payments=total("amount_lcy", filter=initial & Q(initial_document_type="payment")),
        refunds=total("amount_lcy", filter=initial & Q(initial_document_type="refund")),
        invoices=total("amount_lcy", filter=initial & Q(initial_document_type="invoice")),
        credit_memos=total("amount_lcy", filter=initial & Q(initial_document_type="credit_memo")),
        payment_discounts=total("amount_lcy", filter=Q(type__in=DISCOUNTS)),
        payment_discount_tolerances=total("amount_lcy", filter=Q(type__in=LATE_DISCOUNTS)),
        payment_tolerances=total("amount_lcy", filter=Q(type__in=TOLERANCES)),
        net_change=total("amount_lcy"),
    )
    for name in (
        "payments",
        "credit_memos",
        "payment_discounts",
        "payment_discount_tolerances",
        "payment_tolerances",
    ):
        details[name] = -details[name]
    return Turnover(**entries, **details)


@dataclass(frozen=True, slots=True)
class Statistics:
    """A customer's figures for this period, this year, last year, and altogether."""

    balance: Decimal
    balance_due: Decimal
    overdue: Decimal
    last_payment_date: date | None
    this_period: Turnover
    this_year: Turnover
    last_year: Turnover
    to_date: Turnover


def statistics(customer: Customer, *, on: date) -> Statistics:
    """The statistics of a customer as of a day; years are fiscal years."""
    year = fiscal_year_start(on)
    before = fiscal_year_start(year - timedelta(days=1))
    period = AccountingPeriod.objects.filter(starting_date__lte=on).aggregate(start=Max("starting_date"))[
        "start"
    ]
    payments = CustomerLedgerEntry.objects.filter(
        customer=customer, document_type="payment", posting_date__lte=on
    )
    return Statistics(
        balance=balance(customer.pk),
        balance_due=balances_due([customer.pk], on).get(customer.pk, ZERO),
        overdue=overdue([customer.pk], on).get(customer.pk, ZERO),
        last_payment_date=payments.aggregate(last=Max("posting_date"))["last"],
        this_period=turnover(customer.pk, start=period or on.replace(day=1), on=on),
        this_year=turnover(customer.pk, start=year, on=on),
        last_year=turnover(customer.pk, start=before, on=year - timedelta(days=1)),
        to_date=turnover(customer.pk, on=on),
    )


def fiscal_year_start(on: date) -> date:
    """The first day of the fiscal year of a day; the calendar year where no accounting period says otherwise."""
    years = AccountingPeriod.objects.filter(new_fiscal_year=True, starting_date__lte=on)
    return years.aggregate(start=Max("starting_date"))["start"] or on.replace(month=1, day=1)
