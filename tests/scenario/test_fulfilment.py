"""# How far an order has come

Every line of an order has two remainders: what is still to be delivered, and what is delivered and not invoiced. The
status of a line, and of the order, follows from them; nobody sets it. What will not be delivered any more is cancelled,
so that an order can come to an end.
"""

from decimal import Decimal as D

import pytest

from erp.kernel.errors import ErpError
from erp.kernel.models import OutboxMessage
from erp.kernel.workflow import history_of
from sales.models import SalesDocument
from sales.plans.fulfilment import line_fulfilment, with_fulfilment
from sales.routines.delete_invoiced_orders import delete_invoiced_orders
from sales.routines.discount import type_invoice_discount
from sales.routines.schedule import schedule
from sales.selectors import outstanding_orders
from sales.values import SalesValues


def refused(step) -> list[str]:
    """The codes with which a step is refused."""
    with pytest.raises(ErpError) as found:
        step()
    return [problem.code for problem in found.value.problems]


def listed(order) -> str:
    """The same as a list of orders says it."""
    return with_fulfilment(SalesDocument.objects.filter(pk=order.key)).get().fulfilment


def states(order) -> list[str | None]:
    return [line_fulfilment(line) for line in order.lines]


def test_an_order_is_as_far_as_its_last_line(world):
    """Two lines: one leaves and is invoiced while the other waits."""
    order = world.order(world.customer()).says("Thank you")
    assert order.fulfilment is None
    assert listed(order) == ""

    lamp, desk = world.item("LAMP", stock=10, cost=60), world.item("DESK", stock=5, cost=200)
    order.sells(4, lamp, at=100).sells(1, desk, at=350)
    assert (order.fulfilment, states(order)) == ("open", [None, "open", "open"])

    order.changes(3, qty_to_ship=D(0)).ship()
    assert (order.fulfilment, states(order)) == ("partly_shipped", [None, "shipped", "open"])
    order.invoice()
    assert (order.fulfilment, states(order)) == ("partly_shipped", [None, "invoiced", "open"])
    order.ship()
    assert (order.fulfilment, states(order)) == ("partly_invoiced", [None, "invoiced", "shipped"])
    assert listed(order) == "partly_invoiced"

    # The invoice of the rest would end the order; put on an invoice of its own, the order stays and says so.
    world.sales_invoice(order.document.customer).takes(order.posted[-1].shipment).post()
    assert (order.fulfilment, listed(order)) == ("invoiced", "invoiced")
    world.check()


def test_part_of_a_line_delivered_and_invoiced_leaves_it_open(world):
    """Ten ordered, six delivered and invoiced: four are on order, and the order takes further deliveries."""
    order = world.order(world.customer()).sells(10, world.item(stock=10, cost=60), at=100)
    order.ship(6)
    order.invoice()
    (line,) = order.lines
    assert (line.outstanding_quantity, line.shipped_not_invoiced) == (4, 0)
    assert (line_fulfilment(line), listed(order)) == ("partly_shipped", "partly_shipped")
    world.check()


def test_a_rest_that_is_cancelled_never_ships(world):
    """Six of ten have left; nobody wants the other four any more. The order waits for its invoice, then is done."""
    adatum = world.customer("Adatum")
    lamp = world.item("LAMP", stock=10, cost=60)
    order = world.order(adatum).sells(10, lamp, at=100, discount=10)
    order.ship(6)
    assert outstanding_orders([adatum.pk], world.today) == {adatum.pk: D("450.00")}

    order.cancels_rest()
    (line,) = order.lines
    assert (line.quantity, line.quantity_cancelled, line.outstanding_base) == (6, 4, 0)
    assert (line.line_discount_amount, line.amount, line.amount_including_vat) == (
        60,
        D("540.00"),
        D("675.00"),
    )
    assert order.document.status == "released"
    assert (order.fulfilment, listed(order)) == ("shipped", "shipped")
    assert outstanding_orders([adatum.pk], world.today) == {}

    # Nothing of the closed rest can be shipped, and the line does not grow again.
    assert refused(lambda: order.changes(qty_to_ship=D(1))) == ["E-QTY-SHIP"]
    assert refused(lambda: order.reopen().changes(quantity=D(7))) == ["E-LINE-CANCELLED"]
    assert order.invoice().amount == D("540.00")
    assert order.is_done
    world.check()


def test_cancelling_is_noted_and_told(world):
    """The history of the order says who closed its rest; others hear of it through the outbox."""
    order = world.order(world.customer()).sells(10, world.item(stock=10, cost=60), at=100)
    order.ship(6)
    order.cancels_rest()
    move = history_of(order.document).last()
    assert (move.field, move.verb, move.from_status, move.to_status) == (
        "fulfilment",
        "cancel_remainder",
        "partly_shipped",
        "shipped",
    )
    assert move.by == world.by
    message = OutboxMessage.objects.get(topic="sales.document.remainder_cancelled")
    assert (message.key, message.payload["lines"]) == (order.number, [10000])


