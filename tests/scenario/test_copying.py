"""# Copying documents

What was written once is not typed again. A document, a posted paper or an archived version is copied to one that is
open: with its head and its dates, or only its lines; at the prices it had, or at those of today. The copy tells what
it left out, and why.
"""

from datetime import date
from decimal import Decimal as D

import pytest

from erp.kernel.errors import ProblemsFound
from sales.errors import LinesLocked
from sales.models import SalesComment, SalesDocument, SalesLine, SalesShipmentLine
from sales.routines.archive import archive
from sales.routines.copy_document import copy_document, preview_copy
from sales.routines.copy_to_new import copy_to_new
from sales.routines.discount import type_invoice_discount
from sales.values import SalesValues


def copy(world, target, source, *, on=None, **options):
    """Copy something to the document of a story."""
    day = on or world.today
    return copy_document(target.document, source, by=world.by, at=world.at(day), on=day, **options)


def figures(story):
    """What stands on the lines, but for their numbers."""
    return [
        (
            line.number,
            line.description,
            line.quantity,
            line.unit_price,
            line.line_discount_amount,
            line.inv_discount_amount,
            line.amount,
            line.amount_including_vat,
        )
        for line in story.lines
    ]


def reasons(copied):
    return [(problem.code, problem.line_no) for problem in copied.skipped]


def test_an_order_is_copied_with_its_head(world):
    """Last month's order of Adatum is wanted again: head, dates, prices and discounts come along, progress does not."""
    adatum, fabrikam = world.customer("Adatum"), world.customer("Fabrikam", terms="1M(8D)")
    world.item("LAMP", stock=10, cost=60)
    order = world.order(adatum, on=date(2026, 2, 2), your_reference="ROOM 7")
    order.sells(10, "LAMP", at=100, discount=10).charges("4520", 25).says("Mind the step.")
    order.ship(4)
    order.reopen()

    # The new order was begun for somebody else; its head goes, so nothing has to match.
    target = world.order(fabrikam, on=date(2026, 3, 9))
    copied = copy(world, target, order.document, include_header=True)
    document = target.document
    assert (document.customer, document.your_reference) == (adatum, "ROOM 7")
    assert (document.payment_terms_code, document.status) == ("30D", "open")

    # Dates are those of the source, whatever day it is: re-date the copy before it is posted.
    assert (document.order_date, document.posting_date) == (date(2026, 2, 2), date(2026, 2, 2))
    assert (document.document_date, document.due_date) == (date(2026, 2, 2), date(2026, 3, 4))
    assert document.shipment_date == date(2026, 2, 2)

    # Four lamps of the source have left; the copy wants all ten.
    assert figures(target) == figures(order)
    lamp = target.lines[0]
    assert (lamp.quantity, lamp.quantity_shipped, lamp.qty_to_ship) == (10, 0, 10)
    assert (len(copied.lines), copied.skipped) == (3, ())
    world.check()


def test_lines_alone_want_the_same_customer_and_currency(world):
    """Without the head, whoever orders, who pays, groups, currency and the VAT in prices must be the same."""
    adatum, fabrikam = world.customer("Adatum"), world.customer("Fabrikam", group="EU", currency="USD")
    world.rate("USD", 100, 80, on=date(2026, 1, 1))
    world.item("LAMP", stock=10, cost=60, price=100)
    order = world.order(adatum).sells(2, "LAMP", at=90, discount=10)
    target = world.order(fabrikam)
    with pytest.raises(ProblemsFound) as refusal:
        copy(world, target, order.document)
    assert {problem.code for problem in refusal.value.problems} == {"E-COPY-MISMATCH"}
    assert [problem.field for problem in refusal.value.problems] == [
        "customer",
        "bill_to_customer",
        "customer_posting_group",
        "gen_bus_posting_group",
        "vat_bus_posting_group",
        "currency_code",
    ]
    assert target.lines == []

    # Recalculated they may differ: what is sold and how much is taken, the rest is found for Fabrikam in dollars.
    copy(world, target, order.document, recalculate_lines=True)
    (line,) = target.lines
    assert (line.quantity, line.unit_price, line.line_discount_percent) == (2, 125, 0)
    assert line.vat_bus_posting_group == target.document.vat_bus_posting_group

    # Onto another order of Adatum they are copied as they are, after the lines that stand there.
    other = world.order(adatum, on=date(2026, 3, 9)).says("Second room")
    copy(world, other, order.document)
    assert [(line.line_no, line.unit_price) for line in other.lines] == [(10000, 0), (20000, 90)]
    assert other.lines[1].shipment_date == date(2026, 3, 9)


