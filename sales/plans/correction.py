"""Taking a posted paper back by a new one: figures and goods that it copies, so that both come to nothing. Pure.

The new paper is posted like any other, but for three things: its amounts are those of the original, line by line and
not reckoned again; its revenue goes to the accounts of the original, not to those of returned goods; and its goods are
the very entries that the original invoiced, at their cost.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from inventory.ledger import Movement
from inventory.selectors import PaperEntry
from sales.arithmetic.amounts import LinePart
from sales.arithmetic.spread import spread
from sales.arithmetic.values import ZERO
from sales.arithmetic.vat import LineVAT
from sales.models.base import PostedLine


class Taken(NamedTuple):
    """Goods that the new paper moves the other way, in base units, never negative.

    item_entry_no  the entry that is returned, or taken from again; None where it has gone elsewhere meanwhile
    """

    item_entry_no: int | None
    quantity: Decimal


class Figures(NamedTuple):
    """The amounts of a posted line, before and after VAT."""

    part: LinePart
    vat: LineVAT


class Charged(NamedTuple):
    """Revenue that an item charge of a posted paper gave to goods; local currency, revenue positive."""

    line_no: int
    item_entry_no: int
    sales_amount: Decimal


@dataclass(frozen=True)
class Mirror:
    """What a paper that takes another one back copies from it, by line number of the new paper.

    goods    the entries behind each item line; a line that is not in it moves nothing
    charges  what item charges gave to goods, as they gave it: it goes again
    """

    figures: Mapping[int, Figures]
    goods: Mapping[int, Sequence[Taken]] = field(default_factory=dict)
    charges: Sequence[Charged] = ()

    def of(self, line_nos: Iterable[int]) -> tuple[list[LinePart], list[LineVAT]]:
        """The amounts of some lines, in their order."""
        found = [self.figures[line_no] for line_no in line_nos]
        return [figures.part for figures in found], [figures.vat for figures in found]

    @property
    def item_entry_nos(self) -> list[int]:
        """Every entry that is returned or taken from."""
        return [taken.item_entry_no for rows in self.goods.values() for taken in rows if taken.item_entry_no]


def figures_of(lines: Iterable[PostedLine]) -> dict[int, Figures]:
    """The amounts of posted lines, as posting would reckon them."""
    return {
        line.line_no: Figures(
            LinePart(
                line.quantity,
                line.line_amount,
                line.line_discount_amount,
                line.inv_discount_amount,
                line.vat_difference,
            ),
            LineVAT(
                line.line_no,
                line.amount,
                line.vat_base_amount,
                line.amount_including_vat - line.amount,
                line.amount_including_vat,
                line.vat_difference,
            ),
        )
        for line in lines
    }


def take_goods(
    wanted: Decimal, goods: Sequence[PaperEntry], left: dict[int, Decimal]
) -> tuple[list[Taken], Decimal]:
    """Which entries give a line's goods back, and how much of it cannot come back.

    wanted  base units that the line invoiced, of either sign
    goods   the entries behind it, in the order in which they are to be taken
    left    by entry, what no other line has taken; lowered by what this one takes

    What was sold comes back on the entry that it left on, as far as it is still out. What had come in goes again from
    the same entry, or from stock where others have taken it meanwhile.
    """
    missing, taken = abs(wanted), []
    for each in goods:
        there = left.setdefault(each.entry_no, each.left)
        quantity = min(abs(each.quantity), there, missing)
        if quantity > 0:
            taken.append(Taken(each.entry_no, quantity))
            left[each.entry_no] = there - quantity
            missing -= quantity
    if missing and goods and all(each.quantity > 0 for each in goods):
        return [*taken, Taken(None, missing)], ZERO
    return taken, missing


def along_entries(movement: Movement, taken: Sequence[Taken]) -> list[Movement]:
    """A movement in as many parts as there are entries that it takes back; its amounts are shared by quantity."""
    if not taken:
        return [movement]
    shares = [each.quantity for each in taken]
    revenue = spread(movement.sales_amount, shares)
    discounts = spread(movement.discount_amount, shares)
    comes = movement.quantity > 0
    return [
        movement._replace(
            quantity=each.quantity if comes else -each.quantity,
            sales_amount=amount,
            discount_amount=discount,
            applies_from=each.item_entry_no if comes else None,
            applies_to=None if comes else each.item_entry_no,
        )
        for each, amount, discount in zip(taken, revenue, discounts, strict=True)
    ]