def test_one_line_of_several_is_cancelled(world):
    """The desk is not wanted any more, the lamps still are."""
    order = world.order(world.customer()).sells(4, world.item("LAMP", stock=9, cost=60), at=100)
    order.sells(1, world.item("DESK", stock=5, cost=200), at=350)
    order.cancels_rest(2)
    assert (order.fulfilment, states(order)) == ("open", ["open", "cancelled"])
    assert refused(lambda: order.cancels_rest(2)) == ["E-CANCEL-NOTHING"]
    assert order.post().amount == D("400.00")
    assert order.is_done
    world.check()


def test_an_order_that_is_wholly_cancelled(world):
    """Nothing was delivered: the order is cancelled, has nothing to post, and is no candidate for clearing away."""
    order = world.order(world.customer()).sells(4, world.item("LAMP", stock=9, cost=60), at=100).release()
    order.cancels_rest()
    assert (order.fulfilment, listed(order)) == ("cancelled", "cancelled")
    assert "E-POST-NOTHING" in refused(order.post)
    assert delete_invoiced_orders(by=world.by, at=world.at()).deleted == []
    world.check()


def test_an_invoiced_order_with_a_cancelled_rest_is_cleared_away(world):
    """Six shipped and put on an invoice of their own, four cancelled: invoiced, whichever came first."""
    adatum = world.customer("Adatum")
    order = world.order(adatum).sells(10, world.item("LAMP", stock=10, cost=60), at=100)
    world.sales_invoice(adatum).takes(order.ship(6)).post()
    order.cancels_rest()
    assert (order.fulfilment, listed(order)) == ("invoiced", "invoiced")
    assert delete_invoiced_orders(by=world.by, at=world.at()).deleted == [order.number]
    world.check()


def test_discounts_shrink_with_the_line(world):
    """10.00 off the whole order of ten: what was given with the first four stays given, two more are left of it."""
    order = world.order(world.customer()).sells(10, world.item("LAMP", stock=10, cost=60), at=100)
    type_invoice_discount(order.document, D(10), values=SalesValues.load(), at=world.at())
    order.ship(6)
    order.invoice(4)
    order.cancels_rest()
    (line,) = order.lines
    assert (line.inv_discount_amount, line.inv_discount_invoiced, line.amount) == (6, 4, D("594.00"))
    assert order.document.invoice_discount_value == 6
    assert order.invoice().amount == D("198.00")
    world.check()


def test_a_return_that_comes_back_only_in_part(world):
    """Two chairs were announced, one comes: the rest is closed and the return order is credited."""
    adatum = world.customer("Adatum")
    chair = world.item("CHAIR", stock=4, cost=30)
    world.sales_invoice(adatum).sells(3, chair, at=100).post()
    back = world.return_order(adatum).sells(2, chair, at=100)
    back.ship(1)
    back.cancels_rest()
    assert back.fulfilment == "shipped"
    assert back.invoice().amount == D("100.00")
    assert back.is_done
    world.check()


def test_only_orders_have_a_rest_to_cancel(world):
    adatum = world.customer("Adatum")
    lamp = world.item("LAMP", stock=9, cost=60)
    assert refused(world.quote(adatum).sells(1, lamp, at=100).cancels_rest) == ["E-CANCEL-TYPE"]
    waiting = world.order(adatum).sells(1, lamp, at=100)
    SalesDocument.objects.filter(pk=waiting.key).update(status="pending_approval")
    assert refused(waiting.cancels_rest) == ["E-CANCEL-STATUS"]

    # What the job queue is to post is posted as it was handed over.
    queued = world.order(adatum).sells(1, lamp, at=100)
    schedule([queued.document], by=world.by, at=world.at())
    assert refused(queued.cancels_rest) == ["E-QUEUED"]


def test_the_list_knows_it_in_one_query(world, django_assert_num_queries):
    adatum = world.customer("Adatum")
    lamp = world.item("LAMP", stock=90, cost=60)
    for shipped in range(4):
        order = world.order(adatum).sells(3, lamp, at=100)
        if shipped:
            order.ship(shipped)
    with django_assert_num_queries(1):
        orders = list(with_fulfilment(SalesDocument.objects.orders()).order_by("pk"))
    assert [order.fulfilment for order in orders] == ["open", "partly_shipped", "partly_shipped", "shipped"]
    found = with_fulfilment(SalesDocument.objects.orders()).filter(fulfilment="shipped")
    assert [order.pk for order in found] == [orders[-1].pk]
