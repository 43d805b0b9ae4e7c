"""Exact cost: which item entries a copied line takes back or takes from, and how much of each. Pure."""

from collections.abc import Sequence
from decimal import Decimal

from erp.kernel.money import WIDE, is_rounded, round_to
from erp.kernel.quantity import from_base, to_base
from inventory.selectors import PaperEntry
from sales.arithmetic.spread import spread
from sales.arithmetic.values import UNIT, ZERO
from sales.models import SalesLine
from sales.models.base import PaperLine
from sales.plans import line as edit
from sales.plans.copying import CopyRules, CopySource, Piece

Lefts = dict[int, Decimal]  # by item entry: what of it no line has claimed yet


def returns_goods(line: PaperLine, *, receives: bool) -> bool:
    """Whether goods come to us by a line: on a credit document where it is positive, else where it is negative."""
    return bool(line.quantity) and (line.quantity > 0) == receives


def pieces_of(
    line: PaperLine, source: CopySource, *, receives: bool, rules: CopyRules, left: Lefts
) -> list[Piece] | None:
    """How a copy of a posted line divides over the item entries behind it; None: as a whole and tied to nothing.

    receives  the document that is written takes goods back
    left      what can still be claimed of each entry; lowered by what these pieces claim

    Goods that come back take the cost of the issues they were: no more than has not come back yet, and nothing at all
    where everything has (an empty list). Goods that go again take the receipt they came by, where all of it is there.
    """
    entries = source.entries.get(line.line_no, ())
    comes = returns_goods(line, receives=receives)
    wanted = [entry for entry in entries if (entry.quantity < 0) == comes]
    if not wanted or rules.recalculates or comes == returns_goods(line, receives=source.receives):
        return None
    sign = 1 if line.quantity > 0 else -1
    if not comes:
        return _taken(wanted, sign, left)
    pieces = []
    for entry in wanted:
        there = left.setdefault(entry.entry_no, entry.left)
        quantity = abs(entry.quantity)
        if not rules.original_quantity:
            quantity = min(quantity, max(there, ZERO))
        left[entry.entry_no] = there - quantity
        if quantity:
            pieces.append(Piece(sign * quantity, entry))
    return pieces


def _taken(entries: Sequence[PaperEntry], sign: int, left: Lefts) -> list[Piece] | None:
    if any(left.setdefault(entry.entry_no, entry.left) < abs(entry.quantity) for entry in entries):
        return None
    for entry in entries:
        left[entry.entry_no] -= abs(entry.quantity)
    return [Piece(sign * abs(entry.quantity), entry) for entry in entries]


def split(
    whole: SalesLine,
    pieces: Sequence[Piece],
    rules: edit.LineRules,
    *,
    precision: Decimal,
) -> list[SalesLine]:
    """One line per piece, each tied to its entry; the line itself where one piece is all of it.

    whole      the copy of the whole line, with its item
    precision  the smallest quantity of its unit: a piece that does not fit is counted in base units

    The discounts of a line that comes back whole are shared so that nothing is lost; of a part, its share.
    """
    if len(pieces) == 1 and pieces[0].quantity_base == whole.quantity_base:
        return [_tied(whole, pieces[0])]
    quantities = [from_base(piece.quantity_base, whole.per_unit) for piece in pieces]
    fits = all(
        to_base(quantity, whole.per_unit) == piece.quantity_base and is_rounded(quantity, precision)
        for quantity, piece in zip(quantities, pieces, strict=True)
    )
    if not fits:
        _count_in_base(whole, rules)
        quantities = [piece.quantity_base for piece in pieces]
    rest = whole.quantity - sum(quantities, ZERO)
    weights = [*quantities, rest]
    discounts = spread(whole.line_discount_amount, weights, precision=rules.amount_precision)
    shares = spread(whole.inv_discount_amount, weights, precision=rules.amount_precision)
    lines = []
    for quantity, piece, discount, share in zip(quantities, pieces, discounts, shares, strict=False):
        line = _copy(whole)
        line.quantity = quantity
        line.quantity_base = piece.quantity_base
        gross = round_to(WIDE.multiply(quantity, line.unit_price), rules.amount_precision)
        line.line_discount_amount = discount
        line.line_amount = gross - discount
        line.inv_discount_amount = share
        line.vat_difference = ZERO
        edit.reset_quantities(line, rules)
        lines.append(_tied(line, piece))
    return lines


def _tied(line: SalesLine, piece: Piece) -> SalesLine:
    if piece.entry.quantity < 0:
        line.applies_from_item_entry = piece.entry.entry_no
        if line.item.keeps_stock:
            line.unit_cost_lcy = round_to(WIDE.multiply(piece.entry.unit_cost, line.per_unit), UNIT)
    else:
        line.applies_to_item_entry = piece.entry.entry_no
    return line


def _count_in_base(line: SalesLine, rules: edit.LineRules) -> None:
    """The same line in the item's base unit."""
    line.unit_price = round_to(WIDE.divide(line.unit_price, line.per_unit), rules.unit_precision)
    line.unit_cost_lcy = round_to(WIDE.divide(line.unit_cost_lcy, line.per_unit), UNIT)
    line.unit_code = line.item.base_unit.code
    line.quantity = line.quantity_base
    line.per_unit = Decimal(1)


def _copy(line: SalesLine) -> SalesLine:
    values = {
        field.attname: getattr(line, field.attname)
        for field in SalesLine._meta.concrete_fields
        if not field.primary_key and not field.generated and field.name != "uuid"
    }
    copy = SalesLine(**values)
    copy.document, copy.item = line.document, line.item
    return copy
