"""Which receipts feed which issues. FIFO, average and standard take the oldest first, LIFO the newest."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from inventory.costing.entries import Entry, Match

LIFO, SPECIFIC = "lifo", "specific"


class Queue:
    """Open entries in the order of posting date and entry number; closed ones fall out as they are met."""

    __slots__ = ("entries", "head")

    def __init__(self):
        self.entries: list[Entry] = []
        self.head = 0

    def add(self, entry: Entry) -> None:
        if not self.entries or self.entries[-1].order <= entry.order:
            self.entries.append(entry)
            return
        place = bisect_right(self.entries, entry.order, key=lambda known: known.order)
        self.entries.insert(place, entry)
        self.head = min(self.head, place)

    def oldest(self) -> Entry | None:
        while self.head < len(self.entries) and not self.entries[self.head].remaining:
            self.head += 1
        return self.entries[self.head] if self.head < len(self.entries) else None

    def newest(self) -> Entry | None:
        while self.entries and not self.entries[-1].remaining:
            self.entries.pop()
        self.head = min(self.head, len(self.entries))
        return self.entries[-1] if self.entries else None


class Shelves:
    """What lies open at every (item, variant, location): receipts with goods left, issues still waiting for goods."""

    def __init__(self, entries: Iterable[Entry], methods: dict[int, str]):
        self.methods = methods
        self.receipts: dict[tuple, Queue] = defaultdict(Queue)
        self.issues: dict[tuple, list[Entry]] = {}
        self.made: list[Match] = []
        for entry in sorted((entry for entry in entries if entry.remaining), key=lambda entry: entry.order):
            self.put(entry)

    def put(self, entry: Entry) -> None:
        """Make an open entry available to what comes later."""
        if not entry.inbound:
            self.issues.setdefault(entry.key, []).append(entry)
            return
        self.receipts[entry.key].add(entry)
        if entry.serial or entry.lot:
            self.receipts[(*entry.key, entry.serial, entry.lot)].add(entry)

    def issue(self, entry: Entry) -> None:
        """Take the goods of an issue from the receipts that its costing method prefers; what is missing stays open."""
        method = self.methods[entry.item_id]
        tracked = bool(entry.serial or entry.lot)
        if not tracked and method == SPECIFIC:
            self.put(entry)
            return
        queue = self.receipts.get((*entry.key, entry.serial, entry.lot) if tracked else entry.key)
        take = None if queue is None else (queue.newest if method == LIFO else queue.oldest)
        while take is not None and entry.remaining and (receipt := take()) is not None:
            self.match(receipt, entry, min(receipt.remaining, -entry.remaining))
        if entry.remaining:
            self.put(entry)

    def receive(self, entry: Entry, *, first: Entry | None = None) -> None:
        """Let a receipt fill the issues that wait at its place, `first` before all others, then the oldest."""
        waiting = sorted(self.issues.get(entry.key, ()), key=lambda issue: issue.order)
        if first is not None and first.remaining and first.key == entry.key:
            waiting = [first, *(issue for issue in waiting if issue is not first)]
        elif self.methods[entry.item_id] == SPECIFIC:
            waiting = []
        for issue in waiting:
            if not entry.remaining:
                break
            if issue is first or not (issue.serial or issue.lot) or same_piece(issue, entry):
                self.match(entry, issue, min(entry.remaining, -issue.remaining))
        if waiting:
            self.issues[entry.key] = [issue for issue in waiting if issue.remaining]
        if entry.remaining:
            self.put(entry)

    def match(self, receipt: Entry, issue: Entry, quantity: Decimal) -> None:
        """Apply so much of an issue to a receipt: both have less left, and the issue is valued no earlier than it."""
        if not quantity:
            return
        self.made.append(Match(receipt, issue, quantity, new=True))
        receipt.remaining -= quantity
        issue.remaining += quantity
        receipt.touched = issue.touched = True
        value_no_earlier(issue, receipt.valuation_date)


def value_no_earlier(entry: Entry, day: date) -> None:
    """Move the valuation date on, and with it that of everything the cost flows to."""
    moving = [entry]
    while moving:
        entry = moving.pop()
        if entry.valuation_date >= day:
            continue
        entry.valuation_date = day
        entry.touched = True
        moving.extend(entry.carried)
        moving.extend(match.outbound for match in entry.feeds)


def same_piece(one: Entry, other: Entry) -> bool:
    return (one.serial, one.lot) == (other.serial, other.lot)
