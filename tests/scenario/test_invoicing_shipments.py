"""# One invoice for many shipments

Goods leave on orders, day by day; some customers want one invoice for all of it. An invoice takes the lines of posted
shipments, whatever their orders; nothing leaves a second time, and every order knows what was invoiced of it.
"""

from datetime import date
from decimal import Decimal as D

import pytest
from django.db.models import Sum

from erp.kernel.errors import ErpError, ProblemsFound
from inventory.models import ItemEntryState, UnitOfMeasure
from sales.models import (
    ArchivedDocument,
    CustomerInvoiceDiscount,
    SalesDocument,
    SalesInvoice,
    SalesLine,
    SalesShipment,
)
from sales.routines.cancel_credit_memo import cancel_credit_memo
from sales.routines.cancel_invoice import cancel_invoice
from sales.routines.combine_return_receipts import combine_return_receipts
from sales.routines.combine_shipments import combine_shipments
from sales.routines.delete import delete
from sales.routines.delete_invoiced_orders import delete_invoiced_orders
from sales.routines.discount import type_invoice_discount
from sales.routines.get_shipment_lines import get_shipment_lines
from sales.routines.invoice_shipments import invoice_shipments
from sales.routines.remove_line import remove_line
from sales.routines.undo_shipment import undo_shipment
from sales.uninvoiced import uninvoiced_lines
from sales.values import SalesValues
from tests.support.statements import count_statements


def refused(step) -> list[str]:
    """The codes with which a step is refused."""
    with pytest.raises(ErpError) as found:
        step()
    return [problem.code for problem in found.value.problems]


def left(world) -> dict[str, D]:
    """What is uninvoiced and free, by number of the shipment."""
    rows = uninvoiced_lines(SalesDocument.objects.all())
    return {row.paper.number: row.remaining for row in rows if row.remaining}


def test_shipped_goods_are_invoiced_at_the_price_of_their_order(world):
    """Four lamps leave at 100.00. The order's price is cut to 95.00 before the invoice is written: 380.00 (T77)."""
    adatum = world.customer("Adatum")
    order = world.order(adatum).sells(10, world.item("LAMP", stock=20, cost=60), at=100)
    shipment = order.ship(4)
    order.reopen().changes(unit_price=D(95)).release()

    invoice = world.sales_invoice(adatum).takes(shipment)
    heading, line = invoice.lines
    assert heading.description == f"Shipment No. {shipment.number}:"
    assert (line.quantity, line.unit_price, line.line_amount) == (4, 95, D("380.00"))
    assert (line.shipment_no, line.order_no, line.order_line_no) == (shipment.number, order.number, 10000)

    # Posting it invoices the goods of the shipment; nothing leaves, and the order moves on.
    posted = invoice.post()
    assert world.ledger(posted.number) == {
        "1100": D("475.00"),
        "4100": D("-380.00"),
        "2200": D("-95.00"),
        "5100": D("240.00"),
        "1200": D("-240.00"),
    }
    assert SalesShipment.objects.count() == 1
    (ordered,) = order.lines
    assert (ordered.quantity_shipped, ordered.quantity_invoiced, ordered.qty_to_ship) == (4, 4, 6)
    assert not order.is_done
    world.check()

    # What is left of the order is shipped and invoiced as usual.
    assert order.post().amount == D("570.00")
    assert order.is_done
    world.check()


def test_one_invoice_takes_shipments_of_several_orders_and_new_lines_besides(world):
    """Two orders, three shipments, one invoice with a line of freight: each shipment has its heading."""
    adatum = world.customer("Adatum")
    lamp, desk = world.item("LAMP", stock=20, cost=60), world.item("DESK", stock=5, cost=200)
    first = world.order(adatum).sells(5, lamp, at=100).sells(1, desk, at=350)
    second = world.order(adatum).sells(2, lamp, at=100, discount=10)
    shipments = [first.ship(3, 1), first.ship(2, 0), second.ship()]
    invoice = world.sales_invoice(adatum).takes(*shipments).charges("4520", 25)
    assert [line.description for line in invoice.lines] == [
        f"Shipment No. {shipments[0].number}:",
        "Lamp",
        "Desk",
        f"Shipment No. {shipments[1].number}:",
        "Lamp",
        f"Shipment No. {shipments[2].number}:",
        "Lamp",
        invoice.lines[-1].description,
    ]
    posted = invoice.post()
    assert posted.amount == D("1055.00")  # 300 + 350 + 200 + 180 + 25
    assert [order.fulfilment for order in (first, second)] == ["invoiced", "invoiced"]
    assert world.account("5100") == D("620.00")
    world.check()


