"""Two people at one posted paper: whoever comes second finds what the first one left, and nobody waits in a circle."""

import time

import pytest
from django.db import transaction

from erp.kernel.errors import ErpError
from sales.models import CancelledDocument, SalesCreditMemo, SalesDocument, SalesInvoice, SalesShipmentLine
from sales.routines.cancel_credit_memo import cancel_credit_memo
from sales.routines.cancel_invoice import cancel_invoice
from sales.routines.post import post
from sales.routines.undo_shipment import undo_shipment
from tests.support.races import race

pytestmark = pytest.mark.django_db(transaction=True)


def sold(world, quantity=10, shipped=4):
    """An order of ten of which four are shipped and invoiced."""
    bicycle = world.item("BICYCLE", stock=20, cost=60)
    order = world.order(world.customer("Adatum")).sells(quantity, bicycle, at=100).release()
    order.ship(shipped)
    return order, bicycle


def canceller(world, invoice):
    def run():
        paper = SalesInvoice.objects.get(pk=invoice.pk)
        return cancel_invoice(paper, by=world.by, at=world.at(), on=world.today)

    return run


def poster(world, order, **what):
    def run():
        document = SalesDocument.objects.get(pk=order.key)
        return post(document, by=world.by, at=world.at(), **what)

    return run


def undoer(world, shipment):
    def run():
        return undo_shipment(shipment, [10000], by=world.by, at=world.at())

    return run


def refusals(outcomes):
    failed = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert all(isinstance(error, ErpError) for error in failed), failed
    return [error.code for error in failed]


def test_an_invoice_is_cancelled_once(transactional_db, world):
    """Three clerks press Cancel at the same moment."""
    order, bicycle = sold(world)
    invoice = order.invoice()
    outcomes = race(*[canceller(world, invoice)] * 3)
    assert refusals(outcomes) == ["E-COR-DONE"] * 2
    assert SalesCreditMemo.objects.count() == CancelledDocument.objects.count() == 1
    assert world.stock(bicycle) == 20
    world.check()


def test_a_credit_memo_is_cancelled_once(transactional_db, world):
    order, _bicycle = sold(world)
    invoice = order.invoice()
    credit_memo = canceller(world, invoice)()

    def cancel():
        paper = SalesCreditMemo.objects.get(pk=credit_memo.pk)
        return cancel_credit_memo(paper, by=world.by, at=world.at(), on=world.today)

    assert refusals(race(cancel, cancel)) == ["E-CMC-DONE"]
    assert world.open_items(invoice.bill_to_customer) == {invoice.number: 500}
    world.check()


@pytest.mark.parametrize("turn", range(3))
def test_an_invoice_is_paid_or_cancelled(transactional_db, world, turn):
    """Correct and pay at the same moment: the payment finds no open invoice, or the invoice is paid and stays."""
    order, _bicycle = sold(world)
    invoice = order.invoice()

    def pay():
        return world.pay(invoice.bill_to_customer, 500, apply=invoice.number)

    runners = [canceller(world, invoice), pay]
    codes = refusals(race(*runners[:: 1 if turn % 2 else -1]))
    assert len(codes) == 1
    if CancelledDocument.objects.exists():
        assert codes != ["E-COR-PAID"]
    else:
        assert codes == ["E-COR-PAID"]
    assert world.balance(invoice.bill_to_customer) == 0
    assert world.open_items(invoice.bill_to_customer) == {}
    world.check()


@pytest.mark.parametrize("turn", range(3))
def test_a_shipment_is_undone_or_invoiced(transactional_db, world, turn):
    """Undo and invoice at the same moment: the goods are invoiced, or they are back."""
    order, bicycle = sold(world)
    shipment = SalesShipmentLine.objects.get().document
    runners = [undoer(world, shipment), poster(world, order, invoice=True)]
    codes = refusals(race(*runners[:: 1 if turn % 2 else -1]))
    if SalesInvoice.objects.exists():
        assert (codes, world.stock(bicycle)) == (["E-UNDO-INVOICED"], 16)
    else:
        assert (codes, world.stock(bicycle)) == (["E-POST-NOTHING"], 20)
    world.check()


def test_a_shipment_is_undone_once(transactional_db, world):
    _order, bicycle = sold(world)
    shipment = SalesShipmentLine.objects.get().document
    assert refusals(race(*[undoer(world, shipment)] * 3)) == ["E-UNDO-DONE"] * 2
    assert world.stock(bicycle) == 20
    assert SalesShipmentLine.objects.count() == 2
    world.check()


def test_cancelling_and_shipping_the_rest_do_not_lock_each_other_out(transactional_db, world):
    """The invoice of the first four is cancelled while the other six are shipped and invoiced: both go through."""
    order, bicycle = sold(world)
    invoice = order.invoice()
    outcomes = race(canceller(world, invoice), poster(world, order, ship=True, invoice=True))
    assert refusals(outcomes) == []
    billed = sum(paper.amount for paper in SalesInvoice.objects.all())
    billed -= sum(paper.amount for paper in SalesCreditMemo.objects.all())
    assert world.balance(invoice.bill_to_customer) * 4 == billed * 5
    assert 20 - world.stock(bicycle) == billed / 100
    world.check()


def test_a_shipment_is_undone_while_a_charge_for_it_is_posted(transactional_db, world):
    """The charge is assigned and posted before the undoing is committed: it waits, and finds no goods to charge."""
    world.item_charge()
    order, _bicycle = sold(world)
    shipment = SalesShipmentLine.objects.get().document
    invoice = world.sales_invoice(order.document.customer).adds_charge("FREIGHT", 10)

    def undo():
        with transaction.atomic():
            undo_shipment(shipment, [10000], by=world.by, at=world.at())
            time.sleep(1)

    def charge():
        time.sleep(0.5)
        return poster(world, invoice.assigns({shipment: 1}))()

    _undone, refusal = race(undo, charge)
    assert isinstance(refusal, ErpError)
    assert refusal.code == "E-CHG-NOILE"
    world.check()
