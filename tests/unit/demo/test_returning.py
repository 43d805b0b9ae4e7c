"""What comes back in the demo company's year comes back once."""

from decimal import Decimal as D

import pytest

from erp.demo.returning import shipped_of

pytestmark = pytest.mark.django_db


def test_goods_that_left_in_two_parts_and_were_invoiced_in_two_come_back_from_each(world):
    """Both invoices stand for the same line of the order: what is back already does not come back again."""
    item = world.item(stock=10, cost=60)
    customer = world.customer()
    order = world.order(customer).sells(5, item, at=100)
    first, _invoice = order.ship(1), order.invoice(1)
    second, invoice = order.ship(4), order.invoice(4)
    line = invoice.lines.get(item=item)
    (one,), (four,) = ([each.item_entry_no for each in paper.lines.all()] for paper in (first, second))
    assert shipped_of(line, D(1)) == one
    world.credit_memo(customer).sells(1, item, at=100, applies_from_item_entry=one).post()
    assert shipped_of(line, D(1)) == four
    assert shipped_of(line, D(5)) is None
