"""# What a document comes to

The statistics of a document show its amounts, its VAT by group, what the goods cost and what is left of it, for the
whole document and for what would be invoiced or shipped next. They are reckoned as posting would.
"""

from datetime import date
from decimal import Decimal as D

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from inventory.models import Item
from posting.models import GLAccount, VATProductGroup
from sales.margins import document_statistics, posted_statistics
from sales.models import SalesCreditMemo, SalesInvoice
from sales.routines.discount import type_invoice_discount
from sales.values import SalesValues


def figures(story):
    return document_statistics(story.document)


def discount(world, story, amount) -> None:
    document = story.document
    type_invoice_discount(document, D(amount), values=SalesValues.load(document.currency_code), at=world.at())


def test_a_discount_is_shown_whole_and_as_far_as_it_is_invoiced(world):
    """T38: three lines of 10 × 1,000.00 with 1,000.00 off the document. Nothing of the first is to be invoiced, half of
    the second, all of the third: 0.00, 166.67 and 333.33 of the discount go along."""
    item = world.item(stock=50, cost=600)
    order = world.order(world.customer())
    for _line in range(3):
        order.sells(10, item, at=1000)
    discount(world, order, 1000)
    assert [line.inv_discount_amount for line in order.lines] == [D("333.33"), D("333.34"), D("333.33")]
    order.changes(1, qty_to_ship=D(0), qty_to_invoice=D(0)).changes(2, qty_to_ship=D(5))

    shown = figures(order)
    assert shown.general.inv_discount == D("1000.00")
    assert (shown.general.amount, shown.general.net, shown.general.gross) == (30000, 29000, D("36250.00"))
    assert shown.invoicing.inv_discount == D("500.00")
    assert (shown.invoicing.amount, shown.invoicing.net) == (15000, 14500)
    assert shown.shipping.inv_discount == D("500.00")

    # Posting comes to the same.
    assert order.post().amount == D("14500.00")
    world.check()


@pytest.mark.parametrize(
    ("precision", "direction", "price", "rounding", "gross"),
    [("0.05", "nearest", "1190.11", "-0.01", "1190.10"), ("1", "down", "99.99", "-0.99", "99.00"),
     ("1", "up", "1234.51", "0.49", "1235.00")],
)  # fmt: skip
def test_the_rounding_line_counts(world, precision, direction, price, rounding, gross):
    """T42: without VAT, totals are rounded to what can be paid. The line that posting adds is in the total, and in the
    quantity: one piece makes two."""
    world.sales_setup(invoice_rounding=True)
    world.ledger_setup(invoice_rounding_precision=D(precision), invoice_rounding_type=direction)
    free = VATProductGroup.objects.get(code="V0")
    GLAccount.objects.filter(number="4600").update(vat_prod_posting_group=free)
    item = world.item(stock=1, cost=1)
    Item.objects.update(vat_prod_posting_group=free)
    order = world.order(world.customer()).sells(1, item, at=price)
    shown = figures(order).general
    assert (shown.rounding, shown.gross, shown.quantity) == (D(rounding), D(gross), 2)
    assert (shown.amount, shown.net) == (D(price), D(gross))
    invoice = order.post()
    assert invoice.amount_including_vat == D(gross)
    assert posted_statistics(invoice).quantity == 2


def test_what_is_left_of_a_sale(world):
    """A bicycle at 400.00 less 10 % that cost 240.00 leaves 120.00, which is a third. Freight is pure profit."""
    bicycle = world.item("BICYCLE", stock=5, cost=240)
    order = world.order(world.customer()).sells(1, bicycle, at=400, discount=10).charges("4520", 30)
    shown = figures(order).general
    assert (shown.sales_lcy, shown.cost, shown.profit) == (390, 240, 150)
    assert shown.profit_percent == D("38.5")
    assert (shown.adjusted_cost, shown.adjusted_profit) == (240, 150)
    assert figures(world.order(world.customer("Nobody"))).general.profit_percent == 0


def test_cost_that_became_known_later(world):
    """Written at a cost of 240.00; by the time of shipping the oldest bicycle in stock had cost 250.00. What has left
    shows what it cost, what has not what the line says; the posted invoice shows both costs."""
    bicycle = world.item("BICYCLE", cost=240)
    order = world.order(world.customer()).sells(4, bicycle, at=400)
    world.receive(10, bicycle, at=250)
    order.ship(1)
    shown = figures(order)
    assert (shown.general.cost, shown.general.adjusted_cost) == (960, 970)
    assert (shown.general.profit, shown.general.adjusted_profit) == (640, 630)
    assert shown.general.cost_adjustment == 10
    assert (shown.shipping.cost, shown.shipping.adjusted_cost) == (720, 720)
    assert (shown.invoicing.cost, shown.invoicing.adjusted_cost) == (960, 970)

    invoice = posted_statistics(order.invoice())
    assert (invoice.sales_lcy, invoice.cost, invoice.adjusted_cost) == (400, 240, 250)
    assert (invoice.profit_percent, invoice.adjusted_profit_percent) == (D("40.0"), D("37.5"))
    world.check()


