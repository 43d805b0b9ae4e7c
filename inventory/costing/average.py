"""Periodic average cost. All issues of a pool valued in one period cost the same per unit, whatever their order.

    average = (opening value + cost of receipts − cost of fixed issues) / (the same for quantities)

A pool is an item, or an (item, variant, location); a period a day, a week or a month. Issues applied to a named receipt
take its cost and leave the pool together with it. A return of an issue of the same pool and period goes back at the
same average; any other return or transfer in brings the cost of its source. Shares are rounded as a running total, and
the last issue of a pool that runs empty takes what is left, so that no cent stays behind.

Source: Business Central, average cost; the treatment of returns across periods is ours, so that value is conserved.
"""

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from decimal import Decimal
from operator import attrgetter
from typing import NamedTuple

from erp.kernel.amounts import RunningRound
from erp.kernel.money import WIDE, ZERO, round_to
from inventory.costing.entries import Entry
from inventory.costing.settling import carried_cost, fallback_cost, issue_cost

ROUNDS = 60  # transfers to and fro within one period settle geometrically


class Content(NamedTuple):
    """What a pool holds."""

    quantity: Decimal = ZERO
    value: Decimal = ZERO


def period_start(day: date, period: str) -> date:
    """The first day of the average cost period that a day belongs to."""
    if period == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if period == "month" else day


def pool_key(item_id: int, variant: str, location: str, *, by_item: bool) -> tuple:
    return (item_id,) if by_item else (item_id, variant, location)


def settle_average(
    entries: Iterable[Entry],
    *,
    opening: dict[tuple, Content],
    by_item: bool,
    period: str,
    frozen: Callable[[Entry], bool] | None = None,
) -> None:
    """Cost the entries of average items, period by period; `entry.cost` is set.

    entries  all entries of the items valued in the first period or later, new ones included
    opening  what the pools held before the first period; a pool that is not named held nothing
    frozen   entries whose cost stays as posted (cost is adjusted later, by a routine)
    """
    periods: dict[date, dict[tuple, list[Entry]]] = {}
    for entry in sorted(entries, key=attrgetter("value_order")):
        pool = pool_key(entry.item_id, entry.variant, entry.location, by_item=by_item)
        periods.setdefault(period_start(entry.valuation_date, period), {}).setdefault(pool, []).append(entry)
    content = dict(opening)
    for start in sorted(periods):
        pools = periods[start]
        parts = {pool: _sort_out(pool, members, start, period, by_item) for pool, members in pools.items()}
        for _round in range(ROUNDS):
            changes = [
                _settle_pool(part, content.get(pool, Content()), frozen) for pool, part in parts.items()
            ]
            if not any(changes):
                break
        for pool, members in pools.items():
            held = content.get(pool, Content())
            content[pool] = Content(
                held.quantity + sum(entry.quantity for entry in members),
                held.value + sum(entry.cost for entry in members),
            )


class _Parts(NamedTuple):
    """The entries of one pool and period by how they are costed."""

    given: list[Entry]  # receipts; returns and transfers from elsewhere
    fixed: list[Entry]  # issues of a named receipt
    averaged: list[Entry]
    back: list[Entry]  # returns of issues of this very pool and period


def _sort_out(pool: tuple, members: list[Entry], start: date, period: str, by_item: bool) -> _Parts:
    parts = _Parts([], [], [], [])
    for entry in members:
        if not entry.inbound:
            (parts.fixed if entry.fixed else parts.averaged).append(entry)
            continue
        source = entry.source
        here = (
            source is not None
            and not source.fixed
            and period_start(source.valuation_date, period) == start
            and pool_key(source.item_id, source.variant, source.location, by_item=by_item) == pool
        )
        (parts.back if here else parts.given).append(entry)
    return parts


def _settle_pool(parts: _Parts, held: Content, frozen: Callable[[Entry], bool] | None) -> bool:
    """One round over a pool; tells whether any cost changed."""
    changed = False

    def give(entry: Entry, cost: Decimal) -> None:
        nonlocal changed
        if cost != entry.cost and not (frozen and frozen(entry)):
            entry.cost, entry.touched, changed = cost, True, True

    for entry in parts.given:
        if entry.source is not None:
            give(entry, carried_cost(entry))
    for entry in parts.fixed:
        give(entry, issue_cost(entry))
    quantity = held.quantity + sum(entry.quantity for entry in (*parts.given, *parts.fixed))
    value = held.value + sum(entry.cost for entry in (*parts.given, *parts.fixed))
    if quantity <= 0 or value < 0:
        for entry in parts.averaged:
            if entry.new:
                give(entry, fallback_cost(entry.quantity, entry.unit_cost))
        for entry in parts.back:
            give(entry, carried_cost(entry))
        return changed
    _give_average(parts, quantity, value, give)
    return changed


def _give_average(
    parts: _Parts, quantity: Decimal, value: Decimal, give: Callable[[Entry, Decimal], None]
) -> None:
    running = RunningRound()
    costs = {
        id(entry): running.push(WIDE.divide(WIDE.multiply(value, entry.quantity), quantity))
        for entry in parts.averaged
    }
    left_quantity = quantity + sum(entry.quantity for entry in (*parts.averaged, *parts.back))
    if not left_quantity and parts.averaged:
        costs[id(parts.averaged[-1])] -= value + sum(costs.values()) + _returned(parts.back, costs)
    for entry in parts.averaged:
        give(entry, costs[id(entry)])
    for entry in parts.back:
        give(entry, carried_cost(entry))


def _returned(back: list[Entry], costs: dict[int, Decimal]) -> Decimal:
    """What the returns of this period will bring back once their sources have these costs."""
    total = ZERO
    for entry in back:
        old, entry.source.cost = entry.source.cost, costs.get(id(entry.source), entry.source.cost)
        total += carried_cost(entry)
        entry.source.cost = old
    return round_to(total)
