"""Two people at once want the same shipment on an invoice, or change their minds about the order meanwhile."""

import time

import pytest
from django.db import transaction

from erp.kernel.errors import ErpError
from sales.models import SalesDocument, SalesInvoice, SalesLine
from sales.routines.cancel_invoice import cancel_invoice
from sales.routines.change_line import change_line
from sales.routines.combine_shipments import combine_shipments
from sales.routines.delete_invoiced_orders import delete_invoiced_orders
from sales.routines.get_shipment_lines import get_shipment_lines
from sales.routines.post import post
from sales.routines.schedule import schedule
from sales.uninvoiced import uninvoiced_lines
from tests.support.races import race

pytestmark = pytest.mark.django_db(transaction=True)


def getter(world, invoice, shipment):
    """Fetches a shipment on a connection of its own."""

    def run():
        document = SalesDocument.objects.get(pk=invoice.key)
        lines = list(shipment.lines.select_related("document"))
        return get_shipment_lines(document, lines, by=world.by, at=world.at())

    return run


def poster(world, story, **what):
    def run():
        return post(SalesDocument.objects.get(pk=story.key), by=world.by, at=world.at(), **what)

    return run


def refused(outcomes) -> list[str]:
    """Codes of the refusals among outcomes; anything but a refusal is a failure of the test."""
    wrong = [
        outcome
        for outcome in outcomes
        if isinstance(outcome, Exception) and not isinstance(outcome, ErpError)
    ]
    assert not wrong
    return [outcome.code for outcome in outcomes if isinstance(outcome, ErpError)]


def shipped(world, quantity=4):
    """An order that has left, and its shipment."""
    order = world.order(world.customer()).sells(quantity, world.item(stock=10, cost=60), at=100)
    return order, order.ship()


def test_two_invoices_want_the_same_shipment(transactional_db, world):
    """One gets it, the other hears that nothing is left."""
    order, shipment = shipped(world)
    customer = order.document.customer
    invoices = [world.sales_invoice(customer), world.sales_invoice(customer)]
    outcomes = race(*(getter(world, invoice, shipment) for invoice in invoices))
    assert refused(outcomes) == ["E-GSL-QTY"]
    assert SalesLine.objects.filter(shipment_no=shipment.number, quantity=4).count() == 1
    world.check()


def test_two_combining_runs_at_once(transactional_db, world):
    """The same shipments are on one invoice, whoever was faster."""
    customer = world.customer("Adatum", combine_shipments=True)
    lamp = world.item("LAMP", stock=50, cost=60)
    for _order in range(5):
        world.order(customer).sells(1, lamp, at=100).ship()

    def run():
        return combine_shipments(posting_date=world.today, post=True, by=world.by, at=world.at())

    first, second = race(run, run, seconds=60)
    assert len(first.created) + len(second.created) >= 1
    assert sum(invoice.amount for invoice in SalesInvoice.objects.all()) == 500
    assert uninvoiced_lines(SalesDocument.objects.all()) == []
    assert not SalesDocument.objects.filter(type="invoice").exists()
    world.check()


def test_the_order_is_invoiced_while_its_shipment_is_fetched(transactional_db, world):
    """Both may succeed, but the goods are invoiced once: whoever posts last is refused."""
    order, shipment = shipped(world)
    invoice = world.sales_invoice(order.document.customer)
    outcomes = race(getter(world, invoice, shipment), poster(world, order, invoice=True))
    assert set(refused(outcomes)) <= {"E-GSL-QTY"}
    assert SalesInvoice.objects.count() == 1
    if invoice.lines:
        assert refused(race(poster(world, invoice))) != []
    assert SalesInvoice.objects.count() == 1
    world.check()


def test_an_invoice_and_the_order_are_posted_at_once(transactional_db, world):
    """Fetched goods on one side, the order itself on the other: one of them invoices, neither waits for ever."""
    order, shipment = shipped(world)
    invoice = world.sales_invoice(order.document.customer).takes(shipment)
    outcomes = race(poster(world, invoice), poster(world, order, invoice=True))
    assert len(refused(outcomes)) == 1
    assert SalesInvoice.objects.count() == 1
    world.check()


def test_two_lines_grow_to_the_last_unit(transactional_db, world):
    """Four of ten are free; two invoices want three more each."""
    order, shipment = shipped(world, 10)
    customer = order.document.customer
    first = world.sales_invoice(customer).takes(shipment).changes(2, quantity=3)
    second = world.sales_invoice(customer).takes(shipment).changes(2, quantity=3)

    def grower(invoice):
        def run():
            line = SalesLine.objects.get(pk=invoice.lines[1].pk)
            return change_line(line, quantity=line.quantity + 3, by=world.by, at=world.at(), on=world.today)

        return run

    assert refused(race(grower(first), grower(second))) == ["E-GSL-QTY"]
    assert sum(line.quantity for line in SalesLine.objects.filter(shipment_no=shipment.number)) == 9
    world.check()


def test_an_order_is_cleared_away_once(transactional_db, world):
    order, shipment = shipped(world)
    world.sales_invoice(order.document.customer).takes(shipment).post()

    def run():
        return delete_invoiced_orders(by=world.by, at=world.at()).deleted

    assert sorted(race(run, run)) == [[], [order.number]]


def locking(first, then):
    """Locks two documents as posting the first does, with somebody else coming in between."""

    def run():
        with transaction.atomic():
            for story in (first, then):
                SalesDocument.objects.select_for_update(no_key=True).get(pk=story.key)
                time.sleep(1)

    return run


def late(step):
    def run():
        time.sleep(0.5)
        return step()

    return run


def test_an_order_comes_before_its_blanket_order(transactional_db, world):
    """The order is being posted while an invoice of it is cancelled, and while one with its goods is posted."""
    customer = world.customer()
    blanket = world.blanket_order(customer).sells(100, world.item(stock=200, cost=1), at=95)
    order = blanket.calls_off(60)
    order.ship(10)
    posted = order.invoice()
    fetched = world.sales_invoice(customer).takes(order.ship(5))

    def cancel():
        return cancel_invoice(posted, by=world.by, at=world.at(), on=world.today)

    for step in (cancel, poster(world, fetched)):
        assert refused(race(locking(order, blanket), late(step))) == []
    world.check()


def test_an_invoice_comes_before_its_orders(transactional_db, world):
    """Both are handed to the job queue while the invoice is being posted."""
    order, shipment = shipped(world)
    invoice = world.sales_invoice(order.document.customer).takes(shipment)

    def hand_over():
        documents = [order.document, invoice.document]
        return schedule(documents, invoice=True, in_background=False, by=world.by, at=world.at())

    assert refused(race(locking(invoice, order), late(hand_over))) == []