def test_lines_that_stand_in_the_way_are_asked_about(world):
    """The head of another document takes the place of this one's, lines and all; whoever copies is asked first."""
    adatum = world.customer("Adatum")
    world.item("LAMP", stock=10, cost=60)
    order = world.order(adatum).sells(2, "LAMP", at=100)
    target = world.order(adatum).sells(9, "LAMP", at=1)
    for answer in (None, False):
        with pytest.raises(ProblemsFound) as question:
            copy(world, target, order.document, include_header=True, delete_lines=answer)
        assert question.value.code == "Q-COPY-DEL"
    assert [line.quantity for line in target.lines] == [9]
    copy(world, target, order.document, include_header=True, delete_lines=True)
    assert [line.quantity for line in target.lines] == [2]

    # Never onto itself, never onto a document that is released, and never away from what is posted already.
    with pytest.raises(ProblemsFound) as refusal:
        copy(world, target, target.document)
    assert refusal.value.code == "E-COPY-SELF"
    target.ship(1)
    with pytest.raises(LinesLocked):
        copy(world, target, order.document)
    target.reopen()
    with pytest.raises(ProblemsFound) as refusal:
        copy(world, target, order.document, include_header=True, delete_lines=True)
    assert refusal.value.code == "E-LINE-SHIPNOTINV"


def test_there_and_back_changes_nothing(world):
    """An order with line discount, invoice discount and a text that hangs on a line, copied to another and back."""
    adatum = world.customer("Adatum")
    world.item("LAMP", stock=10, cost=60)
    order = world.order(adatum).sells(3, "LAMP", at=D("33.33"), discount=D("12.5")).says("Brass")
    lamp, text = order.lines
    SalesLine.objects.filter(pk=text.pk).update(attached_to_line=lamp)
    type_invoice_discount(order.document, D(5), values=SalesValues.load(), at=world.at())
    before = figures(order)
    other = world.order(adatum)
    copy(world, other, order.document, include_header=True)
    assert figures(other) == before
    assert other.lines[1].attached_to_line == other.lines[0]
    assert other.document.invoice_discount_value == 5
    copy(world, order, other.document, include_header=True, delete_lines=True)
    assert figures(order) == before


def test_quotes_and_blanket_orders_have_no_posting_date(world):
    """An order copied from a quote keeps its own posting date; a quote copied from an order has none."""
    adatum = world.customer("Adatum")
    world.item("LAMP", stock=10, cost=60)
    quote = world.quote(adatum, on=date(2026, 2, 2)).sells(1, "LAMP", at=100)
    order = world.order(adatum, on=date(2026, 3, 9))
    copy(world, order, quote.document, include_header=True, on=date(2026, 3, 9))
    document = order.document
    assert (document.posting_date, document.document_date) == (date(2026, 3, 9), date(2026, 2, 2))
    again = world.quote(adatum, on=date(2026, 3, 9))
    copy(world, again, order.document, include_header=True)
    assert again.document.posting_date is None
    assert figures(again) == figures(quote)


def test_a_posted_invoice_is_copied_under_its_name(world):
    """The same lamps again: the invoice brings its quantities and prices, the unit cost is that of today."""
    adatum = world.customer("Adatum")
    lamp = world.item("LAMP", stock=10, cost=60)
    order = world.order(adatum).sells(10, lamp, at=D("99.90"), discount=5)
    order.ship(4)
    invoice = order.invoice()
    lamp.unit_cost = D(75)
    lamp.save()

    target = world.order(adatum)
    copy(world, target, invoice)
    caption, line = target.lines
    assert caption.description == f"Invoice No. {invoice.number}:"
    assert (line.quantity, line.unit_price, line.line_discount_amount, line.amount) == (
        4,
        D("99.90"),
        D("19.98"),
        D("379.62"),
    )
    assert (line.unit_cost_lcy, line.applies_from_item_entry) == (75, None)

    # The posted shipment knows what moved: its prices are those that the order had.
    shipment = order.posted[0].shipment
    target = world.order(adatum)
    copy(world, target, shipment)
    assert [(line.description, line.amount) for line in target.lines] == [
        (f"Shipment No. {shipment.number}:", 0),
        ("Lamp", D("379.62")),
    ]


