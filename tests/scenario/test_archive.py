"""# Earlier versions of a document

What a document said before it changed, was posted or went is kept as a version: to read, to compare, and to put back.
"""

from datetime import date
from decimal import Decimal as D

import pytest

from customers.models import Customer
from erp.kernel.errors import ErpError
from inventory.models import Item
from sales.models import ArchivedDocument, ChargeAssignment, SalesComment, SalesDocument, SalesLine
from sales.models.base import LineType
from sales.routines.archive import archive, read_contents
from sales.routines.change_document import change_document
from sales.routines.compare import compare
from sales.routines.delete import delete
from sales.routines.draft import draft
from sales.routines.quotes.send import send
from sales.routines.quotes.track import track
from sales.routines.restore import restore

NINTH = date(2026, 3, 9)


def codes(step, *args, **values) -> set[str]:
    with pytest.raises(ErpError) as caught:
        step(*args, **values)
    return {problem.code for problem in caught.value.problems}


def keep(story, **given) -> ArchivedDocument:
    return archive(story.document, by=story.world.by, at=story.world.at(), **given)


def put_back(story, version) -> SalesDocument:
    return restore(version, by=story.world.by, at=story.world.at(), on=story.world.today)


def versions() -> list[tuple]:
    rows = ArchivedDocument.objects.order_by("id")
    return list(rows.values_list("type", "version", "reason"))


def test_a_version_is_kept_by_hand(world):
    """Version 1, and a second one after a change; the list shows what each of them came to."""
    order = world.order(world.customer(), external_document_no="PO-1").sells(
        2, world.item(cost=1), at="33.335"
    )
    first = keep(order)
    assert (first.version, first.occurrence, first.customer_no) == (1, 1, "ADATUM")
    assert (first.amount, first.amount_including_vat) == (D("66.67"), D("83.34"))
    assert (first.archived_by, first.archived_at, first.reason) == ("world", world.at(), "asked")
    order.changes(quantity=D(3))
    assert (keep(order).version, keep(order).amount) == (2, D("100.01"))
    assert str(first) == f"Order {order.number} v1"


def test_figures_and_days_are_kept_to_the_last_digit(world):
    """As texts, so that nobody rounds them: a price of 33.33500, an exchange rate, a day."""
    world.rate("USD", 100, 128, on=date(2026, 1, 1))
    order = world.order(world.customer(group="EXPORT", currency="USD")).sells(
        2, world.item(cost=1), at="33.335"
    )
    content = keep(order).content
    assert content["lines"][0]["unit_price"] == "33.33500"
    assert content["head"]["currency_factor"] == "0.781250000000000"
    assert content["head"]["order_date"] == "2026-03-02"
    assert content["head"]["customer"] == "ADATUM"


def test_invoices_and_credit_memos_are_not_archived(world):
    """Their posted papers are what counts."""
    item = world.item(cost=1, stock=5)
    invoice = world.sales_invoice(world.customer()).sells(1, item, at=10)
    assert codes(keep, invoice) == {"E-ARCH-TYPE"}
    world.sales_setup(archive_orders=True, archive_return_orders=True, archive_quotes="always")
    invoice.post()
    memo = world.credit_memo(Customer.objects.get()).sells(1, item, at=10)
    delete(memo.document, by=world.by, at=world.at())
    assert versions() == []


# Where the set-up says so, a document is archived before it is gone, changed for good, or posted.


def test_what_is_deleted_is_kept(world):
    """Four kinds of documents, each with a switch of its own."""
    world.sales_setup(
        archive_quotes="always",
        archive_orders=True,
        archive_blanket_orders=True,
        archive_return_orders=True,
    )
    adatum, item = world.customer(), world.item(cost=1)
    for begin in (world.quote, world.order, world.blanket_order, world.return_order):
        story = begin(adatum).sells(1, item, at=10)
        delete(story.document, by=world.by, at=world.at())
    assert versions() == [
        ("quote", 1, "deleted"),
        ("order", 1, "deleted"),
        ("blanket_order", 1, "deleted"),
        ("return_order", 1, "deleted"),
    ]


def test_nothing_is_kept_where_nothing_is_set_up(world):
    """Orders and quotes come and go without a trace."""
    order = world.order(world.customer()).sells(1, world.item(cost=1, stock=5), at=10)
    delete(order.document, by=world.by, at=world.at())
    quote = world.quote(Customer.objects.get()).sells(1, Item.objects.get(), at=10)
    quote.becomes_order().post()
    assert versions() == []


def test_quotes_are_asked_about(world):
    """The set-up asks: no answer stops, no keeps nothing, yes keeps a version."""
    world.sales_setup(archive_quotes="question")
    adatum, item = world.customer(), world.item(cost=1)
    one, two, three = (world.quote(adatum).sells(1, item, at=10) for _each in range(3))
    assert codes(one.becomes_order) == {"Q-ARCH"}
    one.becomes_order(archive=False)
    assert versions() == []
    two.becomes_order(archive=True)
    assert codes(delete, three.document, by=world.by, at=world.at()) == {"Q-ARCH"}
    delete(three.document, by=world.by, at=world.at(), archive=True)
    assert versions() == [("quote", 1, "converted"), ("quote", 1, "deleted")]


