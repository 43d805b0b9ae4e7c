"""# Undoing shipments and receipts

Goods were put on a shipment and never left, or left on the wrong one. As long as nothing of a line is invoiced, it is
undone: a second line beside it says the opposite, the goods are back in stock at their cost, and the order waits to be
shipped again. The paper itself stays as it was posted, with both lines on it.
"""

from datetime import date

import pytest

from erp.kernel.errors import ProblemsFound
from inventory.models import InventorySetup, ItemLedgerEntry
from sales.routines.cancel_invoice import cancel_invoice
from sales.routines.undo_return_receipt import undo_return_receipt
from sales.routines.undo_shipment import preview_undo_shipment, undo_shipment


def undo(world, shipment, *line_nos, on=None):
    return undo_shipment(shipment, line_nos or [10000], by=world.by, at=world.at(on), on=on)


def refused(world, shipment, *line_nos):
    with pytest.raises(ProblemsFound) as refusal:
        undo(world, shipment, *line_nos)
    return [problem.code for problem in refusal.value.problems]


def on_paper(shipment):
    return [(line.line_no, line.quantity, line.undoes_line_no) for line in shipment.lines.order_by("line_no")]


def progress(order, line=1):
    line = order.lines[line - 1]
    return (line.quantity_shipped, line.quantity_invoiced, line.outstanding_quantity, line.qty_to_ship)


def test_a_shipment_is_undone(world):
    """T74. Four of ten bicycles were shipped by mistake. The line is undone once, and the order is as it was before."""
    bicycle = world.item("BICYCLE", stock=10, cost=240)
    order = world.order(world.customer("Adatum")).sells(10, bicycle, at=400).release()
    shipment = order.ship(4)
    assert (world.stock(bicycle), world.stock_value(bicycle)) == (6, 1440)

    undo(world, shipment)
    assert on_paper(shipment) == [(10000, 4, 0), (20000, -4, 10000)]
    assert progress(order) == (0, 0, 10, 10)
    assert (world.stock(bicycle), world.stock_value(bicycle)) == (10, 2400)

    # The item ledger has a counter entry on the same paper and day; neither of the two waits for an invoice.
    first, counter = ItemLedgerEntry.objects.filter(document_no=shipment.number).order_by("entry_no")
    assert (counter.quantity, counter.reverses_id, counter.posting_date) == (4, first.pk, first.posting_date)
    assert refused(world, shipment) == ["E-UNDO-DONE"]
    assert refused(world, shipment, 20000) == ["E-UNDO-DONE"]

    # What was undone is shipped and invoiced like anything else.
    order.ship(10)
    assert order.invoice().amount == 4000
    assert world.stock(bicycle) == 0
    world.check()


def test_lines_are_undone_one_by_one_or_together(world):
    """Of a shipment with three lines two are undone at once. Each new line stands behind the one that it undoes."""
    lamp, cable = world.item("LAMP", stock=10, cost=60), world.item("CABLE", stock=50, cost=5)
    order = (
        world.order(world.customer("Adatum"))
        .sells(2, lamp, at=100)
        .sells(10, cable, at=9)
        .charges("4200", 25)
    )
    shipment = order.ship()

    undo(world, shipment, 10000, 30000)
    assert on_paper(shipment) == [
        (10000, 2, 0),
        (15000, -2, 10000),
        (20000, 10, 0),
        (30000, 1, 0),
        (40000, -1, 30000),
    ]
    assert [progress(order, place)[0] for place in (1, 2, 3)] == [0, 10, 0]

    # All that is wrong is said at once, line by line.
    assert refused(world, shipment, 10000, 20000, 50000) == ["E-UNDO-DONE", "E-UNDO-NOTHING"]
    assert progress(order, 2)[0] == 10

    # The freight was undone with its line: only the cables can be invoiced.
    assert order.invoice().amount == 90
    world.check()


def test_what_is_invoiced_is_not_undone(world):
    """Part of a shipment is on an invoice: the invoice is cancelled first, which brings back what it sold."""
    bicycle = world.item("BICYCLE", stock=20, cost=240)
    order = world.order(world.customer("Adatum")).sells(10, bicycle, at=400).release()
    shipment = order.ship(10)
    invoice = order.invoice(4)
    assert refused(world, shipment) == ["E-UNDO-INVOICED"]

    # Cancelled, the four are back, and the order has shipped six. These six are all that is left to undo.
    cancel_invoice(invoice, by=world.by, at=world.at(), on=world.today)
    assert progress(order) == (6, 0, 4, 4)
    assert world.stock(bicycle) == 14
    (line,) = undo(world, shipment)
    assert line.quantity == -6
    assert progress(order) == (0, 0, 10, 10)
    assert (world.stock(bicycle), world.stock_value(bicycle)) == (20, 4800)
    assert refused(world, shipment) == ["E-UNDO-DONE"]
    world.check()


