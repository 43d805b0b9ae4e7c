"""What was sold, to whom, what, and by whom."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.kernel.charts import Chart, lying
from erp.kernel.money import ZERO
from erp.kernel.periods import add_months
from erp.kernel.templatetags.handel import day
from reporting.parameters import SalesForm
from reporting.report import Column, Outcome, Report, Row, percent
from reporting.reports.columns import COST, MARGIN, MARGIN_PERCENT, lcy
from reporting.selectors.sales import CUSTOMER, ITEM, SALESPERSON, Sold, sold_by

IN_CHART = 10
SEES = "reporting.see_sales_figures"


def span_before(start: date, end: date, compare: str) -> tuple[date, date] | None:
    """The span that a report compares with.

    A year before, a whole month stays a whole month: February has its last day, whichever that is.
    """
    if compare == "year":
        ends_month = (end + timedelta(days=1)).day == 1
        last = (
            add_months(end + timedelta(days=1), -12) - timedelta(days=1)
            if ends_month
            else add_months(end, -12)
        )
        return add_months(start, -12), last
    if compare == "before":
        return start - (end - start) - timedelta(days=1), start - timedelta(days=1)
    return None


def make(what: str, asked: Mapping[str, Any]) -> Outcome:
    span = asked["start"], asked["end"]
    before = span_before(*span, asked["compare"])
    found = sold_by(what, span=span, before=before)
    if asked["order"] != "number":
        found.sort(key=lambda row: (-row.now.sales, row.number))
    columns = [
        Column("number", _("No.")),
        Column("name", NAMES[what], stretches=True),
        *([Column("quantity", _("Quantity"), "quantity", is_wide=True)] if what == ITEM else []),
        Column("sales", _("Sales"), "amount", adds_up=True),
        *([] if before else [Column("share", _("Share"), "percent", is_wide=True)]),
        COST,
        MARGIN,
        MARGIN_PERCENT,
    ]
    if before:
        columns += [
            Column("before", _("Before"), "amount", adds_up=True, is_wide=True),
            Column("change", _("Change"), "amount", adds_up=True, is_wide=True),
            Column("change_percent", _("Change %"), "percent", ratio=("change", "before"), is_wide=True),
        ]
    total = sum((row.now.sales for row in found), ZERO)
    notes = [_("Amounts in {currency}, VAT excluded. Cost is what goods cost by now.").format(currency=lcy())]
    if before:
        notes.append(_("Compared with {start} to {end}.").format(start=day(before[0]), end=day(before[1])))
    return Outcome(
        tuple(columns),
        [_row(row, what, total, with_before=before is not None) for row in found],
        chart=lambda: _chart(found, what),
        closing=_("Total"),
        notes=notes,
        expected=len(found),
    )


def _row(row: Sold, what: str, total, *, with_before: bool) -> Row:
    now, before = row.now, row.before
    values = [row.number, _name(row), *([now.quantity] if what == ITEM else []), now.sales]
    values += [] if with_before else [percent(now.sales, total)]
    values += [now.cost, now.margin, percent(now.margin, now.sales)]
    if with_before:
        change = now.sales - before.sales
        values += [before.sales, change, percent(change, before.sales)]
    url = _url(row)
    return Row(tuple(values), {"number": url} if url else {})


def _name(row: Sold) -> str:
    if row.name:
        return row.name
    return {
        "other": _("G/L accounts, charges by themselves, rounding"),
        SALESPERSON: _("Without a salesperson"),
    }.get(row.kind, row.number)


def _url(row: Sold) -> str:
    if not row.number:
        return ""
    views = {CUSTOMER: "sales:customer", ITEM: "inventory:item"}
    return reverse(views[row.kind], args=[row.number]) if row.kind in views else ""


def _chart(found: Sequence[Sold], what: str) -> Chart | None:
    """The ten that stand for most."""
    best = sorted((row for row in found if row.now.sales > 0), key=lambda row: -row.now.sales)[:IN_CHART]
    return lying(
        _("The ten highest"),
        [_name(row) for row in best],
        [row.now.sales for row in best],
        urls=[_url(row) for row in best],
        unit=lcy(),
    )


NAMES = {
    CUSTOMER: gettext_lazy("Customer"),
    ITEM: gettext_lazy("Description"),
    SALESPERSON: gettext_lazy("Salesperson"),
}


def _report(what: str, title: str, question: str) -> Report:
    return Report(
        key=f"sales-by-{what}",
        title=title,
        question=question,
        group=gettext_lazy("Sales"),
        permissions=(SEES,),
        form=SalesForm,
        make=partial(make, what),
        lies=True,
    )


REPORTS = (
    _report(
        CUSTOMER,
        gettext_lazy("Sales by customer"),
        gettext_lazy("Who buys how much, and what do we earn with it?"),
    ),
    _report(ITEM, gettext_lazy("Sales by item"), gettext_lazy("What sells, and what do we earn with it?")),
    _report(SALESPERSON, gettext_lazy("Sales by salesperson"), gettext_lazy("Who sold how much?")),
)
