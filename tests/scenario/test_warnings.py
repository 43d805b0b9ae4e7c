"""# What is worth knowing

Handel warns of a credit limit that is exceeded, of goods that will be missing and of much else, and stops nobody. A
warning goes away with its cause, and everybody hides the kinds that they do not want to see.
"""

from datetime import date
from decimal import Decimal as D

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import ResponsibilityCenter
from erp.kernel.errors import ErpError
from inventory.availability import outlooks
from inventory.models import Item
from inventory.selectors import Place
from posting.models import GeneralPostingSetup
from sales.masters import NewLine
from sales.models import SalesSetup, UserSalesSetup
from sales.plans.warnings import KINDS
from sales.routines.add_lines import add_lines
from sales.routines.discount import type_invoice_discount
from sales.routines.hide_warning import hide_warning, show_warning
from sales.values import SalesValues
from sales.warnings import credit_of, stock_views, warnings_of


def warned(story, *, on: date | None = None, by=None, **asked) -> list[str]:
    """The codes of what somebody is warned of."""
    return [problem.code for problem in warnings(story, on=on, by=by, **asked)]


def warnings(story, *, on: date | None = None, by=None, **asked) -> list:
    day = on or story.world.today
    return warnings_of(story.document, lines=story.lines, on=day, by=by, **asked)


def march(day: int) -> date:
    return date(2026, 3, day)


# Credit


@pytest.fixture
def adatum(world):
    """Owes 5,000.00; goods for 1,250.00 are shipped and not invoiced, and more for 2,500.00 is ordered."""
    customer = world.customer("Adatum")
    world.sales_invoice(customer).charges("4520", 4000).post()
    world.order(customer).charges("4520", 1000).ship(1)
    world.order(customer).charges("4520", 2000)
    return customer


@pytest.mark.parametrize(("limit", "expected"), [("9375.00", []), ("9374.99", ["W-CREDIT"]), ("0", [])])
def test_a_line_that_exceeds_the_credit_limit(world, adatum, limit, expected):
    """A line of 625.00 with VAT brings all to 9,375.00; one cent less is agreed, or nothing at all (T79)."""
    adatum.credit_limit = D(limit)
    adatum.save()
    order = world.order(adatum).charges("4520", 500)
    assert warned(order) == expected

    # Either way the order is released and posted.
    invoice = order.release().post()
    assert invoice.amount_including_vat == D("625.00")
    assert world.balance(adatum) == D("5625.00")
    world.check()


def test_what_counts_against_the_limit(world, adatum):
    """Every part of the sum is shown, and what is left of the limit."""
    adatum.credit_limit = D("10000.00")
    adatum.save()
    order = world.order(adatum).charges("4520", 500)
    world.sales_invoice(adatum).charges("4520", 80)
    world.return_order(adatum).charges("4520", 40)
    world.return_order(adatum).charges("4520", 20).ship(1)
    credit, added = credit_of(order.document, order.lines, on=world.today)
    assert (credit.balance, credit.shipped_not_invoiced) == (D("5000.00"), D("1250.00"))
    assert (credit.outstanding_orders, credit.outstanding_invoices) == (D("3125.00"), D("100.00"))
    assert (credit.outstanding_returns, credit.returned_not_credited) == (D("50.00"), D("25.00"))
    assert added == 0
    assert credit.credit_amount() == D("9400.00")
    assert credit.credit_left() == D("600.00")


def test_a_quote_counts_as_if_it_were_an_order(world, adatum):
    """Other quotes do not count; of the one at hand all of it does, in local currency."""
    adatum.credit_limit = D("9374.99")
    adatum.save()
    world.quote(adatum).charges("4520", 90000)
    quote = world.quote(adatum).charges("4520", 499)
    assert warned(quote) == []
    quote.charges("4520", 1)
    assert warned(quote) == ["W-CREDIT"]
    (warning,) = warnings(quote)
    assert "9374.99" in warning.message and "0.01" in warning.message

    world.rate("USD", 100, 50, on=march(1))
    in_dollars = world.quote(adatum, currency_code="USD").charges("4520", 999)
    assert warned(in_dollars) == []
    assert warned(in_dollars.charges("4520", 1)) == ["W-CREDIT"]


def test_who_pays_is_asked_and_credit_documents_are_not(world, adatum):
    """The order of a branch counts for the customer who pays; a credit memo makes nobody owe more."""
    adatum.credit_limit = D("100.00")
    adatum.save()
    branch = world.customer("Adatum Branch", bill_to_customer=adatum)
    assert warned(world.order(branch)) == ["W-CREDIT"]
    assert warned(world.credit_memo(adatum).charges("4520", 10)) == []
    assert warned(world.return_order(adatum).charges("4520", 10)) == []
    assert warned(world.blanket_order(adatum).charges("4520", 10)) == []


