from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from erp.kernel.access import needs
from erp.kernel.errors import Problem, raise_problems
from sales.masters import NewLine
from sales.models import ChargeAssignment, SalesLine
from sales.plans.line import plain
from sales.plans.line_change import label
from sales.rights import to_change_line
from sales.routines.add_lines import plan_lines
from sales.routines.check_blanket import check_not_called_off
from sales.routines.discount import give_back
from sales.routines.lock import line_now, lock, refuse_locked
from sales.routines.texts import renew_texts
from sales.routines.total import total
from sales.values import SalesValues


@needs(to_change_line)
@transaction.atomic
def change_number(
    line: SalesLine, new: NewLine, *, by, at: datetime, on: date, values: SalesValues | None = None
) -> SalesLine:
    """Let a line sell something else: another type or number. It keeps its place and begins anew.

    new     as a new line is typed; what is left blank follows from the master and the head
    raises  LinesLocked when the document is not open; ProblemsFound: E-TF where something of the line is posted, or it
            is linked to another paper; E-BLK-LINKED; whatever is wrong with a new line

    Quantity, price, discounts and charge assignments of the old line are gone, and so are its texts: those of the new
    number come instead. Source: Business Central, validation of type and number on the sales line.
    """
    document = lock(line.document_id)
    line = line_now(line)
    refuse_locked(document, wants_open=[label("number")])
    raise_problems(document, [*_check(line), *check_not_called_off(document, line)])
    values = SalesValues.fit(document.currency_code, values)
    (fresh,) = plan_lines(document, [(line.line_no, new)], on=on, values=values)
    fresh.pk, fresh.uuid, fresh._state.adding = line.pk, line.uuid, False
    ChargeAssignment.objects.filter(Q(line=line) | Q(target_line=line)).delete()
    fresh.save()
    give_back(document, line.inv_discount_amount)
    renew_texts(document, fresh, on=on)
    total(document, values=values, at=at)
    fresh.refresh_from_db()
    return fresh


def _check(line: SalesLine) -> list[Problem]:
    """A line of which something is posted, or that stands for another paper's goods, sells what it sells."""
    if line.quantity_shipped or line.quantity_invoiced:
        message = _(
            "{field} of line {line_no} cannot change: {shipped} are shipped and {invoiced} invoiced of it."
        )
        message = message.format(
            field=label("number"),
            line_no=line.line_no,
            shipped=plain(line.quantity_shipped),
            invoiced=plain(line.quantity_invoiced),
        )
    elif paper := line.shipment_no or line.order_no or line.blanket_order_no:
        message = _(
            "{field} of line {line_no} cannot change: it belongs to {paper}. Remove the line instead."
        )
        message = message.format(field=label("number"), line_no=line.line_no, paper=paper)
    elif line.system_created or line.attached_to_line_id:
        message = _("{field} of line {line_no} cannot change: the line was made by the system.")
        message = message.format(field=label("number"), line_no=line.line_no)
    else:
        return []
    return [Problem("E-TF", message, line_no=line.line_no, field="number")]
