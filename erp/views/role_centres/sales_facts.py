"""Questions that role centres ask of open documents; answered from indexes, a thousand rows at most."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Count, F, Min, Q, Sum
from django.db.models.functions import Round

from erp.kernel.money import ZERO
from erp.kernel.periods import DateFormula, add_months
from sales.models import SalesCreditMemo, SalesDocument, SalesInvoice, SalesLine

DAY = timedelta(days=1)
COUNTED = 1000
Type, Status = SalesDocument.Type, SalesDocument.Status


def average_days_delayed(on: date) -> Decimal | None:
    """Mean days that delayed orders are late, by their earliest late line; of a thousand orders at most. One query."""
    late = SalesDocument.objects.orders().delayed(on=on).order_by()
    first = Min("lines__shipment_date", filter=~Q(lines__outstanding_base=0))
    days = [(on - day).days for day in late.annotate(first=first).values_list("first", flat=True)[:COUNTED]]
    return Decimal(sum(days)) / len(days) if days else None


class TooManyToAddUp(Exception):
    """The amounts of so many orders would make somebody wait."""


class Best(NamedTuple):
    """Who, under which number, and for how much, in local currency."""

    number: str
    name: str
    amount: Decimal


def best_customer(start: date, end: date) -> Best | None:
    """Who was invoiced most, VAT excluded, credit memos taken off. Two queries, by the index of posting dates."""
    sums: dict[tuple[str, str], Decimal] = {}
    for model, sign in ((SalesInvoice, 1), (SalesCreditMemo, -1)):
        rows = model.objects.filter(posting_date__range=(start, end)).order_by()
        worth = Sum(Round(F("amount") / F("currency_factor"), precision=2))
        for number, name, amount in rows.values_list("customer__number", "customer__name").annotate(
            worth=worth
        ):
            sums[number, name] = sums.get((number, name), ZERO) + sign * amount
    best = max(sums.items(), key=lambda item: (item[1], item[0]), default=None)
    return Best(*best[0], best[1]) if best and best[1] > 0 else None


def largest_order() -> Best | None:
    """Which of the newest thousand orders that are still open comes to most, VAT excluded. Two queries."""
    newest = list(SalesDocument.objects.orders().order_by("-id").values_list("pk", flat=True)[:COUNTED])
    lines = SalesLine.objects.filter(document__in=newest).order_by()
    worth = Sum(Round(F("amount") / F("document__currency_factor"), precision=2))
    rows = lines.values_list("document__number", "document__sell_to_name").annotate(worth=worth)
    best = rows.order_by("-worth", "document__number").first()
    return Best(*best) if best and best[2] else None


def shipments_due(days: Sequence[date]) -> dict[date, int]:
    """How many orders are to leave on each day, a thousand at most; released, with something still to ship.

    One query per day: each takes the first rows of an index, where one query for all would read every order.
    """
    found = {}
    for day in days:
        ready = SalesDocument.objects.orders().ready_to_ship(on=day).filter(shipment_date=day)
        found[day] = ready.order_by()[:COUNTED].count()
    return found


@dataclass(frozen=True)
class Span:
    """A column of a chart over time."""

    first: date
    last: date

    @property
    def as_filter(self) -> str:
        """As the filter of a list says it."""
        return (
            self.first.isoformat()
            if self.first == self.last
            else f"{self.first:%Y-%m-%d}..{self.last:%Y-%m-%d}"
        )


UNITS = {"day": ("D", 14), "week": ("W", 12), "month": ("M", 12), "quarter": ("Q", 8), "year": ("Y", 5)}


def spans(period: str, on: date, *, count: int | None = None) -> list[Span]:
    """The last days, weeks, months …, the one that a day is in at the end."""
    unit, usual = UNITS[period]
    last = DateFormula.parse(f"C{unit}").on(on)
    found = []
    for _step in range(count or usual):
        first = DateFormula.parse(f"-C{unit}").on(last)
        found.append(Span(first, last))
        last = first - DAY
    return found[::-1]


TO_ADD_UP = 20_000  # orders whose lines are summed while somebody waits


def orders_by_status(
    columns: Sequence[Span], *, show: str, value: str, on: date
) -> dict[tuple[int, str], Decimal | int]:
    """By column and status, how many open orders there are by their order date, or what they come to without VAT.

    show   "all", "until" (to be shipped by the day) or "delayed"
    value  "count" or "amount", the latter in local currency

    Raises TooManyToAddUp. One query; two for amounts.
    """
    orders = SalesDocument.objects.orders().filter(order_date__range=(columns[0].first, columns[-1].last))
    if show == "until":
        orders = orders.filter(shipment_date__lte=on)
    elif show == "delayed":
        orders = orders.delayed(on=on)
    if value == "count":
        rows = orders.order_by().values_list("order_date", "status").annotate(Count("pk"))
    else:
        if orders.order_by()[: TO_ADD_UP + 1].count() > TO_ADD_UP:
            raise TooManyToAddUp
        worth = Sum(Round(F("amount") / F("document__currency_factor"), precision=2))
        lines = SalesLine.objects.filter(document__in=orders.order_by().values("pk")).order_by()
        rows = lines.values_list("document__order_date", "document__status").annotate(worth=worth)
    found: dict[tuple[int, str], Decimal | int] = {}
    for day, status, figure in rows:
        place = next(place for place, column in enumerate(columns) if column.first <= day <= column.last)
        found[place, status] = found.get((place, status), 0) + figure
    return found


def same_month(day: date, years: int) -> date:
    return add_months(day.replace(day=1), 12 * years)