def test_a_prospect_owes_nothing(world):
    assert warned(world.offer("Newcomer").charges("4520", 10)) == []


def test_overdue_entries(world):
    """An invoice that was due yesterday is overdue; one that is due today is not."""
    adatum = world.customer("Adatum", terms="14D")
    world.sales_invoice(adatum).charges("4520", 100).post()
    order = world.order(adatum)
    assert warned(order, on=march(16), without=["W-PASTDATE"]) == []
    assert warned(order, on=march(17), without=["W-PASTDATE"]) == ["W-OVERDUE"]
    assert "125.00" in warnings(order, on=march(17))[0].message

    # Once it is paid the warning is gone.
    world.pay(adatum, 125, apply="oldest", on=march(17))
    assert warned(order, on=march(17), without=["W-PASTDATE"]) == []


@pytest.mark.parametrize(
    ("watched", "expected"),
    [
        ("both", ["W-CREDIT", "W-OVERDUE"]),
        ("credit_limit", ["W-CREDIT"]),
        ("overdue_balance", ["W-OVERDUE"]),
        ("none", []),
    ],
)
def test_the_set_up_says_which_of_the_two_is_watched(world, watched, expected):
    adatum = world.customer("Adatum", terms="14D", credit_limit=D("100.00"))
    world.sales_invoice(adatum).charges("4520", 100).post()
    world.sales_setup(credit_warnings=watched)
    assert warned(world.order(adatum), on=march(17), without=["W-PASTDATE"]) == expected


# Stock


def test_goods_that_will_be_missing(world):
    """Ten lamps are there and another order takes six on 5 March: of five on 6 March one is missing."""
    adatum = world.customer("Adatum")
    lamp = world.item("LAMP", stock=10, cost=60, price=100)
    world.order(adatum, shipment_date=march(5)).sells(6, lamp)
    order = world.order(adatum, shipment_date=march(6)).sells(5, lamp)
    (warning,) = warnings(order)
    assert (warning.code, warning.line_no, warning.field) == ("W-STOCK", 10000, "quantity")
    assert "Only 4 PCS of LAMP" in warning.message and "5 were entered" in warning.message

    # The day before nobody else wants any, and of four all are there.
    assert warned(order.changes(shipment_date=march(4))) == []
    assert warned(order.changes(shipment_date=march(6))) == ["W-STOCK"]
    assert warned(order.changes(quantity=D(4))) == []

    # The order is released and shipped, warned of or not.
    order.changes(quantity=D(5)).release().ship(5)
    world.check()


def test_goods_that_are_to_come_back(world):
    """What comes by the day counts for an order; until then the details name the first day on which there is enough."""
    adatum = world.customer("Adatum")
    lamp = world.item("LAMP", stock=2, cost=60, price=100)
    back = world.return_order(adatum).sells(3, lamp)
    back.changes(shipment_date=march(10))
    order = world.order(adatum, shipment_date=march(6)).sells(5, lamp)
    world.order(adatum, shipment_date=march(20)).sells(1, lamp)
    (view,) = stock_views(order.document, order.lines, setup=SalesSetup.objects.get(), on=world.today)
    assert (view.available.inventory, view.available.wanted, view.available.coming) == (2, 0, 0)
    assert (view.needed, view.left, view.earliest) == (5, -3, march(10))
    assert warned(order.changes(shipment_date=march(10))) == []

    # An invoice takes its goods today and waits for nothing.
    order.changes(quantity=D(1))
    invoice = world.sales_invoice(adatum, shipment_date=march(10)).sells(3, lamp)
    assert warned(invoice) == ["W-STOCK"]
    (view,) = stock_views(invoice.document, invoice.lines, setup=SalesSetup.objects.get(), on=world.today)
    assert (view.on, view.left, view.earliest) == (world.today, -1, march(10))


def test_stock_is_looked_at_by_location_variant_and_unit(world):
    """Twelve lamps in Oslo are one box there, and none in Bergen."""
    world.location("OSLO")
    world.location("BERGEN")
    adatum = world.customer("Adatum")
    lamp = world.item("LAMP", stock=18, cost=60, price=100, location="OSLO", units={"BOX": 12})
    order = world.order(adatum, location_code="OSLO").sells(1, lamp, unit="BOX")
    assert warned(order) == []
    order.changes(quantity=D(2))
    assert "Only 1.5 BOX" in warnings(order)[0].message
    assert warned(world.order(adatum, location_code="BERGEN").sells(1, lamp)) == ["W-STOCK"]


