"""What customers wait for."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reporting.parameters import BackOrderForm
from reporting.report import Column, Outcome, Report, Row
from reporting.reports.columns import lcy
from reporting.selectors.back_orders import Waiting, waiting, worth_of_waiting

SEES_AMOUNTS = "sales.view_salesinvoice"


def make(asked: Mapping[str, Any]) -> Outcome:
    which = {name: asked[name] for name in ("until", "customer", "location", "released")}
    columns = (
        Column("order", _("Order")),
        Column("shipment_date", _("Shipment date"), "day"),
        Column("late", _("Days late"), "count"),
        Column("number", _("Item"), is_wide=True),
        Column("description", _("Description"), stretches=True),
        Column("location", _("Location"), is_wide=True),
        Column("quantity", _("Ordered"), "quantity", is_wide=True),
        Column("outstanding", _("Outstanding"), "quantity"),
        Column("unit", _("Unit"), is_wide=True),
        Column("amount", _("Amount"), "amount", permission=SEES_AMOUNTS, adds_up=True, is_wide=True),
    )
    note = _("Orders with goods or services still to ship. Amounts in {currency}, VAT excluded.")
    return Outcome(
        columns,
        _rows(which, asked["today"]),
        totals={"amount": worth_of_waiting(**which)},
        closing=_("All customers"),
        notes=[note.format(currency=lcy())],
    )


def _rows(which: Mapping[str, Any], today) -> Iterator[Row]:
    last = None
    for line in waiting(**which):
        if line.customer_no != last:
            last = line.customer_no
            heading = (f"{line.customer_no} {line.customer_name}", *[None] * 9)
            yield Row(heading, {"order": reverse("sales:customer", args=[line.customer_no])}, kind="heading")
        yield _row(line, today)


def _row(line: Waiting, today) -> Row:
    late = (today - line.shipment_date).days if line.shipment_date and line.shipment_date < today else None
    values = (line.order_no, line.shipment_date, late, line.number, line.description, line.location_code,
              line.quantity, line.outstanding, line.unit_code, line.amount)  # fmt: skip
    links = {"order": reverse("sales:document", args=["order", line.order_no])}
    if line.type == "item":
        links["number"] = reverse("inventory:item", args=[line.number])
    return Row(values, links, level=1)


REPORT = Report(
    key="back-orders",
    title=gettext_lazy("Back orders"),
    question=gettext_lazy("What does each customer wait for, and since when?"),
    group=gettext_lazy("Sales"),
    permissions=("sales.view_salesdocument",),
    form=BackOrderForm,
    make=make,
    lies=True,
)
