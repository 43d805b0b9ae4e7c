"""A posting plan as its preview shows it: rows of all ledgers, without numbers."""

from dataclasses import dataclass, field
from decimal import Decimal

from inventory.models import Item
from receivables.views import planned as money
from sales.plans.posting import PostingPlan


@dataclass(frozen=True)
class PlannedItem:
    item_no: str
    description: str
    location_code: str
    variant_code: str
    quantity: Decimal
    invoiced_quantity: Decimal
    cost_actual: Decimal
    cost_expected: Decimal
    sales: Decimal


@dataclass
class Planned(money.Planned):
    items: list[PlannedItem] = field(default_factory=list)


def planned_entries(plan: PostingPlan) -> Planned:
    """Everything that posting the plan would write, in the order of the ledgers. Two queries, for names."""
    adjustments = plan.items.adjustments if plan.items else ()
    rows = money.planned_entries([*plan.transactions, *adjustments], plan.entries)
    return Planned(rows.gl, rows.vat, rows.customer, _items(plan))


def _items(plan: PostingPlan) -> list[PlannedItem]:
    if plan.items is None:
        return []
    keys = {value.entry.item_id for value in plan.items.values}
    items = {row.pk: row for row in Item.objects.filter(pk__in=keys).only("pk", "number", "description")}
    rows = []
    for value in plan.items.values:
        item = items[value.entry.item_id]
        rows.append(
            PlannedItem(
                item.number,
                item.description,
                value.entry.location,
                value.entry.variant,
                value.item_entry_quantity,
                value.invoiced_quantity,
                value.actual,
                value.expected,
                value.sales_actual + value.sales_expected,
            )
        )
    return rows