def test_a_shipment_is_invoiced_only_once(world):
    """Six of ten are on one invoice that is being written: another one gets the other four, and a third nothing."""
    adatum = world.customer("Adatum")
    order = world.order(adatum).sells(10, world.item("LAMP", stock=10, cost=60), at=100)
    shipment = order.ship()
    first = world.sales_invoice(adatum).takes(shipment).changes(2, quantity=D(6))
    assert left(world) == {shipment.number: 4}
    second = world.sales_invoice(adatum).takes(shipment)
    assert [line.quantity for line in second.lines] == [0, 4]
    assert refused(lambda: world.sales_invoice(adatum).takes(shipment)) == ["E-GSL-QTY"]

    # The quantity may shrink, and grow again as far as something is left; the goods stay what has left.
    assert refused(lambda: first.changes(2, quantity=D(7))) == ["E-GSL-QTY"]
    second.changes(2, quantity=D(3))
    first.changes(2, quantity=D(7))
    assert [line.quantity_shipped for line in first.lines] == [0, 7]
    assert refused(lambda: first.changes(2, quantity=D(-1))) == ["E-GSL-QTY"]

    # A line that is removed, or an invoice that is deleted, gives its goods back.
    remove_line(second.lines[1], by=world.by, at=world.at())
    assert left(world) == {shipment.number: 3}
    delete(first.document, by=world.by, at=world.at())
    assert left(world) == {shipment.number: 10}

    second.takes(shipment).post()
    assert left(world) == {}
    assert refused(lambda: world.sales_invoice(adatum).takes(shipment)) == ["E-GSL-QTY"]
    world.check()


def test_the_same_shipment_in_two_lines_of_one_invoice(world):
    """Somebody reduces a line and fetches the rest again: both lines invoice their share of the same goods."""
    adatum = world.customer("Adatum")
    shipment = world.order(adatum).sells(10, world.item("LAMP", stock=10, cost=60), at=100).ship()
    invoice = world.sales_invoice(adatum).takes(shipment).changes(2, quantity=D(6)).takes(shipment)
    assert [line.quantity for line in invoice.lines] == [0, 6, 4]
    assert invoice.post().amount == D("1000.00")
    assert world.account("5100") == D("600.00")
    world.check()


def test_what_the_order_invoiced_itself_is_gone(world):
    """The invoice is being written when the order is invoiced directly: posting it is refused, line by line."""
    adatum = world.customer("Adatum")
    order = world.order(adatum).sells(10, world.item("LAMP", stock=10, cost=60), at=100)
    shipment = order.ship(4)
    order.ship(6)
    invoice = world.sales_invoice(adatum).takes(shipment)
    order.invoice(4)
    assert refused(invoice.post) == ["E-GSL-QTY"]

    # Goods are taken oldest first: of the first shipment nothing is left, of the second six.
    assert list(left(world).values()) == [6]
    world.check()


def test_an_order_with_shipped_goods_cannot_be_deleted(world):
    adatum = world.customer("Adatum")
    order = world.order(adatum).sells(2, world.item(stock=10, cost=60), at=100)
    invoice = world.sales_invoice(adatum).takes(order.ship())
    order.reopen()
    assert refused(lambda: delete(order.document, by=world.by, at=world.at())) == ["E-LINE-SHIPNOTINV"]
    assert refused(lambda: remove_line(order.lines[0], by=world.by, at=world.at())) == ["E-LINE-SHIPNOTINV"]
    invoice.post()
    world.check()


