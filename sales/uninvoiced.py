"""What has left on posted shipments, or come back on return receipts, and is on no invoice yet: line by line.

Goods are known exactly: their item entry says how much of it is invoiced. What leaves no item entry, such as freight,
is what its order line has shipped and not invoiced, the latest shipment last.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, Q, QuerySet, Sum

from erp.kernel.quantity import QTY, from_base, to_base
from inventory.models import ItemEntryState
from sales.models import (
    ReturnReceiptLine,
    SalesCreditMemoLine,
    SalesDocument,
    SalesInvoiceLine,
    SalesLine,
    SalesShipmentLine,
)
from sales.models.base import LineType

Type = SalesDocument.Type
ZERO = Decimal(0)
ShippedLine = SalesShipmentLine | ReturnReceiptLine
LineKey = tuple[str, int]  # number of a posted paper (or of an order) and a line of it


@dataclass(frozen=True)
class UninvoicedLine:
    """A line of a posted shipment or return receipt of which something is not invoiced; in the line's unit and sign.

    shipped      the posted line, with its paper
    order_line   the order line that it left on, with its order: what says the price now
    uninvoiced   on no posted invoice
    on_invoices  of that, what invoices that are being written have already fetched
    """

    shipped: ShippedLine
    order_line: SalesLine
    uninvoiced: Decimal
    on_invoices: Decimal = ZERO

    @property
    def order(self) -> SalesDocument:
        return self.order_line.document

    @property
    def paper(self):
        return self.shipped.document

    @property
    def remaining(self) -> Decimal:
        """What may still be put on an invoice."""
        left = self.uninvoiced - self.on_invoices
        return left if left * self.uninvoiced > 0 else ZERO


def uninvoiced_lines(
    orders: QuerySet[SalesDocument],
    *,
    receives: bool = False,
    lines: Collection[int] | None = None,
    besides: int | None = None,
) -> list[UninvoicedLine]:
    """Every posted line of some orders of which something is not invoiced; oldest paper first.

    orders    which orders count: all of a customer, those of a number
    receives  return receipts of return orders, for credit memos
    lines     keys of posted lines; None: all
    besides   key of a working line that is not counted: the one that is being changed

    Corrections of a shipment (lines that undo others, and those undone) are left out. At most five queries, whatever
    the number of orders and lines.
    """
    order_lines = _order_lines(orders, receives)
    if not order_lines:
        return []
    shipped = _shipped_lines(order_lines, receives)
    capacity = _capacity(shipped, receives)
    found = _share(shipped, capacity, order_lines)
    if lines is not None:
        wanted = set(lines)
        found = [row for row in found if row.shipped.pk in wanted]
    return _with_open_invoices(found, receives, besides)


def _order_lines(orders: QuerySet[SalesDocument], receives: bool) -> dict[LineKey, SalesLine]:
    type = Type.RETURN_ORDER if receives else Type.ORDER
    rows = SalesLine.objects.filter(document__in=orders.filter(type=type).order_by())
    rows = rows.exclude(type=LineType.COMMENT).exclude(quantity_shipped=F("quantity_invoiced"))
    rows = rows.select_related("item", "document__customer", "document__bill_to_customer")
    return {(line.document.number, line.line_no): line for line in rows.order_by("pk")}


def _shipped_lines(order_lines: Mapping[LineKey, SalesLine], receives: bool) -> list[ShippedLine]:
    model = ReturnReceiptLine if receives else SalesShipmentLine
    numbers = {number for number, _line_no in order_lines}
    rows = model.objects.filter(order_no__in=numbers).exclude(quantity=0).select_related("document")
    rows = list(rows.order_by("document_id", "line_no"))
    undone = {(row.document_id, row.undoes_line_no) for row in rows if row.undoes_line_no}
    return [
        row
        for row in rows
        if (row.order_no, row.order_line_no) in order_lines
        and not row.undoes_line_no
        and (row.document_id, row.line_no) not in undone
    ]


def _capacity(shipped: Iterable[ShippedLine], receives: bool) -> dict[int, Decimal]:
    """By key of the posted line, how much of it can be uninvoiced at most."""
    goods = {row.item_entry_no: row for row in shipped if row.item_entry_no is not None}
    others = [row for row in shipped if row.item_entry_no is None]
    capacity = {}
    for state in ItemEntryState.objects.filter(entry_id__in=goods):
        row = goods[state.entry_id]
        capacity[row.pk] = _in_unit(abs(state.quantity - state.invoiced_quantity), row)
    named = _named_on_invoices(others, receives)
    for row in others:
        capacity[row.pk] = row.quantity - named.get((row.document.number, row.line_no), ZERO)
    return capacity


def _in_unit(left_base: Decimal, row: ShippedLine) -> Decimal:
    """Base units in the unit of the line, never more than they make but for rounding.

    It is what is gone that is converted: that was a quantity in this unit before, and is one again.
    """
    if left_base >= abs(row.quantity_base):
        return row.quantity
    if not left_base:
        return ZERO
    quantity = abs(row.quantity) - from_base(abs(row.quantity_base) - left_base, row.per_unit)
    if to_base(quantity, row.per_unit) - left_base > QTY:
        quantity -= QTY
    return quantity if row.quantity > 0 else -quantity


def _named_on_invoices(rows: Collection[ShippedLine], receives: bool) -> dict[LineKey, Decimal]:
    """What posted invoices say they took of lines that leave no item entry."""
    if not rows:
        return {}
    model = SalesCreditMemoLine if receives else SalesInvoiceLine
    names = (
        ("return_receipt_no", "return_receipt_line_no") if receives else ("shipment_no", "shipment_line_no")
    )
    orders = {row.order_no for row in rows}
    found = model.objects.filter(order_no__in=orders).exclude(**{names[0]: ""}).order_by()
    return {
        (number, line_no): taken
        for number, line_no, taken in found.values_list(*names).annotate(Sum("quantity"))
    }


def _share(
    shipped: Iterable[ShippedLine], capacity: Mapping[int, Decimal], order_lines: Mapping[LineKey, SalesLine]
) -> list[UninvoicedLine]:
    """Spread what an order line has shipped and not invoiced over its shipments: the oldest were invoiced first."""
    pools = {key: line.shipped_not_invoiced for key, line in order_lines.items()}
    found = []
    for row in reversed(list(shipped)):
        key = (row.order_no, row.order_line_no)
        most, pool = capacity.get(row.pk, ZERO), pools[key]
        if most * pool <= 0:
            continue
        taken = min(most, pool, key=abs)
        pools[key] -= taken
        found.append(UninvoicedLine(row, order_lines[key], taken))
    return found[::-1]


def _with_open_invoices(
    found: list[UninvoicedLine], receives: bool, besides: int | None
) -> list[UninvoicedLine]:
    papers = {row.paper.number for row in found}
    if not papers:
        return []
    rows = SalesLine.objects.filter(
        Q(document__type=Type.CREDIT_MEMO if receives else Type.INVOICE), shipment_no__in=papers
    )
    rows = rows.exclude(pk=besides) if besides else rows
    sums = rows.order_by().values_list("shipment_no", "shipment_line_no").annotate(Sum("quantity"))
    fetched: dict[LineKey, Decimal] = defaultdict(Decimal)
    fetched |= {(number, line_no): quantity for number, line_no, quantity in sums}
    return [
        UninvoicedLine(
            row.shipped, row.order_line, row.uninvoiced, fetched[row.paper.number, row.shipped.line_no]
        )
        for row in found
    ]
