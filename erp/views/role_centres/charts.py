"""One chart per centre, each the answer to a question; what it shows stands in the address."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Case, Sum, Value, When
from django.urls import reverse
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from erp.kernel.charts import Chart, Series, bars
from erp.kernel.listing import Asked
from erp.kernel.money import ZERO
from erp.kernel.periods import DateFormula
from erp.views.role_centres.cues import Reader
from erp.views.role_centres.remembered import remembered
from erp.views.role_centres.sales_facts import (
    TO_ADD_UP,
    Span,
    TooManyToAddUp,
    orders_by_status,
    same_month,
    shipments_due,
    spans,
)
from posting.models import GeneralLedgerSetup
from receivables.models import OpenItem
from receivables.selectors import BUCKETS, bucket_starts
from reporting.selectors.sales import sold_by_month
from sales.models import SalesDocument

DAY = timedelta(days=1)
DAYS_AHEAD = 7
LONG_PERIODS = ("month", "quarter", "year")
AGEING = "30D"
Type, Status = SalesDocument.Type, SalesDocument.Status


@dataclass(frozen=True)
class Choice:
    """One of the ways to see the chart."""

    label: str
    url: str
    is_chosen: bool


@dataclass(frozen=True)
class Question:
    """A chart with what it is about, and the other ways to see it."""

    chart: Chart
    choices: tuple[tuple[str, tuple[Choice, ...]], ...] = ()
    note: str = ""


def lcy() -> str:
    return remembered(
        "lcy", lambda: GeneralLedgerSetup.objects.values_list("lcy_code", flat=True).first() or ""
    )


def trailing_orders(reader: Reader, address: Mapping[str, str]) -> Question:
    """How the open orders came in, by status: a count or what they come to, over days, weeks, months …"""
    options = {
        "period": (_("Period"), {"day": _("Day"), "week": _("Week"), "month": _("Month"), "quarter": _("Quarter"),
                                 "year": _("Year")}, "day"),
        "show": (_("Show"), {"all": _("All orders"), "until": _("Due until today"), "delayed": _("Delayed orders")},
                 "all"),
        "value": (_("Value"), {"count": _("Number"), "amount": _("Amount")}, "count"),
    }  # fmt: skip
    chosen = {
        name: address[name] if address.get(name) in words else usual
        for name, (_label, words, usual) in options.items()
    }
    columns, note = spans(chosen["period"], reader.on), ""
    for_long = chosen["period"] in LONG_PERIODS

    def ask():
        return orders_by_status(columns, show=chosen["show"], value=chosen["value"], on=reader.on)

    try:
        found = remembered(("orders", *chosen.values(), reader.on), ask, for_long=for_long)
    except TooManyToAddUp:
        note = _("These are more than {n} orders: their number is shown, not their amounts.")
        note = note.format(n=number_format(TO_ADD_UP, 0, force_grouping=True))
        chosen["value"] = "count"
        found = remembered(("orders", *chosen.values(), reader.on), ask, for_long=for_long)
    there = {status for _place, status in found}
    series = [
        Series(
            str(status.label),
            [found.get((place, status.value), 0) for place in range(len(columns))],
            urls=[_orders(column, status, chosen["show"], reader.on) for column in columns],
        )
        for status in Status
        if status.value in there or status in (Status.OPEN, Status.RELEASED)
    ]
    chart = bars(
        _("Open orders by order date"),
        [_label(column, chosen["period"]) for column in columns],
        series,
        unit=lcy() if chosen["value"] == "amount" else _("orders"),
        stacked=True,
    )
    return Question(chart, tuple(_choices(name, *options[name][:2], chosen) for name in options), note)


def _choices(name: str, label: str, words: Mapping[str, str], chosen: Mapping[str, str]):
    query = [(other, value) for other, value in chosen.items() if other != name]
    return label, tuple(
        Choice(
            word,
            "?" + "&".join(f"{key}={text}" for key, text in [*query, (name, value)]),
            value == chosen[name],
        )
        for value, word in words.items()
    )


def _orders(column: Span, status: str, show: str, on: date) -> str:
    filters = {"order_date": column.as_filter, "status": str(status.value)}
    if show == "until":
        filters["shipment_date"] = f"..{on:%Y-%m-%d}"
    asked = Asked(view="delayed" if show == "delayed" else "all", filters=filters)
    return f"{reverse('sales:documents', args=[Type.ORDER])}{asked.query}"


def _label(column: Span, period: str) -> str:
    first = column.first
    if period == "month":
        return date_format(first, "M Y")
    if period == "quarter":
        return f"{_('Q')}{(first.month + 2) // 3} {first.year}"
    return str(first.year) if period == "year" else date_format(first, "j M")


def owed_by_age(reader: Reader, address: Mapping[str, str]) -> Question:
    """What is owed and since when, of what is open now; a bar opens the report with every customer."""
    totals = remembered(("owed", reader.on), lambda: owed(reader.on))
    page = reverse("reporting:report", args=["aged-receivables"])
    report = f"{page}?on_day={reader.on:%Y-%m-%d}&by=due&period={AGEING}"
    labels = [_("Not due"), *(_("{days} days").format(days=f"{start}–{start + 29}") for start in (1, 31, 61)),
              _("over {days} days").format(days=90)]  # fmt: skip
    chart = bars(
        _("Owed by age, after the due date"),
        labels,
        [Series(_("Owed"), totals, urls=[report] * BUCKETS)],
        unit=lcy(),
    )
    return Question(chart)


def owed(on: date) -> list[Decimal]:
    """What is open, by buckets of thirty days after the due date, as the ageing report has them. One query."""
    limits = [on + DAY, *bucket_starts(on, AGEING)[:3]]
    bucket = Case(
        *(When(due_date__gte=limit, then=Value(place)) for place, limit in enumerate(limits)),
        default=Value(len(limits)),
    )
    rows = (
        OpenItem.objects.annotate(bucket=bucket)
        .order_by()
        .values_list("bucket")
        .annotate(Sum("remaining_amount_lcy"))
    )
    found = dict(rows)
    return [found.get(place, ZERO) for place in range(BUCKETS)]


def sales_by_month(reader: Reader, address: Mapping[str, str]) -> Question:
    """What was sold each month, the last twelve and those a year before; a bar opens the report of its month."""
    months = [span.first for span in spans("month", reader.on)]
    first, this = same_month(months[0], -1), months[-1]
    before = remembered(("sold", first, this), lambda: sold_by_month((first, this - DAY)), for_long=True)
    last = DateFormula.parse("CM").on(this)
    found = before | remembered(("sold", this, last), lambda: sold_by_month((this, last)))

    def of(years: int) -> list[Decimal]:
        return [found.get(same_month(month, -years), ZERO) for month in months]

    def urls(years: int) -> list[str]:
        if not reader.may("reporting.see_sales_figures"):
            return []
        page = reverse("reporting:report", args=["sales-by-customer"])
        begun = [same_month(month, -years) for month in months]
        return [
            f"{page}?start={month:%Y-%m-%d}&end={DateFormula.parse('CM').on(month):%Y-%m-%d}"
            for month in begun
        ]

    chart = bars(
        _("Sales by month, VAT excluded"),
        [date_format(month, "M Y") for month in months],
        [
            Series(_("The year before"), of(1), urls=urls(1), tone="quiet"),
            Series(_("The last twelve months"), of(0), urls=urls(0)),
        ],
        unit=lcy(),
    )
    return Question(chart)


def due_per_day(reader: Reader, address: Mapping[str, str]) -> Question:
    """How many orders are to leave on each of the next days."""
    days = [reader.on + ahead * DAY for ahead in range(DAYS_AHEAD)]
    found = remembered(("due", reader.on), lambda: shipments_due(days))
    page = reverse("sales:documents", args=[Type.ORDER])
    urls = [f"{page}{Asked(view='ready', filters={'shipment_date': day.isoformat()}).query}" for day in days]
    chart = bars(
        _("Orders to ship, by shipment date"),
        [date_format(day, "D j M") for day in days],
        [Series(_("To ship"), [found.get(day, 0) for day in days], urls=urls)],
        unit=_("orders"),
    )
    return Question(chart)


CHARTS: Mapping[str, Callable[[Reader, Mapping[str, str]], Question]] = {
    "clerk": trailing_orders,
    "manager": sales_by_month,
    "accountant": owed_by_age,
    "warehouse": due_per_day,
}
