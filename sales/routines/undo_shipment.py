"""Undo lines of a posted shipment that is not invoiced."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from erp.kernel.access import needs
from sales.models import SalesShipment, SalesShipmentLine
from sales.rights import to_undo
from sales.routines.undo_lines import SHIPMENT, UndoPlan, plan_undo_lines, write_undo


@needs(to_undo)
@transaction.atomic
def undo_shipment(
    shipment: SalesShipment, line_nos: Sequence[int], *, by, at: datetime, on: date | None = None
) -> list[SalesShipmentLine]:
    """Undo some lines of a posted shipment by lines with the opposite quantity; the paper itself stays.

    on       the posting date; None: that of the shipment
    returns  the new lines
    raises   ProblemsFound for all lines together: E-UNDO-DONE, -INVOICED, -RETURNED, -CONSUMED, -REVALUED, -USED (an
             invoice that is being written, an item charge), -ORDER, -NOTHING, -NONE; a date that is closed

    Goods are back in stock at the cost they left with, and can be shipped again from the order.
    Neither line can be invoiced any more. Source: Business Central, Undo Shipment.
    """
    plan = plan_undo_lines(shipment, line_nos, SHIPMENT, by=by, on=on)
    return write_undo(plan, SHIPMENT, by=by, at=at)


def preview_undo_shipment(
    shipment: SalesShipment, line_nos: Sequence[int], *, by, on: date | None = None
) -> UndoPlan:
    """The plan of undoing some lines with its problems, and not a trace of it."""
    with transaction.atomic():
        plan = plan_undo_lines(shipment, line_nos, SHIPMENT, by=by, on=on)
        transaction.set_rollback(True)
    return plan
