"""Who owes what, and since when."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.kernel.charts import Chart, Series, bars
from posting.as_of import Known, known_at
from receivables.selectors import BUCKETS, DUE, POSTING, Ageing, OpenOn, aged_receivables, open_on
from reporting.parameters import AgeingForm
from reporting.report import Column, Outcome, Report, Row
from reporting.reports.columns import document_type, lcy, report_url

KEY = "aged-receivables"


def make(asked: Mapping[str, Any]) -> Outcome:
    known = known_at(asked["known_at"])
    ageing = aged_receivables(
        on=asked["on_day"], period=asked["period"], by=asked["by"], customer=asked["customer"], known=known
    )
    buckets = tuple(
        Column(f"bucket_{place}", heading, "amount", adds_up=True, is_wide=True)
        for place, heading in enumerate(headings(ageing))
    )
    balance = Column("balance", _("Balance"), "amount", adds_up=True)
    common = {
        "totals": dict(zip((bucket.name for bucket in buckets), ageing.totals, strict=True))
        | {"balance": ageing.total},
        "chart": lambda: chart_of(ageing),
        "closing": _("All customers"),
        "shares_of": "balance",
        "notes": [
            _("Amounts in {currency}. Entries and applications after the day do not count.").format(
                currency=lcy()
            )
        ],
    }
    if asked["detail"]:
        columns = (
            Column("document", _("Document"), stretches=True),
            Column("posting_date", _("Posting date"), "day", is_wide=True),
            Column("due_date", _("Due date"), "day"),
            balance,
            *buckets,
        )
        return Outcome(columns, _entries(asked, ageing, known), **common)
    columns = (Column("number", _("No.")), Column("name", _("Customer"), stretches=True), balance, *buckets)
    return Outcome(columns, [_row(row, asked) for row in ageing.rows], expected=len(ageing.rows), **common)


def headings(ageing: Ageing) -> list[str]:
    """The buckets in words; they are counted in days."""
    first, *rest = (str(heading) for heading in ageing.headings)
    spelled = [_("{days} days").format(days=heading.replace("-", "–")) for heading in rest]
    return [
        _("Not due") if first == _("not due") else _("{days} days").format(days=first.replace("-", "–")),
        *spelled,
    ]


def chart_of(ageing: Ageing, url: str = "") -> Chart:
    """What is owed by age; `url` is what a click on any bar opens."""
    series = Series(_("Owed"), list(ageing.totals), urls=[url] * BUCKETS if url else ())
    return bars(_("Owed by age"), headings(ageing), [series], unit=lcy())


def _row(row, asked) -> Row:
    entries = report_url(KEY, **_address(asked), customer=row.customer_no, detail="on")
    links = {"number": reverse("sales:customer", args=[row.customer_no]), "balance": entries}
    return Row(
        (row.customer_no, row.customer_name, row.total, *(amount or None for amount in row.buckets)), links
    )


def _address(asked) -> dict[str, str]:
    said = {"on_day": asked["on_day"].isoformat(), "by": asked["by"], "period": asked["period"]}
    return said | ({"known_at": asked["known_at"].isoformat()} if asked["known_at"] else {})


def _entries(asked: Mapping[str, Any], ageing: Ageing, known: Known) -> Iterator[Row]:
    """Entries under the name of their customer."""
    limits = _limits(ageing, asked["by"])
    last = None
    for entry in open_on(asked["on_day"], customer=asked["customer"], known=known):
        if entry.customer_no != last:
            last = entry.customer_no
            card = reverse("sales:customer", args=[last])
            heading = (f"{last} {entry.customer_name}", *[None] * (3 + BUCKETS))
            yield Row(heading, {"document": card}, kind="heading")
        buckets: list[Decimal | None] = [None] * BUCKETS
        buckets[_bucket(entry, asked["by"], limits)] = entry.remaining_lcy
        document = f"{document_type(entry.document_type)} {entry.document_no}".strip()
        yield Row(
            (document, entry.posting_date, entry.due_date, entry.remaining_lcy, *buckets),
            {"document": reverse("receivables:entry", args=[entry.entry_no])},
            level=1,
        )


def _limits(ageing: Ageing, by: str) -> list:
    """First days of all buckets but the oldest, oldest first."""
    first = [ageing.on + timedelta(days=1)] if by == DUE else []
    return sorted([*first, *ageing.bounds])


def _bucket(entry: OpenOn, by: str, limits: list) -> int:
    day = {DUE: entry.due_date, POSTING: entry.posting_date}.get(by, entry.document_date)
    return BUCKETS - 1 - bisect_right(limits, day)


REPORT = Report(
    key=KEY,
    title=gettext_lazy("Aged accounts receivable"),
    question=gettext_lazy("Who owes us what on a day, and since when?"),
    group=gettext_lazy("Receivables"),
    permissions=("receivables.view_detailedcustomerledgerentry",),
    form=AgeingForm,
    make=make,
    lies=True,
)