def test_who_pays_the_currency_and_the_vat_group_must_agree(world):
    """The one who ordered may be another customer, as long as the same one pays."""
    head_office = world.customer("Head Office")
    branch = world.customer("Branch", bill_to_customer=head_office)
    stranger = world.customer("Stranger")
    abroad = world.customer("Abroad", group="EU", bill_to_customer=head_office)
    lamp = world.item("LAMP", stock=20, cost=60)
    world.rate("USD", 100, 125, on=date(2026, 1, 1))
    invoice = world.sales_invoice(head_office)
    invoice.takes(world.order(branch).sells(1, lamp, at=100).ship())

    assert refused(lambda: invoice.takes(world.order(stranger).sells(1, lamp, at=100).ship())) == [
        "E-GSL-BILL"
    ]
    dollars = world.order(branch, currency_code="USD").sells(1, lamp, at=100)
    assert refused(lambda: invoice.takes(dollars.ship())) == ["E-GSL-CUR"]
    world.ledger_setup(bill_to_sell_to_vat_calculation="sell_to")
    taxed = world.order(abroad).sells(1, lamp, at=100)
    assert refused(lambda: invoice.takes(taxed.ship())) == ["E-GSL-VAT"]
    assert invoice.post().amount == D("100.00")
    world.check()


def test_only_open_invoices_take_shipments(world):
    adatum = world.customer("Adatum")
    lamp = world.item("LAMP", stock=20, cost=60)
    shipment = world.order(adatum).sells(1, lamp, at=100).ship()
    assert refused(lambda: world.order(adatum).takes(shipment)) == ["E-GSL-TYPE"]
    released = world.sales_invoice(adatum).sells(1, lamp, at=100).release()
    assert refused(lambda: released.takes(shipment)) == ["E-LINE-STATUS"]
    wrong = world.credit_memo(adatum)
    lines = list(shipment.lines.all())
    step = lambda: get_shipment_lines(wrong.document, lines, by=world.by, at=world.at())  # noqa: E731
    assert refused(step) == ["E-GSL-TYPE"]


def test_discounts_go_along_in_proportion(world):
    """10 lamps at 9.99 less 10 %, and 5.00 off the whole order: three of them take 1.50 of it."""
    adatum = world.customer("Adatum")
    order = world.order(adatum).sells(10, world.item("LAMP", stock=10, cost=2), at="9.99", discount=10)
    type_invoice_discount(order.document, D(5), values=SalesValues.load(), at=world.at())
    shipment = order.ship(3)
    invoice = world.sales_invoice(adatum).takes(shipment)
    line = invoice.lines[1]
    assert (line.line_discount_amount, line.line_amount) == (D("3.00"), D("26.97"))
    assert (line.inv_discount_amount, line.amount) == (D("1.50"), D("25.47"))

    # With fewer units the share shrinks; the price is never looked up again.
    invoice.changes(2, quantity=D(2))
    line = invoice.lines[1]
    assert (line.unit_price, line.inv_discount_amount, line.amount) == (D("9.99"), D("1.00"), D("16.98"))
    invoice.post()
    assert order.lines[0].inv_discount_invoiced == D("1.00")
    world.check()


def test_prices_change_their_basis_with_the_invoice(world):
    """The order was written without VAT, the customer's invoices are with it: 100.00 becomes 125.00."""
    adatum = world.customer("Adatum")
    order = world.order(adatum, prices_including_vat=False).sells(4, world.item(stock=10, cost=60), at=100)
    shipment = order.ship()
    invoice = world.sales_invoice(adatum, prices_including_vat=True).takes(shipment)
    line = invoice.lines[1]
    assert (line.unit_price, line.line_amount, line.amount) == (125, D("500.00"), D("400.00"))
    assert invoice.post().amount_including_vat == D("500.00")
    world.check()


def test_freight_and_texts_go_along_with_the_goods(world):
    """Freight leaves no entry in the item ledger: what its order has shipped and not invoiced is what is left of it."""
    adatum = world.customer("Adatum")
    order = (
        world.order(adatum)
        .sells(2, world.item("LAMP", stock=9, cost=60), at=100)
        .charges("4520", 10, quantity=2)
    )
    shipments = [order.ship(1, 1), order.ship(1, 1)]
    later = world.sales_invoice(adatum).takes(shipments[1])
    assert [line.type for line in later.lines] == ["comment", "item", "gl_account"]
    assert later.post().amount == D("110.00")
    assert left(world) == {shipments[0].number: 1}
    assert world.sales_invoice(adatum).takes(shipments[0]).post().amount == D("110.00")
    assert left(world) == {}
    assert order.fulfilment == "invoiced"
    world.check()