def test_an_invoice_on_a_credit_memo_comes_back_at_its_cost(world):
    """Ten lamps at two costs, invoiced in one line, are taken back: one line for each, at exactly what it cost."""
    adatum = world.customer("Adatum")
    lamp = world.item("LAMP", stock=6, cost=60)
    world.receive(10, lamp, at=80)
    order = world.order(adatum).sells(10, lamp, at=D("99.99"), discount=10)
    order.ship(6)
    order.ship(4)
    invoice = order.invoice(on=date(2026, 3, 3))
    assert world.account("5100") == D("680.00")

    memo = world.credit_memo(adatum, on=date(2026, 3, 9))
    copied = copy(world, memo, invoice, include_header=True)
    document = memo.document
    assert (document.applies_to_document_type, document.applies_to_document_no) == ("invoice", invoice.number)
    assert document.due_date == document.document_date == date(2026, 3, 3)
    lines = memo.lines[1:]
    assert [(line.quantity, line.unit_cost_lcy) for line in lines] == [(6, 60), (4, 80)]
    assert [line.line_discount_amount for line in lines] == [D("59.99"), D("40.00")]
    assert sum(line.amount for line in lines) == invoice.amount == D("899.91")
    assert copied.skipped == ()

    # Posted, everything is as if nothing had been sold.
    memo.post(on=date(2026, 3, 9))
    assert world.account("5100") == 0
    assert world.stock(lamp) == 16
    assert world.open_items(adatum) == {}
    world.check()

    # Once everything has come back, there is nothing left to copy.
    again = world.credit_memo(adatum)
    copied = copy(world, again, invoice)
    assert (again.lines, reasons(copied)) == ([], [("W-COPY-RETURNED", 10000)])


def test_exact_cost_may_be_wanted(world):
    """Where the set-up wants every return at its exact cost, lines that name no sale are left out, and told."""
    adatum = world.customer("Adatum")
    world.item("LAMP", stock=10, cost=60)
    world.sales_setup(exact_cost_reversing_mandatory=True)
    order = world.order(adatum).sells(2, "LAMP", at=100).charges("4520", 25)
    memo = world.credit_memo(adatum)
    copied = copy(world, memo, order.document)
    assert [line.number for line in memo.lines] == ["4520"]
    assert reasons(copied) == [("W-COPY-EXACT", 10000)]

    # The posted invoice names the sale.
    invoice = order.post()
    memo = world.credit_memo(adatum)
    copied = copy(world, memo, invoice)
    assert [line.number for line in memo.lines] == ["", "LAMP", "4520"]
    assert copied.skipped == ()


def test_what_is_blocked_is_left_out_and_told(world):
    """A lamp is blocked, a desk no longer sold: the rest of the order is copied. A credit memo takes the desk back."""
    adatum = world.customer("Adatum")
    lamp, desk = world.item("LAMP", stock=10, cost=60), world.item("DESK", stock=10, cost=200)
    world.item("CHAIR", stock=10, cost=40)
    order = world.order(adatum).sells(1, lamp, at=100).sells(1, desk, at=350).sells(4, "CHAIR", at=80)
    invoice = order.post()
    lamp.blocked, desk.sales_blocked = True, True
    lamp.save()
    desk.save()

    target = world.order(adatum)
    copied = copy(world, target, invoice)
    assert [line.number for line in target.lines] == ["", "CHAIR"]
    assert reasons(copied) == [("E-ITEM-BLOCKED", 10000), ("E-ITEM-SALES-BLOCKED", 20000)]
    memo = world.credit_memo(adatum)
    copied = copy(world, memo, invoice)
    assert [line.number for line in memo.lines] == ["", "DESK", "CHAIR"]
    assert reasons(copied) == [("E-ITEM-BLOCKED", 10000)]


def test_a_free_text_invoice_takes_no_goods(world):
    """Freight goes onto a free text invoice, the lamps of the same order do not."""
    adatum = world.customer("Adatum")
    world.item("LAMP", stock=10, cost=60)
    order = world.order(adatum).sells(1, "LAMP", at=100).charges("4520", 25)
    target = world.sales_invoice(adatum, free_text=True)
    copied = copy(world, target, order.document)
    assert [line.number for line in target.lines] == ["4520"]
    assert reasons(copied) == [("E-FT-ITEM", 10000)]


