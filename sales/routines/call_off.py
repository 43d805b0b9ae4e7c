from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from erp.kernel import outbox
from erp.kernel.access import needs
from erp.kernel.errors import Problem, raise_problems
from sales.masters import LineMasters
from sales.models import SalesDocument, SalesLine
from sales.plans.blanket import check_call_off
from sales.plans.chosen_part import Chosen
from sales.plans.still_sold import check_still_sold, named_by
from sales.rights import to_sell
from sales.routines.carry_over import (
    carried_lines,
    carry_charges,
    carry_comments,
    carry_head,
    parents_of,
    sum_invoice_discount,
)
from sales.routines.lock import lock, refuse_locked
from sales.routines.may_make import check_may_make
from sales.routines.total import total
from sales.routines.write_lines import write_lines
from sales.selectors import unposted_of_blanket
from sales.values import SalesValues


@needs(to_sell)
@transaction.atomic
def call_off(blanket: SalesDocument, *, by, at: datetime, on: date) -> SalesDocument:
    """Make an order of what the lines of a blanket order say is to be shipped next.

    on      the work date: order and posting date where the blanket order has none
    raises  AwaitsApproval; ProblemsFound: E-BLK-TYPE, E-BLK-NOTHING, E-BLK-QTY, blocked customers, salespeople and
            masters

    Prices and discounts are those that were agreed and stay so; the order's lines remember where they come from. The
    blanket order stays, with nothing to ship. Source: Business Central, blanket order to order.
    """
    blanket = lock(blanket.pk)
    if not blanket.traits.calls_off:
        message = _("{document} is no blanket order: nothing can be called off from it.")
        raise_problems(blanket, [Problem("E-BLK-TYPE", message.format(document=blanket), field="type")])
    refuse_locked(blanket)
    values = SalesValues.load(blanket.currency_code)
    lines = list(blanket.lines.order_by("line_no"))
    chosen = _chosen(lines)
    sold = [row.line for row in chosen]
    masters = LineMasters.load(named_by(sold), customer_no="", on=on)
    problems = [
        *check_may_make(blanket, SalesDocument.Type.ORDER),
        *check_call_off(
            [line for line in lines if line.sells_something], unposted_of_blanket(blanket.number)
        ),
        *check_still_sold(blanket, sold, masters),
    ]
    raise_problems(blanket, problems)

    order = carry_head(blanket, SalesDocument.Type.ORDER, by=by, at=at, on=on, values=values)
    copies = carried_lines(chosen, order, values, linked=True)
    sum_invoice_discount(order, copies)
    order.save(update_fields=["invoice_discount_value"])
    written = write_lines(copies, parents_of(chosen))
    carry_charges(chosen, written)
    if values.sales.copy_comments_to_order:
        carry_comments(blanket, order, written.keys())
    total(order, values=values, at=at)
    for line in lines:
        line.qty_to_ship = 0
        line.qty_to_invoice = line.max_qty_to_invoice
    SalesLine.objects.bulk_update(lines, ["qty_to_ship", "qty_to_invoice"])
    outbox.put("sales.blanket_order.called_off", key=blanket.number, number=order.number)
    return order


def _chosen(lines: list[SalesLine]) -> list[Chosen]:
    """Lines with something to ship, the texts that hang on them, and texts that hang on none."""
    called = {line.pk for line in lines if line.qty_to_ship}
    return [
        Chosen(line, line.qty_to_ship)
        for line in lines
        if line.pk in called or (not line.sells_something and line.attached_to_line_id in {None, *called})
    ]