def test_every_shipment_keeps_the_order_as_it_was_before(world):
    """Ten bicycles leave in two goes and are then invoiced: three postings, three versions.

    The invoice of the first four moves nothing and finishes nothing, so it keeps no version.
    """
    world.sales_setup(archive_orders=True)
    order = world.order(world.customer()).sells(10, world.item(stock=10, cost=1), at=100)
    order.ship(4)
    order.invoice(4)
    order.ship(6)
    order.invoice(6)
    assert order.is_done
    assert versions() == [("order", 1, "posted"), ("order", 2, "posted"), ("order", 3, "posted")]
    shipped = [version.content["lines"][0] for version in ArchivedDocument.objects.order_by("id")]
    assert [D(line["quantity_shipped"]) for line in shipped] == [0, 4, 10]
    assert [D(line["quantity_invoiced"]) for line in shipped] == [0, 4, 4]


def test_shipping_and_invoicing_at_once_keeps_one_version(world):
    """Goods move and the order is finished: one posting, one version."""
    world.sales_setup(archive_orders=True, archive_return_orders=True)
    item, adatum = world.item(stock=10, cost=1), world.customer()
    world.order(adatum).sells(10, item, at=100).post()
    world.return_order(adatum).sells(1, item, at=100).post()
    assert versions() == [("order", 1, "posted"), ("return_order", 1, "posted")]


def test_a_posting_that_fails_keeps_nothing(world):
    """No posting, no version."""
    world.sales_setup(archive_orders=True)
    order = world.order(world.customer()).sells(10, world.item(cost=1), at=100)
    SalesDocument.objects.update(gen_bus_posting_group="")
    assert "E-TF" in codes(order.post)
    assert versions() == []


# Two versions, or a version and the document as it is now, field by field.


def test_two_versions_are_compared_field_by_field(world):
    item, lamp = world.item(cost=1), world.item("LAMP", cost=1)
    order = world.order(world.customer(), your_reference="Eva").sells(2, item, at=100)
    order.says("Call first").sells(1, lamp, at=25)
    before = keep(order)
    order.changes(quantity=D(3))
    SalesLine.objects.filter(line_no=20000).delete()
    order.sells(5, lamp, at=25)
    change_document(order.document, by=world.by, at=world.at(), your_reference="Adam")
    found = compare(before, order.document)
    assert [(field.name, field.one, field.other) for field in found.head] == [
        ("your_reference", "Eva", "Adam")
    ]
    assert [(line.line_no, line.change) for line in found.lines] == [
        (10000, "changed"),
        (20000, "removed"),
        (30000, "same"),
        (40000, "added"),
    ]
    changed = {field.name: (field.one, field.other) for field in found.lines[0].fields}
    assert changed["quantity"] == (2, 3) and changed["line_amount"] == (D("200.00"), D("300.00"))
    assert "unit_price" not in changed
    assert [line.line_no for line in found.changed_lines] == [10000, 20000, 40000]


def test_a_version_is_the_same_as_itself(world):
    """Nothing has changed since, and so nothing differs."""
    order = world.order(world.customer()).sells(2, world.item(cost=1), at=100)
    version = keep(order)
    assert compare(version, order.document).is_same
    assert compare(version, keep(order)).is_same


def test_a_field_that_a_version_is_too_old_to_know(world):
    """It tells nothing, and one that there is no more does neither."""
    order = world.order(world.customer()).sells(2, world.item(cost=1), at=100)
    version = keep(order)
    del version.content["head"]["campaign_no"]
    version.content["head"]["fax_no"] = "12345"
    SalesDocument.objects.update(campaign_no="SPRING")
    assert compare(version, order.document).is_same


# A version takes the place of the document as it is now, which is kept before it goes.


def test_a_restored_version_takes_the_place_of_the_document(world):
    """Head, lines with their text and charge, remarks; totals are worked out anew, and nothing else has changed."""
    bicycle, freight = world.item(cost=1), world.item_charge()
    order = world.order(world.customer(), your_reference="Eva").sells(2, bicycle, at="33.335", discount=10)
    order.says("in red").sells(1, freight.number, at=30, type=LineType.CHARGE)
    goods, text, charge = order.lines
    SalesLine.objects.filter(pk=text.pk).update(attached_to_line=goods)
    ChargeAssignment.objects.create(line=charge, target_line=goods, item_no="BICYCLE", quantity=1, amount=30)
    SalesComment.objects.create(
        kind="order", number=order.number, text="Call", date=world.today, created_at=world.at()
    )
    version = keep(order)
    as_it_was = read_contents([order.document])[order.key]

    order.changes(unit_price=D(50), quantity=D(7)).sells(1, bicycle, at=1)
    order.document.lines.filter(line_no__in=[20000, 30000]).delete()
    SalesComment.objects.all().delete()
    change_document(order.document, by=world.by, at=world.at(), your_reference="Adam")
    document = put_back(order, version)

    assert (document.pk, document.number, document.status) == (order.key, order.number, "open")
    assert compare(version, order.document).is_same
    content = read_contents([order.document])[order.key]
    for name in ("lines", "comments", "charges"):
        assert content[name] == as_it_was[name]
    assert versions() == [("order", 1, "asked"), ("order", 2, "restored")]
    # And back again: what was replaced is a version like any other.
    put_back(order, ArchivedDocument.objects.get(version=2))
    assert [line.quantity for line in order.lines] == [7, 1]


