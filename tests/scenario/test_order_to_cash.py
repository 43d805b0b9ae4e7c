"""# From order to cash

An order is written, released, shipped and invoiced; the customer pays. Each step leaves its entries in the ledgers,
and the ledgers agree with one another after every one of them.
"""

from datetime import date
from decimal import Decimal as D

from sales.models import SalesDocument, SalesInvoice, SalesShipment
from sales.selectors import papers_of_order


def test_an_order_is_released_shipped_and_invoiced(world):
    """Adatum orders two bicycles at 400 plus 25 % VAT. They ship on 2 March and are invoiced the day after."""
    adatum = world.customer("Adatum")
    bicycle = world.item("BICYCLE", stock=10, cost=240)
    order = world.order(adatum).sells(2, bicycle, at=D("400.00")).release()

    # Shipping takes the goods out of stock; nobody owes anything yet.
    order.ship(on=date(2026, 3, 2))
    assert world.stock(bicycle) == 8
    assert world.balance(adatum) == 0

    # Invoicing moves the value: the customer owes the gross amount, and the goods become cost of goods sold.
    invoice = order.invoice(on=date(2026, 3, 3))
    assert world.ledger(invoice.number) == {
        "1100": D("1000.00"),
        "4100": D("-800.00"),
        "2200": D("-200.00"),
        "5100": D("480.00"),
        "1200": D("-480.00"),
    }
    assert world.balance(adatum) == D("1000.00")
    assert world.vat(invoice.number) == [("V25", D("-800.00"), D("-200.00"))]

    # Everything is invoiced: the order is done, its papers stay.
    assert order.is_done
    papers = papers_of_order(order.number)
    assert [len(papers["shipments"]), len(papers["invoices"])] == [1, 1]
    world.check()


def test_an_order_is_shipped_and_invoiced_in_parts(world):
    """Ten pieces at 100.00 leave in three shipments; two invoices of five take the oldest deliveries first."""
    adatum = world.customer("Adatum")
    lamp = world.item("LAMP", stock=20, cost=60)
    order = world.order(adatum).sells(10, lamp, at=100)

    def progress():
        (line,) = order.lines
        return (line.quantity_shipped, line.quantity_invoiced, line.qty_to_ship, line.qty_to_invoice)

    assert progress() == (0, 0, 10, 10)
    order.changes(qty_to_ship=D(4))
    assert progress() == (0, 0, 4, 4)
    first = order.ship()
    assert progress() == (4, 0, 6, 10)
    second = order.ship(2)
    assert progress() == (6, 0, 4, 10)
    assert world.balance(adatum) == 0

    invoice = order.invoice(5)
    assert (invoice.amount, invoice.amount_including_vat) == (D("500.00"), D("625.00"))
    assert progress() == (6, 5, 4, 5)

    # Four of the five came with the first shipment, one with the second: the line names neither alone.
    (line,) = invoice.lines.all()
    assert (line.quantity, line.shipment_no) == (5, "")

    rest = order.post()
    assert (rest.amount, rest.amount_including_vat) == (D("500.00"), D("625.00"))
    assert order.is_done
    assert world.balance(adatum) == D("1250.00")
    assert world.stock(lamp) == 10
    assert world.account("5100") == D("600.00")
    shipments = [shipment.number for shipment in papers_of_order(order.number)["shipments"]]
    assert shipments[:2] == [first.number, second.number]
    assert len(shipments) == 3
    world.check()


def test_an_invoice_without_shipping_takes_what_has_left(world):
    """Six of ten have left; asked to invoice ten without shipping, six are invoiced."""
    order = world.order(world.customer()).sells(10, world.item(stock=10, cost=60), at=100)
    order.ship(6)
    order.changes(qty_to_ship=D(4))
    invoice = order.invoice()
    assert invoice.amount == D("600.00")
    assert [line.quantity_invoiced for line in order.lines] == [6]
    world.check()


def test_shipping_more_than_is_invoiced_now(world):
    """All ten leave, four are invoiced at once and six later: stock and cost follow both steps."""
    world.item("LAMP", stock=10, cost=60)
    order = world.order(world.customer()).sells(10, "LAMP", at=100)
    order.changes(qty_to_invoice=D(4))
    assert order.post().amount == D("400.00")
    assert world.account("5100") == D("240.00")
    world.check()
    assert order.invoice().amount == D("600.00")
    assert world.account("5100") == D("600.00")
    assert order.is_done
    world.check()


