"""What there will be of an item in the weeks to come, place by place and altogether. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from erp.kernel.money import ZERO
from inventory.demand import Wanted
from inventory.selectors import OnHand

WEEKS = 12


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days from `start` on; what is overdue is wanted, or comes, in the first one."""

    start: date
    wanted: Decimal
    coming: Decimal
    projected: Decimal


@dataclass(frozen=True, slots=True)
class PlaceNow:
    """A place of an item: what lies there, and what open documents want of it and bring."""

    location_code: str
    variant_code: str
    on_hand: Decimal
    wanted: Decimal
    coming: Decimal
    cost: Decimal

    @property
    def available(self) -> Decimal:
        return self.on_hand - self.wanted + self.coming


def weeks_ahead(on_hand: Decimal, lines: Iterable[Wanted], *, on: date, count: int = WEEKS) -> list[Week]:
    """The stock at the end of each week, when everything goes as documents say; what lies beyond is left out."""
    wanted, coming = [ZERO] * count, [ZERO] * count
    for line in lines:
        place = max((line.on - on).days // 7, 0) if line.on else 0
        if place < count:
            side = wanted if line.quantity > 0 else coming
            side[place] += abs(line.quantity)
    found, left = [], on_hand
    for number in range(count):
        left += coming[number] - wanted[number]
        found.append(Week(on + timedelta(days=7 * number), wanted[number], coming[number], left))
    return found


def places_now(stock: Iterable[OnHand], lines: Iterable[Wanted]) -> Sequence[PlaceNow]:
    """Every place where something lies, is wanted or comes, by location and variant."""
    sums: dict[tuple[str, str], list[Decimal]] = {}

    def place(location: str, variant: str) -> list[Decimal]:
        return sums.setdefault((location, variant), [ZERO, ZERO, ZERO, ZERO])

    for row in stock:
        figures = place(row.location_code, row.variant_code)
        figures[0] += row.quantity
        figures[3] += row.cost
    for line in lines:
        place(line.location_code, line.variant_code)[1 if line.quantity > 0 else 2] += abs(line.quantity)
    return [PlaceNow(location, variant, *sums[location, variant]) for location, variant in sorted(sums)]
