"""A posting plan as its preview shows it: rows of all ledgers, without numbers."""

from dataclasses import dataclass, field
from decimal import Decimal

from erp.kernel.money import ZERO
from inventory.ledger import ChargeRevenue
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
    item_charge_no: str = ""


@dataclass(frozen=True)
class PlannedResource:
    resource_no: str
    description: str
    quantity: Decimal
    unit_code: str
    cost: Decimal
    sales: Decimal


@dataclass
class Planned(money.Planned):
    items: list[PlannedItem] = field(default_factory=list)
    resources: list[PlannedResource] = field(default_factory=list)


def planned_entries(plan: PostingPlan) -> Planned:
    """Everything that posting the plan would write, in the order of the ledgers. Three queries at most, for names."""
    adjustments = plan.items.adjustments if plan.items else ()
    rows = money.planned_entries([*plan.transactions, *adjustments], plan.entries)
    return Planned(rows.gl, rows.vat, rows.customer, _items(plan), _resources(plan))


def _items(plan: PostingPlan) -> list[PlannedItem]:
    values = plan.items.values if plan.items else ()
    charged = [(revenue, _place(plan, revenue)) for revenue in plan.charges.revenues]
    keys = {value.entry.item_id for value in values} | {place[0] for _revenue, place in charged}
    if not keys:
        return []
    items = {row.pk: row for row in Item.objects.filter(pk__in=keys).only("pk", "number", "description")}
    rows = []
    for value in values:
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
    for revenue, (item_id, location, variant) in charged:
        item = items[item_id]
        rows.append(
            PlannedItem(
                item.number,
                item.description,
                location,
                variant,
                ZERO,
                ZERO,
                ZERO,
                ZERO,
                revenue.sales_amount,
                revenue.item_charge_no,
            )
        )
    return rows


def _place(plan: PostingPlan, revenue: ChargeRevenue) -> tuple[int, str, str]:
    """Item, location and variant of the goods that a charge goes to."""
    if revenue.item_entry_no is not None:
        entry = plan.charges.charged[revenue.item_entry_no]
        return entry.item_id, entry.location_code, entry.variant_code
    entry = plan.items.entries[revenue.movement]
    return entry.item_id, entry.location, entry.variant


def _resources(plan: PostingPlan) -> list[PlannedResource]:
    numbers = {part.line.line_no: part.line.number for part in plan.parts}
    return [
        PlannedResource(
            numbers[use.line_no],
            use.description,
            use.quantity,
            use.unit_code,
            use.total_cost,
            use.total_price,
        )
        for use in plan.resources
    ]
