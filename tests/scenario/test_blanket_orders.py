"""# Blanket orders

A customer agrees to take a quantity in the course of time, at a price. Orders are made of parts of it; what they
ship and invoice counts on the blanket order, which never gives more than was agreed.
"""

from datetime import date
from decimal import Decimal as D

import pytest

from customers.models import Customer
from erp.kernel.errors import ErpError
from inventory.models import Item
from sales.models import ArchivedDocument, PriceList, PriceListLine, SalesComment, SalesDocument, SalesLine
from sales.routines.call_off import call_off
from sales.routines.change_line import change_line
from sales.routines.delete import delete
from sales.routines.delete_invoiced_orders import delete_invoiced_orders
from sales.routines.discount import type_invoice_discount
from sales.routines.link_blanket_order import link_blanket_order
from sales.routines.remove_line import remove_line
from sales.routines.undo_shipment import undo_shipment
from sales.values import SalesValues

APRIL = date(2026, 4, 1)


def codes(step, *args, **values) -> set[str]:
    with pytest.raises(ErpError) as caught:
        step(*args, **values)
    return {problem.code for problem in caught.value.problems}


def said(step, *args, **values) -> str:
    with pytest.raises(ErpError) as caught:
        step(*args, **values)
    return str(caught.value.message)


def link(story, blanket, **given):
    """The first line counts on the blanket order."""
    line, number = story.lines[0], blanket.number if blanket else ""
    return link_blanket_order(line, blanket_no=number, by=story.world.by, at=story.world.at(), **given)


def test_what_is_ordered_cannot_be_ordered_again(world):
    """T76: 100 agreed, 60 on an order. Of the rest 40 can be ordered; 50 are refused with the number that is left."""
    bicycle = world.item(stock=200, cost=1)
    blanket = world.blanket_order(world.customer()).sells(100, bicycle, at=95)
    first = blanket.calls_off(60)
    assert [line.quantity for line in first.lines] == [60]
    refused = said(blanket.calls_off, 50)
    assert "at most 40 units can be ordered: 100 are outstanding, 60 of them" in refused
    assert codes(blanket.calls_off, 50) == {"E-BLK-QTY"}
    second = blanket.calls_off(40)
    assert [line.quantity for line in second.lines] == [40]

    # What the first order ships, the blanket order has shipped.
    first.post()
    (agreed,) = blanket.lines
    assert (agreed.quantity_shipped, agreed.quantity_invoiced, agreed.outstanding_quantity) == (60, 60, 40)
    assert codes(blanket.calls_off, 1) == {"E-BLK-QTY"}

    # Five come back on a credit memo that names the blanket order: 55 count.
    memo = world.credit_memo(Customer.objects.get()).sells(5, bicycle, at=95)
    link(memo, blanket)
    memo.post()
    (agreed,) = blanket.lines
    assert (agreed.quantity_shipped, agreed.quantity_invoiced) == (55, 55)
    assert [line.quantity for line in blanket.calls_off(5).lines] == [5]
    world.check()


def test_nothing_to_order(world):
    """After a call-off nothing is next until somebody says how much; then it is refused by name."""
    blanket = world.blanket_order(world.customer()).sells(100, world.item(cost=1), at=95)
    assert blanket.lines[0].qty_to_ship == 100  # all of it is next by default
    blanket.calls_off(60)
    assert blanket.lines[0].qty_to_ship == 0
    assert codes(blanket.calls_off) == {"E-BLK-NOTHING"}
    order = world.order(Customer.objects.get()).sells(1, Item.objects.get(), at=95)
    assert codes(order.calls_off) == {"E-BLK-TYPE"}


def test_the_agreed_price_stands(world):
    """95.00 less 10 % were agreed. The price list says otherwise by now, and a larger quantity changes nothing."""
    bicycle = world.item(stock=200, cost=1, price=100)
    blanket = world.blanket_order(world.customer()).sells(100, bicycle, at=95, discount=10)
    prices = PriceList.objects.create(code="NEW", status=PriceList.Status.ACTIVE)
    PriceListLine.objects.create(
        price_list=prices, source_type="all_customers", asset_type="item", asset_no="BICYCLE", unit_price=80
    )
    order = blanket.calls_off(60)
    order.changes(quantity=D(70))
    (line,) = order.lines
    assert (line.unit_price, line.line_discount_percent, line.line_amount) == (95, 10, D("5985.00"))
    assert (line.blanket_order_no, line.blanket_order_line_no) == (blanket.number, 10000)
    # Its unit is part of what was agreed.
    assert codes(order.changes, unit_code="BOX") == {"E-BLK-LINKED"}
    # Everybody else pays what the list says.
    assert world.order(Customer.objects.get()).sells(1, bicycle).lines[0].unit_price == 80


