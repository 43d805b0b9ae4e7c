"""What documents come to and what is left of it: figures of working and posted papers, with what their goods cost."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.db.models import Q

from erp.kernel.money import WIDE, round_to
from inventory.selectors import costs_by_entry, invoiced_costs
from sales.models import (
    ReturnReceiptLine,
    SalesCreditMemo,
    SalesDocument,
    SalesInvoice,
    SalesLine,
    SalesShipmentLine,
)
from sales.plans.invoice_values import RoundingAccount
from sales.plans.statistics import Figures, ShippedCost, Statistics, plan_statistics, posted_figures
from sales.values import SalesValues

ZERO = Decimal(0)


def document_statistics(document: SalesDocument, values: SalesValues | None = None) -> Statistics:
    """The figures of a working document. The number of queries does not depend on the number of lines."""
    values = SalesValues.fit(document.currency_code, values)
    lines = list(document.lines.select_related("item").order_by("line_no"))
    group = values.customer_groups.get(document.customer_posting_group)
    return plan_statistics(
        document,
        lines,
        values=values,
        rounding_account=RoundingAccount.of(group),
        shipped_costs=shipped_costs(document, lines),
    )


def posted_statistics(paper: SalesInvoice | SalesCreditMemo) -> Figures:
    """The figures of a posted invoice or credit memo; goods cost what the item ledger says by now."""
    is_credit = isinstance(paper, SalesCreditMemo)
    kind = "sales_credit_memo" if is_credit else "sales_invoice"
    costs = invoiced_costs(paper.number, document_type=kind)
    return posted_figures(
        list(paper.lines.order_by("line_no")),
        amount=paper.amount,
        amount_including_vat=paper.amount_including_vat,
        sales_lcy=round_to(WIDE.divide(paper.amount, paper.currency_factor)),
        invoiced_costs={line_no: cost if is_credit else -cost for line_no, cost in costs.items()},
    )


def shipped_costs(document: SalesDocument, lines: Sequence[SalesLine]) -> Mapping[int, ShippedCost]:
    """By line number, what its goods that have left (or come back) cost by now. Two queries, or none."""
    moved = [line for line in lines if line.item_id and line.quantity_shipped and line.item.keeps_stock]
    if not moved:
        return {}
    fetched = {(line.shipment_no, line.shipment_line_no): line.line_no for line in moved if line.is_fetched}
    own = {line.line_no for line in moved if not line.is_fetched}
    wanted = Q(order_no=document.number, order_line_no__in=own) if own else Q(pk__in=[])
    for number, line_no in fetched:
        wanted |= Q(document__number=number, line_no=line_no)
    paper_line = ReturnReceiptLine if document.traits.receives else SalesShipmentLine
    rows = paper_line.objects.filter(wanted, item_entry_no__isnull=False)
    line_of = {
        entry_no: fetched.get((number, line_no), order_line_no)
        for entry_no, number, line_no, order_line_no in rows.values_list(
            "item_entry_no", "document__number", "line_no", "order_line_no"
        )
    }
    found: dict[int, ShippedCost] = {}
    for entry_no, (quantity, cost) in costs_by_entry(line_of).items():
        before = found.get(line_of[entry_no], ShippedCost(ZERO, ZERO))
        found[line_of[entry_no]] = ShippedCost(before.quantity_base + quantity, before.cost + cost)
    return {line_no: ShippedCost(abs(quantity), abs(cost)) for line_no, (quantity, cost) in found.items()}
