"""How much of each line is posted now, and which goods an invoice is for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from erp.kernel.quantity import to_base
from sales.arithmetic.values import ZERO
from sales.models import SalesLine
from sales.models.base import LineType


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
    """

    line: SalesLine
    ship: Decimal = ZERO
    invoice: Decimal = ZERO
    invoice_now: Decimal = ZERO
    earlier: list[Uninvoiced] = field(default_factory=list)

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
        return wanted - sum((entry.quantity_base for entry in self.earlier), ZERO)

    def base(self, quantity: Decimal, *, after: Decimal) -> Decimal:
        """Base units of a part that starts after so much of the line: parts add up to the line's own base."""
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
        part.earlier = _take(uninvoiced, abs(part.base(from_before, after=line.quantity_invoiced)))
    return part


def _take(uninvoiced: Sequence[Uninvoiced], wanted: Decimal) -> list[Uninvoiced]:
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