def test_a_shipment_that_was_undone_is_not_invoiced(world):
    """Four lamps are booked out by mistake and undone; five leave afterwards, and those are what there is to invoice.

    While they stand on an invoice, they cannot be undone.
    """
    adatum = world.customer("Adatum")
    order = world.order(adatum).sells(10, world.item("LAMP", stock=20, cost=60), at=100).charges("4520", 20)
    mistake = order.ship(4, 1)
    asked = {"by": world.by, "at": world.at()}
    undo_shipment(mistake, [10000, 20000], **asked)
    shipment = order.ship(5, 1)
    rows = uninvoiced_lines(SalesDocument.objects.all())
    assert [(row.paper.number, row.remaining) for row in rows] == [(shipment.number, 5), (shipment.number, 1)]
    assert refused(lambda: world.sales_invoice(adatum).takes(mistake)) == ["E-GSL-QTY"] * 4

    invoice = world.sales_invoice(adatum).takes(shipment)
    assert refused(lambda: undo_shipment(shipment, [10000], **asked)) == ["E-UNDO-USED"]
    assert invoice.post().amount == D("520.00")
    world.check()


def test_an_item_charge_goes_along_with_its_goods(world):
    """Freight of 30.00 is for the lamps of the order: on the invoice of their shipment it still is."""
    adatum = world.customer("Adatum")
    world.item_charge("FREIGHT")
    order = (
        world.order(adatum).sells(3, world.item("LAMP", stock=9, cost=60), at=100).adds_charge("FREIGHT", 30)
    )
    order.assigns({1: 1})
    invoice = world.sales_invoice(adatum).takes(order.ship())
    (assignment,) = invoice.assignments()
    assert (assignment.target_line, assignment.amount) == (invoice.lines[1], D("30.00"))
    assert invoice.post().amount == D("330.00")
    assert delete_invoiced_orders(by=world.by, at=world.at()).deleted == [order.number]
    world.check()


def test_texts_that_hang_on_a_line_come_along(world):
    """The lamp's extended text stands under it on the order, and on the invoice of its shipment."""
    adatum = world.customer("Adatum")
    order = (
        world.order(adatum).sells(3, world.item("LAMP", stock=9, cost=60), at=100).says("With a green shade")
    )
    lamp, text = order.lines
    SalesLine.objects.filter(pk=text.pk).update(attached_to_line=lamp)
    invoice = world.sales_invoice(adatum).takes(order.ship())
    _heading, line, hanging = invoice.lines
    assert (hanging.description, hanging.attached_to_line_id) == ("With a green shade", line.pk)

    # It goes with its line.
    remove_line(line, by=world.by, at=world.at())
    assert [row.type for row in invoice.lines] == ["comment"]


def test_an_invoice_of_shipments_is_cancelled(world):
    """The whole invoice was a mistake: both orders have their quantities again, and are delivered and invoiced anew."""
    adatum = world.customer("Adatum")
    lamp = world.item("LAMP", stock=20, cost=60)
    orders = [world.order(adatum).sells(quantity, lamp, at=100) for quantity in (2, 3)]
    posted = world.sales_invoice(adatum).takes(*(order.ship() for order in orders)).post()
    cancel_invoice(posted, by=world.by, at=world.at(), on=world.today)
    assert world.balance(adatum) == 0
    assert world.stock(lamp) == 20
    assert [order.fulfilment for order in orders] == ["open", "open"]
    assert left(world) == {}
    world.check()

    again = world.sales_invoice(adatum).takes(*(order.ship() for order in orders)).post()
    assert again.amount == D("500.00")
    assert [order.fulfilment for order in orders] == ["invoiced", "invoiced"]
    world.check()


def test_units_of_the_shipment_stay(world):
    """Two boxes of twelve leave; one and a half are invoiced first, the rest after."""
    adatum = world.customer("Adatum")
    lamp = world.item("LAMP", stock=48, cost=1, units={"BOX": 12})
    shipment = world.order(adatum).sells(2, lamp, at=20, unit="BOX").ship()
    world.sales_invoice(adatum).takes(shipment).changes(2, quantity=D("1.5")).post()
    rest = world.sales_invoice(adatum).takes(shipment)
    assert (rest.lines[1].quantity, rest.lines[1].unit_code) == (D("0.5"), "BOX")
    rest.post()
    assert world.account("5100") == D("24.00")
    world.check()


