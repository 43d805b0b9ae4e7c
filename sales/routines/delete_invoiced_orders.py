from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet, Sum
from django.utils.translation import gettext as _

from erp.kernel.access import needs
from erp.kernel.errors import Problem
from sales.arithmetic.values import ZERO
from sales.models import (
    ArchivedDocument,
    ChargeAssignment,
    SalesCreditMemoLine,
    SalesDocument,
    SalesInvoiceLine,
    SalesLine,
    SalesSetup,
)
from sales.models.base import LineType
from sales.plans.archive_rules import keeps_version
from sales.plans.combining import Skipped
from sales.plans.fulfilment import Fulfilment, document_fulfilment
from sales.plans.line import plain
from sales.routines.archive import write_versions
from sales.routines.carry_over import forget_comments
from sales.routines.check_blanket import check_not_called_off

Type = SalesDocument.Type


@dataclass
class Deleted:
    """The orders that are gone, and those that look finished and have a reason to stay."""

    deleted: list[str] = field(default_factory=list)
    kept: list[Skipped] = field(default_factory=list)


@needs("sales.delete_salesdocument")
def delete_invoiced_orders(*, orders: QuerySet[SalesDocument] | None = None, by, at: datetime) -> Deleted:
    """Delete orders, return orders and blanket orders of which everything is invoiced, be it on other documents.

    orders  which of them count; None: all

    An order counts when something is invoiced and nothing is left to ship or to invoice; one with an item charge that
    is not fully assigned stays. Where the set-up archives orders, a version is kept. Each goes by itself.
    Source: Business Central, Delete Invoiced Sales Orders.
    """
    setup = SalesSetup.objects.get()
    result = Deleted()
    for document in invoiced_orders(orders):
        _delete(document, setup, result, by=by, at=at)
    return result


def invoiced_orders(orders: QuerySet[SalesDocument] | None = None) -> QuerySet[SalesDocument]:
    """Orders of which something is invoiced and nothing is left, for the page that offers them; blanket ones too."""
    lines = SalesLine.objects.filter(document=OuterRef("pk")).exclude(type=LineType.COMMENT)
    orders = SalesDocument.objects.all() if orders is None else orders
    return orders.filter(
        ~Exists(lines.exclude(quantity=F("quantity_shipped"))),
        ~Exists(lines.exclude(quantity_shipped=F("quantity_invoiced"))),
        Exists(lines.exclude(quantity_invoiced=0)),
        type__in=[Type.ORDER, Type.RETURN_ORDER, Type.BLANKET_ORDER],
    ).order_by("pk")


@transaction.atomic
def _delete(document: SalesDocument, setup: SalesSetup, result: Deleted, *, by, at: datetime) -> None:
    rows = SalesDocument.objects.select_for_update(of=("self",)).select_related("customer")
    document = rows.filter(pk=document.pk).first()
    if document is None:  # somebody else was faster
        return
    lines = list(document.lines.order_by("line_no"))
    if document_fulfilment(lines) != Fulfilment.INVOICED:
        return
    problems = check_not_called_off(document) or _unassigned(document, lines)
    if problems:
        result.kept.append(Skipped(document.number, problems[0]))
        return
    if keeps_version(setup, document.type):
        write_versions([document], reason=ArchivedDocument.Reason.POSTED, by=by, at=at)
    forget_comments(document)
    result.deleted.append(document.number)
    document.delete()


def _unassigned(document: SalesDocument, lines: Iterable[SalesLine]) -> list[Problem]:
    """Item charges that were invoiced and never given to goods: here, or where another document invoiced them."""
    charges = [line for line in lines if line.type == LineType.CHARGE and line.quantity_invoiced]
    if not charges or document.traits.calls_off:
        return []
    rows = ChargeAssignment.objects.filter(line__in=charges).order_by().values_list("line_id")
    assigned = dict(rows.annotate(Sum("quantity_assigned")))
    model = SalesCreditMemoLine if document.traits.receives else SalesInvoiceLine
    elsewhere = model.objects.filter(type=LineType.CHARGE, order_no=document.number)
    elsewhere = elsewhere.exclude(document__order_no=document.number).order_by().values_list("order_line_no")
    fetched = dict(elsewhere.annotate(Sum("quantity")))
    message = _(
        "Item charge {number} on line {line_no} of {document}: {left} units are assigned to no goods."
    )
    problems = []
    for line in charges:
        left = line.quantity_invoiced - assigned.get(line.pk, ZERO) - fetched.get(line.line_no, ZERO)
        if left * line.quantity_invoiced > 0:
            words = {
                "number": line.number,
                "line_no": line.line_no,
                "document": document,
                "left": plain(left),
            }
            problems.append(Problem("E-CHG-ALL", message.format(**words), line_no=line.line_no))
    return problems
