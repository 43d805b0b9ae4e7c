"""Of an item with many open receipts only the first few are read, and everything comes out as if all had been."""

import pytest
from django.db import transaction

from erp.kernel.money import ZERO
from inventory import ledger
from inventory.ledger import Movement, Paper
from inventory.models import EntryType
from tests.unit.inventory.shop import TODAY, D, jan

pytestmark = pytest.mark.django_db


def sale(item, quantity, *, location="MAIN") -> Movement:
    return Movement(
        "doc", 10000, item.pk, EntryType.SALE, -D(quantity), location_code=location, gen_bus="DOMESTIC"
    )


def planned(movements, *, leaving):
    """What is decided, and how many entries it took."""
    with transaction.atomic():
        state = ledger.load({movement.item_id for movement in movements}, leaving=leaving, on=TODAY)
        plan = ledger.plan(movements, papers={"doc": Paper("", "D", TODAY, TODAY)}, state=state)
    return decided(plan), len(state.entries)


def decided(plan):
    """All that is written, in words that two plans can be compared by."""
    matches = [(match.inbound.no, match.outbound.sequence, match.quantity) for match in plan.matches]
    costs = [cost.total for cost in plan.movement_costs]
    changed = sorted((entry.no, entry.remaining, entry.forwarded) for entry in plan.changed)
    return matches, costs, changed, plan.cards, plan.stock, sorted(plan.lines), plan.problems


def leaving(movements) -> dict:
    sums = {}
    for movement in movements:
        place = movement.item_id, movement.variant_code, movement.location_code
        sums[place] = sums.get(place, ZERO) - movement.quantity
    return sums


@pytest.mark.parametrize("method", ["fifo", "lifo", "average", "standard"])
@pytest.mark.parametrize("quantity", [1, 5, 24, 25, 26, 100, 105])
def test_the_same_is_decided(shop, method, quantity):
    """Twenty deliveries of five pieces, each dearer: part of one, one, nearly all that is read, and more than all."""
    shop.rule(prevent_negative_inventory=False)
    x = shop.item(costing_method=method, standard_cost=7)
    for day in range(20, 0, -1):
        shop.buy(x, 5, day, on=jan(day))
    movements = [sale(x, quantity)]
    (some, read), (all_of_it, there) = (
        planned(movements, leaving=take) for take in (leaving(movements), None)
    )
    assert some == all_of_it
    assert there == 20
    if method in ("fifo", "standard"):
        assert read == (3 if quantity < 15 else 20)


def test_each_place_by_itself_and_whoever_waits_everywhere(shop):
    """Issues that wait for goods are read wherever they are; open receipts only where something leaves."""
    shop.rule(prevent_negative_inventory=False)
    x, y = shop.item("X"), shop.item("Y")
    for day in range(1, 9):
        shop.buy(x, 5, 10 + day, on=jan(day))
        shop.buy(x, 5, 20 + day, on=jan(day), location_code="EAST")
    waiting = shop.sell(y, 2)
    movements = [sale(x, 2), sale(x, 1), sale(y, 1)]
    (some, read), (all_of_it, there) = (
        planned(movements, leaving=take) for take in (leaving(movements), None)
    )
    assert some == all_of_it
    assert (read, there) == (3 + 1, 16 + 1)
    assert waiting not in [match.inbound for match in shop.plan.matches]


def test_what_is_used_up_here_may_lie_there(shop):
    """The last piece of one place leaves while another has goods: the card keeps its average."""
    x = shop.item()
    shop.buy(x, 2, 10)
    shop.buy(x, 4, 16, location_code="EAST")
    movements = [sale(x, 2)]
    (some, read), (all_of_it, _there) = (
        planned(movements, leaving=take) for take in (leaving(movements), None)
    )
    assert some == all_of_it
    assert read == 1