def test_return_receipts_are_credited_the_same_way(world):
    """Two chairs come back on one return order, one on another: one credit memo for the three."""
    adatum = world.customer("Adatum")
    chair = world.item("CHAIR", stock=10, cost=30)
    world.sales_invoice(adatum).sells(5, chair, at=100).post()
    returns = [world.return_order(adatum).sells(quantity, chair, at=100) for quantity in (2, 1)]
    receipts = [back.ship() for back in returns]
    memo = world.credit_memo(adatum).takes(*receipts)
    assert memo.lines[0].description == f"Return Receipt No. {receipts[0].number}:"
    posted = memo.post()
    assert (posted.amount, posted.amount_including_vat) == (D("300.00"), D("375.00"))
    assert world.stock(chair) == 8
    assert world.balance(adatum) == D("250.00")
    assert [back.fulfilment for back in returns] == ["invoiced", "invoiced"]
    assert delete_invoiced_orders(by=world.by, at=world.at()).deleted == [back.number for back in returns]
    world.check()


def combine(world, **wishes):
    wishes.setdefault("posting_date", date(2026, 3, 31))
    return combine_shipments(by=world.by, at=world.at(), **wishes)


def test_combine_shipments_writes_an_invoice_per_customer_and_currency(world):
    """Three shipped orders, two in local currency and one in dollars: two invoices (T78)."""
    adatum = world.customer("Adatum", combine_shipments=True)
    world.rate("USD", 100, 80, on=date(2026, 1, 1))
    lamp = world.item("LAMP", stock=20, cost=60)
    orders = [
        world.order(adatum, currency_code=currency).sells(1, lamp, at=100) for currency in ("", "", "USD")
    ]
    for order in orders:
        order.ship()
    result = combine(world, post=True)
    assert [invoice.currency_code for invoice in result.created] == ["", "USD"]
    assert [(paper.amount, paper.posting_date) for paper in result.posted] == [
        (D("200.00"), date(2026, 3, 31)),
        (D("100.00"), date(2026, 3, 31)),
    ]
    assert result.skipped == result.unposted == []

    # The orders are invoiced and stay, until somebody clears them away.
    assert [order.is_done for order in orders] == [False, False, False]
    assert [order.fulfilment for order in orders] == ["invoiced"] * 3
    cleared = delete_invoiced_orders(by=world.by, at=world.at())
    assert cleared.deleted == [order.number for order in orders]
    assert not SalesDocument.objects.exists()
    world.check()


def test_combine_shipments_says_what_it_left_out(world):
    """Blocked customers, orders that don't want it, and, where asked, terms of payment that were agreed on."""
    lamp = world.item("LAMP", stock=20, cost=60)
    wants = world.customer("Adatum", combine_shipments=True)
    alone = world.customer("Fabrikam")
    stopped = world.customer("Contoso", combine_shipments=True)
    plain, special = world.order(wants), world.order(wants, payment_terms_code="14D")
    by_itself, blocked = world.order(alone), world.order(stopped)
    for order in (plain, special, by_itself, blocked):
        order.sells(1, lamp, at=100).ship()
    stopped.blocked = "invoice"
    stopped.save()
    result = combine(world, only_standard_terms=True)
    assert {row.order: row.problem.code for row in result.skipped} == {
        special.number: "E-COMB-TERMS",
        by_itself.number: "E-COMB-OFF",
        blocked.number: "E-CU-BLOCK",
    }
    (invoice,) = result.created
    assert (invoice.customer, invoice.payment_terms_code) == (wants, "30D")

    # Without the condition the invoice follows the first order; the one who is blocked for shipping may be invoiced.
    stopped.blocked = "ship"
    stopped.save()
    result = combine(world)
    assert [invoice.payment_terms_code for invoice in result.created] == ["14D", "30D"]
    assert [row.order for row in result.skipped] == [by_itself.number]
    assert combine(world).created == []


