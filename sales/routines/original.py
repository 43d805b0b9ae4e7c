"""A posted invoice or credit memo that is to be taken back, locked with everything that it moved."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q

from customers.selectors import locked
from inventory.models import Item
from receivables.selectors import EntryRow, entry
from sales.models import SalesDocument, SalesLine
from sales.models.base import PostedLine, PostedMoney
from sales.plans.correction import Charged, Mirror, Taken, figures_of
from sales.posted_goods import charges_behind, goods_behind, goods_to_take
from sales.routines.sources import in_lock_order
from sales.values import SalesValues

Type = SalesDocument.Type
# What must be the same on two lines for a quantity of the one to be a quantity of the other.
SOLD = ("type", "number", "variant_code", "unit_code", "per_unit")


@dataclass
class Original:
    """A posted invoice or credit memo that is to be taken back, with everything around it locked.

    entry    its customer ledger entry
    orders   by order and line number, the lines that the paper shipped and invoiced from and that are still there
    goods    by line number, the entries that give the goods back
    missing  lines of which goods have come back already, with how many
    charges  what its item charges gave to goods
    """

    paper: PostedMoney
    lines: Sequence[PostedLine]
    entry: EntryRow
    orders: dict[tuple[str, int], SalesLine]
    goods: dict[int, list[Taken]]
    missing: list[tuple[PostedLine, Decimal]]
    charges: list[Charged]
    values: SalesValues

    @property
    def moves_goods(self) -> bool:
        return bool(self.goods)

    @property
    def mirror(self) -> Mirror:
        """What posting copies instead of reckoning it again."""
        return Mirror(figures_of(self.lines), self.goods, self.charges)

    def order_line(self, line: PostedLine) -> SalesLine | None:
        """The order line that a posted line came from, where it is still there and still sells the same."""
        found = self.orders.get((line.order_no, line.order_line_no))
        is_same = found is not None and all(getattr(found, name) == getattr(line, name) for name in SOLD)
        return found if is_same else None


def load_original(paper: PostedMoney) -> Original:
    """Lock what a paper moved, in the order that everybody keeps: orders, customer, items; then read it.

    The number of queries does not depend on the number of lines.
    """
    masters = ("item__inventory_posting_group", "resource")
    lines = list(paper.lines.select_related(*masters).order_by("line_no"))
    orders = _lock_orders(lines)
    paper.bill_to_customer = locked(paper.bill_to_customer_id)
    items = {line.item_id for line in lines if line.item_id}
    list(Item.objects.select_for_update(no_key=True).filter(pk__in=items).order_by("pk").values_list("pk"))
    entries = goods_behind(paper) if items else {}
    goods, missing = goods_to_take(lines, entries)
    return Original(
        paper=paper,
        lines=lines,
        entry=entry(paper.customer_entry_no),
        orders=orders,
        goods=goods,
        missing=missing,
        charges=charges_behind(paper, lines),
        values=SalesValues.load(paper.currency_code),
    )


def _lock_orders(lines: Iterable[PostedLine]) -> dict[tuple[str, int], SalesLine]:
    """Lock the orders and blanket orders of the lines that are still there; read the lines of the orders."""
    orders = {line.order_no for line in lines if line.order_no}
    blankets = {line.blanket_order_no for line in lines if line.blanket_order_no}
    if not (orders or blankets):
        return {}
    named = Q(type=Type.ORDER, number__in=orders) | Q(type=Type.BLANKET_ORDER, number__in=blankets)
    documents = SalesDocument.objects.select_for_update(no_key=True).filter(named)
    found = {document.pk: document for document in in_lock_order(documents)}
    rows = SalesLine.objects.filter(
        document__in=[key for key, row in found.items() if row.type == Type.ORDER]
    )
    return {(found[row.document_id].number, row.line_no): row for row in rows}
