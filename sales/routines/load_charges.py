from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from django.db.models import Q

from inventory.ledger import load_charged
from inventory.models import Item
from sales.models import ChargeAssignment, ReturnReceiptLine, SalesDocument, SalesLine, SalesShipmentLine
from sales.models.base import LineType
from sales.plans.charge_revenue import ChargeWork
from sales.plans.correction import Mirror
from sales.plans.parts import Uninvoiced
from sales.targets import PAPERS

Entries = dict[int, list[tuple[int, Decimal]]]


def load_charges(
    document: SalesDocument, lines: Iterable[SalesLine], uninvoiced: Mapping[int, Sequence[Uninvoiced]]
) -> ChargeWork:
    """What posting the item charges of a document needs: assignments, and the item entries of earlier goods.

    uninvoiced  by line number, goods of the document's own lines that are not invoiced

    No query without charges, five at most with them.
    """
    charges = {line.pk: line.line_no for line in lines if line.type == LineType.CHARGE}
    if not charges:
        return ChargeWork()
    assignments: dict[int, list[ChargeAssignment]] = {}
    rows = list(ChargeAssignment.objects.filter(line__in=charges).exclude(quantity=0).order_by("line", "id"))
    for row in rows:
        assignments.setdefault(charges[row.line_id], []).append(row)
    entries = _of_own_lines(document, rows, lines) | _of_papers(rows)
    numbers = {no for found in entries.values() for no, _quantity in found}
    numbers |= {entry.item_entry_no for found in uninvoiced.values() for entry in found}
    return ChargeWork(assignments, entries, load_charged(numbers))


def lock_charged(work: ChargeWork, items: Collection[int]) -> ChargeWork:
    """Lock the items of the goods that charges are for, with `items` in one order, and read those goods once more.

    Whoever undoes a shipment holds its items: goods that were undone meanwhile are left out now.
    """
    keys = {entry.item_id for entry in work.charged.values()} | set(items)
    list(Item.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk").values_list("pk"))
    return replace(work, charged=load_charged(set(work.charged)))


def charges_of_mirror(mirror: Mirror, sources: Iterable[SalesLine]) -> ChargeWork:
    """What a paper needs that takes another one back: the goods whose revenue goes again, and what their orders said.

    sources  the lines of orders that it moves. Two queries, or none.
    """
    ordered: dict[int, list[ChargeAssignment]] = {}
    charges = [line.pk for line in sources if line.type == LineType.CHARGE]
    if charges:
        for row in ChargeAssignment.objects.filter(line__in=charges).order_by("line", "id"):
            ordered.setdefault(row.line_id, []).append(row)
    charged = load_charged({charge.item_entry_no for charge in mirror.charges})
    return ChargeWork(charged=charged, ordered=ordered)


def _of_own_lines(
    document: SalesDocument, rows: Sequence[ChargeAssignment], lines: Iterable[SalesLine]
) -> Entries:
    """By assignment to a line of the document: the entries of what that line moved earlier."""
    wanted = {row.target_line_id for row in rows}
    moved = {line.line_no: line for line in lines if line.pk in wanted and line.quantity_shipped}
    if not moved:
        return {}
    model = ReturnReceiptLine if document.traits.receives else SalesShipmentLine
    named = Q(order_no=document.number, order_line_no__in=moved) if document.traits.in_steps else Q(pk__in=[])
    fetched = {(line.shipment_no, line.shipment_line_no): line for line in moved.values() if line.is_fetched}
    for number, line_no in fetched:
        named |= Q(document__number=number, line_no=line_no)
    columns = ("item_entry_no", "quantity_base", "order_line_no", "document__number", "line_no")
    found: Entries = {}
    rows_of = {line_id: [row.pk for row in rows if row.target_line_id == line_id] for line_id in wanted}
    moved_goods = {"item_entry_no__isnull": False, "undoes_line_no": 0}
    paper_lines = model.objects.filter(named, **moved_goods).order_by("item_entry_no")
    for entry_no, quantity, order_line_no, number, line_no in paper_lines.values_list(*columns):
        line = fetched.get((number, line_no)) or moved[order_line_no]
        for key in rows_of[line.pk]:
            found.setdefault(key, []).append((entry_no, abs(quantity)))
    return found


def _of_papers(rows: Sequence[ChargeAssignment]) -> Entries:
    """By assignment to a posted shipment or return receipt: the entry of its line. One query for each kind."""
    found: Entries = {}
    for kind, model in PAPERS.items():
        keys: dict[tuple[str, int], list[int]] = {}
        named = Q()
        for row in rows:
            if row.target == kind:
                keys.setdefault((row.target_no, row.target_line_no), []).append(row.pk)
                named |= Q(document__number=row.target_no, line_no=row.target_line_no)
        if not keys:
            continue
        columns = ("document__number", "line_no", "item_entry_no", "quantity_base")
        lines = model.objects.filter(named, item_entry_no__isnull=False).order_by("id")
        for number, line_no, entry_no, quantity in lines.values_list(*columns):
            for key in keys[number, line_no]:
                found.setdefault(key, []).append((entry_no, abs(quantity)))
    return found
