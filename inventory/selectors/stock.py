"""How much of an item is where, what it is worth, and what could be promised."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db.models import F, Field, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from erp.kernel.fields import AmountField, QuantityField
from erp.kernel.money import ZERO
from inventory import demand
from inventory.models import Item, ItemReference
from inventory.models.entries import ItemLedgerEntry, Stock, ValueEntry


@dataclass(frozen=True, slots=True)
class OnHand:
    """What lies somewhere, in base units, and what it cost, expected cost included."""

    variant_code: str = ""
    location_code: str = ""
    quantity: Decimal = ZERO
    cost: Decimal = ZERO


def stock_by_place(item: Item) -> list[OnHand]:
    """Where an item lies, by location and variant; places that are empty again are left out. One query."""
    rows = Stock.objects.filter(item=item).exclude(quantity=0, cost_amount_actual=0, cost_amount_expected=0)
    return [
        OnHand(
            row.variant_code,
            row.location_code,
            row.quantity,
            row.cost_amount_actual + row.cost_amount_expected,
        )
        for row in rows.order_by("location_code", "variant_code")
    ]


def stock_of(item_ids: Collection[int]) -> dict[int, OnHand]:
    """All that there is of each of some items. One query."""
    rows = Stock.objects.filter(item_id__in=item_ids).order_by().values("item_id")
    sums = rows.annotate(
        quantity=Sum("quantity"), cost=Sum(F("cost_amount_actual") + F("cost_amount_expected"))
    )
    return {row["item_id"]: OnHand(quantity=row["quantity"], cost=row["cost"]) for row in sums}


def on_hand_expression() -> Coalesce:
    """What there is of each item of a query, to filter and sort items by it."""
    return _of_stock(F("quantity"), QuantityField())


def stock_cost_expression() -> Coalesce:
    """What the stock of each item of a query cost, expected cost included."""
    return _of_stock(F("cost_amount_actual") + F("cost_amount_expected"), AmountField())


def _of_stock(what, field: Field) -> Coalesce:
    rows = Stock.objects.filter(item=OuterRef("pk")).order_by().values("item_id")
    return Coalesce(Subquery(rows.annotate(sum=Sum(what)).values("sum")), Value(ZERO), output_field=field)


def item_entries() -> QuerySet[ItemLedgerEntry]:
    """Every movement of goods, with what remains of it and what it cost; to be paged by entry number."""
    cost = F("state__cost_amount_actual") + F("state__cost_amount_expected")
    return ItemLedgerEntry.objects.select_related("item", "state").annotate(cost=cost)


def value_entries() -> QuerySet[ValueEntry]:
    """Every value that a movement got; to be paged by entry number."""
    return ValueEntry.objects.select_related("item")


def item_ledger(item: Item) -> QuerySet[ItemLedgerEntry]:
    """The movements of an item, to be paged by entry number; each with what remains of it and what it cost."""
    cost = F("state__cost_amount_actual") + F("state__cost_amount_expected")
    return ItemLedgerEntry.objects.filter(item=item).select_related("state").annotate(cost=cost)


SHOWN = 50


def items_meant(text: str) -> list[Item]:
    """The items that a typed text can mean; the first step that finds one decides.

    Number; a reference or bar code; any part of number or description, of items that may be sold.
    """
    text = text.strip()
    if not text:
        return []
    for number in dict.fromkeys((text, text.upper())):
        found = list(Item.objects.filter(number=number))
        if found:
            return found
    named = ItemReference.objects.filter(reference_no=text).values("item_id")
    found = list(Item.objects.filter(pk__in=named).order_by("number")[:SHOWN])
    if found:
        return found
    sellable = Item.objects.sellable()
    return list(
        (sellable.filter(number__icontains=text) | sellable.filter(description__icontains=text))[:SHOWN]
    )


class Place(NamedTuple):
    """Where goods lie; empty codes are places of their own."""

    item_id: int
    variant_code: str = ""
    location_code: str = ""


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """The calculated fields of an item card."""

    inventory: Decimal
    cost_amount_actual: Decimal
    cost_amount_expected: Decimal
    wanted: Decimal
    coming: Decimal


@dataclass(frozen=True, slots=True)
class Available:
    """What of a place could be promised: goods in stock, less what others want by then, plus what comes by then."""

    inventory: Decimal
    wanted: Decimal
    coming: Decimal

    @property
    def quantity(self) -> Decimal:
        return self.inventory + self.coming - self.wanted


@dataclass(frozen=True, slots=True)
class StockAtPlace:
    """Stock of an item at one place, in base units, whatever the posting dates, and its cost."""

    item_number: str
    description: str
    variant_code: str
    location_code: str
    quantity: Decimal
    cost_actual: Decimal
    cost_expected: Decimal


def stock_on_hand(
    *, items: Collection[str] | None = None, location_code: str | None = None, everything: bool = False
) -> list[StockAtPlace]:
    """Stock by item, variant and location, in their order; empty places only where `everything` says so. One query."""
    rows = Stock.objects.all()
    if items is not None:
        rows = rows.filter(item__number__in=items)
    if location_code is not None:
        rows = rows.filter(location_code=location_code)
    if not everything:
        rows = rows.exclude(quantity=0)
    columns = (
        "item__number", "item__description", "variant_code", "location_code", "quantity", "cost_amount_actual",
        "cost_amount_expected",
    )  # fmt: skip
    ordered = rows.order_by("item__number", "variant_code", "location_code")
    return [StockAtPlace(*row) for row in ordered.values_list(*columns)]


def inventory_of(places: Collection[Place]) -> dict[Place, Decimal]:
    """Stock of some places, zero where there is none. One query."""
    rows = Stock.objects.filter(item__in={place.item_id for place in places})
    there = {
        Place(*key): quantity
        for *key, quantity in rows.values_list("item_id", "variant_code", "location_code", "quantity")
    }
    return {place: there.get(place, ZERO) for place in places}


def item_facts(item: Item, *, location_code: str | None = None) -> ItemFacts:
    """What the card shows of stock, value and open documents."""
    rows = Stock.objects.filter(item=item)
    lines = demand.open_lines([item.pk])
    if location_code is not None:
        rows = rows.filter(location_code=location_code)
        lines = [line for line in lines if line.location_code == location_code]
    sums = rows.aggregate(
        inventory=Sum("quantity"), actual=Sum("cost_amount_actual"), expected=Sum("cost_amount_expected")
    )
    return ItemFacts(
        sums["inventory"] or ZERO,
        sums["actual"] or ZERO,
        sums["expected"] or ZERO,
        sum((line.quantity for line in lines if line.quantity > 0), ZERO),
        -sum((line.quantity for line in lines if line.quantity < 0), ZERO),
    )


def availability(places: Collection[Place], *, on: date) -> dict[Place, Available]:
    """Availability of many places on a day: stock, and what is wanted and coming by then, overdue lines included.

    One query for the stock, and one per source of demand. Source: Business Central, projected available balance.
    """
    inventory = inventory_of(places)
    wanted = dict.fromkeys(places, ZERO)
    coming = dict.fromkeys(places, ZERO)
    for line in demand.open_lines({place.item_id for place in places}):
        place = Place(line.item_id, line.variant_code, line.location_code)
        if place in wanted and (line.on is None or line.on <= on):
            side = wanted if line.quantity > 0 else coming
            side[place] += abs(line.quantity)
    return {place: Available(inventory[place], wanted[place], coming[place]) for place in places}


def unit_costs(item_ids: Collection[int]) -> dict[int, Decimal]:
    """Unit cost by item: what a new line copies. One query."""
    return dict(Item.objects.filter(pk__in=item_ids).values_list("pk", "unit_cost"))
