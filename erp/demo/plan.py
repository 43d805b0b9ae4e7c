"""A year of a trading company, planned: who orders what, when it leaves and how it is paid. Pure and seeded.

The same seed, date and masters give the same year. What depends on posted amounts (a payment, a discount) is planned
as a habit, and becomes a sum of money only when the year is played.
"""

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

ORDERS = 420
QUOTES = 14
SEASON = (0.85, 0.8, 1.0, 1.1, 1.1, 1.0, 0.65, 0.85, 1.1, 1.15, 1.35, 1.2)  # January to December
MONTHLY_RISE = Decimal("0.004")  # of purchase prices
RECENT = 8  # workdays up to today, whose orders are mostly still being worked on
SCARCE = {"1020", "3000", "4000"}  # bought too late in the last month, so that some orders have to wait


class Goods(NamedTuple):
    """An item as the plan sees it; `pack` base units go into one sales unit."""

    number: str
    category: str
    unit: str
    pack: Decimal
    price: Decimal
    cost: Decimal
    variants: tuple[str, ...]
    keeps_stock: bool


class Buyer(NamedTuple):
    """A customer and its ways; `orders` is its share of all orders."""

    number: str
    location: str
    orders: int
    likes: tuple[str, ...]
    pays: str


class Wanted(NamedTuple):
    """One line of an order, in sales units."""

    item: str
    variant: str
    unit: str
    quantity: int
    discount: Decimal


class Delivery(NamedTuple):
    """Goods that leave on a day: how many of each line, and whether the bill goes along.

    billed  days until everything delivered so far is invoiced; None: with a later delivery
    """

    on: date
    quantities: tuple[int, ...]
    billed: int | None


class Settlement(NamedTuple):
    """How an invoice is paid.

    when   "discount" on the last day of the discount, "invoice" counts days from the invoice, "due" from the due date
    share  of the open amount; what is left is paid `rest` days later, or never when that is None
    """

    when: str
    days: int
    share: Decimal = Decimal(1)
    rest: int | None = None


class Return(NamedTuple):
    """Goods that come back: so many of the first line, so many days after the invoice."""

    days: int
    quantity: int
    by_order: bool


class Sale(NamedTuple):
    """One piece of business, from the first offer to the money.

    kind      "order", or "invoice" for goods and services billed without an order
    quoted    day of the quote that it began as
    released  whether anybody promised the goods; an order may still be a draft
    """

    on: date
    kind: str
    customer: str
    location: str
    lines: tuple[Wanted, ...]
    quoted: date | None
    released: bool
    deliveries: tuple[Delivery, ...]
    settlement: Settlement | None
    returned: Return | None
    allowance: int | None


class Quote(NamedTuple):
    """An offer that nobody has answered yet."""

    on: date
    customer: str
    location: str
    lines: tuple[Wanted, ...]


class Receipt(NamedTuple):
    """Goods that arrive, in base units, at a cost per base unit."""

    on: date
    item: str
    variant: str
    location: str
    quantity: Decimal
    unit_cost: Decimal


class Year(NamedTuple):
    """Everything that happens."""

    start: date
    receipts: tuple[Receipt, ...]
    sales: tuple[Sale, ...]
    quotes: tuple[Quote, ...]


def plan_year(
    *, on: date, goods: Sequence[Goods], buyers: Sequence[Buyer], scale: float = 1, seed: int = 1
) -> Year:
    """Plan twelve months up to and including `on`.

    scale  1 is the whole company; 0.1 a tenth of its orders, for tests
    """
    chance = random.Random(f"{seed} {on.isoformat()}")
    start = _same_day_last_year(on)
    catalog = _Catalog(goods, chance)
    days = [day for day in _days(start, on) if day.weekday() < 5]
    weights = [SEASON[day.month - 1] * (1 + (day - start).days / 1500) for day in days]
    weights[-RECENT:] = [2 * weight for weight in weights[-RECENT:]]  # so that there is something to do
    count = max(12, round(ORDERS * scale))
    sales = [
        _sale(chance, catalog, day, chance.choices(buyers, [buyer.orders for buyer in buyers])[0], on)
        for day in sorted(chance.choices(days, weights, k=count))
    ]
    quotes = [
        Quote(chance.choice(days[-60:]), buyer.number, buyer.location, catalog.basket(buyer))
        for buyer in chance.choices(buyers, k=max(3, round(QUOTES * scale)))
    ]
    receipts = _receipts(chance, catalog, sales, start, on)
    return Year(start, tuple(receipts), tuple(sales), tuple(sorted(quotes)))