def test_a_quote_becomes_an_order_at_its_own_prices(world):
    """A price list changes after the quote was made; the order keeps the quoted price."""
    adatum = world.customer("Adatum")
    desk = world.item("DESK", stock=5, cost=200, price=350)
    quote = world.quote(adatum, on=date(2026, 3, 2)).sells(2, desk, discount=10)
    assert quote.document.posting_date is None
    desk.unit_price = D(400)
    desk.save()

    order = quote.becomes_order(on=date(2026, 3, 9))
    document = order.document
    assert quote.is_done
    assert (document.quote_no, document.order_date) == (quote.number, date(2026, 3, 2))
    assert document.posting_date == date(2026, 3, 9)
    (line,) = order.lines
    assert (line.unit_price, line.line_discount_percent, line.amount) == (350, 10, D("630.00"))
    invoice = order.post()
    assert invoice.quote_no == quote.number
    world.check()


def test_an_invoice_written_directly_ships_and_bills_at_once(world):
    adatum = world.customer("Adatum")
    chair = world.item("CHAIR", stock=4, cost=30)
    draft = world.sales_invoice(adatum).sells(3, chair, at=50).says("Thank you").charges("4520", 12)
    invoice = draft.post()
    assert draft.is_done
    assert invoice.draft_no == draft.number
    assert invoice.amount_including_vat == D("202.50")
    assert world.stock(chair) == 1
    assert SalesShipment.objects.count() == 1
    assert [line.description for line in invoice.lines.order_by("line_no")][1] == "Thank you"
    world.check()


def test_a_credit_memo_takes_goods_back_and_money_off(world):
    """What was sold for 375.00 comes back: the customer owes nothing, the goods lie in stock again."""
    adatum = world.customer("Adatum")
    chair = world.item("CHAIR", stock=4, cost=30)
    world.sales_invoice(adatum).sells(3, chair, at=100).post()
    credit = world.credit_memo(adatum).sells(3, chair, at=100).post()
    assert world.ledger(credit.number) == {
        "1100": D("-375.00"),
        "4300": D("300.00"),
        "2200": D("75.00"),
        "5100": D("-90.00"),
        "1200": D("90.00"),
    }
    assert world.balance(adatum) == 0
    assert world.stock(chair) == 4
    assert world.account("1200") == D("120.00")
    assert credit.due_date == credit.document_date
    world.check()


def test_a_return_order_is_received_and_credited(world):
    adatum = world.customer("Adatum")
    chair = world.item("CHAIR", stock=4, cost=30)
    world.sales_invoice(adatum).sells(3, chair, at=100).post()
    back = world.return_order(adatum).sells(2, chair, at=100)
    receipt = back.ship()
    assert receipt._meta.model_name == "returnreceipt"
    assert world.stock(chair) == 3
    credit = back.invoice()
    assert credit.amount_including_vat == D("250.00")
    assert world.balance(adatum) == D("125.00")
    assert back.is_done
    world.check()


def test_a_customer_pays_in_time_and_takes_the_discount(world):
    """Terms of 2 % within eight days: 1,225.00 on the eighth day settles 1,250.00."""
    adatum = world.customer("Adatum", terms="1M(8D)")
    lamp = world.item("LAMP", stock=10, cost=60)
    invoice = world.order(adatum, on=date(2026, 3, 1)).sells(10, lamp, at=100).post()
    assert (invoice.due_date, invoice.payment_discount_date) == (date(2026, 4, 1), date(2026, 3, 9))

    world.pay(adatum, 1225, on=date(2026, 3, 9), apply=invoice.number)
    assert world.balance(adatum) == 0
    assert world.open_items(adatum) == {}
    assert world.account("4420") == D("25.00")
    world.check()


def test_a_cash_sale_is_paid_the_moment_it_is_posted(world):
    """The payment method has a balancing account: the invoice is closed as soon as it exists."""
    adatum = world.customer("Adatum")
    cash = world.item("LAMP", stock=10, cost=60)
    invoice = world.sales_invoice(adatum, payment_method_code="CASH").sells(1, cash, at=100).post()
    assert world.balance(adatum) == 0
    assert world.open_items(adatum) == {}
    assert world.ledger(invoice.number)["1010"] == D("125.00")
    world.check()


def test_the_preview_shows_what_posting_will_do_and_leaves_no_trace(world):
    """Same entries, no rows, no numbers: after the preview the first invoice still gets the first number."""
    from sales.routines.post import preview

    adatum = world.customer("Adatum")
    order = world.order(adatum).sells(2, world.item(stock=5, cost=60), at=100)
    before = SalesDocument.objects.get(pk=order.key)
    plan = preview(before, by=world.by, at=world.at())
    (transaction,) = plan.transactions
    assert sorted(line.amount for line in transaction.lines) == [-200, -120, -50, 120, 250]
    assert transaction.facts.document_no == "***"
    assert SalesInvoice.objects.count() == SalesShipment.objects.count() == 0
    assert SalesDocument.objects.get(pk=order.key).status == before.status == "open"

    invoice = order.post()
    assert world.ledger(invoice.number)["1100"] == D("250.00")
    world.check()
