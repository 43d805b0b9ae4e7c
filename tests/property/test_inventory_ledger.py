"""Whatever happens to stock in whatever order: quantities and values are conserved, and the ledgers agree."""

from decimal import Decimal as D

import pytest
from django.db import transaction
from django.db.models import F
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from erp.kernel.errors import ProblemsFound
from erp.kernel.invariants import run_all
from erp.kernel.ledger import lock_ledgers
from inventory.models import EntryType, ItemEntryState, ItemLedgerEntry, Stock
from inventory.projections import rebuild_entry_states, rebuild_stock
from inventory.routines.adjust_cost import adjust_cost
from tests.unit.inventory.shop import AT, Shop, jan

METHODS = ("fifo", "lifo", "average", "standard")
amounts = st.integers(1, 9999).map(lambda cents: D(cents) / 100)
quantities = st.sampled_from([D(1), D(2), D(3), D(7), D("0.5"), D("1.33333")])
days = st.integers(1, 12)
places = st.sampled_from(["MAIN", "EAST"])

steps = st.one_of(
    st.tuples(st.just("buy"), quantities, amounts, days, places),
    st.tuples(st.just("receive"), quantities, amounts, days, places),
    st.tuples(st.just("sell"), quantities, st.just(0), days, places),
    st.tuples(st.just("ship"), quantities, st.just(0), days, places),
    st.tuples(st.just("adjust"), st.sampled_from([D(2), D(-1), D("-0.5")]), amounts, days, places),
    st.tuples(st.just("transfer"), quantities, st.just(0), days, places),
    st.tuples(st.just("invoice"), st.integers(0, 30), amounts, days, places),
    st.tuples(st.just("return"), st.integers(0, 30), st.just(0), days, places),
    st.tuples(st.just("undo"), st.integers(0, 30), st.just(0), days, places),
)


def play(shop: Shop, item, story) -> list[str]:
    """Post a story; what is refused is left out. Returns what was posted."""
    done = []
    for verb, quantity, amount, day, place in story:
        on = jan(day)
        try:
            with transaction.atomic():
                happened = act(shop, item, verb, quantity, amount, on, place)
        except ProblemsFound:
            continue
        if happened:
            done.append(verb)
    return done


def act(shop: Shop, item, verb, quantity, amount, on, place) -> bool:
    there = {"on": on, "location_code": place}
    if verb in ("buy", "receive"):
        getattr(shop, verb)(item, quantity, amount, **there)
    elif verb in ("sell", "ship"):
        getattr(shop, verb)(item, quantity, **there)
    elif verb == "adjust":
        kind = EntryType.POSITIVE_ADJUSTMENT if quantity > 0 else EntryType.NEGATIVE_ADJUSTMENT
        cost = {"cost_amount": round(quantity * amount, 2)} if quantity > 0 else {}
        shop.move(item, quantity, kind, **there, **cost)
    elif verb == "transfer":
        other = "EAST" if place == "MAIN" else "MAIN"
        shop.transfer(item, quantity, place, other, on=on)
    elif verb == "invoice":
        entries = ItemEntryState.objects.exclude(invoiced_quantity=F("quantity")).order_by("pk")
        entry = pick(entries, quantity)
        if entry is None:
            return False
        left = abs(entry.quantity - entry.invoiced_quantity)
        part = min(left, D(1)) if quantity % 2 else left
        shop.invoice(entry.pk, part, cost=amount if entry.quantity > 0 else None, on=on)
    elif verb == "return":
        entry = pick(ItemLedgerEntry.objects.filter(entry_type="sale", quantity__lt=0), quantity)
        if entry is None:
            return False
        shop.move(item, D(1), EntryType.SALE, applies_from=entry.pk, **there)
    elif verb == "undo":
        entry = pick(ItemLedgerEntry.objects.filter(correction=False), quantity)
        if entry is None:
            return False
        shop.undo(entry.pk, on=on)
    return True


def pick(rows, number):
    found = list(rows)
    return found[number % len(found)] if found else None


def projections() -> tuple[list, list]:
    """Entry states and stock, without the places that came and went."""
    columns = (
        "item",
        "variant_code",
        "location_code",
        "quantity",
        "cost_amount_actual",
        "cost_amount_expected",
    )
    stock = Stock.objects.exclude(quantity=0, cost_amount_actual=0, cost_amount_expected=0)
    states = ItemEntryState.objects.order_by("pk").values_list()
    return list(states), list(stock.order_by(*columns[:3]).values_list(*columns))