def test_a_restored_order_is_posted_like_any_other(world):
    """The invoice comes to what the version said."""
    order = world.order(world.customer()).sells(3, world.item(stock=9, cost=1), at="33.335")
    version = keep(order)
    order.changes(quantity=D(1))
    put_back(order, version)
    assert order.post().amount == D("100.01")
    world.check()


def test_a_quote_begins_again(world):
    """What the customer was sent is no longer what the quote says; the outlook stays."""
    quote = world.quote(world.customer()).sells(2, world.item(cost=1), at=100)
    track(quote.document, by=world.by, at=world.at(), probability_percent=D(80))
    version = keep(quote)
    send(quote.document, by=world.by, at=world.at())
    assert codes(put_back, quote, version) == {"E-QUO-SENT"}
    quote.document.progress.delete()
    progress = put_back(quote, version).progress
    assert (progress.stage, progress.sent_at, progress.probability_percent) == ("created", None, 80)


def test_a_quote_for_a_prospect_goes_back_to_the_prospect(world):
    """The template that served the prospect serves again."""
    quote = world.offer("Otto").sells(2, world.item(cost=1, price=100))
    version = keep(quote)
    quote.changes(quantity=D(9))
    document = put_back(quote, version)
    assert document.is_for_prospect and document.customer_template.code == "DOMESTIC"


def test_what_is_gone_is_not_restored(world):
    """Neither once the document is gone, nor when its number was used again."""
    world.sales_setup(archive_quotes="always")
    adatum, item = world.customer(), world.item(cost=1)
    quote = world.quote(adatum).sells(1, item, at=10)
    delete(quote.document, by=world.by, at=world.at())
    version = ArchivedDocument.objects.get()
    assert codes(put_back, quote, version) == {"E-ARCH-GONE"}
    again = _with_number(world, adatum, quote.number)
    assert again.occurrence == 2
    assert codes(put_back, quote, version) == {"E-ARCH-GONE"}
    other = archive(again, by=world.by, at=world.at())
    assert (other.occurrence, other.version) == (2, 1)


def test_what_is_partly_posted_is_not_restored(world):
    """Four of ten have left: what the order said before can no longer be true."""
    order = world.order(world.customer()).sells(10, world.item(stock=10, cost=1), at=100)
    version = keep(order)
    order.ship(4)
    order.reopen()
    assert codes(put_back, order, version) == {"E-ARCH-POSTED"}


def test_what_others_rely_on_is_not_restored(world):
    """A released order is reopened first."""
    order = world.order(world.customer()).sells(10, world.item(stock=10, cost=1), at=100)
    version = keep(order)
    order.release()
    assert codes(put_back, order, version) == {"E-LINE-STATUS"}


def test_what_was_blocked_meanwhile_is_not_restored(world):
    """Customer and item; and an item that is no more."""
    order = world.order(world.customer()).sells(1, world.item(cost=1), at=100)
    version = keep(order)
    Customer.objects.update(blocked="all")
    Item.objects.update(blocked=True)
    assert codes(put_back, order, version) == {"E-CU-BLOCK", "E-ITEM-BLOCKED"}
    Customer.objects.update(blocked="")
    version.content["lines"][0]["number"] = "UNICORN"
    version.content["head"]["bill_to_customer"] = "NOBODY"
    assert codes(put_back, order, version) == {"E-ARCH-MASTER"}


def test_versions_are_restored_though_fields_come_and_go(world):
    """A version that is older than a field leaves it alone; one that knows a field too many is restored as well."""
    order = world.order(world.customer(), your_reference="Eva").sells(1, world.item(cost=1), at=100)
    version = keep(order)
    del version.content["head"]["your_reference"], version.content["lines"][0]["variant_code"]
    version.content["head"]["fax_no"] = version.content["lines"][0]["colour"] = "12345"
    order.changes(quantity=D(2))
    assert put_back(order, version).your_reference == "Eva"
    assert order.lines[0].quantity == 1


def _with_number(world, customer, number) -> SalesDocument:
    """A quote that is given a number by hand."""
    from erp.kernel.models import NumberSeries

    NumberSeries.objects.filter(code="SALES-QUOTE").update(manual_numbers=True)
    return draft("quote", customer, by=world.by, at=world.at(), on=NINTH, number=number)
