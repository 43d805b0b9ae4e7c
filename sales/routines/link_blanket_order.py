from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from erp.kernel.access import needs
from erp.kernel.errors import Problem, raise_problems
from sales.models import SalesDocument, SalesLine
from sales.rights import to_change_line
from sales.routines.lock import line_now, lock, refuse_locked


@needs(to_change_line)
@transaction.atomic
def link_blanket_order(
    line: SalesLine, *, blanket_no: str, blanket_line_no: int = 0, by, at: datetime
) -> SalesLine:
    """Let a line of an order, invoice, return order or credit memo count on a blanket order of its customer.

    blanket_no       blank takes the link away
    blanket_line_no  0: the only line of the blanket order that sells the same
    raises           LinesLocked; ProblemsFound: E-BLK-LINK where something is posted of the line, or where there is no
                     such line that sells the same to the same customer

    The price of the line stays; from then on no price list changes it. Source: Business Central, Blanket Order No. on
    the sales line.
    """
    document = lock(line.document_id)
    line = line_now(line)
    refuse_locked(document, wants_open=[_("blanket order")])
    raise_problems(document, _check(document, line))
    agreed = None
    if blanket_no:
        _hold(blanket_no)
        found = _agreed_lines(document, line, blanket_no, blanket_line_no)
        if len(found) != 1:
            raise_problems(document, [_not_found(document, line, blanket_no, len(found))])
        (agreed,) = found
    line.blanket_order_no = blanket_no
    line.blanket_order_line_no = agreed.line_no if agreed else 0
    line.save(update_fields=["blanket_order_no", "blanket_order_line_no"])
    SalesDocument.objects.filter(pk=document.pk).update(modified_at=at)
    return line


def _check(document: SalesDocument, line: SalesLine) -> list[Problem]:
    if not document.traits.invoices or not line.sells_something:
        message = _("Line {line_no} of {document} cannot count on a blanket order: nothing is posted of it.")
    elif line.quantity_shipped or line.quantity_invoiced or line.is_fetched:
        message = _(
            "Line {line_no} of {document} is partly posted: its blanket order cannot change any more."
        )
    else:
        return []
    message = message.format(line_no=line.line_no, document=document)
    return [Problem("E-BLK-LINK", message, line_no=line.line_no, field="blanket_order_no")]


def _hold(blanket_no: str) -> None:
    """Lock the blanket order, after the document that refers to it: who deletes it waits, and then finds the link."""
    rows = SalesDocument.objects.filter(type=SalesDocument.Type.BLANKET_ORDER, number=blanket_no)
    rows.select_for_update(no_key=True).first()


def _agreed_lines(
    document: SalesDocument, line: SalesLine, blanket_no: str, blanket_line_no: int
) -> list[SalesLine]:
    """Lines of the blanket order that sell the same to the same customer; the one that is named, if it is."""
    rows = SalesLine.objects.filter(
        document__type=SalesDocument.Type.BLANKET_ORDER,
        document__number=blanket_no,
        document__customer_id=document.customer_id,
        type=line.type,
        number=line.number,
        variant_code=line.variant_code,
    )
    return list((rows.filter(line_no=blanket_line_no) if blanket_line_no else rows).order_by("line_no"))


def _not_found(document: SalesDocument, line: SalesLine, blanket_no: str, count: int) -> Problem:
    if count:
        message = _("Blanket order {blanket} has {count} lines with {number}: name the one that is meant.")
    else:
        message = _("Blanket order {blanket} of customer {customer} has no such line with {number}.")
    message = message.format(
        blanket=blanket_no, customer=document.customer_number, number=line.number, count=count
    )
    return Problem("E-BLK-LINK", message, line_no=line.line_no, field="blanket_order_no")