class _Catalog:
    """Picks what a buyer would buy."""

    def __init__(self, goods: Sequence[Goods], chance: random.Random):
        self.chance = chance
        self.by_number = {each.number: each for each in goods}
        self.by_category: Mapping[str, list[Goods]] = defaultdict(list)
        for each in goods:
            self.by_category[each.category].append(each)
        self.all = list(goods)

    def basket(self, buyer: Buyer) -> tuple[Wanted, ...]:
        """One to six different lines, mostly from what the buyer likes."""
        size = self.chance.choices((1, 2, 3, 4, 5, 6), (18, 26, 24, 16, 10, 6))[0]
        chosen: dict[str, Goods] = {}
        while len(chosen) < size:
            liked = self.by_category[self.chance.choice(buyer.likes)]
            each = self.chance.choice(liked if self.chance.random() < 0.85 else self.all)
            chosen[each.number] = each
        return tuple(self._wanted(each) for each in chosen.values())

    def services(self) -> tuple[Wanted, ...]:
        """What is billed without an order."""
        chosen = self.chance.sample(self.by_category["SERVICE"], k=self.chance.choice((1, 1, 2)))
        return tuple(self._wanted(each) for each in chosen)

    def _wanted(self, goods: Goods) -> Wanted:
        variant = self.chance.choice(goods.variants) if goods.variants else ""
        discount = self.chance.choices((0, 5, 10), (84, 11, 5))[0]
        return Wanted(goods.number, variant, goods.unit, self._quantity(goods), Decimal(discount))

    def _quantity(self, goods: Goods) -> int:
        price = goods.price * goods.pack
        for above, most in ((500, 2), (200, 4), (80, 8), (30, 16), (10, 30)):
            if price > above:
                return self.chance.randint(1, most)
        return self.chance.randint(2, 12) * (5 if goods.pack == 1 else 1)


def _sale(chance: random.Random, catalog: _Catalog, day: date, buyer: Buyer, today: date) -> Sale:
    by_invoice = chance.random() < 0.07
    lines = catalog.services() if by_invoice else catalog.basket(buyer)
    quoted = (
        day - timedelta(days=chance.randint(3, 12)) if not by_invoice and chance.random() < 0.08 else None
    )
    recent = (today - day).days < RECENT
    returned = allowance = None
    if chance.random() < 0.05:
        returned = Return(chance.randint(4, 20), 1, by_order=chance.random() < 0.4)
    elif chance.random() < 0.02:
        allowance = chance.choice((15, 20, 25, 40, 50))
    return Sale(
        on=day,
        kind="invoice" if by_invoice else "order",
        customer=buyer.number,
        location=buyer.location,
        lines=lines,
        quoted=quoted,
        released=not (recent and chance.random() < 0.35),
        deliveries=_deliveries(chance, day, lines, recent),
        settlement=_settlement(chance, buyer.pays),
        returned=returned,
        allowance=allowance,
    )


def _deliveries(
    chance: random.Random, day: date, lines: Sequence[Wanted], recent: bool
) -> tuple[Delivery, ...]:
    """All at once for most orders; some leave in two parts. The bill goes along, or follows some days later."""
    first = _workday(day + timedelta(days=chance.randint(1, 5)))
    whole = tuple(line.quantity for line in lines)
    billed = chance.choices((0, chance.randint(2, 6)), (50, 50) if recent else (72, 28))[0]
    if sum(whole) < 4 or chance.random() > (0.4 if recent else 0.15):
        return (Delivery(first, whole, billed),)
    share = chance.uniform(0.3, 0.7)
    early = tuple(
        max(1, int(quantity * share)) if quantity > 1 else chance.randint(0, 1) for quantity in whole
    )
    late = tuple(all_of_it - part for all_of_it, part in zip(whole, early, strict=True))
    if not any(early) or not any(late):
        return (Delivery(first, whole, billed),)
    second = _workday(first + timedelta(days=chance.randint(5, 18)))
    return Delivery(first, early, chance.choice((billed, None))), Delivery(second, late, billed)


