"""What getting shipment lines, combining shipments and changing a fetched line share. The document is locked before."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from decimal import Decimal

from erp.kernel.errors import Problem, raise_problems
from sales.arithmetic.values import ZERO
from sales.models import (
    ChargeAssignment,
    ReturnReceiptLine,
    SalesDocument,
    SalesLine,
    SalesShipmentLine,
)
from sales.models.base import LineType
from sales.plans.fetching import (
    FetchedLines,
    check_document,
    check_left,
    check_wanted,
    plan_lines,
    too_much,
)
from sales.routines.sources import in_lock_order
from sales.routines.total import total
from sales.uninvoiced import ShippedLine, UninvoicedLine, uninvoiced_lines
from sales.values import SalesValues

Type = SalesDocument.Type


def fetch(
    document: SalesDocument,
    chosen: Collection[ShippedLine],
    *,
    at: datetime,
    values: SalesValues,
    all_or_none: bool = True,
    copy_texts: bool = False,
) -> list[SalesLine]:
    """Put what is left of posted lines on a document that the caller has locked; returns the new lines.

    all_or_none  refuse (E-GSL-QTY) where nothing is left of a chosen line; else such lines are passed over
    copy_texts   the texts of the shipments go along; those that hang on a line always do

    The orders are locked after the document, so that of two invoices that want the same goods one comes second.
    """
    receives = document.traits.receives
    raise_problems(document, check_document(document, chosen))
    orders = lock_orders({row.order_no for row in chosen}, receives=receives)
    found = uninvoiced_lines(orders, receives=receives, lines={row.pk for row in chosen})
    problems = check_left(chosen, found) if all_or_none else []
    found = [row for row in found if row.remaining]
    raise_problems(document, problems + check_wanted(document, found))
    if not found:
        return []
    attached = _attached_texts(found)
    last = document.lines.order_by("line_no").last()
    plan = plan_lines(
        document,
        found,
        attached,
        _texts(found, attached) if copy_texts else (),
        after=last.line_no if last else 0,
        last_paper=last.shipment_no if last else "",
        rules=values.line_rules(document),
    )
    SalesLine.objects.bulk_create(plan.lines)
    for text, line in plan.attached:
        text.attached_to_line = line
    SalesLine.objects.bulk_update([text for text, _line in plan.attached], ["attached_to_line"])
    _assign_charges(found, plan)
    total(document, values=values, at=at)
    return plan.lines


def _assign_charges(found: Iterable[UninvoicedLine], plan: FetchedLines) -> None:
    """Item charges that went along whole are for the same goods as on their order, as far as those went along."""
    went = {row.order_line.pk: plan.line_of[row.shipped.pk] for row in found}
    whole = {
        row.order_line.pk
        for row in found
        if row.order_line.type == LineType.CHARGE and row.remaining == row.order_line.quantity
    }
    if not whole:
        return
    copies = []
    for row in ChargeAssignment.objects.filter(line__in=whole, quantity_assigned=0).order_by("id"):
        if row.target_line_id is None or row.target_line_id in went:
            row.pk, row._state.adding = None, True
            row.line, row.target_line = went[row.line_id], went.get(row.target_line_id)
            copies.append(row)
    ChargeAssignment.objects.bulk_create(copies)


def lock_orders(numbers: Collection[str], *, receives: bool):
    """Lock the orders of posted lines, in the order in which posting locks them; returns them as a queryset."""
    type = Type.RETURN_ORDER if receives else Type.ORDER
    orders = SalesDocument.objects.filter(type=type, number__in=numbers)
    list(in_lock_order(orders).select_for_update(no_key=True).values_list("pk"))
    return orders


def check_fetched_quantity(line: SalesLine, quantity: Decimal) -> list[Problem]:
    """A fetched line may take less of its shipment than it does, and more as far as something is left (E-GSL-QTY)."""
    receives = line.document.traits.receives
    model = ReturnReceiptLine if receives else SalesShipmentLine
    shipped = model.objects.select_related("document").get(
        document__number=line.shipment_no, line_no=line.shipment_line_no
    )
    orders = lock_orders({line.order_no}, receives=receives)
    found = uninvoiced_lines(orders, receives=receives, lines={shipped.pk}, besides=line.pk)
    most = sum((row.remaining for row in found), ZERO)
    if 0 <= quantity <= most or most <= quantity <= 0:
        return []
    return [too_much(shipped, most, line_no=line.line_no)]


def _attached_texts(found: Iterable[UninvoicedLine]) -> dict[int, list[SalesLine]]:
    """By key of an order line, the texts that hang on it. One query."""
    rows = SalesLine.objects.filter(
        type=LineType.COMMENT, attached_to_line__in={row.order_line.pk for row in found}
    )
    texts = defaultdict(list)
    for line in rows.order_by("line_no"):
        texts[line.attached_to_line_id].append(line)
    return texts


def _texts(found: Iterable[UninvoicedLine], attached: dict[int, list[SalesLine]]) -> list[ShippedLine]:
    """Texts on the shipments that stand for themselves. One query."""
    found = list(found)
    papers = {row.shipped.document_id: row.paper for row in found}
    numbers = {row.order_line.pk: row.order.number for row in found}
    hanging = {(numbers[key], text.line_no) for key, texts in attached.items() for text in texts}
    rows = type(found[0].shipped).objects.filter(document_id__in=papers, type=LineType.COMMENT)
    return [
        row
        for row in rows.exclude(description="").select_related("document").order_by("document_id", "line_no")
        if (row.order_no, row.order_line_no) not in hanging
    ]
