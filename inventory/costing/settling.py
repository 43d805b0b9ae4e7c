"""What each entry costs, given which receipts it was applied to: FIFO, LIFO, specific and standard.

An issue costs its share of every receipt it took from, plus the card's cost for what no receipt covers yet. A return or
a transfer in costs what its source cost. Costs flow from the entries that changed until nothing changes any more.
"""

from collections import deque
from collections.abc import Callable, Iterable
from decimal import Decimal

from erp.kernel.money import CENT, WIDE, ZERO, round_to
from inventory.costing.entries import Entry

VISITS = 300  # of one entry: circles (an issue filled by its own return) settle after a few, if they do


def settle(changed: Iterable[Entry], *, limit: Callable[[Entry], bool] | None = None) -> None:
    """Bring the cost of everything downstream of the changed entries up to date.

    changed  receipts whose cost changed, issues that were applied anew
    limit    keeps entries out (those that belong to an average pool)

    Rounding may keep a circle of entries swinging by a cent for ever: then they keep the cost that they had.
    """
    queue = deque(changed)
    waiting = set(map(id, queue))
    visits: dict[int, int] = {}
    before: dict[int, Decimal] = {}
    while queue:
        entry = queue.popleft()
        waiting.discard(id(entry))
        visits[id(entry)] = visits.get(id(entry), 0) + 1
        if limit is not None and limit(entry):
            continue
        had = before.setdefault(id(entry), entry.cost)
        if visits[id(entry)] > VISITS:
            if abs(entry.cost - had) <= CENT:
                entry.cost = had
            continue
        cost = cost_of(entry)
        first = visits[id(entry)] == 1
        if cost == entry.cost and not first:
            continue
        if cost != entry.cost:
            entry.cost = cost
            entry.touched = True
        for other in (*(match.outbound for match in entry.feeds), *entry.carried):
            if id(other) not in waiting and cost_of(other) != other.cost:
                waiting.add(id(other))
                queue.append(other)


def cost_of(entry: Entry) -> Decimal:
    """The cost that follows from the ties of an entry; its own where it has none, or where they are not loaded."""
    if not entry.known:
        return entry.cost
    if entry.source is not None:
        return carried_cost(entry)
    if entry.inbound:
        return entry.cost
    return issue_cost(entry)


def issue_cost(entry: Entry) -> Decimal:
    """Shares of the receipts, each rounded to cents, and the fallback cost of the uncovered rest."""
    covered = sum((match.cost for match in entry.takes), ZERO)
    return -covered + fallback_cost(entry.remaining, entry.unit_cost)


def fallback_cost(quantity: Decimal, unit_cost: Decimal) -> Decimal:
    """Quantity times unit cost, in cents, signed as the quantity."""
    return round_to(WIDE.multiply(quantity, unit_cost)) if quantity else ZERO


def carried_cost(entry: Entry) -> Decimal:
    """The part of the source's cost that this entry brings back; parts of one source add up to the whole of it.

    A source whose ties are not all loaded does not change, and neither does what it gave earlier.
    """
    source = entry.source
    if not source.known and not entry.new:
        return entry.cost
    before = ZERO if source.known else source.returned_before
    for other in source.carried:
        if other is entry:
            break
        if not other.reversed and (source.known or other.new):
            before += other.quantity
    before = min(before, -source.quantity)
    after = min(before + entry.quantity, -source.quantity)

    def until(quantity: Decimal) -> Decimal:
        return round_to(WIDE.divide(WIDE.multiply(source.cost, quantity), source.quantity))

    # The source's cost and quantity are both negative, so `until` of a positive quantity is positive.
    return until(after) - until(before)


def forwarded(entry: Entry) -> Decimal:
    """What the issues took from a receipt so far: known from its matches, or the old figure plus the new ones."""
    if entry.known:
        return sum((match.cost for match in entry.feeds), ZERO)
    return entry.forwarded + sum((match.cost for match in entry.feeds if match.new), ZERO)


def rounding_needed(entry: Entry) -> Decimal:
    """The cents that a receipt keeps although it is used up and completely invoiced; negative takes them away."""
    if not entry.inbound or entry.remaining or not entry.completely_invoiced:
        return ZERO
    return entry.forwarded - entry.cost - entry.rounding
