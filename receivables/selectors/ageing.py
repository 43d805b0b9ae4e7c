"""What customers owe, by age."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Case, F, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from customers.models import Customer
from erp.kernel.money import ZERO
from erp.kernel.periods import DateFormula, DateOutOfCalendar, NotADateFormula, UnitWithoutPosition
from posting.as_of import NOW, Known, later
from receivables.errors import BadAgeingPeriod
from receivables.models.entries import DetailedCustomerLedgerEntry, OpenItem
from receivables.selectors.as_of import DETAILS, details_as_of, due_date
from receivables.selectors.sums import AMOUNT, total

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
    known: Known = NOW,
) -> Ageing:
    """What was open at the end of a day, in five buckets. One query: the open items of today without what came later.

    on      entries and applications posted later do not count: what was paid since is open again
    period  length of a bucket, a date formula such as "30D" or "1M+CM"
    by      the date that makes an entry old: "due", "posting" or "document"
    in_lcy  False: per currency, in that currency
    known   what was posted later does not count, nor due dates moved later; three queries more

    By due date the first bucket is "not due"; what is due on the day itself is in the second. By the other dates the
    first bucket ends on the day.
    """
    starts = bucket_starts(on, period)
    bounds = starts[:3] if by == DUE else starts[:4]
    limits = ([on + timedelta(days=1)] if by == DUE else []) + list(bounds)
    bucket = Case(
        *(When(age__gte=limit, then=Value(place)) for place, limit in enumerate(limits)),
        default=Value(len(limits)),
    )
    keys = ["customer_id", "customer__number", "customer__name", *([] if in_lcy else ["currency_code"])]

    def by_bucket(rows: QuerySet, value: str | Combinable) -> QuerySet:
        rows = rows if customer is None else rows.filter(customer=customer)
        return rows.annotate(bucket=bucket).order_by().values_list(*keys, "bucket").annotate(sum=Sum(value))

    amount = "amount_lcy" if in_lcy else "amount"
    if with_zero:
        details = details_as_of(on=on, known=known).annotate(age=_age(by, known, entry="customer_entry"))
        rows = by_bucket(details, amount)
    else:
        undone = [by_bucket(details, -F(amount)) for details in _not_yet(on, by, known, customer)]
        rows = by_bucket(_open_items(by, known), f"remaining_{amount}").union(*undone, all=True)
    sums: dict[tuple, list[Decimal]] = {}
    for *key, place, value in rows:
        sums.setdefault(tuple(key), [ZERO] * BUCKETS)[place] += value
    found = tuple(
        AgeingRow(number, name, code[0] if code else "", tuple(buckets))
        for (_id, number, name, *code), buckets in sorted(
            sums.items(), key=lambda row: (row[0][1], row[0][3:])
        )
        if with_zero or any(buckets)
    )
    return Ageing(on, tuple(bounds), _headings(on, bounds, by), found)


def _open_items(by: str, known: Known) -> QuerySet[OpenItem]:
    """What is open today; its due date is its own, so that no entry is read for it."""
    own = by == DUE and known.is_now
    return OpenItem.objects.annotate(age=F("due_date") if own else _age(by, known, entry="entry"))


def _not_yet(
    on: date, by: str, known: Known, customer: Customer | None
) -> list[QuerySet[DetailedCustomerLedgerEntry]]:
    """The details that do not count: those that came later, and the others of entries that were posted later."""
    rows = DetailedCustomerLedgerEntry.objects.annotate(age=_age(by, known, entry="customer_entry"))
    came_later = later(known, DETAILS, on=on)
    earlier = rows.filter(~came_later, customer_entry__posting_date__gt=on)
    if customer is not None:  # the entry's customer as well, so that the entries are found by it
        earlier = earlier.filter(customer_entry__customer=customer)
    return [rows.filter(came_later), earlier]


def _age(by: str, known: Known, *, entry: str) -> Combinable:
    """The date that makes an entry old; `entry` is the way to it."""
    if by == DUE:
        return due_date(known, entry=entry)
    return F(f"{entry}__posting_date" if by == POSTING else f"{entry}__document_date")


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


@dataclass(frozen=True, slots=True)
class AgedRows:
    """What customers owed on a day by due date, as rows to be filtered, sorted and paged by the database.

    rows    one per customer with something open: customer_id, customer__uuid, customer__number, customer__name,
            current (not due), period_1, period_2, period_3 (all that is older), total; in local currency
    totals  the same sums over all customers, as expressions of one row
    labels  of the three periods, as "1-30", "31-60", "> 60"
    """

    rows: QuerySet
    totals: dict[str, Coalesce]
    labels: tuple[str, ...]


def aged_rows(*, on: date, period: str = "30D", known: Known = NOW) -> AgedRows:
    """The open amounts of each customer at the end of a day; what is due on the day itself is in the first period.

    on, period, known  as of `aged_receivables`, with which it agrees
    """
    starts = bucket_starts(on, period)[:2]
    since = DetailedCustomerLedgerEntry.objects.filter(later(known, DETAILS, on=on))
    if since.exists():
        rows, amount = details_as_of(on=on, known=known).annotate(age=F("due")).order_by(), "amount_lcy"
    else:
        rows, amount = _open_items(DUE, known).order_by(), "remaining_amount_lcy"
    limits = [on + timedelta(days=1), *starts]
    spans = {
        "current": Q(age__gte=limits[0]),
        "period_1": Q(age__lt=limits[0], age__gte=limits[1]),
        "period_2": Q(age__lt=limits[1], age__gte=limits[2]),
        "period_3": Q(age__lt=limits[2]),
    }
    sums = {name: total(amount, filter=span) for name, span in spans.items()}
    sums["total"] = total(amount)
    keys = ("customer_id", "customer__uuid", "customer__number", "customer__name")
    everything = rows.annotate(all=Value(1)).values("all")
    rows = rows.values(*keys).annotate(**sums).exclude(**dict.fromkeys(spans, ZERO))
    totals = {
        name: Coalesce(
            Subquery(everything.annotate(sum=each).values("sum")), Value(ZERO), output_field=AMOUNT
        )
        for name, each in sums.items()
    }
    return AgedRows(rows, totals, _headings(on, starts, DUE)[1:])
