"""Locking, reading and writing the orders and blanket orders that a posting moves on besides its own document."""

from collections.abc import Iterable

from django.db.models import Case, Q, QuerySet, When

from erp.kernel.bulk import update_rows
from erp.kernel.compiled import Compiled, Given
from sales.models import SalesDocument, SalesLine
from sales.plans.sources import SourceKey, SourceState, blanket_of, order_of

Type = SalesDocument.Type
LINKED = Compiled(
    lambda: (
        SalesLine.objects.filter(document=Given("document"))
        .exclude(order_no="", blanket_order_no="")
        .only(
            "document",
            "order_no",
            "order_line_no",
            "restores_order",
            "blanket_order_no",
            "blanket_order_line_no",
        )
    )
)


def lock_sources(document: SalesDocument) -> None:
    """Lock the documents that the lines of a locked document refer to; after it, and before the customer.

    Invoices refer to orders and orders to blanket orders, never the other way round, so that nobody waits in a circle.
    """
    keys = _keys(document, LINKED.rows(document=document.pk))
    named = Q()
    for type, number in {(key.type, key.number) for key in keys}:
        named |= Q(type=type, number=number)
    if keys:
        rows = SalesDocument.objects.select_for_update(no_key=True).filter(named)
        list(in_lock_order(rows).values_list("pk"))


def in_lock_order(documents: QuerySet[SalesDocument]) -> QuerySet[SalesDocument]:
    """Documents in the order in which whoever locks several of them locks them: what refers to others comes first.

    Posting locks its own document before those that its lines name: an invoice, its orders, their blanket orders.
    """
    rank = Case(
        When(type__in=[Type.INVOICE, Type.CREDIT_MEMO], then=0),
        When(type=Type.BLANKET_ORDER, then=2),
        default=1,
    )
    return documents.order_by(rank, "pk")


def load_sources(document: SalesDocument, lines: Iterable[SalesLine]) -> dict[SourceKey, SalesLine]:
    """The lines of other documents that these lines move on; those that are gone are left out. One query or none."""
    keys = _keys(document, lines)
    named = Q()
    for type, number, line_no in keys:
        named |= Q(document__type=type, document__number=number, line_no=line_no)
    if not keys:
        return {}
    rows = SalesLine.objects.filter(named).select_related("document")
    return {SourceKey(row.document.type, row.document.number, row.line_no): row for row in rows}


def write_sources(states: Iterable[SourceState]) -> None:
    """Write what `plan_sources` decided: one statement."""
    update_rows(SalesLine, states, key="id")


def _keys(document: SalesDocument, lines: Iterable[SalesLine]) -> set[SourceKey]:
    found = {key for line in lines for key in (order_of(document, line), blanket_of(line))}
    return {key for key in found if key is not None}
