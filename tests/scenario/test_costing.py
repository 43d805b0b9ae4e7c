"""# What goods cost

The same two purchases and one sale under each costing method, and what happens when a purchase turns out dearer.
"""

from decimal import Decimal as D

import pytest

from inventory.routines.adjust_cost import adjust_cost
from tests.unit.inventory.shop import AT, Shop, jan


@pytest.mark.parametrize(
    ("method", "cost_of_sale", "value_left", "unit_cost"),
    [
        ("fifo", "124.00", "96.00", "12"),
        ("lifo", "140.00", "80.00", "10"),
        ("average", "132.00", "88.00", "11"),
        ("standard", "126.00", "84.00", "10.50"),
    ],
)
def test_ten_at_ten_and_ten_at_twelve(db, method, cost_of_sale, value_left, unit_cost):
    """Buy 10 at 10.00 on 1 January and 10 at 12.00 on the 5th; sell 12 on the 8th. The standard is 10.50."""
    shop = Shop()
    lamp = shop.item("LAMP", costing_method=method, standard_cost=D("10.50"), unit_cost=D(10))
    shop.buy(lamp, 10, 10, on=jan(1))
    shop.buy(lamp, 10, 12, on=jan(5))
    shop.sell(lamp, 12, on=jan(8))
    assert shop.gl()["7110"] == D(cost_of_sale)
    assert shop.gl()["2110"] == D(value_left) == shop.value(lamp)
    assert shop.card(lamp).unit_cost == D(unit_cost)


def test_the_vendors_invoice_is_dearer_than_the_order(db):
    """Ten lamps are received at 12.00 and four are sold before the vendor's invoice says 12.50."""
    shop = Shop(expected_cost_posting=True)
    lamp = shop.item("LAMP", unit_cost=D(11))
    receipt = shop.receive(lamp, 10, 12, on=jan(2))
    assert shop.gl() == {"2111": 120, "5510": -120}

    # The shipment costs its share of the receipt, expected as that is; the invoice makes it cost of goods sold.
    shipment = shop.ship(lamp, 4, price=20, on=jan(3))
    assert shop.amounts(shipment) == [(0, -48)]
    shop.invoice(shipment, 4, price=20, on=jan(4))
    assert shop.gl() == {"2110": -48, "2111": 120, "5510": -120, "7110": 48}

    # The vendor's invoice empties the interim accounts and makes the sale two dearer, on the sale's own paper.
    shop.invoice(receipt, 10, cost="12.50", on=jan(5))
    assert shop.amounts(shipment) == [(0, -48), (-48, 48), (-2, 0)]
    assert shop.gl() == {"2110": 75, "7110": 50, "7191": -125}


def test_adjusting_once_a_night(db):
    """Where costs are not adjusted within each posting, the routine catches up: same figures, one run later."""
    shop = Shop(automatic_cost_adjustment="never")
    lamp = shop.item("LAMP", unit_cost=D(11))
    receipt = shop.receive(lamp, 10, 12, on=jan(2))
    sale = shop.sell(lamp, 4, on=jan(3))
    shop.invoice(receipt, 10, cost="12.50", on=jan(5))
    assert (shop.cost(sale), shop.card(lamp).cost_is_adjusted) == (-48, False)

    done = adjust_cost(by=None, at=AT)
    assert (done.items, done.entries, done.amount) == (1, 1, -2)
    assert shop.gl() == {"2110": 75, "7110": 50, "7191": -125}
    assert adjust_cost(by=None, at=AT).items == 0


def test_the_odd_cent(db):
    """Three lamps for 10.00: FIFO leaves a cent to a rounding entry, average hands it from sale to sale."""
    shop = Shop()
    first, second = shop.item("FIFO"), shop.item("AVERAGE", costing_method="average")
    for lamp in (first, second):
        shop.buy(lamp, 3, 0, total="10.00", on=jan(1))
    assert [-shop.cost(shop.sell(first, 1)) for _ in range(3)] == [D("3.33"), D("3.33"), D("3.33")]
    assert [-shop.cost(shop.sell(second, 1)) for _ in range(3)] == [D("3.33"), D("3.34"), D("3.33")]
    assert shop.value(first) == shop.value(second) == 0