def _settlement(chance: random.Random, pays: str) -> Settlement | None:
    """From a habit to the payment of one invoice; nobody keeps a habit always."""
    part = Decimal(chance.choice((30, 40, 50, 60))) / 100
    if pays == "never":
        return Settlement("due", chance.randint(40, 90), part) if chance.random() < 0.3 else None
    if pays == "discount" and chance.random() < 0.8:
        return Settlement("discount", chance.randint(-3, 0))
    if pays == "slow":
        rest = chance.choice((30, 45, None))
        return Settlement("due", chance.randint(30, 80), *((part, rest) if chance.random() < 0.5 else ()))
    if pays == "slack":
        if chance.random() < 0.12:
            return Settlement("due", chance.randint(10, 40), part, chance.choice((25, 60)))
        return Settlement("due", chance.randint(5, 35))
    if pays == "prompt":
        return Settlement("invoice", chance.randint(2, 9))
    if pays == "card":
        return None
    return None if chance.random() < 0.01 else Settlement("due", chance.randint(-4, 3))


def _receipts(
    chance: random.Random, catalog: _Catalog, sales: Sequence[Sale], start: date, on: date
) -> Iterator[Receipt]:
    """Opening stock, then at the beginning of every month what that month will deliver, and a little more."""
    needs: Mapping[tuple[str, str, str], dict[int, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for sale in sales:
        for delivery in sale.deliveries:
            for line, quantity in zip(sale.lines, delivery.quantities, strict=True):
                item = catalog.by_number[line.item]
                if item.keeps_stock:
                    month = _months_between(start, delivery.on)
                    needs[line.item, line.variant, sale.location][month] += quantity * item.pack
    for item in catalog.all:
        if item.keeps_stock and (item.number, item.variants[0] if item.variants else "", "MAIN") not in needs:
            needs[item.number, item.variants[0] if item.variants else "", "MAIN"][0] += item.pack
    last = _months_between(start, on)
    for month in range(last + 1):
        day = start if month == 0 else _workday(_add_months(start.replace(day=1), month))
        for key, by_month in sorted(needs.items()):
            yield from _receipt(chance, catalog, key, by_month, month, last, day, on)


def _receipt(chance, catalog, key, by_month, month: int, last: int, day: date, on: date) -> Iterator[Receipt]:
    number, variant, location = key
    item = catalog.by_number[number]
    if day > on:
        return
    wanted = by_month[month] + (by_month[month + 1] / 2 if month == last else 0)
    if month == 0:
        wanted += item.pack * chance.randint(2, 6)
    elif wanted:
        wanted += item.pack * chance.choice((0, 1, 1, 2))
    if month == last and number in SCARCE:
        wanted = wanted // 2
    quantity = -(-wanted // item.pack) * item.pack
    if quantity > 0:
        cost = item.cost * (1 + MONTHLY_RISE * month) * (1 + Decimal(chance.randint(-20, 20)) / 1000)
        digits = Decimal("0.01") if item.cost > 1 else Decimal("0.0001")
        yield Receipt(day, number, variant, location, quantity, cost.quantize(digits, ROUND_HALF_UP))


def _days(first: date, last: date) -> Iterator[date]:
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)


def _workday(day: date) -> date:
    return day + timedelta(days=max(0, 7 - day.weekday())) if day.weekday() > 4 else day


def _months_between(first: date, last: date) -> int:
    return (last.year - first.year) * 12 + last.month - first.month


def _add_months(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, day.day)


def _same_day_last_year(on: date) -> date:
    return date(on.year - 1, on.month, min(on.day, 28))
