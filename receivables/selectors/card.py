"""What the card of a customer tells about the years and about paying."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models.functions import TruncMonth

from erp.kernel.money import ZERO, round_to
from receivables.models.entries import CustomerLedgerEntry
from receivables.selectors.entries import closings
from receivables.selectors.sums import total

MONTHS = 12
LOOKED_AT = 500


@dataclass(frozen=True, slots=True)
class Years:
    """Sales by month in local currency, without VAT; calendar years, January first. Months to come are None."""

    this_year: tuple[Decimal | None, ...]
    last_year: tuple[Decimal, ...]

    @property
    def this_total(self) -> Decimal:
        return sum((amount or ZERO for amount in self.this_year), ZERO)

    @property
    def last_total(self) -> Decimal:
        return sum(self.last_year, ZERO)


def sales_by_month(customer_id: int, *, on: date) -> Years:
    """What was invoiced to who pays, less credit memos, in the year of a day and the one before. One query."""
    entries = CustomerLedgerEntry.objects.filter(
        customer_id=customer_id, posting_date__gte=date(on.year - 1, 1, 1), posting_date__lte=on
    )
    rows = entries.order_by().annotate(month=TruncMonth("posting_date")).values_list("month")
    sums = dict(rows.annotate(sales=total("sales_lcy")))
    months = range(1, MONTHS + 1)
    return Years(
        this_year=tuple(
            sums.get(date(on.year, month, 1), ZERO) if month <= on.month else None for month in months
        ),
        last_year=tuple(sums.get(date(on.year - 1, month, 1), ZERO) for month in months),
    )


def days_to_pay(customer_id: int, *, on: date) -> Decimal | None:
    """How many days invoices of the last year stayed open on average; None where none was settled. Two queries."""
    invoices = CustomerLedgerEntry.objects.filter(
        customer_id=customer_id,
        document_type="invoice",
        open_item=None,
        posting_date__gt=on - timedelta(days=365),
        posting_date__lte=on,
    )
    posted = dict(invoices.order_by("-entry_no").values_list("entry_no", "posting_date")[:LOOKED_AT])
    closed = closings(posted.keys())
    days = [(closing.on - posted[number]).days for number, closing in closed.items()]
    return round_to(Decimal(sum(days)) / len(days), Decimal(1)) if days else None
