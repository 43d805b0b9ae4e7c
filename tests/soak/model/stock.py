"""Goods in the model: what came, what went and from where, and what each cost. Nothing goes that is not there.

Costs are worked out anew from the first movement on, after every change; only what was called expected and what actual
depends on the way there. Numbers of entries are those of the item ledger: 1, 2, 3 …
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from tests.soak.model.average import cost_averages
from tests.soak.model.words import ZERO, Refused, part


class Move(NamedTuple):
    """Goods that come (positive) or go; `source` is the issue that comes back, `undoes` one that never was."""

    item: str
    place: str
    day: date
    quantity: Decimal
    kind: str = "sale"
    invoiced: bool = True
    cost: Decimal = ZERO
    source: int | None = None
    undoes: int | None = None


class Bill(NamedTuple):
    """So much of an entry is invoiced; signed as the entry."""

    entry: int
    quantity: Decimal


@dataclass(eq=False)
class Entry:
    """One movement. `own_cost` is what a receipt of its own brought; `takes` the receipts that an issue used up."""

    no: int
    item: str
    place: str
    day: date
    quantity: Decimal
    kind: str
    own_cost: Decimal
    source: int | None
    remaining: Decimal
    invoiced: Decimal
    valued_on: date
    takes: list[tuple[int, Decimal]] = field(default_factory=list)
    backs: list[int] = field(default_factory=list)
    cost: Decimal = ZERO
    taken: Decimal = ZERO
    returned: Decimal = ZERO
    actual: Decimal = ZERO
    expected: Decimal = ZERO
    expected_total: Decimal = ZERO
    rounding: Decimal = ZERO
    is_new: bool = True
    is_undone: bool = False

    @property
    def left(self) -> Decimal:
        """Of an issue: what is still out."""
        return ZERO if self.is_undone else -self.quantity - self.returned


class Stock:
    """The item ledger of a company. `methods` by item: "fifo" or "average"."""

    def __init__(self, methods: dict[str, str]):
        self.methods = methods
        self.entries: dict[int, Entry] = {}
        self.items: dict[str, list[Entry]] = {item: [] for item in methods}

    def post(self, moves: list[Move], bills: list[Bill] = ()) -> tuple[list[int], dict[str, Decimal]]:
        """Move goods and invoice them, as one posting; returns the entries and what the stock is worth more, by kind.

        Of a kind ("sale", "purchase", "adjustment") the other side of the value is told by the chart of accounts.
        """
        undone = [self.entries[move.undoes] for move in moves if move.undoes]
        made = [self._move(move) for move in moves]
        touched = {entry.item for entry in made} | {self.entries[bill.entry].item for bill in bills}
        for item in sorted(touched):
            self._cost(item)
        worth: dict[str, Decimal] = {}
        for item in sorted(touched):
            for entry in self.items[item]:
                self._value(entry, worth)
        for bill in bills:
            self._invoice(self.entries[bill.entry], bill.quantity, worth)
        for entry in undone:
            self._invoice(entry, entry.quantity - entry.invoiced, worth)
        for item in sorted(touched):
            self._round_off(item, worth)
        return [entry.no for entry in made], worth

    def quantity(self, item: str, place: str) -> Decimal:
        return sum((entry.quantity for entry in self.items[item] if entry.place == place), ZERO)

    # Goods ----------------------------------------------------------------------------------------------------------
    def _move(self, move: Move) -> Entry:
        entry = Entry(
            no=len(self.entries) + 1, item=move.item, place=move.place, day=move.day, quantity=move.quantity,
            kind=move.kind, own_cost=move.cost, source=move.source or move.undoes, remaining=move.quantity,
            invoiced=move.quantity if move.invoiced else ZERO, valued_on=move.day,
        )  # fmt: skip
        if entry.source:
            source = self.entries[entry.source]
            if move.quantity > source.left:
                raise Refused("E-RET-MAX")
            entry.valued_on = max(entry.valued_on, source.valued_on)
            source.backs.append(entry.no)
            source.returned += move.quantity
            source.is_undone = source.is_undone or move.undoes is not None
        elif move.quantity < 0:
            self._take(entry)
        self.entries[entry.no] = entry
        self.items[entry.item].append(entry)
        return entry

    def _take(self, issue: Entry) -> None:
        """From the oldest receipts of the place, by their days."""
        there = [
            entry for entry in self.items[issue.item] if entry.place == issue.place and entry.remaining > 0
        ]
        for receipt in sorted(there, key=lambda entry: (entry.day, entry.no)):
            taken = min(receipt.remaining, -issue.remaining)
            if not taken:
                break
            receipt.remaining -= taken
            issue.remaining += taken
            issue.takes.append((receipt.no, taken))
            issue.valued_on = max(issue.valued_on, receipt.valued_on)
        if issue.remaining:
            raise Refused("E-STOCK-INSUFFICIENT")

    # Costs ----------------------------------------------------------------------------------------------------------
    def _cost(self, item: str) -> None:
        entries = self.items[item]
        if self.methods[item] == "average":
            cost_averages(entries, self.brought_back)
            return
        for entry in entries:
            if entry.source:
                entry.cost = self.brought_back(entry)
            elif entry.quantity > 0:
                entry.cost = entry.own_cost
            else:
                entry.cost = -sum((self._share(no, taken) for no, taken in entry.takes), ZERO)

    def _share(self, receipt_no: int, quantity: Decimal) -> Decimal:
        receipt = self.entries[receipt_no]
        return part(receipt.cost, quantity, receipt.quantity)

    def brought_back(self, entry: Entry) -> Decimal:
        """What goods that come back cost: their part of what they cost when they left, after those that came before."""
        source = self.entries[entry.source]
        before = sum((self.entries[no].quantity for no in source.backs if no < entry.no), ZERO)
        until, since = (
            part(source.cost, quantity, source.quantity) for quantity in (before + entry.quantity, before)
        )
        return until - since

    # Expected and actual --------------------------------------------------------------------------------------------
    def _value(self, entry: Entry, worth: dict[str, Decimal]) -> None:
        """The first value of a new entry; of an earlier one what its cost came out differently."""
        change = entry.cost - (entry.actual + entry.expected - entry.rounding)
        actual = change
        if entry.is_new and entry.invoiced != entry.quantity:
            actual = ZERO
        elif entry.invoiced != entry.quantity:
            actual = part(change, entry.invoiced, entry.quantity)
        self._book(entry, entry.kind, actual, worth)
        entry.expected += change - actual
        entry.expected_total += change if entry.invoiced != entry.quantity or not entry.is_new else ZERO
        entry.is_new = False

    def _invoice(self, entry: Entry, quantity: Decimal, worth: dict[str, Decimal]) -> None:
        if abs(entry.invoiced + quantity) > abs(entry.quantity):
            raise Refused("E-INVOICE-TOO-MUCH")
        is_last = entry.invoiced + quantity == entry.quantity
        share = entry.expected if is_last else part(entry.expected_total, quantity, entry.quantity)
        self._book(entry, entry.kind, share, worth)
        entry.expected -= share
        entry.invoiced += quantity

    def _round_off(self, item: str, worth: dict[str, Decimal]) -> None:
        """A receipt of which nothing is left keeps no cents."""
        if self.methods[item] == "average":
            return
        taken: dict[int, Decimal] = {}
        for entry in self.items[item]:
            for no, quantity in entry.takes:
                taken[no] = taken.get(no, ZERO) + self._share(no, quantity)
        for entry in self.items[item]:
            if entry.quantity > 0 and not entry.remaining and entry.invoiced == entry.quantity:
                rest = taken.get(entry.no, ZERO) - entry.cost - entry.rounding
                entry.rounding += rest
                self._book(entry, "adjustment", rest, worth)

    @staticmethod
    def _book(entry: Entry, kind: str, amount: Decimal, worth: dict[str, Decimal]) -> None:
        entry.actual += amount
        worth[kind] = worth.get(kind, ZERO) + amount

    # What it says ---------------------------------------------------------------------------------------------------
    def picture(self) -> dict[str, dict]:
        """Per item and place: quantity, invoiced, actual and expected cost; and every entry's state."""
        places: dict[tuple, list[Decimal]] = {}
        for entry in self.entries.values():
            row = places.setdefault((entry.item, entry.place), [ZERO] * 4)
            for column, amount in enumerate((entry.quantity, entry.invoiced, entry.actual, entry.expected)):
                row[column] += amount
        layers = {
            entry.no: (
                entry.item,
                entry.quantity,
                entry.remaining,
                entry.invoiced,
                entry.actual,
                entry.expected,
            )
            for entry in self.entries.values()
        }
        return {"stock": {key: tuple(row) for key, row in places.items() if any(row)}, "item entries": layers}
