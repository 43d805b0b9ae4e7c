"""What lay in stock as of a day, and as it was known at a moment, with what it cost by then."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Sum

from erp.kernel.money import ZERO
from inventory.models.entries import Stock, ValueEntry
from inventory.selectors.stock import StockAtPlace
from posting.as_of import NOW, Known, later

_NOTHING = (ZERO, ZERO, ZERO)


@dataclass(frozen=True, slots=True)
class Valuation:
    """What an item at a location was worth."""

    item_number: str
    description: str
    location_code: str
    quantity: Decimal
    cost_actual: Decimal
    cost_expected: Decimal


def stock_as_of(
    *,
    on: date | None = None,
    known: Known = NOW,
    items: Collection[str] | None = None,
    location_code: str | None = None,
) -> list[StockAtPlace]:
    """Stock by item, variant and location, where there was any or a value was left. One query; of a moment, two.

    on     the last posting date that counts, of goods and of costs; None: whatever the dates
    known  what was posted later does not count: neither goods, nor costs adjusted since

    The stock of today without what came later, in one statement: the cost is that of what came later.
    """
    keys = ("item__number", "item__description", "variant_code", "location_code")
    today = Stock.objects.all()
    since = ValueEntry.objects.filter(later(known, "value_entry_no", on=on), inventoriable=True)
    if items is not None:
        today, since = (rows.filter(item__number__in=items) for rows in (today, since))
    if location_code is not None:
        today, since = (rows.filter(location_code=location_code) for rows in (today, since))
    undone = since.order_by().values_list(*keys)
    undone = undone.annotate(
        a=-Sum("item_entry_quantity"), b=-Sum("cost_amount_actual"), c=-Sum("cost_amount_expected")
    )
    there = today.values_list(*keys, "quantity", "cost_amount_actual", "cost_amount_expected")
    sums: dict[tuple[str, ...], tuple[Decimal, ...]] = {}
    for number, description, variant, location, *moved in there.union(undone, all=True):
        place = (number, variant, location, description)
        sums[place] = tuple(map(sum, zip(sums.get(place, _NOTHING), moved, strict=True)))
    return [
        StockAtPlace(number, description, variant, location, *left)
        for (number, variant, location, description), left in sorted(sums.items())
        if any(left)
    ]


def valuation(
    *, on: date | None, items: Collection[str] | None = None, known: Known = NOW
) -> list[Valuation]:
    """Inventory value at the end of a day, by item and location; actual cost is what the inventory accounts show.

    Value entries count by posting date, as the general ledger does. Queries as of `stock_as_of`, whose places it sums.
    """
    sums: dict[tuple[str, str, str], tuple[Decimal, ...]] = {}
    for row in stock_as_of(on=on, items=items, known=known):
        place = (row.item_number, row.description, row.location_code)
        there = (row.quantity, row.cost_actual, row.cost_expected)
        sums[place] = tuple(map(sum, zip(sums.get(place, _NOTHING), there, strict=True)))
    return [Valuation(*place, *there) for place, there in sorted(sums.items()) if any(there)]