def test_an_invoice_that_cannot_be_posted_stays_and_says_why(world):
    """The customer's own order number is mandatory: one invoice has it, the other does not."""
    lamp = world.item("LAMP", stock=20, cost=60)
    for name, external in (("Adatum", "PO-1"), ("Fabrikam", "")):
        customer = world.customer(name, combine_shipments=True)
        world.order(customer, external_document_no=external).sells(1, lamp, at=100).ship()
    world.sales_setup(external_document_no_mandatory=True)
    result = combine(world, post=True)
    assert (len(result.created), len(result.posted)) == (2, 1)
    (unposted,) = result.unposted
    assert unposted.document.sell_to_name == "Fabrikam"
    assert [problem.field for problem in unposted.problems] == ["external_document_no"]
    assert SalesDocument.objects.filter(type="invoice").count() == 1
    world.check()


def three_deliveries(world):
    """Three orders of three lines; on three days two orders each have something on the lorry."""
    customer = world.customer("Adatum", combine_shipments=True)
    items = [world.item(f"ITEM-{place}", stock=10, cost=1) for place in (1, 2, 3)]
    so1, so2, so3 = (world.order(customer, on=date(2026, 6, 1)) for _order in range(3))
    for order in (so1, so2, so3):
        for item in items:
            order.sells(1, item, at=10)
    so1.ship(1, 1, 0, on=date(2026, 6, 15))
    so2.ship(1, 0, 0, on=date(2026, 6, 15))
    so2.ship(0, 1, 1, on=date(2026, 6, 17))
    so3.ship(1, 0, 0, on=date(2026, 6, 17))
    so3.ship(0, 1, 1, on=date(2026, 6, 19))
    so1.ship(0, 0, 1, on=date(2026, 6, 19))


@pytest.mark.parametrize(
    ("summary", "lines"),
    [
        ("day", [3, 3, 3]),
        ("order", [3, 3, 3]),
        ("bill_to", [9]),
        ("customer", [9]),
        ("shipment", [2, 1, 2, 1, 2, 1]),
    ],
)
def test_how_much_one_invoice_holds(world, summary, lines):
    """What left together on a day, what an order asked for, or everything a customer got: three invoices, or one.

    A posted shipment is of one order, so that an invoice for each of them makes six.
    """
    three_deliveries(world)
    result = combine(world, summary=summary, posting_date=date(2026, 6, 30), post=True)
    counts = [paper.lines.filter(type="item").count() for paper in result.posted]
    assert counts == lines
    assert sum(paper.amount for paper in result.posted) == D("90.00")
    world.check()


def test_a_month_of_shipments_becomes_one_invoice(world):
    """All that left in June, on an invoice of its last day; what left in July waits for the next."""
    customer = world.customer("Adatum", combine_shipments=True)
    lamp = world.item("LAMP", stock=10, cost=60)
    for day in (date(2026, 6, 3), date(2026, 6, 28), date(2026, 7, 2)):
        world.order(customer, on=day).sells(1, lamp, at=100).ship()
    june = SalesShipment.objects.filter(posting_date__range=(date(2026, 6, 1), date(2026, 6, 30)))
    result = combine(world, shipments=june, posting_date=date(2026, 6, 30), post=True)
    (paper,) = result.posted
    assert (paper.amount, paper.posting_date) == (D("200.00"), date(2026, 6, 30))
    assert list(left(world).values()) == [1]
    world.check()


def test_shipments_to_branches_are_invoiced_to_the_one_who_pays(world):
    """Two branches order, the head office pays: one invoice to its own address where that is asked for."""
    office = world.customer("Head Office", combine_shipments=True, city="Utrecht")
    lamp = world.item("LAMP", stock=10, cost=60)
    for name in ("North", "South"):
        branch = world.customer(name, bill_to_customer=office, city=name)
        world.order(branch).sells(1, lamp, at=100).ship()
    result = combine(world, summary="bill_to", post=True)
    (paper,) = result.posted
    assert (paper.sell_to_name, paper.ship_to_city, paper.amount) == ("Head Office", "Utrecht", D("200.00"))
    assert world.balance(office) == D("250.00")
    world.check()


