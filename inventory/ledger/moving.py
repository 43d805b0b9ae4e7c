"""Step one of a plan: movements become entries, and goods are applied."""

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from erp.kernel.money import WIDE, ZERO, round_to
from erp.kernel.quantity import QTY
from inventory import errors
from inventory.costing import Entry, value_no_earlier
from inventory.costing.settling import fallback_cost
from inventory.ledger.checks import NEVER_NEGATIVE, check_movement
from inventory.ledger.facts import Card
from inventory.ledger.values import Movement, Paper
from inventory.ledger.working import Working
from inventory.models import CostingMethod, EntryType, Item

HUNDRED = Decimal(100)


class Breakdown(NamedTuple):
    """The cost of goods that come in: what was paid, what is added, and what the standard says otherwise."""

    direct: Decimal
    indirect: Decimal = ZERO
    variance: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        return self.direct + self.indirect + self.variance


class Moved(NamedTuple):
    """A movement with its entry; the breakdown of its cost where it has one of its own."""

    movement: Movement
    entry: Entry
    card: Card
    breakdown: Breakdown | None


class Mover:
    """Applies movements one after the other; what cannot be applied becomes a problem."""

    def __init__(self, working: Working, papers: Mapping[str, Paper]):
        self.working = working
        self.state = working.state
        self.papers = papers
        self.moved: list[Moved | None] = []
        self.undone: list[tuple[Entry, Movement]] = []

    def move(self, index: int, movement: Movement) -> None:
        """One movement; its place in `moved` stays empty when it has problems."""
        card = self.state.cards.get(movement.item_id)
        paper = self.papers[movement.paper]
        problems = check_movement(movement, card, paper.posting_date, self.state)
        self.moved.append(None)
        if problems:
            self.working.problems += problems
            return
        entry = self._entry(index, movement, card, paper)
        breakdown = None
        try:
            if not card.keeps_stock:
                self._move_without_stock(entry, movement)
            elif movement.quantity < 0:
                self._issue(entry, movement, card)
            else:
                breakdown = self._receive(entry, movement, card)
        except errors.ErpError as refusal:
            self.working.problems.append(refusal.as_problem(line_no=movement.line_no))
            return
        self.working.add(entry)
        self.moved[index] = Moved(movement, entry, card, breakdown)

    def _entry(self, index: int, movement: Movement, card: Card, paper: Paper) -> Entry:
        return Entry(
            sequence=index,
            item_id=card.id,
            variant=movement.variant_code,
            location=movement.location_code,
            drop=movement.drop_shipment,
            entry_type=movement.entry_type,
            posting_date=paper.posting_date,
            serial=movement.serial_no,
            lot=movement.lot_no,
            quantity=movement.quantity,
            invoiced=movement.quantity if movement.invoiced else ZERO,
            unit_cost=unit_cost_of(movement, card),
            fixed=movement.applies_to is not None or movement.drop_shipment,
            correction=movement.correction,
        )

    def _move_without_stock(self, entry: Entry, movement: Movement) -> None:
        entry.remaining, entry.stocked = ZERO, False
        if movement.reverses is not None:
            self._return_no_more(self._undo_start(entry, movement))
        elif movement.applies_from is not None:
            self._returnable(entry, movement).returned += entry.quantity

    # --- goods that go ---------------------------------------------------------------------------------------------
    def _issue(self, entry: Entry, movement: Movement, card: Card) -> None:
        if movement.applies_from is not None:
            raise errors.CannotApply(
                entry=movement.applies_from, reason="only goods that come in return an issue"
            )
        if movement.reverses is not None:
            original = self._undo_start(entry, movement)
            if original.remaining != original.quantity:
                raise errors.UndoConsumed(entry=original.no, quantity=original.quantity - original.remaining)
            entry.fixed = True
            self.working.shelves.match(original, entry, original.quantity)
            self._return_no_more(original)
            return
        if movement.applies_to is not None:
            self._take_from(self.working.entries.get(movement.applies_to), entry, movement)
            return
        self.working.shelves.issue(entry)
        self._check_missing(entry, movement, card)

    def _take_from(self, receipt: Entry | None, entry: Entry, movement: Movement) -> None:
        reason = ""
        if receipt is None or not receipt.inbound or receipt.key != entry.key:
            reason = "it is no receipt of this item, variant and location"
        elif not receipt.remaining:
            reason = "nothing of it is left"
        elif receipt.remaining < -entry.quantity:
            reason = f"only {receipt.remaining.normalize():f} of it are left"
        if reason:
            raise errors.CannotApply(entry=movement.applies_to, reason=reason)
        self.working.shelves.match(receipt, entry, -entry.quantity)

    def _check_missing(self, entry: Entry, movement: Movement, card: Card) -> None:
        if not entry.remaining:
            return
        rules = self.state.setup.rules
        prevent = self.state.setup.decide(card.prevent_negative, rules.prevent_negative_inventory)
        if movement.entry_type in NEVER_NEGATIVE or prevent:
            missing = f"{(-entry.remaining).normalize():f}"
            raise errors.StockInsufficient(missing=missing, item=card.number, location=entry.location)
        if card.reserve == Item.Reserve.ALWAYS:
            raise errors.MustReserve(item=card.number)

    # --- goods that come -------------------------------------------------------------------------------------------
    def _receive(self, entry: Entry, movement: Movement, card: Card) -> Breakdown | None:
        if movement.applies_to is not None:
            raise errors.CannotApply(
                entry=movement.applies_to, reason="only goods that go are taken from a receipt"
            )
        first, breakdown = None, None
        if movement.reverses is not None:
            first = self._undo_start(entry, movement)
            if first.returned > -first.invoiced:
                raise errors.UndoConsumed(entry=first.no, quantity=first.returned + first.invoiced)
            entry.carry_cost_of(first, "return")
            first.returned += entry.quantity
        elif movement.applies_from is not None:
            source = self._returnable(entry, movement)
            if movement.without_value:
                breakdown = Breakdown(ZERO)
            else:
                is_transfer = source.entry_type == EntryType.TRANSFER
                entry.carry_cost_of(source, "transfer" if is_transfer else "return")
            source.returned += entry.quantity
        elif movement.carries_cost_of is not None:
            self._carry_on(entry, movement)
        else:
            breakdown = breakdown_of(movement, card)
            entry.cost = breakdown.total
        if entry.source is not None:
            value_no_earlier(entry, entry.source.valuation_date)
        self.working.shelves.receive(entry, first=first)
        return breakdown

    def _returnable(self, entry: Entry, movement: Movement) -> Entry:
        """The issue that these goods return, once it is sure that so much of it is still out."""
        source = self.working.entries.get(movement.applies_from)
        if (
            source is None
            or source.inbound
            or (source.item_id, source.variant) != (entry.item_id, entry.variant)
        ):
            raise errors.CannotApply(
                entry=movement.applies_from, reason="it is no issue of this item and variant"
            )
        left = ZERO if source.reversed else -source.quantity - source.returned
        if entry.quantity > left:
            shipped = f"{-source.quantity.normalize():f}"
            raise errors.ReturnTooMuch(left=f"{left.normalize():f}", shipped=shipped, entry=source.no)
        source.touched = True
        return source

    def _return_no_more(self, original: Entry) -> None:
        """The issue that undone goods had returned is out again; it is known by its cost, or by its number alone."""
        row = self.state.entries[original.no]
        source = original.source or self.working.entries.get(row.applies_from or 0)
        if source is not None and original.inbound:
            source.returned -= original.quantity
            source.touched = True

    def _carry_on(self, entry: Entry, movement: Movement) -> None:
        moved = self.moved[movement.carries_cost_of]
        if moved is None:
            raise errors.CannotApply(entry="–", reason="the movement out is not possible")
        entry.carry_cost_of(moved.entry, "transfer")
        moved.entry.returned += entry.quantity

    # --- undo ------------------------------------------------------------------------------------------------------
    def _undo_start(self, entry: Entry, movement: Movement) -> Entry:
        """The entry to be undone, once nothing speaks against it; from now on it counts as invoiced.

        Of an issue that is invoiced in part, the rest can be undone once the invoiced part has come back.
        """
        original = self.working.entries.get(movement.reverses)
        if original is None or original.key != entry.key:
            raise errors.CannotApply(entry=movement.reverses, reason="the counter entry does not mirror it")
        if original.reversed or original.correction:
            raise errors.UndoDone(entry=original.no)
        rest = original.quantity - original.invoiced
        if not rest or (original.invoiced and (original.inbound or original.returned < -original.invoiced)):
            raise errors.UndoInvoiced(entry=original.no)
        if entry.quantity != -rest:
            raise errors.CannotApply(entry=movement.reverses, reason="the counter entry does not mirror it")
        original.reversed = original.touched = True
        self.undone.append((original, movement))
        return original