def test_goods_that_are_back_already_are_not_undone(world):
    """The whole shipment was invoiced, and the invoice cancelled: its goods came back then, and not once more."""
    bicycle = world.item("BICYCLE", stock=20, cost=240)
    order = world.order(world.customer("Adatum")).sells(10, bicycle, at=400).release()
    shipment = order.ship(4)
    cancel_invoice(order.invoice(), by=world.by, at=world.at(), on=world.today)
    assert refused(world, shipment) == ["E-UNDO-RETURNED"]

    # Shipped again, it is another shipment, which can be undone.
    undo(world, order.ship(4))
    assert progress(order) == (0, 0, 10, 10)
    assert world.stock(bicycle) == 20
    world.check()


def test_goods_that_others_count_on_are_not_undone(world):
    """An invoice that is being written has fetched the goods: they leave it first."""
    adatum = world.customer("Adatum")
    bicycle = world.item("BICYCLE", stock=20, cost=240)
    order = world.order(adatum).sells(4, bicycle, at=400).release()
    shipment = order.ship()
    invoice = world.sales_invoice(adatum).takes(shipment)
    assert refused(world, shipment) == ["E-UNDO-USED"]

    invoice.document.delete()
    undo(world, shipment)
    assert world.stock(bicycle) == 20
    world.check()


def test_goods_that_a_charge_was_invoiced_for_are_not_undone(world):
    """Insurance of a shipment was invoiced by itself: the goods must stay what they are."""
    adatum = world.customer("Adatum")
    order = world.order(adatum).sells(4, world.item("BICYCLE", stock=20, cost=240), at=400).release()
    shipment = order.ship()
    charge = (
        world.sales_invoice(adatum).adds_charge(world.item_charge("INSURANCE"), 20).assigns({shipment: 1})
    )
    assert refused(world, shipment) == ["E-UNDO-USED"]
    invoice = charge.post()
    assert refused(world, shipment) == ["E-UNDO-USED"]
    cancel_invoice(invoice, by=world.by, at=world.at(), on=world.today)
    undo(world, shipment)
    world.check()


def test_expected_costs_go_back_too(world):
    """Where the company posts expected cost, undoing a shipment takes it out of the interim accounts again."""
    InventorySetup.objects.update(expected_cost_posting=True)
    bicycle = world.item("BICYCLE", stock=10, cost=240)
    before = world.accounts()
    order = world.order(world.customer("Adatum")).sells(10, bicycle, at=400).release()
    shipment = order.ship(4)
    assert world.accounts() != before

    # What would be posted is shown first, and nothing is written for it.
    plan = preview_undo_shipment(shipment, [10000], by=world.by)
    assert [line.quantity for line in plan.undoings] == [4]
    assert sum(entry.quantity for entry in plan.items.entries) == 4
    assert on_paper(shipment) == [(10000, 4, 0)]

    undo(world, shipment)
    assert world.accounts() == before
    world.check()


def test_a_day_that_is_closed_is_not_posted_on(world):
    """The month of the shipment is closed: it is undone on a day of the new one."""
    bicycle = world.item("BICYCLE", stock=10, cost=240)
    order = world.order(world.customer("Adatum")).sells(10, bicycle, at=400).release()
    shipment = order.ship(4)
    world.ledger_setup(allow_posting_from=date(2026, 4, 1))
    assert refused(world, shipment) == ["E-GL-DATE"]
    undo(world, shipment, on=date(2026, 4, 2))
    assert world.stock(bicycle) == 10
    counter = ItemLedgerEntry.objects.get(document_no=shipment.number, correction=True)
    assert counter.posting_date == date(2026, 4, 2)
    world.check()


def test_a_return_receipt_is_undone(world):
    """Three bicycles were received that belong to somebody else. They go out again, and the return order waits."""
    bicycle = world.item("BICYCLE", stock=10, cost=240)
    returned = world.return_order(world.customer("Adatum")).sells(3, bicycle, at=400).release()
    receipt = returned.ship()
    assert world.stock(bicycle) == 13

    undo_return_receipt(receipt, [10000], by=world.by, at=world.at())
    assert on_paper(receipt) == [(10000, 3, 0), (20000, -3, 10000)]
    assert progress(returned) == (0, 0, 3, 3)
    assert (world.stock(bicycle), world.stock_value(bicycle)) == (10, 2400)
    world.check()


def test_a_receipt_whose_goods_are_sold_is_not_undone(world):
    """The bicycle that came back was sold to somebody else: there is nothing left to send out."""
    bicycle = world.item("BICYCLE", cost=240)
    returned = world.return_order(world.customer("Adatum")).sells(1, bicycle, at=400).release()
    receipt = returned.ship()
    world.order(world.customer("Fabrikam")).sells(1, bicycle, at=400).ship()
    with pytest.raises(ProblemsFound) as refusal:
        undo_return_receipt(receipt, [10000], by=world.by, at=world.at())
    assert refusal.value.code == "E-UNDO-CONSUMED"
    assert refusal.value.problems[0].line_no == 10000
    world.check()


def test_a_service_on_a_shipment_is_undone(world):
    """What has no stock is undone like goods; nothing but its expected revenue goes back."""
    setup = world.item("SETUP", type="service", cost=30, group="SERVICES")
    order = world.order(world.customer("Adatum")).sells(2, setup, at=50).release()
    shipment = order.ship()
    undo(world, shipment)
    assert progress(order) == (0, 0, 2, 2)
    assert order.post().amount == 100
    world.check()
