"""What lies in stock, and what it is worth."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inventory.selectors import Valuation, valuation
from posting.as_of import known_at
from reporting.parameters import ValuationForm
from reporting.report import Column, Outcome, Report, Row
from reporting.reports.columns import divided, lcy


def make(asked: Mapping[str, Any]) -> Outcome:
    items = [asked["item"].number] if asked["item"] else None
    found = [
        row
        for row in valuation(on=asked["on_day"], items=items, known=known_at(asked["known_at"]))
        if not asked["location"] or row.location_code == asked["location"]
    ]
    columns = (
        Column("number", _("Item")),
        Column("description", _("Description"), stretches=True),
        Column("location", _("Location")),
        Column("quantity", _("Quantity"), "quantity"),
        Column("unit_cost", _("Unit cost"), "amount", is_wide=True),
        Column("actual", _("Cost"), "amount", adds_up=True, is_wide=True),
        Column("expected", _("Expected cost"), "amount", adds_up=True, is_wide=True),
        Column("value", _("Value"), "amount", adds_up=True),
    )
    note = _(
        "Amounts in {currency}, by posting date: the cost is what the inventory accounts show; expected cost is that "
        "of goods that are not invoiced yet."
    )
    return Outcome(
        columns,
        [_row(row) for row in found],
        closing=_("All items"),
        notes=[note.format(currency=lcy())],
        expected=len(found),
    )


def _row(row: Valuation) -> Row:
    value = row.cost_actual + row.cost_expected
    return Row(
        (row.item_number, row.description, row.location_code, row.quantity, divided(value, row.quantity),
         row.cost_actual, row.cost_expected, value),
        {"number": reverse("inventory:item", args=[row.item_number])},
    )  # fmt: skip


REPORT = Report(
    key="inventory-valuation",
    title=gettext_lazy("Inventory valuation"),
    question=gettext_lazy("What lies in stock on a day, and what is it worth?"),
    group=gettext_lazy("Stock"),
    permissions=("inventory.view_item", "inventory.view_valueentry"),
    form=ValuationForm,
    make=make,
)
