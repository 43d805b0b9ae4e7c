from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from erp.kernel.access import needs
from erp.kernel.errors import Problem, raise_problems
from sales.masters import NewLine
from sales.models import SalesDocument, SalesLine
from sales.models.base import LineType
from sales.rights import to_sell
from sales.routines.draft import draft
from sales.routines.lock import lock

Type = SalesDocument.Type
# What can be sent again; money alone cannot.
REPLACED = frozenset({LineType.ITEM, LineType.RESOURCE})


@needs(to_sell)
@transaction.atomic
def create_replacement_order(
    return_order: SalesDocument, *, lines: Collection[int] | None = None, by, at: datetime, on: date
) -> SalesDocument:
    """Write an order that sends the customer again what comes back, to be looked through and released.

    lines   line numbers of the return order; None: every item and resource that comes back
    on      the work date
    raises  ProblemsFound: E-RPL-TYPE, E-RPL-NONE, blocked customers and items, and whatever is wrong with a line

    Prices are found as for any order, whatever the return order credits. Source: Business Central, Create
    Return-Related Documents.
    """
    document = lock(return_order.pk)
    rows = [row for row in document.lines.order_by("line_no") if lines is None or row.line_no in lines]
    chosen = [row for row in rows if row.type in REPLACED and row.quantity > 0]
    raise_problems(document, _check(document, chosen))
    text = _("Replaces goods of {document}").format(document=document)
    new_lines = [NewLine(type=LineType.COMMENT, description=text[:100]), *map(_again, chosen)]
    return draft(
        Type.ORDER,
        document.customer,
        by=by,
        at=at,
        on=on,
        lines=new_lines,
        currency_code=document.currency_code,
        prices_including_vat=document.prices_including_vat,
        external_document_no=document.external_document_no,
        your_reference=document.your_reference,
    )


def _again(line: SalesLine) -> NewLine:
    return NewLine(
        type=line.type,
        number=line.number,
        variant_code=line.variant_code,
        unit_code=line.unit_code,
        quantity=line.quantity,
    )


def _check(document: SalesDocument, chosen: list[SalesLine]) -> list[Problem]:
    if document.type != Type.RETURN_ORDER:
        message = _("{document} is no return order: only what comes back on one is replaced.")
        return [Problem("E-RPL-TYPE", message.format(document=document), field="type")]
    if not chosen:
        message = _("Choose at least one line of {document} with an item or resource that comes back.")
        return [Problem("E-RPL-NONE", message.format(document=document), field="lines")]
    return []