def test_an_invoice_of_goods_whose_cost_is_not_known_yet(world):
    """Sold before they came in: posted at 240.00, and the receipt a day later says 200.00. The invoice's adjusted cost
    follows, though the invoice itself never changes."""
    bicycle = world.item("BICYCLE", cost=240)
    invoice = world.order(world.customer()).sells(1, bicycle, at=400).post()
    assert posted_statistics(invoice).adjusted_cost == 240
    world.receive(1, bicycle, at=200, on=date(2026, 3, 3))
    shown = posted_statistics(invoice)
    assert (shown.cost, shown.adjusted_cost, shown.adjusted_profit) == (240, 200, 200)
    world.check()


def test_what_is_taken_back(world):
    """A credit memo shows what is lost: sales and cost are positive, as on an invoice."""
    bicycle = world.item("BICYCLE", stock=5, cost=240)
    adatum = world.customer()
    world.order(adatum).sells(2, bicycle, at=400).post()
    back = world.credit_memo(adatum).sells(1, bicycle, at=400)
    assert (figures(back).general.sales_lcy, figures(back).general.profit) == (400, 160)
    back.post()
    shown = posted_statistics(SalesCreditMemo.objects.get())
    assert (shown.net, shown.adjusted_cost, shown.adjusted_profit) == (400, 240, 160)


def test_vat_is_shown_by_group(world):
    """Two rates, and a return at one of them: three groups, each with what VAT was reckoned on."""
    item, food = world.item("BICYCLE", stock=5, cost=1), world.item("BREAD", stock=9, cost=1, group="REDUCED")
    order = world.order(world.customer()).sells(2, item, at=100).sells(-1, item, at=10).sells(3, food, at=10)
    discount(world, order, 10)
    shown = figures(order).general
    seen = [
        (group.key.identifier, group.line_amount, group.inv_discount_amount, group.base, group.vat_amount)
        for group in shown.groups
    ]
    assert seen == [
        ("V10", 30, D("1.36"), D("28.64"), D("2.86")),
        ("V25", -10, D("-0.45"), D("-9.55"), D("-2.39")),
        ("V25", 200, D("9.09"), D("190.91"), D("47.73")),
    ]
    assert shown.vat == D("48.20")
    invoice = order.post()
    posted = posted_statistics(invoice)
    assert [group.vat_amount for group in posted.groups] == [group.vat_amount for group in shown.groups]
    assert (posted.net, posted.vat, posted.gross) == (shown.net, shown.vat, shown.gross)


def test_foreign_sales_are_compared_in_local_currency(world):
    """1,000.00 USD at 0.80 are 800.00 EUR; the goods cost 600.00 EUR."""
    world.rate("USD", 100, 80, on=date(2026, 1, 1))
    export = world.customer("Northwind", group="EXPORT", currency="USD")
    order = world.order(export).sells(1, world.item(stock=5, cost=600), at=1000)
    shown = figures(order).general
    assert (shown.net, shown.sales_lcy, shown.profit, shown.profit_percent) == (1000, 800, 200, 25)
    order.post()
    assert posted_statistics(SalesInvoice.objects.get()).profit == 200


def test_what_the_carrier_wants_to_know(world):
    """Boxes of twelve: weights and volume count pieces, parcels of ten pieces are rounded up for each line."""
    item = world.item(
        "LAMP", stock=100, cost=1, units={"BOX": 12}, gross_weight=D("2.5"), net_weight=D(2),
        unit_volume=D("0.01"), units_per_parcel=D(10),
    )  # fmt: skip
    order = world.order(world.customer()).sells(2, item, unit="BOX", at=12).sells(3, item, at=1).says("Hi")
    order.changes(1, qty_to_ship=D(1))
    shown = figures(order)
    assert (shown.general.quantity, shown.general.parcels) == (5, 4)
    assert (shown.general.gross_weight, shown.general.net_weight) == (D("67.5"), 54)
    assert shown.general.volume == D("0.27")
    assert (shown.shipping.quantity, shown.shipping.parcels, shown.shipping.net_weight) == (4, 3, 30)


def test_documents_that_are_posted_whole_are_invoiced_whole(world):
    """An invoice, and a quote that nobody posts, come to the same in every view."""
    item = world.item(stock=5, cost=60)
    for story in (world.sales_invoice(world.customer()), world.quote(world.customer("Fabrikam"))):
        story.sells(2, item, at=100)
        shown = figures(story)
        assert shown.general == shown.invoicing == shown.shipping
        assert shown.general.gross == 250


def test_statistics_take_as_many_queries_for_fifty_lines_as_for_two(world):
    item = world.item(stock=99, cost=1)
    adatum = world.customer()
    orders = [world.order(adatum), world.order(adatum)]
    for order, count in zip(orders, (2, 20), strict=True):
        for _line in range(count):
            order.sells(2, item, at=1)
        order.ship(1)
    counts = []
    for order in orders:
        document = order.document
        with CaptureQueriesContext(connection) as captured:
            document_statistics(document)
        counts.append(len(captured))
    assert counts[0] == counts[1]
