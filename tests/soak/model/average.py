"""Average cost by the day: all that leaves a place on one day costs the same apiece."""

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from tests.soak.model.words import ZERO, cents

if TYPE_CHECKING:
    from tests.soak.model.stock import Entry


def cost_averages(entries: "list[Entry]", brought_back: "Callable[[Entry], Decimal]") -> None:
    """Cost all movements of an item, day by day and place by place."""
    by_no = {entry.no: entry for entry in entries}
    days: dict[tuple, list] = {}
    for entry in sorted(entries, key=lambda entry: (entry.valued_on, entry.no)):
        days.setdefault((entry.valued_on, entry.place), []).append(entry)
    held: dict[str, tuple[Decimal, Decimal]] = {}
    for (day, place), members in sorted(days.items()):
        quantity, value = held.get(place, (ZERO, ZERO))
        sold = [entry for entry in members if entry.quantity < 0]
        back = [entry for entry in members if entry.source and by_no[entry.source].valued_on == day]
        came = [entry for entry in members if entry.quantity > 0 and entry not in back]
        for entry in came:
            entry.cost = brought_back(entry) if entry.source else entry.own_cost
        _cost_day(
            sold,
            back,
            quantity + sum(entry.quantity for entry in came),
            value + sum(entry.cost for entry in came),
            brought_back,
        )
        moved = [sum((getattr(entry, name) for entry in members), ZERO) for name in ("quantity", "cost")]
        held[place] = (quantity + moved[0], value + moved[1])


def _cost_day(sold: list, back: list, quantity: Decimal, value: Decimal, brought_back: Callable) -> None:
    running, given = Fraction(0), ZERO
    for entry in sold:
        running += Fraction(value) * Fraction(entry.quantity) / Fraction(quantity)
        entry.cost = cents(running) - given
        given += entry.cost
    for entry in back:
        entry.cost = brought_back(entry)
    everything = sold + back
    if sold and not quantity + sum(entry.quantity for entry in everything):
        sold[-1].cost -= value + sum(entry.cost for entry in everything)
        for entry in back:
            entry.cost = brought_back(entry)
