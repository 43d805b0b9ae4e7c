from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from erp.kernel import outbox
from erp.kernel.access import needs
from erp.kernel.errors import Problem, raise_problems
from erp.kernel.workflow import log_move
from sales.arithmetic.values import ZERO
from sales.models import SalesDocument, SalesLine
from sales.plans.check import check_not_queued
from sales.plans.fulfilment import cancel_rest, document_fulfilment
from sales.plans.totals import AMOUNTS
from sales.rights import to_change
from sales.routines.discount import give_back
from sales.routines.lock import lock
from sales.routines.release import finish_amounts
from sales.routines.total import total
from sales.selectors import waits_in_queue
from sales.values import SalesValues

Status = SalesDocument.Status
WRITTEN = ("quantity", "quantity_base", "quantity_cancelled", "qty_to_ship", "qty_to_invoice", "line_discount_amount",
           "line_discount_percent", "line_amount", "inv_discount_amount", *AMOUNTS)  # fmt: skip


@needs(to_change)
@transaction.atomic
def cancel_remainder(
    document: SalesDocument, *, line_nos: Collection[int] | None = None, by, at: datetime
) -> list[SalesLine]:
    """Close what of an order will not be delivered any more; returns the lines that were closed.

    line_nos  lines whose rest is closed; None: every line that has one
    raises    ProblemsFound: E-CANCEL-TYPE where the document is no order or return order, E-CANCEL-STATUS while
              somebody is asked to approve it or a prepayment is awaited, E-QUEUED while it waits to be posted,
              E-CANCEL-NOTHING where nothing is outstanding

    The quantity becomes what was shipped and `quantity_cancelled` keeps the rest: nothing of it ships, is planned or
    promised again, and the line is invoiced as soon as what was shipped is. A released order stays released. The
    document's history and the outbox topic `sales.document.remainder_cancelled` say so.
    """
    document = lock(document.pk)
    lines = list(document.lines.order_by("line_no"))
    closed = [line for line in lines if _is_meant(line, line_nos)]
    raise_problems(document, _check(document, closed, queued=waits_in_queue(document)))
    values = SalesValues.load(document.currency_code)
    before = document_fulfilment(lines)
    given_back = ZERO
    for line in closed:
        shared = line.inv_discount_amount
        cancel_rest(line, values.line_rules(document))
        given_back += shared - line.inv_discount_amount
    SalesLine.objects.bulk_update(closed, WRITTEN)
    give_back(document, given_back)
    _bring_up_to_date(document, values, at)
    after = document_fulfilment(lines)
    log_move(document, field="fulfilment", verb="cancel_remainder", before=before, after=after, by=by, at=at)
    outbox.put(
        "sales.document.remainder_cancelled",
        key=document.number,
        type=document.type,
        lines=[line.line_no for line in closed],
    )
    return closed


def _is_meant(line: SalesLine, line_nos: Collection[int] | None) -> bool:
    wanted = line_nos is None or line.line_no in line_nos
    return wanted and line.sells_something and line.outstanding_quantity != 0


def _check(document: SalesDocument, closed: Iterable[SalesLine], *, queued: bool) -> list[Problem]:
    if not document.traits.in_steps:
        message = _("{document} has no remainder: only orders and return orders are delivered in parts.")
        return [Problem("E-CANCEL-TYPE", message.format(document=document), field="type")]
    if document.status not in (Status.OPEN, Status.RELEASED):
        message = _("{document} is {status}: its remainder can be cancelled when it is open or released.")
        message = message.format(document=document, status=document.get_status_display())
        return [Problem("E-CANCEL-STATUS", message, field="status")]
    if queued:
        return check_not_queued(document)
    if not closed:
        message = _("Nothing is outstanding on {document}: everything chosen is delivered or cancelled.")
        return [Problem("E-CANCEL-NOTHING", message.format(document=document))]
    return []


def _bring_up_to_date(document: SalesDocument, values: SalesValues, at: datetime) -> None:
    """Amounts of an open document as they are while it is written, of a released one final as at its release."""
    lines = total(document, values=values, at=at)
    if document.status == Status.RELEASED:
        finish_amounts(document, lines, values=values, at=at)