def unit_cost_of(movement: Movement, card: Card) -> Decimal:
    """What one base unit costs as long as no receipt says otherwise."""
    if card.value_zero or movement.without_value:
        return ZERO
    if card.method == CostingMethod.STANDARD:
        return card.standard_cost
    return card.unit_cost if movement.unit_cost is None else round_to(movement.unit_cost, QTY)


def breakdown_of(movement: Movement, card: Card) -> Breakdown:
    """The cost of goods that come in with a cost of their own; purchases add indirect cost, standard corrects both."""
    if card.value_zero or movement.without_value:
        return Breakdown(ZERO)
    if movement.cost_amount is not None:
        direct = movement.cost_amount
    else:
        direct = fallback_cost(movement.quantity, unit_cost_of(movement, card))
    if card.method == CostingMethod.STANDARD:
        standard = fallback_cost(movement.quantity, card.standard_cost)
        if movement.entry_type != EntryType.PURCHASE or movement.cost_amount is None:
            return Breakdown(standard)
        indirect = indirect_cost(direct, movement.quantity, card)
        return Breakdown(direct, indirect, standard - direct - indirect)
    if movement.entry_type == EntryType.PURCHASE:
        return Breakdown(direct, indirect_cost(direct, movement.quantity, card))
    return Breakdown(direct)


def indirect_cost(direct: Decimal, quantity: Decimal, card: Card) -> Decimal:
    """What the card adds to a purchase: a percentage of the direct cost, and an amount per unit."""
    return round_to(
        WIDE.divide(WIDE.multiply(direct, card.indirect_percent), HUNDRED)
        + WIDE.multiply(quantity, card.overhead_rate)
    )
