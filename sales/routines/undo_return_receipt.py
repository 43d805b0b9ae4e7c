"""Undo lines of a posted return receipt that is not invoiced."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from erp.kernel.access import needs
from sales.models import ReturnReceipt, ReturnReceiptLine
from sales.rights import to_undo
from sales.routines.undo_lines import RETURN_RECEIPT, UndoPlan, plan_undo_lines, write_undo


@needs(to_undo)
@transaction.atomic
def undo_return_receipt(
    receipt: ReturnReceipt, line_nos: Sequence[int], *, by, at: datetime, on: date | None = None
) -> list[ReturnReceiptLine]:
    """Undo some lines of a posted return receipt by lines with the opposite quantity; the paper itself stays.

    on       the posting date; None: that of the receipt
    returns  the new lines
    raises   ProblemsFound for all lines together: E-UNDO-DONE, -INVOICED, -RETURNED, -CONSUMED, -REVALUED, -USED (an
             credit memo that is being written, an item charge), -ORDER, -NOTHING, -NONE; a date that is closed

    Goods that came back are out again, at the cost they came back with, and the return order waits for them again.
    Neither line can be invoiced any more. Source: Business Central, Undo Return Receipt.
    """
    plan = plan_undo_lines(receipt, line_nos, RETURN_RECEIPT, by=by, on=on)
    return write_undo(plan, RETURN_RECEIPT, by=by, at=at)


def preview_undo_return_receipt(
    receipt: ReturnReceipt, line_nos: Sequence[int], *, by, on: date | None = None
) -> UndoPlan:
    """The plan of undoing some lines with its problems, and not a trace of it."""
    with transaction.atomic():
        plan = plan_undo_lines(receipt, line_nos, RETURN_RECEIPT, by=by, on=on)
        transaction.set_rollback(True)
    return plan