def test_two_lines_of_one_document_want_the_same_goods(world):
    """Each is told what the other leaves."""
    adatum = world.customer("Adatum")
    lamp = world.item("LAMP", stock=10, cost=60, price=100)
    order = world.order(adatum).sells(6, lamp).sells(5, lamp)
    assert [problem.line_no for problem in warnings(order)] == [10000, 20000]
    assert warned(order.changes(2, quantity=D(4))) == []


def test_whose_stock_nobody_watches(world):
    """Quotes take nothing out, services are not stocked, and item or set-up may keep silent."""
    adatum = world.customer("Adatum")
    lamp = world.item("LAMP", price=100)
    world.item("ADVICE", type="service", price=100, group="SERVICES")
    assert warned(world.quote(adatum).sells(1, lamp)) == []
    assert warned(world.order(adatum).sells(1, "ADVICE")) == []
    order = world.order(adatum).sells(1, lamp)
    assert warned(order) == ["W-STOCK"]
    world.sales_setup(stockout_warning=False)
    assert warned(order) == []
    Item.objects.filter(pk=lamp.pk).update(stockout_warning="yes")
    assert warned(order) == ["W-STOCK"]
    world.sales_setup(stockout_warning=True)
    Item.objects.filter(pk=lamp.pk).update(stockout_warning="no")
    assert warned(order) == []
    Item.objects.filter(pk=lamp.pk).update(stockout_warning="yes")
    assert warned(world.return_order(adatum).sells(1, lamp)) == []


def test_when_there_will_be_enough(world):
    """The first day on which what comes covers what is missing; what others want only later does not count."""
    adatum = world.customer("Adatum")
    lamp = world.item("LAMP", stock=20, cost=60, price=100)
    world.order(adatum, shipment_date=march(5)).sells(15, lamp)
    for day, quantity in ((9, 1), (10, 30)):
        world.return_order(adatum).sells(quantity, lamp).changes(shipment_date=march(day))
    world.order(adatum, shipment_date=march(8)).sells(100, lamp)
    (outlook,) = outlooks([Place(lamp.pk)]).values()
    assert outlook.by(march(6)).quantity == 5
    assert outlook.by(march(6), own=D(15)).quantity == 20
    assert outlook.by(march(10), receipts=False).quantity == -95
    assert outlook.earliest(D(5), since=march(6)) == march(6)
    assert outlook.earliest(D(6), since=march(6)) == march(9)
    assert outlook.earliest(D(8), since=march(6)) == march(10)
    assert outlook.earliest(D(99), since=march(6)) is None
    assert outlooks([]) == {}


# References, dates, people, accounts


def test_the_customers_number_was_used_before(world):
    """On another document of the type, or on a posted one; not on what was posted from the order itself."""
    adatum, other = world.customer("Adatum"), world.customer("Other")
    order = world.order(adatum, external_document_no="PO-1").charges("4520", 100, quantity=2)
    world.order(other, external_document_no="PO-1")
    world.quote(adatum, external_document_no="PO-1")
    assert warned(order) == []

    again = world.order(adatum, external_document_no="PO-1")
    assert warned(order) == warned(again) == ["W-EXTDOC"]
    assert order.number in warnings(again)[0].message

    invoice = world.sales_invoice(adatum, external_document_no="PO-2").charges("4520", 100).post()
    third = world.order(adatum, external_document_no="PO-2")
    assert warned(third) == ["W-EXTDOC"] and invoice.number in warnings(third)[0].message
    assert warned(world.sales_invoice(adatum, external_document_no="PO-2")) == ["W-EXTDOC"]
    assert warned(world.credit_memo(adatum, external_document_no="PO-2")) == []

    # An order that is invoiced in parts does not warn of itself.
    partly = world.order(adatum, external_document_no="PO-3").charges("4520", 100, quantity=2)
    partly.ship(1)
    partly.invoice(1)
    assert warned(partly) == []

    credit_memo = world.credit_memo(adatum, external_document_no="CR-1").charges("4520", 10).post()
    assert warned(world.credit_memo(adatum, external_document_no="CR-1")) == ["W-EXTDOC"]
    assert warned(world.order(adatum, external_document_no=credit_memo.external_document_no)) == []


def test_goods_that_should_have_left(world):
    """Each line with something to ship is named; while there are none the head is."""
    adatum = world.customer("Adatum")
    order = world.order(adatum)
    assert warned(order, on=march(2)) == []
    (warning,) = warnings(order, on=march(3))
    assert (warning.code, warning.line_no) == ("W-PASTDATE", None)
    order.charges("4520", 10).charges("4520", 10).changes(2, shipment_date=march(3))
    assert [problem.line_no for problem in warnings(order, on=march(3))] == [10000]
    order.ship(1)
    assert [problem.line_no for problem in warnings(order, on=march(4))] == []
    assert warned(world.credit_memo(adatum).charges("4520", 10), on=march(9)) == []


