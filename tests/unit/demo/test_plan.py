"""The planned year: the same for the same day, inside its dates, and never short of goods that it delivers."""

from collections import Counter
from datetime import date
from decimal import Decimal as D

import pytest

from erp.demo.plan import Buyer, Goods, plan_year

ON = date(2026, 11, 21)


def goods():
    for place in range(12):
        category = ("WORKSHOP", "HOME", "OFFICE")[place % 3]
        price = D(5 + 40 * place)
        variants = ("S", "M") if place == 4 else ()
        pack = D(12) if place == 2 else D(1)
        yield Goods(f"{1000 + place}", category, "PCS", pack, price, price * D("0.6"), variants, True)
    for number, price in (("9000", D(62)), ("9010", D(49))):
        yield Goods(number, "SERVICE", "HOUR", D(1), price, D(0), (), False)


BUYERS = [
    Buyer("C1", "MAIN", 10, ("WORKSHOP", "SERVICE"), "discount"),
    Buyer("C2", "NORTH", 5, ("HOME",), "slow"),
    Buyer("C3", "MAIN", 1, ("OFFICE", "HOME"), "never"),
]


@pytest.fixture(scope="module")
def year():
    return plan_year(on=ON, goods=list(goods()), buyers=BUYERS)


def test_the_same_day_gives_the_same_year(year):
    assert plan_year(on=ON, goods=list(goods()), buyers=BUYERS) == year
    assert plan_year(on=ON, goods=list(goods()), buyers=BUYERS, seed=2) != year


def test_a_scale_makes_a_smaller_company():
    assert len(plan_year(on=ON, goods=list(goods()), buyers=BUYERS, scale=0.1).sales) == 42


def test_orders_are_written_on_workdays_of_the_year(year):
    assert year.start == date(2025, 11, 21)
    assert all(year.start <= sale.on <= ON and sale.on.weekday() < 5 for sale in year.sales)
    busy = Counter(sale.customer for sale in year.sales)
    assert busy["C1"] > busy["C2"] > busy["C3"]


def test_deliveries_add_up_to_the_order(year):
    for sale in year.sales:
        delivered = [sum(parts) for parts in zip(*(each.quantities for each in sale.deliveries), strict=True)]
        assert delivered == [line.quantity for line in sale.lines]
        assert all(each.on > sale.on for each in sale.deliveries)
        assert any(quantity for each in sale.deliveries for quantity in each.quantities)


def test_what_leaves_has_come_before(year):
    """Except for the goods that are scarce in the last month, none of which are in this catalog."""
    by_number = {each.number: each for each in goods()}
    events = [
        (receipt.on, 0, (receipt.item, receipt.variant, receipt.location), receipt.quantity)
        for receipt in year.receipts
    ]
    for sale in year.sales:
        for delivery in sale.deliveries:
            for line, quantity in zip(sale.lines, delivery.quantities, strict=True):
                item = by_number[line.item]
                if item.keeps_stock and delivery.on <= ON:
                    key = (line.item, line.variant, sale.location)
                    events.append((delivery.on, 1, key, -quantity * item.pack))
    stock = Counter()
    for day, _order, key, quantity in sorted(events):
        stock[key] += quantity
        assert stock[key] >= 0, (day, key)


def test_costs_move_slowly(year):
    costs = {each.number: each.cost for each in goods()}
    for receipt in year.receipts:
        assert D("0.97") < receipt.unit_cost / costs[receipt.item] < D("1.08")


def test_every_item_has_been_in_stock(year):
    stocked = {receipt.item for receipt in year.receipts}
    assert stocked == {each.number for each in goods() if each.keeps_stock}


@pytest.mark.parametrize("on", [date(2024, 2, 29), date(2026, 1, 1), date(2026, 12, 31), date(2026, 3, 31)])
def test_any_day_may_be_today(on):
    year = plan_year(on=on, goods=list(goods()), buyers=BUYERS, scale=0.1)
    assert all(receipt.on <= on for receipt in year.receipts)
