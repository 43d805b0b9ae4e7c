"""# What other rooms ask of sales

Open documents count towards a customer's credit and an item's availability, and keep masters from being deleted.
"""

from decimal import Decimal as D

import pytest

from customers.routines.delete import delete_customer
from customers.selectors import credit_situation
from erp.kernel.errors import ErpError
from inventory import demand
from inventory.models import ItemUnit
from inventory.usage import elsewhere


def test_open_orders_count_towards_the_credit(world):
    """Ten are ordered, four have left, one is invoiced: 125.00 owed, 375.00 under way, 750.00 still to come."""
    adatum = world.customer("Adatum", credit_limit=D(1500))
    order = world.order(adatum).sells(10, world.item(stock=10, cost=60), at=100)
    order.ship(4)
    order.changes(qty_to_ship=D(0))
    order.invoice(1)
    situation = credit_situation(adatum, on=world.today)
    assert situation.balance == D("125.00")
    assert situation.shipped_not_invoiced == D("375.00")
    assert situation.outstanding_orders == D("750.00")
    assert (situation.total, situation.available_credit) == (D("1250.00"), D("250.00"))


def test_posting_moves_between_the_figures_and_changes_no_total(world):
    adatum = world.customer("Adatum")
    order = world.order(adatum).sells(10, world.item(stock=10, cost=60), at=100)
    assert credit_situation(adatum, on=world.today).total == D("1250.00")
    order.ship(4)
    assert credit_situation(adatum, on=world.today).total == D("1250.00")
    order.invoice(4)
    assert credit_situation(adatum, on=world.today).total == D("1250.00")


def test_orders_want_goods_and_returns_bring_them(world):
    adatum, lamp = world.customer(), world.item(stock=10, cost=60, units={"BOX": 12})
    order = world.order(adatum).sells(2, lamp, unit="BOX", at=100)
    order.ship(1)
    world.return_order(adatum).sells(3, lamp, at=100)
    world.quote(adatum).sells(100, lamp, at=100)
    assert [row.quantity for row in demand.open_lines([lamp.pk])] == [12, -3]


def test_what_stands_on_a_document_stays(world):
    adatum, lamp = world.customer(), world.item(cost=60, units={"BOX": 12})
    order = world.order(adatum).sells(2, lamp, unit="BOX", at=100)
    assert ItemUnit.objects.filter(item=lamp).count() == 2
    assert elsewhere("unit", (lamp.pk, "BOX")) == f"Order {order.number}"
    assert elsewhere("unit", (lamp.pk, "PCS")) == ""
    assert elsewhere("item", lamp.pk) == f"Order {order.number}"
    with pytest.raises(ErpError) as caught:
        delete_customer(adatum, on=world.today)
    assert "E-CU-DEL-DOC" in {problem.code for problem in caught.value.problems}


def test_a_service_has_its_cost_in_the_profit(world):
    """Three hours at 9.00 that cost 5.00 each: no goods move in the general ledger, and 12.00 is earned."""
    from receivables.models import CustomerLedgerEntry

    hours = world.item("HOURS", type="service", cost=5)
    invoice = world.order(world.customer()).sells(3, hours, at=9).post()
    entry = CustomerLedgerEntry.objects.get(document_no=invoice.number)
    assert (entry.sales_lcy, entry.profit_lcy) == (D("27.00"), D("12.00"))
    assert "5100" not in world.ledger(invoice.number)
    world.check()