def test_the_invoice_discount_is_shared(world):
    """100.00 off the whole: an order of 30 of 100 gets 30.00 of it."""
    blanket = world.blanket_order(world.customer()).sells(100, world.item(cost=1), at=95)
    type_invoice_discount(blanket.document, D(100), values=SalesValues.load(), at=world.at())
    order = blanket.calls_off(30)
    assert order.lines[0].inv_discount_amount == D("30.00")
    assert order.document.invoice_discount_value == D("30.00")
    assert blanket.lines[0].inv_discount_amount == D("100.00")


def test_an_order_ships_no_more_than_was_agreed(world):
    """The order may be raised; posting it is refused, by the blanket order's line."""
    blanket = world.blanket_order(world.customer()).sells(100, world.item(stock=200, cost=1), at=95)
    order = blanket.calls_off(60)
    order.changes(quantity=D(101))
    assert codes(order.ship) == {"E-BLK-POST"}


def test_days_and_texts_come_along(world):
    """The order is dated as the blanket order is, or by the day; texts and remarks come along, as far as lines do."""
    adatum, bicycle, lamp = world.customer(), world.item(cost=1), world.item("LAMP", cost=1)
    blanket = world.blanket_order(adatum, your_reference="Eva", shipment_date=date(2026, 3, 20))
    blanket.sells(100, bicycle, at=95).says("in red").sells(50, lamp, at=25).says("Frame agreement 7")
    goods, text, other, _agreement = blanket.lines
    SalesLine.objects.filter(pk=text.pk).update(attached_to_line=goods)
    for line_no in (0, goods.line_no, other.line_no):
        SalesComment.objects.create(
            kind="blanket_order",
            number=blanket.number,
            line_no=line_no,
            text=f"On {line_no}",
            date=world.today,
            created_at=world.at(),
        )
    blanket.changes(3, qty_to_ship=D(0))
    order = blanket.calls_off(60, on=APRIL)
    document = order.document
    assert (document.order_date, document.posting_date, document.shipment_date) == (
        world.today,
        APRIL,
        date(2026, 3, 20),
    )
    assert (document.your_reference, document.status, document.quote_no) == ("Eva", "open", "")
    assert [line.number or line.description for line in order.lines] == [
        "BICYCLE",
        "in red",
        "Frame agreement 7",
    ]
    assert order.lines[1].attached_to_line == order.lines[0]
    comments = SalesComment.objects.filter(kind="order").values_list("line_no", flat=True)
    assert sorted(comments) == [0, 10000]
    # A blanket order without an order date leaves it to the day; remarks stay where the set-up says so.
    world.sales_setup(copy_comments_to_order=False)
    SalesDocument.objects.filter(pk=blanket.key).update(order_date=None)
    assert blanket.calls_off(10, on=APRIL).document.order_date == APRIL
    assert SalesComment.objects.filter(kind="order").count() == 2


def test_a_blanket_order_is_no_demand(world):
    """Nothing is outstanding, and nothing counts against the customer's credit, until it is ordered."""
    from customers.selectors import credit_situation

    adatum = world.customer()
    blanket = world.blanket_order(adatum).sells(100, world.item(stock=200, cost=1), at=95)
    assert credit_situation(adatum, on=world.today).outstanding_orders == 0
    blanket.calls_off(2)
    assert credit_situation(adatum, on=world.today).outstanding_orders == D("237.50")


def test_what_orders_were_made_of_is_fixed(world):
    """Not below what is on orders, in another unit, gone; a higher quantity, another price are fine."""
    blanket = world.blanket_order(world.customer()).sells(100, world.item(cost=1), at=95)
    order = blanket.calls_off(60)
    assert codes(blanket.changes, quantity=D(59)) == {"E-BLK-LINKED"}
    assert codes(blanket.changes, location_code="MAIN") == {"E-BLK-LINKED"}
    (line,) = blanket.lines
    assert codes(remove_line, line, by=world.by, at=world.at()) == {"E-BLK-LINKED"}
    assert codes(delete, blanket.document, by=world.by, at=world.at()) == {"E-BLK-LINKED"}
    blanket.changes(quantity=D(60)).changes(quantity=D(120), unit_price=D(90))
    # With the order gone it is free again.
    delete(order.document, by=world.by, at=world.at())
    blanket.changes(quantity=D(10))
    delete(blanket.document, by=world.by, at=world.at())
    assert not SalesDocument.objects.exists()