def test_a_customer_of_another_responsibility_center(world):
    """Oslo looks after Adatum; who writes for Bergen is told, and the order is Bergen's."""
    oslo, bergen = (ResponsibilityCenter.objects.create(code=code) for code in ("OSLO", "BERGEN"))
    adatum = world.customer("Adatum", responsibility_center=oslo)
    assert warned(world.order(adatum), by=world.by) == []
    clerk = world.user("clerk")
    UserSalesSetup.objects.create(user=clerk, responsibility_center=bergen)
    order = world.order(adatum)
    (warning,) = warnings(order, by=clerk)
    assert warning.code == "W-RESP"
    assert "OSLO" in warning.message and "BERGEN" in warning.message
    assert warned(world.order(world.customer("Nobody's")), by=clerk) == []


def test_a_discount_that_has_no_account(world):
    """Discounts are posted by themselves, but nobody said where: the warning comes before posting refuses it."""
    adatum = world.customer("Adatum")
    world.item("LAMP", stock=10, cost=60, price=100)
    order = world.order(adatum).sells(1, "LAMP", discount=10).sells(1, "LAMP", discount=5)
    GeneralPostingSetup.objects.update(sales_line_discount_account=None)
    assert warned(order) == []
    world.sales_setup(discount_posting="all_discounts")
    (warning,) = warnings(order)
    assert warning.code == "W-DISC-ACC"
    assert warning.setup == "admin:posting_generalpostingsetup_changelist"
    world.sales_setup(discount_posting="invoice_discounts")
    assert warned(order) == []


# Hiding


def test_everybody_hides_what_they_do_not_want_to_see(world, adatum):
    """A clerk hides the credit warning; others see it still, and the clerk brings it back."""
    adatum.credit_limit = D("100.00")
    adatum.save()
    clerk, colleague = world.user("clerk"), world.user("colleague")
    order = world.order(adatum)
    hide_warning("W-CREDIT", by=clerk)
    hide_warning("W-CREDIT", by=clerk)
    assert warned(order, by=clerk) == []
    assert warned(order, by=colleague) == ["W-CREDIT"]
    assert warned(order) == ["W-CREDIT"]
    show_warning("W-CREDIT", by=clerk)
    assert warned(order, by=clerk) == ["W-CREDIT"]
    with pytest.raises(ErpError) as caught:
        hide_warning("W-NONE", by=clerk)
    assert caught.value.code == "E-WARN-NONE"


def test_warnings_stop_nothing(world, adatum):
    """An order with every warning there is, is written, changed, released and posted."""
    adatum.credit_limit = D("1.00")
    adatum.responsibility_center = ResponsibilityCenter.objects.create(code="OSLO")
    adatum.save()
    lamp = world.item("LAMP", cost=60, price=100)
    own = ResponsibilityCenter.objects.create(code="BERGEN")
    UserSalesSetup.objects.create(user=world.by, responsibility_center=own)
    world.order(adatum, external_document_no="PO-1")
    given = {"external_document_no": "PO-1", "shipment_date": march(2)}
    order = world.order(adatum, **given).sells(5, lamp, discount=10)
    type_invoice_discount(order.document, D(9), values=SalesValues.load(), at=world.at())
    order.changes(quantity=D(4))
    late = date(2026, 4, 20)
    world.sales_setup(discount_posting="line_discounts")
    GeneralPostingSetup.objects.update(sales_line_discount_account=None)
    assert warned(order, on=late, by=world.by) == list(KINDS)

    world.sales_setup(discount_posting="no_discounts")
    order.changes(quantity=D(6)).release()
    order.post(on=late)
    assert order.is_done
    world.check()


def test_warnings_of_many_lines_cost_as_many_queries_as_those_of_one(world):
    adatum = world.customer("Adatum", credit_limit=D("100.00"))
    lamps = [world.item(f"LAMP-{place}", cost=60, price=100) for place in range(20)]
    world.sales_setup(discount_posting="all_discounts")
    counts = []
    for items in (lamps[:1], lamps):
        order = world.order(adatum)
        new = [NewLine(item.number, D(1), line_discount_percent=D(5)) for item in items]
        add_lines(order.document, new, by=world.by, at=world.at(), on=world.today)
        document, lines = order.document, order.lines
        with CaptureQueriesContext(connection) as captured:
            found = warnings_of(document, lines=lines, on=march(3), by=world.by)
        assert sum(problem.code == "W-STOCK" for problem in found) == len(items)
        counts.append(len(captured))
    assert counts[0] == counts[1]