def laws_hold() -> list[str]:
    results = run_all(f"INV-{number}" for number in range(1, 8))
    return [f"{result.code}: {failure}" for result in results for failure in result.finding.failures]


# A circle of issues and returns whose cents never come to rest.
SWINGING = [
    ("transfer", D(1), 0, 11, "MAIN"),
    ("adjust", D(2), D("0.01"), 1, "MAIN"),
    ("buy", D(1), D("0.01"), 1, "EAST"),
    ("return", 0, 0, 1, "MAIN"),
    ("buy", D(1), D("0.01"), 1, "EAST"),
    ("ship", D("1.33333"), 0, 1, "MAIN"),
    ("buy", D(1), D("0.01"), 1, "EAST"),
    ("adjust", D("-0.5"), D("0.01"), 1, "MAIN"),
    ("ship", D(7), 0, 1, "MAIN"),
    ("transfer", D(1), 0, 1, "MAIN"),
    ("ship", D(1), 0, 1, "MAIN"),
    ("undo", 22, 0, 1, "MAIN"),
]


@pytest.mark.django_db
@pytest.mark.parametrize("method", METHODS)
@example(story=SWINGING, interim=False, by_item=False, period="week")
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    story=st.lists(steps, min_size=2, max_size=14),
    interim=st.booleans(),
    by_item=st.booleans(),
    period=st.sampled_from(["day", "week"]),
)
def test_every_story_keeps_the_books(method, story, interim, by_item, period):
    """Random movements leave every law of the item ledger intact, and the projections can be rebuilt to the same."""
    sid = transaction.savepoint()
    try:
        shop = Shop(
            expected_cost_posting=interim,
            average_cost_pool="item" if by_item else "item_location_variant",
            average_cost_period=period,
        )
        x = shop.item(costing_method=method, unit_cost=D("3.33"), standard_cost=D("4.21"))
        play(shop, x, story)
        assert laws_hold() == []
        before = projections()
        lock_ledgers()
        rebuild_entry_states()
        rebuild_stock()
        assert projections() == before
    finally:
        transaction.savepoint_rollback(sid)


@pytest.mark.django_db
@pytest.mark.parametrize("method", METHODS)
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(story=st.lists(steps, min_size=2, max_size=14))
def test_adjusting_late_ends_where_adjusting_at_once_does(method, story):
    """The routine, run at the end, arrives at laws and stock value that hold; running it again changes nothing."""
    sid = transaction.savepoint()
    try:
        shop = Shop(automatic_cost_adjustment="never")
        x = shop.item(costing_method=method, unit_cost=D("3.33"), standard_cost=D("4.21"))
        play(shop, x, story)
        adjust_cost(by=None, at=AT)
        assert laws_hold() == []
        assert adjust_cost(by=None, at=AT, everything=True).entries == 0
    finally:
        transaction.savepoint_rollback(sid)


@pytest.mark.django_db
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(st.tuples(st.booleans(), st.integers(1, 9), st.integers(1, 50)), max_size=20))
def test_fifo_is_a_queue(story):
    """Whole prices: each sale costs what a queue of pieces says."""
    sid = transaction.savepoint()
    try:
        shop, pieces = Shop(), []
        x = shop.item()
        for buys, quantity, price in story:
            if buys:
                shop.buy(x, quantity, price)
                pieces += [price] * quantity
            elif len(pieces) >= quantity:
                sale = shop.sell(x, quantity)
                assert -shop.cost(sale) == sum(pieces[:quantity])
                del pieces[:quantity]
        assert (shop.stock(x), shop.value(x)) == (len(pieces), sum(pieces))
    finally:
        transaction.savepoint_rollback(sid)


@pytest.mark.django_db
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    st.lists(st.tuples(quantities, amounts), min_size=1, max_size=5),
    st.lists(quantities, min_size=1, max_size=8),
)
def test_an_average_pool_loses_no_cent(purchases, sales):
    """Sell everything in parts: the parts cost exactly what was paid."""
    sid = transaction.savepoint()
    try:
        shop = Shop()
        x = shop.item(costing_method="average")
        for quantity, price in purchases:
            shop.buy(x, quantity, price)
        for quantity in [*sales, D(10**6)]:
            left = shop.stock(x)
            if left:
                shop.sell(x, min(quantity, left))
        assert (shop.stock(x), shop.value(x)) == (0, 0)
    finally:
        transaction.savepoint_rollback(sid)
