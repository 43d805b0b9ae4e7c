"""Undoing lines of a posted shipment or return receipt: what speaks against it, and the lines that undo them. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from django.utils.translation import gettext as _

from erp.kernel.errors import Problem
from erp.kernel.quantity import from_base
from inventory.ledger import EntryRow
from sales.arithmetic.values import ZERO
from sales.models import ReturnReceipt, ReturnReceiptLine, SalesLine, SalesShipment, SalesShipmentLine
from sales.models.base import LineType
from sales.plans.line import plain

STEP = 10000
GoodsPaper = SalesShipment | ReturnReceipt
GoodsLine = SalesShipmentLine | ReturnReceiptLine


@dataclass(frozen=True)
class Around:
    """What is known of the lines of a paper.

    lines        all lines of the paper, by their numbers
    order_lines  the lines of the order that they left on, as far as they are there; by the same numbers
    entries      the item entries of each line, as they are now
    invoiced_by  by item entry: the invoices (or credit memos) that stand and invoiced it
    used_by      by line number: what else counts on the goods, in words
    revalued     item entries that got another value
    """

    paper: GoodsPaper
    lines: Mapping[int, GoodsLine]
    order_lines: Mapping[int, SalesLine]
    entries: Mapping[int, Sequence[EntryRow]]
    invoiced_by: Mapping[int, Sequence[str]] = field(default_factory=dict)
    used_by: Mapping[int, str] = field(default_factory=dict)
    revalued: Collection[int] = ()

    @property
    def undone(self) -> set[int]:
        """Numbers of the lines that are undone, and of those that undo them."""
        pairs = [(line.line_no, line.undoes_line_no) for line in self.lines.values() if line.undoes_line_no]
        return {line_no for pair in pairs for line_no in pair}


class Undoing(NamedTuple):
    """A line that undoes another one; quantity in the line's unit, with the sign of the line that it undoes.

    entries  the item entries that are undone, none for what is no item
    """

    line: GoodsLine
    line_no: int
    quantity: Decimal
    quantity_base: Decimal
    entries: tuple[EntryRow, ...]
    order_line: SalesLine

    @property
    def counter_quantity(self) -> Decimal:
        """What the new line says."""
        return -self.quantity


def plan_undo(around: Around, line_nos: Sequence[int]) -> tuple[list[Undoing], list[Problem]]:
    """Decide the lines that undo some lines of a paper, or say what keeps each of them from being undone.

    Goods of which the invoice was cancelled came back with its credit memo: what of a line was not invoiced is all
    that is left to undo. Source: Business Central, undoing sales shipment and return receipt lines.
    """
    if not line_nos:
        message = _("Choose the lines of {paper} that are to be undone.")
        return [], [Problem("E-UNDO-NONE", message.format(paper=_name(around.paper)), field="lines")]
    found, problems = [], []
    taken = set(around.lines)
    shipped: dict[int, Decimal] = {}
    for line_no in dict.fromkeys(line_nos):
        line = around.lines.get(line_no)
        problem = _check_line(around, line, line_no) or _check_goods(around, line)
        problem = problem or _check_order(around, line, shipped)
        if problem is not None:
            problems.append(problem)
            continue
        number = free_number(line_no, taken)
        taken.add(number)
        found.append(_undoing(around, line, number))
    return found, problems


def free_number(line_no: int, taken: Collection[int]) -> int:
    """A number half-way to the next line, or else behind the last one."""
    following = min((number for number in taken if number > line_no), default=line_no + 2 * STEP)
    half_way = (line_no + following) // 2
    return half_way if half_way not in taken else max(taken) + STEP


def _undoing(around: Around, line: GoodsLine, number: int) -> Undoing:
    entries = tuple(row for row in around.entries.get(line.line_no, ()) if rest_of(row))
    quantity, base = line.quantity, line.quantity_base
    if line.type == LineType.ITEM:
        base = abs(sum((rest_of(row) for row in entries), ZERO)).copy_sign(line.quantity)
        quantity = line.quantity if base == line.quantity_base else from_base(base, line.per_unit)
    return Undoing(line, number, quantity, base, entries, around.order_lines[line.line_no])


def rest_of(row: EntryRow) -> Decimal:
    """What of an item entry is not invoiced."""
    return row.quantity - row.invoiced


def _check_line(around: Around, line: GoodsLine | None, line_no: int) -> Problem | None:
    if line is None or not line.quantity:
        message = _("Line {line_no} of {paper} moved nothing that could be undone.")
        return _problem(around, "E-UNDO-NOTHING", message, line_no)
    if line_no in around.undone:
        message = _("Line {line_no} of {paper} was undone before.")
        return _problem(around, "E-UNDO-DONE", message, line_no)
    return None


def _check_goods(around: Around, line: GoodsLine) -> Problem | None:
    """What the item ledger says: invoiced, come back, revalued; and what else counts on the goods."""
    entries = around.entries.get(line.line_no, ())
    standing = sorted({number for row in entries for number in around.invoiced_by.get(row.no, ())})
    if standing:
        message = _("Line {line_no} of {paper} is invoiced on {invoices}; cancel that, or credit it.")
        return _problem(around, "E-UNDO-INVOICED", message, line.line_no, invoices=", ".join(standing))
    if entries and not any(rest_of(row) for row in entries):
        message = _(
            "The invoice of line {line_no} of {paper} was cancelled, and its goods are back already; there is nothing "
            "left to undo."
        )
        return _problem(around, "E-UNDO-RETURNED", message, line.line_no)
    back = sum((row.returned - abs(row.invoiced) for row in entries if row.returned), ZERO)
    if back > 0:
        message = _(
            "{back} of what left on line {line_no} of {paper} have come back; credit the rest instead."
        )
        return _problem(around, "E-UNDO-RETURNED", message, line.line_no, back=plain(back))
    if any(row.no in around.revalued for row in entries):
        message = _("The goods of line {line_no} of {paper} were revalued since.")
        return _problem(around, "E-UNDO-REVALUED", message, line.line_no)
    if line.line_no in around.used_by:
        message = _("{user} counts on line {line_no} of {paper}; remove it there first.")
        return _problem(around, "E-UNDO-USED", message, line.line_no, user=around.used_by[line.line_no])
    return None


def _check_order(around: Around, line: GoodsLine, shipped: dict[int, Decimal]) -> Problem | None:
    """The order line takes the quantity back: it must be there, and have so much shipped and not invoiced."""
    order_line = around.order_lines.get(line.line_no)
    if order_line is None:
        message = _(
            "The order line that line {line_no} of {paper} left on is no longer there to take it back."
        )
        return _problem(around, "E-UNDO-ORDER", message, line.line_no)
    if line.type == LineType.ITEM:
        return None
    taken = shipped.get(order_line.pk, ZERO) + line.quantity
    shipped[order_line.pk] = taken
    if abs(taken) <= abs(order_line.shipped_not_invoiced):
        return None
    message = _("Line {line_no} of {paper} is invoiced; cancel the invoice, or credit it.")
    return _problem(around, "E-UNDO-INVOICED", message, line.line_no)


def _problem(around: Around, code: str, message: str, line_no: int, **facts) -> Problem:
    text = message.format(line_no=line_no, paper=_name(around.paper), **facts)
    return Problem(code, text, line_no=line_no, field="lines")


def _name(paper: GoodsPaper) -> str:
    is_receipt = isinstance(paper, ReturnReceipt)
    message = _("return receipt {number}") if is_receipt else _("shipment {number}")
    return message.format(number=paper.number)
