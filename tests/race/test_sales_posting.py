"""Two people at once: the last piece, one order posted twice, invoice numbers under failures."""

import random

import pytest
from django.db import transaction

from erp.kernel.errors import ErpError, Gone, ProblemsFound
from inventory.models import Stock
from sales.models import SalesDocument, SalesInvoice, SalesShipment
from sales.routines.post import post
from sales.routines.release import reopen
from tests.support.races import race

pytestmark = pytest.mark.django_db(transaction=True)


class ChangedMyMind(Exception):
    """Rolls a posting back after everything was written."""


def poster(world, key: int, *, fail: bool = False, **what):
    """Posts a document on a connection of its own."""

    def run():
        document = SalesDocument.objects.get(pk=key)
        with transaction.atomic():
            posted = post(document, by=world.by, at=world.at(), **(what or {"ship": True, "invoice": True}))
            if fail:
                raise ChangedMyMind
        return posted

    return run


def test_the_last_piece_is_sold_once(transactional_db, world):
    """One bicycle is left and two orders want it: one gets it, the other hears that there is none."""
    bicycle = world.item("BICYCLE", stock=1, cost=240, prevent_negative_inventory="yes")
    orders = [world.order(world.customer(name)).sells(1, bicycle, at=400) for name in ("Adatum", "Fabrikam")]
    outcomes = race(*(poster(world, order.key) for order in orders))
    refused = [outcome for outcome in outcomes if isinstance(outcome, ErpError)]
    assert len(refused) == 1
    assert refused[0].code == "E-STOCK-INSUFFICIENT"
    assert world.stock(bicycle) == 0
    assert SalesInvoice.objects.count() == 1
    world.check()


def test_one_order_is_posted_once(transactional_db, world):
    """Two clerks press Post at the same moment: one invoice, and the other is told that the order is gone."""
    order = world.order(world.customer()).sells(2, world.item(stock=10, cost=60), at=100)
    outcomes = race(poster(world, order.key), poster(world, order.key))
    failed = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert len(failed) == 1
    assert isinstance(failed[0], Gone | SalesDocument.DoesNotExist)
    assert SalesInvoice.objects.count() == SalesShipment.objects.count() == 1
    world.check()


def test_a_partial_shipment_is_not_posted_twice(transactional_db, world):
    """Four of ten are to ship. Whoever comes second finds the rest to ship, not the same four again."""
    order = world.order(world.customer()).sells(10, world.item(stock=20, cost=60), at=100).release()
    world.sales_setup(default_quantity_to_ship="blank")
    order.changes(qty_to_ship=4)
    outcomes = race(*(poster(world, order.key, ship=True) for _clerk in range(2)))
    refused = [outcome for outcome in outcomes if isinstance(outcome, ProblemsFound)]
    assert [error.code for error in refused] == ["E-POST-NOTHING"]
    assert [line.quantity_shipped for line in order.lines] == [4]
    world.check()


def test_invoice_numbers_have_no_gap_under_rollbacks(transactional_db, world):
    """Four tills post thirty orders, and a third of the postings is undone at the last moment."""
    item = world.item(stock=100, cost=1)
    customers = [world.customer(f"Customer {place}") for place in range(4)]
    orders = [world.order(customers[place % 4]).sells(1, item, at=10).key for place in range(30)]

    def till(place: int):
        dice = random.Random(place)

        def run():
            for key in orders[place::4]:
                try:
                    poster(world, key, fail=dice.random() < 0.33)()
                except ChangedMyMind:
                    poster(world, key)()

        return run

    assert race(*(till(place) for place in range(4)), seconds=90) == [None] * 4
    numbers = sorted(SalesInvoice.objects.values_list("number", flat=True))
    assert len(numbers) == 30
    assert [int(number[-5:]) for number in numbers] == list(range(1, 31))
    world.check()


def test_shared_items_in_any_order_do_not_deadlock(transactional_db, world):
    """Two orders name the same ten items, one forwards and one backwards, again and again."""
    items = [world.item(f"ITEM-{place}", stock=100, cost=1) for place in range(10)]
    customers = [world.customer("Adatum"), world.customer("Fabrikam")]
    keys = []
    for turn in range(5):
        for place, customer in enumerate(customers):
            order = world.order(customer)
            for item in items if (turn + place) % 2 else reversed(items):
                order.sells(1, item, at=10)
            keys.append(order.key)

    def clerk(mine):
        def run():
            for key in mine:
                poster(world, key)()

        return run

    assert race(clerk(keys[0::2]), clerk(keys[1::2]), seconds=60) == [None, None]
    assert Stock.objects.filter(quantity=90).count() == 10
    world.check()


def test_reopening_and_posting_at_once(transactional_db, world):
    """One clerk reopens an order that another posts: whoever comes first wins, and nothing is half done."""
    order = world.order(world.customer()).sells(2, world.item(stock=10, cost=60), at=100).release()

    def back():
        return reopen(SalesDocument.objects.get(pk=order.key), by=world.by, at=world.at())

    race(back, poster(world, order.key, ship=True))
    (line,) = order.lines
    assert line.quantity_shipped == 2
    assert SalesShipment.objects.count() == 1
    world.check()
