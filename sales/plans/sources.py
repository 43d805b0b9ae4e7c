"""The orders and blanket orders that a posting moves on besides the document that is posted. Pure.

An invoice of fetched shipments invoices their orders; a credit memo that takes an order's invoice back gives the order
its quantities again, and cancelling that credit memo takes them once more; every posting of a call-off counts on its
blanket order.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from django.utils.translation import gettext as _

from erp.kernel.errors import Problem
from erp.kernel.quantity import from_base, to_base
from sales.arithmetic.values import ZERO
from sales.models import SalesDocument, SalesLine
from sales.plans.line import plain
from sales.plans.parts import Part

Type = SalesDocument.Type


class SourceKey(NamedTuple):
    """A line of another working document."""

    type: str
    number: str
    line_no: int


class SourceState(NamedTuple):
    """What a posting changes on a line of another document."""

    id: int
    quantity_shipped: Decimal
    quantity_invoiced: Decimal
    inv_discount_invoiced: Decimal
    qty_to_ship: Decimal
    qty_to_invoice: Decimal


@dataclass
class SourcePlan:
    """The new state of every line that is moved on, and why it must not be."""

    states: list[SourceState] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


@dataclass
class _Move:
    line: SalesLine
    caused_by: int
    shipped: Decimal = ZERO
    invoiced: Decimal = ZERO
    inv_discount: Decimal = ZERO


def order_of(document: SalesDocument, line: SalesLine) -> SourceKey | None:
    """The order line that a line moves on: of a return order where goods that came back are credited."""
    if not line.order_no:
        return None
    is_return = document.traits.receives and not line.restores_order
    return SourceKey(Type.RETURN_ORDER if is_return else Type.ORDER, line.order_no, line.order_line_no)


def blanket_of(line: SalesLine) -> SourceKey | None:
    """The blanket order line that a line was called off from."""
    if not line.blanket_order_no:
        return None
    return SourceKey(Type.BLANKET_ORDER, line.blanket_order_no, line.blanket_order_line_no)


def in_units_of(agreed: SalesLine, line: SalesLine, quantity: Decimal) -> Decimal:
    """A quantity of a line, in the unit of the blanket order line that it counts on: pieces of agreed boxes."""
    if line.per_unit == agreed.per_unit:
        return quantity
    return from_base(to_base(quantity, line.per_unit), agreed.per_unit)


def plan_sources(
    document: SalesDocument,
    parts: Iterable[Part],
    inv_discounts: Mapping[int, Decimal],
    sources: Mapping[SourceKey, SalesLine],
    *,
    ships_by_default: bool,
) -> SourcePlan:
    """Move on the lines of other documents by what is posted now.

    inv_discounts  by line number: the invoice discount that the posted invoice gives
    sources        the lines of other documents, locked; one that is gone is left out

    Problems: E-POST-INVSHIP where an order would be invoiced beyond what it shipped, or shipped beyond what it orders;
    E-BLK-POST the same of a blanket order. Source: Business Central, updating orders and blanket orders at posting.
    """
    plan = SourcePlan()
    moves: dict[SourceKey, _Move] = {}
    for part in parts:
        if not (part.ship or part.invoice):
            continue
        line = part.line
        key = order_of(document, line)
        if key is not None and key in sources:
            move = moves.setdefault(key, _Move(sources[key], line.line_no))
            back = -1 if line.restores_order and document.traits.receives else 1
            if line.restores_order:
                move.shipped += back * part.ship
            move.invoiced += back * part.invoice
            move.inv_discount += back * inv_discounts.get(line.line_no, ZERO)
        elif key is not None and not line.restores_order:
            plan.problems.append(_gone(line, key))
        key = blanket_of(line)
        if key is not None and key in sources:
            move = moves.setdefault(key, _Move(sources[key], line.line_no))
            move.shipped += document.traits.sign * in_units_of(sources[key], line, part.ship)
            move.invoiced += document.traits.sign * in_units_of(sources[key], line, part.invoice)
    for key, move in moves.items():
        _move(plan, key, move, ships_by_default)
    return plan


def move_on(
    line: SalesLine,
    *,
    shipped: Decimal,
    invoiced: Decimal,
    inv_discount: Decimal = ZERO,
    ships_by_default: bool,
) -> SourceState:
    """The state of an order line of which so much more (or, negative, less) is shipped and invoiced."""
    line.quantity_shipped += shipped
    line.quantity_invoiced += invoiced
    line.inv_discount_invoiced += inv_discount
    if line.document.type == Type.BLANKET_ORDER:
        if abs(line.qty_to_ship) > abs(line.outstanding_quantity):
            line.qty_to_ship = line.outstanding_quantity
    else:
        line.qty_to_ship = line.outstanding_quantity if ships_by_default else ZERO
        line.qty_to_invoice = line.max_qty_to_invoice
    return SourceState(
        line.pk,
        line.quantity_shipped,
        line.quantity_invoiced,
        line.inv_discount_invoiced,
        line.qty_to_ship,
        line.qty_to_invoice,
    )


def _move(plan: SourcePlan, key: SourceKey, move: _Move, ships_by_default: bool) -> None:
    line = move.line
    shipped, invoiced = line.quantity_shipped + move.shipped, line.quantity_invoiced + move.invoiced
    if not _within(shipped, line.quantity):
        code = "E-BLK-POST" if key.type == Type.BLANKET_ORDER else "E-POST-INVSHIP"
        message = _(
            "Line {line_no} of {document} would have shipped {shipped}; it is for {quantity}. Raise its quantity, "
            "or post less."
        )
        plan.problems.append(_problem(code, message, move, shipped=plain(shipped)))
    elif not _within(invoiced, shipped):
        message = _(
            "Line {line_no} of {document} would have invoiced {invoiced} of {shipped} shipped; reduce the quantity to "
            "at most {left}."
        )
        left = line.quantity_shipped - line.quantity_invoiced
        problem = _problem(
            "E-POST-INVSHIP",
            message,
            move,
            shipped=plain(shipped),
            invoiced=plain(invoiced),
            left=plain(left),
        )
        plan.problems.append(problem)
    else:
        plan.states.append(
            move_on(
                line,
                shipped=move.shipped,
                invoiced=move.invoiced,
                inv_discount=move.inv_discount,
                ships_by_default=ships_by_default,
            )
        )


def _problem(code: str, message: str, move: _Move, **figures) -> Problem:
    line = move.line
    text = message.format(
        line_no=line.line_no, document=line.document, quantity=plain(line.quantity), **figures
    )
    return Problem(code, text, line_no=move.caused_by, field="quantity")


def _gone(line: SalesLine, key: SourceKey) -> Problem:
    message = _("Line {line_no} invoices goods of order {order}, which no longer exists; remove the line.")
    message = message.format(line_no=line.line_no, order=key.number)
    return Problem("E-POST-INVSHIP", message, line_no=line.line_no, field="order_no")


def _within(quantity: Decimal, most: Decimal) -> bool:
    return 0 <= quantity <= most or most <= quantity <= 0
