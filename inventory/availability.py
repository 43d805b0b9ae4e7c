"""When there will be enough: stock of a place, and what is wanted and brought on which day."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby

from erp.kernel.money import ZERO
from inventory import demand
from inventory.selectors import Available, Place, inventory_of


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is in stock at a place and what open documents do to it, in base units.

    wanted, coming  quantities by day, positive; without a day they are overdue
    """

    inventory: Decimal = ZERO
    wanted: tuple[tuple[date | None, Decimal], ...] = ()
    coming: tuple[tuple[date | None, Decimal], ...] = ()

    def by(self, day: date, *, own: Decimal = ZERO, receipts: bool = True) -> Available:
        """Availability at the end of a day.

        own       what the line that asks wants itself by then: it does not stand in its own way
        receipts  whether what is to come by then counts
        """
        coming = _sum(self.coming, day) if receipts else ZERO
        return Available(self.inventory, _sum(self.wanted, day) - own, coming)

    def earliest(self, needed: Decimal, *, since: date, own: Decimal = ZERO) -> date | None:
        """The first day, not before `since`, on which so much can be promised; None: as things stand, never.

        Who asked first is served first: what others want only after `since` does not count. Source: Business Central,
        earliest shipment date.
        """
        left = self.by(since, own=own).quantity - needed
        if left >= 0:
            return since
        later = sorted((day, quantity) for day, quantity in self.coming if day is not None and day > since)
        for day, rows in groupby(later, key=lambda row: row[0]):
            left += sum(quantity for _day, quantity in rows)
            if left >= 0:
                return day
        return None


def outlooks(places: Collection[Place]) -> dict[Place, Outlook]:
    """The outlook of many places. One query for the stock, and one per source of demand."""
    if not places:
        return {}
    inventory = inventory_of(places)
    wanted: dict[Place, defaultdict] = {place: defaultdict(Decimal) for place in places}
    coming: dict[Place, defaultdict] = {place: defaultdict(Decimal) for place in places}
    for line in demand.open_lines({place.item_id for place in places}):
        place = Place(line.item_id, line.variant_code, line.location_code)
        if place in inventory:
            side = wanted if line.quantity > 0 else coming
            side[place][line.on] += abs(line.quantity)
    return {
        place: Outlook(inventory[place], tuple(wanted[place].items()), tuple(coming[place].items()))
        for place in places
    }


def _sum(rows: Collection[tuple[date | None, Decimal]], until: date) -> Decimal:
    return sum((quantity for day, quantity in rows if day is None or day <= until), ZERO)