def test_what_was_blocked_since_it_was_agreed(world):
    """The customer and the item: all of it is said at once, together with too much."""
    blanket = world.blanket_order(world.customer()).sells(100, world.item(cost=1), at=95).release()
    Customer.objects.update(blocked="ship")
    Item.objects.update(sales_blocked=True)
    SalesLine.objects.update(qty_to_ship=101)
    call = {"by": world.by, "at": world.at(), "on": world.today}
    assert codes(call_off, blanket.document, **call) == {"E-CU-BLOCK", "E-ITEM-SALES-BLOCKED", "E-BLK-QTY"}


def test_boxes_are_counted_in_pieces(world):
    """Ten boxes of twelve agreed; four boxes and 60 pieces are ordered; one box is left."""
    bicycle = world.item(cost=1, units={"BOX": 12})
    adatum = world.customer()
    blanket = world.blanket_order(adatum).sells(10, bicycle, at=95, unit="BOX")
    blanket.calls_off(4)
    link(world.order(adatum).sells(60, bicycle, at=8), blanket)
    assert "at most 12 base units" in said(blanket.calls_off, 2)
    assert [line.quantity for line in blanket.calls_off(1).lines] == [1]


def test_a_called_off_line_may_be_raised_at_its_own_price(world):
    """A price typed on the order is the clerk's own doing; a new quantity keeps it."""
    blanket = world.blanket_order(world.customer()).sells(100, world.item(cost=1), at=95)
    order = blanket.calls_off(10)
    (line,) = order.lines
    given = {"by": world.by, "at": world.at(), "on": world.today}
    change_line(line, unit_price=D(90), **given)
    change_line(line, quantity=D(20), **given)
    assert order.lines[0].line_amount == D("1800.00")


def test_a_line_is_linked_by_hand(world):
    """An order written without the blanket order counts on it once it names it: same customer, same goods."""
    adatum, bicycle, lamp = world.customer(), world.item(stock=9, cost=1), world.item("LAMP", cost=1)
    blanket = world.blanket_order(adatum).sells(100, bicycle, at=95).sells(50, lamp, at=25)
    order = world.order(adatum).sells(9, bicycle, at=99)
    line = link(order, blanket)
    assert (line.blanket_order_no, line.blanket_order_line_no, line.unit_price) == (blanket.number, 10000, 99)
    link(order, None)
    assert order.lines[0].blanket_order_no == ""
    # Another line of the blanket order sells lamps; another customer has no part in it.
    assert codes(link, order, blanket, blanket_line_no=20000) == {"E-BLK-LINK"}
    stranger = world.order(world.customer("Fabrikam")).sells(9, bicycle, at=99)
    assert codes(link, stranger, blanket) == {"E-BLK-LINK"}
    # With the same goods on two lines, the one that is meant has to be named.
    blanket.sells(10, bicycle, at=90)
    assert codes(link, order, blanket) == {"E-BLK-LINK"}
    link(order, blanket, blanket_line_no=30000)
    order.ship(4)
    order.reopen()
    assert codes(link, order, None) == {"E-BLK-LINK"}
    assert [line.quantity_shipped for line in blanket.lines] == [0, 0, 4]
    assert codes(link, world.quote(adatum).sells(1, bicycle, at=1), blanket) == {"E-BLK-LINK"}


def test_a_blanket_order_that_is_invoiced_is_cleared_away(world):
    """It stays until somebody deletes it: by hand, or with all orders that are finished."""
    world.sales_setup(archive_blanket_orders=True)
    blanket = world.blanket_order(world.customer()).sells(10, world.item(stock=20, cost=1), at=95)
    blanket.calls_off(6).post()
    assert delete_invoiced_orders(by=world.by, at=world.at()).deleted == []
    last = blanket.calls_off(4)
    last.ship()
    last.invoice()
    assert delete_invoiced_orders(by=world.by, at=world.at()).deleted == [blanket.number]
    assert ArchivedDocument.objects.get().type == "blanket_order"
    world.check()


def test_pieces_count_on_an_agreement_in_boxes(world):
    """Ten boxes of twelve are agreed. Sixty pieces that an order ships are five boxes, and none once that is undone."""
    bicycle = world.item(cost=1, stock=100, units={"BOX": 12})
    adatum = world.customer()
    blanket = world.blanket_order(adatum).sells(10, bicycle, at=95, unit="BOX")
    order = world.order(adatum).sells(60, bicycle, at=8)
    link(order, blanket)
    shipment = order.ship(60)
    assert blanket.lines[0].quantity_shipped == 5
    undo_shipment(shipment, [10000], by=world.by, at=world.at())
    assert blanket.lines[0].quantity_shipped == 0
    order.post()
    assert (blanket.lines[0].quantity_shipped, blanket.lines[0].quantity_invoiced) == (5, 5)
    world.check()
