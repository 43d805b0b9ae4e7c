from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from erp.kernel.access import needs
from erp.kernel.errors import Problem, raise_problems
from sales.arithmetic.values import ZERO
from sales.masters import LineMasters
from sales.models import ChargeAssignment, SalesComment, SalesDocument, SalesLine
from sales.plans.copied_line import copied_line
from sales.plans.line import plain
from sales.plans.still_sold import check_still_sold, named_by
from sales.rights import to_change
from sales.routines.copy_head import copy_head
from sales.routines.copy_source import read_source
from sales.routines.date_lines import date_lines
from sales.routines.discount import give_back
from sales.routines.draft import draft
from sales.routines.lock import lock, refuse_locked
from sales.routines.total import total
from sales.routines.write_lines import write_lines
from sales.values import SalesValues

Type = SalesDocument.Type
BY_AMOUNT = SalesDocument.InvoiceDiscountCalculation.AMOUNT
# Where negative lines go: the first where nobody chooses.
MOVES_TO = {
    Type.ORDER: (Type.RETURN_ORDER, Type.CREDIT_MEMO),
    Type.INVOICE: (Type.CREDIT_MEMO, Type.RETURN_ORDER),
    Type.RETURN_ORDER: (Type.ORDER, Type.INVOICE),
    Type.CREDIT_MEMO: (Type.INVOICE, Type.ORDER),
}


@needs("sales.add_salesdocument", "sales.delete_salesline", to_change)
@transaction.atomic
def move_negative_lines(
    document: SalesDocument, *, type: str = "", by, at: datetime, on: date
) -> SalesDocument:
    """Move the lines of negative quantity to a new document of the other direction, where they are positive.

    type     of the new document, one of `MOVES_TO`; blank takes the first
    on       the work date
    returns  the new document; head, prices and discounts are those of the old one, and its lines are gone there
    raises   LinesLocked; ProblemsFound: E-MOVE-TYPE, E-MOVE-NONE, E-LINE-SHIPNOTINV for lines that are partly
             posted or fetched, items that may not be sold

    What is sold in exchange on a return order becomes an order of its own; what comes back on an order a return order.
    Source: Business Central, Move Negative Lines.
    """
    document = lock(document.pk)
    refuse_locked(document, wants_open=[_("lines")])
    rows = list(document.lines.select_related("item__inventory_posting_group").order_by("line_no"))
    negative = [line for line in rows if line.quantity < 0]
    type = type or (MOVES_TO.get(document.type) or ("",))[0]
    raise_problems(document, _check(document, type, negative))
    moved = {line.pk for line in negative}
    leaving = [line for line in rows if line.pk in moved or line.attached_to_line_id in moved]

    values = SalesValues.load(document.currency_code)
    new = draft(type, document.customer, by=by, at=at, on=on, values=values)
    copy_head(new, read_source(document), values=values, at=at, on=on)
    masters = LineMasters.load(named_by(negative), customer_no="", on=on)
    raise_problems(document, check_still_sold(new, negative, masters))
    lines = [_turned(line, new, values) for line in leaving]
    date_lines(new, lines, ledger=values.posting.gl)
    line_nos = {line.pk: line.line_no for line in leaving}
    parents = {
        line.line_no: line_nos[line.attached_to_line_id]
        for line in leaving
        if line.attached_to_line_id in moved
    }
    written = write_lines(lines, parents)
    _move_charges(moved, written)
    _move_comments(document, new, leaving)
    SalesLine.objects.filter(pk__in=line_nos).delete()
    given = sum((line.inv_discount_amount for line in negative), ZERO)
    give_back(document, given)
    if new.invoice_discount_calculation == BY_AMOUNT:
        new.invoice_discount_value = -given
        new.save(update_fields=["invoice_discount_value"])
    total(document, values=values, at=at)
    total(new, values=values, at=at)
    return new


def _turned(line: SalesLine, document: SalesDocument, values: SalesValues) -> SalesLine:
    """The same line with the other sign: price and discounts as they are."""
    return copied_line(
        line,
        document,
        line.line_no,
        values.line_rules(document),
        quantity=-line.quantity,
        line_discount_amount=-line.line_discount_amount,
        line_amount=-line.line_amount,
        inv_discount_amount=-line.inv_discount_amount,
        vat_difference=-line.vat_difference,
    )


def _move_charges(moved: Collection[int], written: Mapping[int, SalesLine]) -> None:
    """Charges stay with the goods that move with them, and with goods of posted papers; the sign is the other one."""
    rows = ChargeAssignment.objects.filter(line__in=moved).select_related("line", "target_line")
    staying = [row for row in rows if row.target_line_id is None or row.target_line_id in moved]
    for row in staying:
        row.line = written[row.line.line_no]
        row.target_line = written[row.target_line.line_no] if row.target_line else None
        row.quantity, row.amount = -row.quantity, -row.amount
    ChargeAssignment.objects.bulk_update(staying, ["line", "target_line", "quantity", "amount"])


def _move_comments(document: SalesDocument, new: SalesDocument, lines: Sequence[SalesLine]) -> None:
    comments = SalesComment.objects.filter(kind=document.type, number=document.number)
    comments.filter(line_no__in=[line.line_no for line in lines]).update(kind=new.type, number=new.number)


def _check(document: SalesDocument, type: str, negative: Sequence[SalesLine]) -> list[Problem]:
    allowed = MOVES_TO.get(document.type, ())
    if type not in allowed:
        if not allowed:
            message = _(
                "Lines of {document} cannot be moved: only orders, invoices and their returns are turned round."
            )
        else:
            message = _("Negative lines of {document} move to one of: {types}.")
        types = ", ".join(str(Type(name).label) for name in allowed)
        return [Problem("E-MOVE-TYPE", message.format(document=document, types=types), field="type")]
    if not negative:
        message = _("{document} has no line with a negative quantity; there is nothing to move.")
        return [Problem("E-MOVE-NONE", message.format(document=document), field="quantity")]
    message = _(
        "Line {line_no} ({number}) cannot be moved: {quantity} are posted, or belong to a posted shipment."
    )
    return [
        Problem(
            "E-LINE-SHIPNOTINV",
            message.format(line_no=line.line_no, number=line.number, quantity=plain(line.quantity_shipped)),
            line_no=line.line_no,
            field="quantity",
        )
        for line in negative
        if line.quantity_shipped or line.quantity_invoiced or line.is_fetched
    ]