def test_the_invoice_discount_is_calculated_anew_where_asked(world):
    """Two orders of 600 get nothing each; together they pass 1,000 and get 5 %."""
    customer = world.customer("Adatum", combine_shipments=True)
    CustomerInvoiceDiscount.objects.create(code=customer.number, minimum_amount=1000, discount_percent=5)
    lamp = world.item("LAMP", stock=20, cost=60)
    for _order in range(2):
        world.order(customer).sells(6, lamp, at=100).ship()
    result = combine(world, calc_invoice_discount=True, post=True)
    assert [paper.amount for paper in result.posted] == [D("1140.00")]
    world.check()


def test_texts_of_the_shipments_come_along_where_asked(world):
    customer = world.customer("Adatum", combine_shipments=True)
    lamp = world.item("LAMP", stock=20, cost=60)
    world.order(customer).says("Leave at the back door").sells(1, lamp, at=100).ship()
    (invoice,) = combine(world, copy_texts=True).created
    assert [line.description for line in invoice.lines.order_by("line_no")][1:] == [
        "Leave at the back door",
        "Lamp",
    ]


def test_return_receipts_are_combined_as_well(world):
    customer = world.customer("Adatum", combine_shipments=True)
    chair = world.item("CHAIR", stock=10, cost=30)
    world.sales_invoice(customer).sells(5, chair, at=100).post()
    for quantity in (2, 1):
        world.return_order(customer).sells(quantity, chair, at=100).ship()
    result = combine_return_receipts(posting_date=date(2026, 3, 31), post=True, by=world.by, at=world.at())
    assert [paper.amount for paper in result.posted] == [D("300.00")]
    assert world.balance(customer) == D("250.00")
    world.check()


def test_chosen_lines_of_a_customer_become_one_invoice(world):
    """Out of three shipments, two lines are ticked; the rest stays for another day."""
    adatum = world.customer("Adatum")
    lamp = world.item("LAMP", stock=20, cost=60)
    shipments = [world.order(adatum).sells(quantity, lamp, at=100).ship() for quantity in (1, 2, 3)]
    lines = [shipment.lines.select_related("document").get() for shipment in shipments]
    asked = {"posting_date": date(2026, 3, 9), "by": world.by, "at": world.at()}
    invoice = invoice_shipments([lines[0], lines[2]], **asked)
    assert (invoice.status, invoice.posting_date) == ("open", date(2026, 3, 9))
    assert invoice.lines.aggregate(all=Sum("quantity"))["all"] == 4
    assert left(world) == {shipments[1].number: 2}

    other = (
        world.order(world.customer("Fabrikam"))
        .sells(1, lamp, at=100)
        .ship()
        .lines.select_related("document")
        .get()
    )
    assert refused(lambda: invoice_shipments([lines[1], other], **asked)) == ["E-GSL-SEVERAL"]
    assert refused(lambda: invoice_shipments([lines[0], lines[1]], **asked)) == ["E-GSL-QTY"]
    assert refused(lambda: invoice_shipments([], **asked)) == ["E-GSL-NONE"]


def test_an_order_is_archived_before_it_is_cleared_away(world):
    """An order with something left, or never invoiced, stays."""
    world.sales_setup(archive_orders=True)
    adatum = world.customer("Adatum")
    lamp = world.item("LAMP", stock=20, cost=60)
    done, rest, fresh = (world.order(adatum).sells(2, lamp, at=100) for _order in range(3))
    world.sales_invoice(adatum).takes(done.ship(), rest.ship(1)).post()
    cleared = delete_invoiced_orders(by=world.by, at=world.at())
    assert (cleared.deleted, cleared.kept) == ([done.number], [])
    assert [order.is_done for order in (rest, fresh)] == [False, False]
    version = ArchivedDocument.objects.filter(number=done.number).latest("id")
    assert (version.reason, version.amount) == ("posted", D("200.00"))
    world.check()


def test_a_call_off_counts_on_its_blanket_order_when_it_is_invoiced_elsewhere(world):
    adatum = world.customer("Adatum")
    lamp = world.item("LAMP", stock=20, cost=60)
    blanket = world.blanket_order(adatum).sells(10, lamp, at=90)
    order = blanket.calls_off(4)
    world.sales_invoice(adatum).takes(order.ship()).post()
    (agreed,) = blanket.lines
    assert (agreed.quantity_shipped, agreed.quantity_invoiced) == (4, 4)
    assert SalesInvoice.objects.get().amount == D("360.00")
    world.check()


