"""How much of each line is posted now, and which goods an invoice is for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from erp.kernel.quantity import QTY, to_base
from sales.arithmetic.values import ZERO
from sales.models import SalesLine
from sales.models.base import LineType
from sales.plans.correction import Taken


class Uninvoiced(NamedTuple):
    """Goods of an order line that left (or came back) and are not invoiced: base units, never negative."""

    item_entry_no: int
    quantity_base: Decimal
    shipment_no: str
    shipment_line_no: int


@dataclass(slots=True)
class Part:
    """One line's share of a posting, in the line's unit and sign.

    ship         moves now
    invoice      is invoiced now
    invoice_now  of `invoice`, what moves in this very posting
    earlier      of `invoice`, what moved before: the entries it takes, oldest first, with base quantities
    taken        the entries that a paper taken back gives to this line; empty on every other paper
    """

    line: SalesLine
    ship: Decimal = ZERO
    invoice: Decimal = ZERO
    invoice_now: Decimal = ZERO
    earlier: list[Uninvoiced] = field(default_factory=list)
    taken: Sequence[Taken] = ()

    @property
    def moves_goods(self) -> bool:
        return self.line.type == LineType.ITEM and self.ship != 0

    @property
    def missing_base(self) -> Decimal:
        """Base units to be invoiced of earlier deliveries that no delivery was found for; none unless books are off."""
        before = self.invoice - self.invoice_now
        if not before or self.line.type != LineType.ITEM:
            return ZERO
        wanted = abs(self.base(before, after=self.line.quantity_invoiced))
        there = sum((entry.quantity_base for entry in self.earlier), ZERO)
        return wanted - there if wanted - there > rounding_of(self.earlier) else ZERO

    @property
    def invoice_base(self) -> Decimal:
        """Base units of `invoice`: those of the deliveries that it takes, and of what moves now."""
        if not self.earlier:
            return self.base(self.invoice, after=self.line.quantity_invoiced)
        before = sum((entry.quantity_base for entry in self.earlier), ZERO)
        return before.copy_sign(self.invoice) + self.base(self.invoice_now, after=self.line.quantity_shipped)

    def base(self, quantity: Decimal, *, after: Decimal) -> Decimal:
        """Base units of a part that starts after so much of the line: parts add up to the line's own base."""
        if self.taken:
            return sum((each.quantity for each in self.taken), ZERO).copy_sign(quantity)
        per_unit = self.line.per_unit
        return to_base(after + quantity, per_unit) - to_base(after, per_unit)


def plan_parts(
    lines: Iterable[SalesLine],
    *,
    ship: bool,
    invoice: bool,
    at_once: bool,
    uninvoiced: Mapping[int, Sequence[Uninvoiced]],
) -> list[Part]:
    """Divide a posting over the lines.

    ship, invoice  what was asked for
    at_once        invoices and credit memos: everything, whatever the lines say
    uninvoiced     by line number, oldest first

    An invoice takes the oldest deliveries first, and what leaves now last. Without shipping it takes no more than
    has been shipped. Source: Business Central, partial posting.
    """
    return [_part(line, ship, invoice, at_once, uninvoiced.get(line.line_no, ())) for line in lines]


def _part(
    line: SalesLine, ship: bool, invoice: bool, at_once: bool, uninvoiced: Sequence[Uninvoiced]
) -> Part:
    part = Part(line)
    if not line.sells_something:
        return part
    if ship:
        part.ship = line.outstanding_quantity if at_once else line.qty_to_ship
    if not invoice:
        return part
    delivered = line.shipped_not_invoiced
    wanted = line.quantity - line.quantity_invoiced if at_once else line.qty_to_invoice
    part.invoice = _smaller(wanted, delivered + part.ship)
    from_before = _smaller(part.invoice, delivered)
    part.invoice_now = part.invoice - from_before
    if from_before and line.type == LineType.ITEM:
        wanted = abs(part.base(from_before, after=line.quantity_invoiced))
        part.earlier = _take(uninvoiced, wanted, all_of_it=from_before == delivered)
    return part


def rounding_of(entries: Sequence[object]) -> Decimal:
    """By how much base units of deliveries differ at most from those of the quantity that they make together.

    Each delivery was rounded as what it added to those before it; invoices need not come in the same order.
    """
    return 2 * QTY * len(entries)


def _take(uninvoiced: Sequence[Uninvoiced], wanted: Decimal, *, all_of_it: bool) -> list[Uninvoiced]:
    """Oldest first; whoever takes all of it leaves nothing behind that is only rounding."""
    there = sum((entry.quantity_base for entry in uninvoiced), ZERO)
    if all_of_it and abs(there - wanted) <= rounding_of(uninvoiced):
        return list(uninvoiced)
    taken = []
    for entry in uninvoiced:
        if wanted <= 0:
            break
        quantity = min(entry.quantity_base, wanted)
        taken.append(entry._replace(quantity_base=quantity))
        wanted -= quantity
    return taken


def _smaller(one: Decimal, other: Decimal) -> Decimal:
    """The one nearer to zero; both have the sign of the line."""
    return one if abs(one) <= abs(other) else other
