"""What customers owe, by age."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Case, F, Sum, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from customers.models import Customer
from erp.kernel.money import ZERO
from erp.kernel.periods import DateFormula, DateOutOfCalendar, NotADateFormula, UnitWithoutPosition
from receivables.errors import BadAgeingPeriod
from receivables.models.entries import DetailedCustomerLedgerEntry

DUE, POSTING, DOCUMENT = "due", "posting", "document"
BUCKETS = 5


@dataclass(frozen=True, slots=True)
class Ageing:
    """What customers owed on a day, by age.

    bounds  the first days of buckets 2, 3 and 4 (of buckets 1 to 4 unless aged by due date), newest first
    rows    per customer and currency, the currency empty where all is in local currency
    """

    on: date
    bounds: tuple[date, ...]
    headings: tuple[str, ...]
    rows: tuple["AgeingRow", ...]

    @property
    def totals(self) -> tuple[Decimal, ...]:
        """The sum of each bucket; meaningful in local currency."""
        return tuple(sum((row.buckets[place] for row in self.rows), ZERO) for place in range(BUCKETS))

    @property
    def total(self) -> Decimal:
        return sum(self.totals, ZERO)


@dataclass(frozen=True, slots=True)
class AgeingRow:
    """One customer's open amounts, newest bucket first."""

    customer_no: str
    customer_name: str
    currency_code: str
    buckets: tuple[Decimal, ...]

    @property
    def total(self) -> Decimal:
        return sum(self.buckets, ZERO)


def aged_receivables(
    *,
    on: date,
    period: str = "1M",
    by: str = DUE,
    in_lcy: bool = True,
    customer: Customer | None = None,
    with_zero: bool = False,
) -> Ageing:
    """What was open at the end of a day, in five buckets. One query.

    on      entries and applications posted later do not count: what was paid since is open again
    period  length of a bucket, a date formula such as "30D" or "1M+CM"
    by      the date that makes an entry old: "due", "posting" or "document"
    in_lcy  False: per currency, in that currency

    By due date the first bucket is "not due"; what is due on the day itself is in the second. By the other dates the
    first bucket ends on the day.
    """
    starts = bucket_starts(on, period)
    bounds = starts[:3] if by == DUE else starts[:4]
    limits = ([on + timedelta(days=1)] if by == DUE else []) + list(bounds)
    column = {DUE: "due", POSTING: "customer_entry__posting_date", DOCUMENT: "customer_entry__document_date"}[
        by
    ]
    amount = "amount_lcy" if in_lcy else "amount"
    details = DetailedCustomerLedgerEntry.objects.filter(
        posting_date__lte=on, customer_entry__posting_date__lte=on
    )
    if customer is not None:
        details = details.filter(customer=customer)
    # The due date as it is today: of open entries it may have been changed since.
    details = details.annotate(
        due=Coalesce(F("customer_entry__open_item__due_date"), F("customer_entry__due_date"))
    )
    bucket = Case(
        *(When(**{f"{column}__gte": limit}, then=Value(place)) for place, limit in enumerate(limits)),
        default=Value(len(limits)),
    )
    keys = ["customer_id", "customer__number", "customer__name", *([] if in_lcy else ["currency_code"])]
    sums: dict[tuple, list[Decimal]] = {}
    rows = details.annotate(bucket=bucket).order_by("customer__number").values_list(*keys, "bucket")
    for *key, place, value in rows.annotate(Sum(amount)):
        sums.setdefault(tuple(key), [ZERO] * BUCKETS)[place] += value
    found = tuple(
        AgeingRow(number, name, code[0] if code else "", tuple(buckets))
        for (_id, number, name, *code), buckets in sorted(
            sums.items(), key=lambda row: (row[0][1], row[0][3:])
        )
        if with_zero or any(buckets)
    )
    return Ageing(on, tuple(bounds), _headings(on, bounds, by), found)


def bucket_starts(on: date, period: str) -> list[date]:
    """The first days of four periods that end on a day, newest first; raises BadAgeingPeriod (E-AG-PERIOD).

    The formula's first sign is turned, and it is counted from the day after: 1M+CM steps back, CM+1M does not.
    """
    text = "".join(period.split())
    if not text or text[0] in "+-":
        raise BadAgeingPeriod(period=period)
    starts, last = [], on + timedelta(days=1)
    try:
        backwards = DateFormula.parse(f"-{text}")
        for _period in range(4):
            start = backwards.on(last)
            if start >= last:
                raise BadAgeingPeriod(period=period)
            starts.append(start)
            last = start
    except (NotADateFormula, UnitWithoutPosition, DateOutOfCalendar) as error:
        raise BadAgeingPeriod(period=period) from error
    return starts


def _headings(on: date, bounds: Iterable[date], by: str) -> tuple[str, ...]:
    headings, end = ([_("not due")] if by == DUE else []), on
    for start in bounds:
        headings.append(f"{(on - end).days + 1}-{(on - start).days + 1}")
        end = start - timedelta(days=1)
    return (*headings, f"> {(on - end).days}")