@pytest.mark.parametrize("way", ["get", "combine", "post"])
def test_statements_do_not_grow_with_the_lines(world, way):
    """Sixty lines of two orders take no more statements than two."""
    adatum = world.customer("Adatum", combine_shipments=True)
    items = [world.item(f"ITEM-{place}", stock=9, cost=1) for place in range(30)]

    def statements(some) -> int:
        shipments = []
        for _order in range(2):
            order = world.order(adatum)
            for item in some:
                order.sells(1, item, at=10)
            shipments.append(order.ship())
        invoice = world.sales_invoice(adatum)
        if way == "post":
            invoice.takes(*shipments)
        if way == "get":
            return count_statements(lambda: invoice.takes(*shipments))
        if way == "post":
            return count_statements(invoice.post)
        created = []
        taken = count_statements(lambda: created.extend(combine(world).created))
        assert len(created) == 1
        return taken

    few = statements(items[:1])
    assert statements(items) <= few


def test_a_refused_fetch_names_every_line(world):
    adatum = world.customer("Adatum")
    lamp = world.item("LAMP", stock=20, cost=60)
    order = world.order(adatum).sells(1, lamp, at=100).sells(1, lamp, at=100)
    shipment = order.ship()
    world.sales_invoice(adatum).takes(shipment)
    with pytest.raises(ProblemsFound) as found:
        world.sales_invoice(adatum).takes(shipment)
    assert [problem.code for problem in found.value.problems] == ["E-GSL-QTY", "E-GSL-QTY"]
    assert shipment.number in str(found.value.problems[0])


def test_goods_in_a_unit_that_does_not_come_out_even(world):
    """Flour is kept in kilograms and sold in pounds of 0.45359: 2.5 pounds are 1.13398, and with those before 1.13397.

    Shipments can be invoiced in any order and in parts; in the end no crumb of any of them is uninvoiced.
    """
    UnitOfMeasure.objects.create(code="LB", description="Pound")
    flour = world.item("FLOUR", stock=100, cost=1, units={"LB": D("0.45359")})
    adatum = world.customer("Adatum")
    order = world.order(adatum).sells(5, flour, at=10, unit="LB")
    first, second = order.ship(D("2.5")), order.ship(D("2.5"))
    assert [paper.lines.get().quantity_base for paper in (first, second)] == [D("1.13398"), D("1.13397")]

    # One pound of the later shipment, then what is left of it; the order invoices the rest.
    posted = [world.sales_invoice(adatum).takes(second).changes(2, quantity=D(1)).post()]
    invoice = world.sales_invoice(adatum).takes(second)
    assert invoice.lines[1].quantity == D("1.5")
    posted += [invoice.post(), order.invoice()]
    assert order.is_done
    assert [paper.amount for paper in posted] == [D("10.00"), D("15.00"), D("25.00")]
    assert [paper.lines.exclude(quantity=0).get().quantity_base for paper in posted] == [
        D("0.45359"),
        D("0.68038"),
        D("1.13398"),
    ]
    left_over = [state for state in ItemEntryState.objects.all() if state.quantity != state.invoiced_quantity]
    assert left_over == []
    world.check()

    # Each can be taken back, and that again.
    for paper in posted:
        memo = cancel_invoice(paper, by=world.by, at=world.at(), on=world.today)
        cancel_credit_memo(memo, by=world.by, at=world.at(), on=world.today)
    world.check()


def test_many_shipments_in_an_uneven_unit_on_one_invoice(world):
    """Three times 0.3 pounds: 0.13608, 0.13607 and 0.13608 kilograms; three times 0.4 of a third likewise."""
    UnitOfMeasure.objects.create(code="LB", description="Pound")
    adatum = world.customer("Adatum")
    for number, per_unit, each in (("FLOUR", D("0.45359"), D("0.3")), ("SUGAR", D("0.33333"), D("0.4"))):
        item = world.item(number, stock=100, cost=1, units={"LB": per_unit})
        order = world.order(adatum).sells(3 * each, item, at=10, unit="LB")
        shipments = [order.ship(each) for _day in range(3)]
        world.sales_invoice(adatum).takes(*shipments).post()
        assert order.fulfilment == "invoiced"
    assert not [state for state in ItemEntryState.objects.all() if state.quantity != state.invoiced_quantity]
    world.check()
