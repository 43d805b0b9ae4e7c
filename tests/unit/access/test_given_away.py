"""What somebody may give away by typing it: of a whole document too, and nothing by what comes back."""

from decimal import Decimal

import pytest

from sales.masters import NewLine
from sales.routines.add_lines import add_lines
from sales.routines.change_line import change_line
from sales.routines.check_concessions import InvoiceDiscountTooHigh
from sales.routines.discount import type_invoice_discount
from sales.values import SalesValues


def type_discount(document, amount, world, by):
    type_invoice_discount(document, Decimal(amount), values=SalesValues.load(), at=world.at(), by=by)


@pytest.fixture
def order(world):
    item = world.item(stock=5, cost=10, price=100)
    return world.order(world.customer("Adatum")).sells(2, item).document


@pytest.mark.parametrize(("role", "most"), [("CLERK", 20), ("SALES-MANAGER", 60), ("INTEGRATOR", 0)])
def test_an_invoice_discount_is_bounded_as_that_of_a_line(world, order, role, most):
    somebody = world.user("somebody", role=role)
    type_discount(order, most, world, somebody)
    with pytest.raises(InvoiceDiscountTooHigh, match=f"at most {most // 2} %"):
        type_discount(order, most + Decimal("0.01"), world, somebody)
    assert order.lines.get().inv_discount_amount == most


def test_an_invoice_discount_that_the_manager_gave_may_be_lessened(world, order):
    type_discount(order, 60, world, world.user("manager", role="SALES-MANAGER"))
    clerk = world.user("clerk", role="CLERK")
    type_discount(order, 50, world, clerk)
    with pytest.raises(InvoiceDiscountTooHigh):
        type_discount(order, 51, world, clerk)


def test_the_page_says_how_much_may_be_given(world, order, client):
    client.force_login(world.user("clerk", role="CLERK"))
    shown = client.post(f"/sales/order/{order.number}/statistics/discount/", {"inv_discount": "50"})
    assert "at most 10 %" in shown.content.decode()
    assert order.lines.get().inv_discount_amount == 0


def test_who_credits_says_how_much(world):
    item = world.item(stock=5, cost=10, price=100)
    credit = world.credit_memo(world.customer("Adatum")).document
    told = {"by": world.user("accountant", role="ACCOUNTANT"), "at": world.at(), "on": world.today}
    (line,) = add_lines(
        credit, [NewLine(number=item.number, quantity=Decimal(1), unit_price=Decimal(30))], **told
    )
    line = change_line(line, line_discount_percent=Decimal(15), **told)
    assert (line.unit_price, line.line_amount) == (30, Decimal("25.5"))