def test_boxes_of_which_a_part_has_come_back(world):
    """Two boxes of twelve are sold, seven pieces come back: what is left of the boxes is counted in pieces."""
    adatum = world.customer("Adatum")
    lamp = world.item("LAMP", stock=24, cost=10, units={"BOX": 12})
    invoice = world.order(adatum).sells(2, "LAMP", at=240, unit="BOX").post()
    (entry,) = SalesShipmentLine.objects.values_list("item_entry_no", flat=True)
    back = world.credit_memo(adatum).sells(7, "LAMP", at=20, applies_from_item_entry=entry)
    back.post()

    memo = world.credit_memo(adatum)
    copy(world, memo, invoice)
    line = memo.lines[1]
    assert (line.quantity, line.unit_code, line.unit_price, line.amount) == (17, "PCS", 20, 340)
    assert line.unit_cost_lcy == 10
    memo.post()
    assert world.stock(lamp) == 24
    world.check()


def test_comments_go_along(world):
    """Remarks on lines go with them, those on the whole document with its head."""
    adatum = world.customer("Adatum")
    world.item("LAMP", stock=10, cost=60)
    order = world.order(adatum).says("For the hall").sells(1, "LAMP", at=100)
    for line_no, text in ((0, "Ring first"), (20000, "The brass one")):
        SalesComment.objects.create(
            kind="order",
            number=order.number,
            line_no=line_no,
            date=world.today,
            text=text,
            created_at=world.at(),
        )

    def comments(story):
        found = SalesComment.objects.filter(kind="order", number=story.number)
        return list(found.values_list("line_no", "text"))

    target = world.order(adatum).says("Here already")
    copy(world, target, order.document)
    assert comments(target) == [(30000, "The brass one")]
    target = world.order(adatum)
    copy(world, target, order.document, include_header=True)
    assert comments(target) == [(0, "Ring first"), (20000, "The brass one")]


def test_an_archived_version_is_copied(world):
    """The order of last week is gone; what it said stays in the archive, and is written once more from there."""
    adatum = world.customer("Adatum")
    world.item("LAMP", stock=10, cost=60)
    order = world.order(adatum).sells(2, "LAMP", at=100, discount=10).says("Mind the step.")
    before = figures(order)
    version = archive(order.document, by=world.by, at=world.at())
    order.document.delete()

    target = world.order(adatum)
    copy(world, target, version)
    assert figures(target) == before

    # Or as a document of its own, of whatever type.
    copied = copy_to_new(SalesDocument.Type.QUOTE, version, by=world.by, at=world.at(), on=world.today)
    assert (copied.document.type, copied.document.customer) == ("quote", adatum)
    assert [line.amount for line in copied.lines] == [180, 0]


def test_what_a_copy_would_bring_is_shown_before(world):
    """The preview says what would be copied, and leaves no trace."""
    adatum = world.customer("Adatum")
    world.item("LAMP", stock=10, cost=60)
    invoice = world.order(adatum).sells(2, "LAMP", at=100).post()
    memo = world.credit_memo(adatum)
    seen = preview_copy(memo.document, invoice, by=world.by, at=world.at(), on=world.today)
    assert [line.amount for line in seen.lines] == [0, 200]
    assert memo.lines == []


def test_copying_asks_the_database_as_often_for_many_lines(world, django_assert_max_num_queries):
    """A hundred lines are copied with as many queries as one."""
    adatum = world.customer("Adatum")
    world.item("LAMP", stock=1000, cost=60)
    invoice = world.order(adatum).sells(1, "LAMP", at=100).post()
    long = world.order(adatum)
    for _place in range(12):
        long.sells(1, "LAMP", at=100)
    long = long.post()

    def count(source):
        target = world.credit_memo(adatum).document
        with django_assert_max_num_queries(60) as queries:
            copy_document(target, source, by=world.by, at=world.at(), on=world.today)
        return len(queries)

    assert count(invoice) == count(long)


def test_a_line_that_is_left_out_takes_its_invoice_discount_along(world):
    """50.00 were given on two lines. One item is blocked by now: the copy has the other, and its 25.00."""
    bicycle, lamp = world.item(cost=1), world.item("LAMP", cost=1)
    order = world.order(world.customer()).sells(1, bicycle, at=100).sells(1, lamp, at=100)
    type_invoice_discount(order.document, D(50), values=SalesValues.load(""), at=world.at())
    type(lamp).objects.filter(pk=lamp.pk).update(blocked=True)
    copy = copy_to_new("order", order.document, by=world.by, at=world.at(), on=world.today).document
    assert [line.inv_discount_amount for line in copy.lines.all()] == [25]
    assert SalesDocument.objects.get(pk=copy.pk).invoice_discount_value == 25
