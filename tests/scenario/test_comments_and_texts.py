"""# Comments and extended texts

A comment is a remark for ourselves: on a document or one of its lines, taken along to what is posted from it. An
extended text is for the customer: more words about an item, printed under its line.
"""

from datetime import date
from decimal import Decimal as D

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from erp.kernel.errors import ErpError
from sales.masters import NewLine
from sales.models import ExtendedText, SalesComment, SalesInvoice, StandardText
from sales.routines.add_lines import add_lines
from sales.routines.change_number import change_number
from sales.routines.comments import add_comment, remove_comment
from sales.routines.draft import draft
from sales.routines.remove_line import remove_line
from sales.routines.texts import insert_texts

Kind = SalesComment.Kind


def codes(step, *args, **values) -> list[str]:
    with pytest.raises(ErpError) as caught:
        step(*args, **values)
    return [problem.code for problem in caught.value.problems]


def remark(world, kind: str, number: str, text: str, **more) -> SalesComment:
    return add_comment(kind, number, text, by=world.by, at=world.at(), on=world.today, **more)


def remarks(kind: str, number: str) -> list[tuple[int, str]]:
    rows = SalesComment.objects.filter(kind=kind, number=number).order_by("id")
    return list(rows.values_list("line_no", "text"))


# Comments


def test_comments_go_along_to_what_is_posted(world):
    """The clerk notes that the customer calls before delivery, and on the line that it is a gift. Shipment and invoice
    carry both remarks, and who made them when; the order takes its own along when it is gone."""
    order = world.order(world.customer()).sells(2, world.item(stock=5, cost=60), at=100)
    remark(world, "order", order.number, "Calls before delivery")
    remark(world, "order", order.number, "A gift: no prices in the parcel", line_no=10000)
    shipment = order.ship(1)
    both = [(0, "Calls before delivery"), (10000, "A gift: no prices in the parcel")]
    assert remarks(Kind.POSTED_SHIPMENT, shipment.number) == both
    assert remarks("order", order.number) == both

    invoice = order.post()
    assert remarks(Kind.POSTED_INVOICE, invoice.number) == both
    assert remarks("order", order.number) == []
    copied = SalesComment.objects.filter(kind=Kind.POSTED_INVOICE).first()
    assert (copied.date, copied.created_by) == (world.today, "world")
    world.check()


def test_the_set_up_says_which_papers_get_them(world):
    """Nothing goes to invoices and return receipts; shipments and credit memos get what their documents say."""
    world.sales_setup(copy_comments_to_invoice=False, copy_comments_to_return_receipt=False)
    adatum, item = world.customer(), world.item(stock=5, cost=60)
    order = world.order(adatum).sells(1, item, at=100)
    back = world.return_order(adatum).sells(1, item, at=100)
    for story, type in ((order, "order"), (back, "return_order")):
        remark(world, type, story.number, "Careful")
        story.post()
    kinds = SalesComment.objects.order_by("kind").values_list("kind", flat=True)
    assert list(kinds) == [Kind.POSTED_CREDIT_MEMO, Kind.POSTED_SHIPMENT]


def test_remarks_are_made_on_posted_papers_too(world):
    """A remark on an invoice is taken back; one without words, or on a paper that does not exist, is refused."""
    invoice = world.order(world.customer()).sells(1, world.item(stock=5, cost=60), at=100).post()
    note = remark(world, Kind.POSTED_INVOICE, invoice.number, "  Paid by his brother ", line_no=10000)
    assert remarks(Kind.POSTED_INVOICE, invoice.number) == [(10000, "Paid by his brother")]
    remove_comment(note, by=world.by)
    assert remarks(Kind.POSTED_INVOICE, invoice.number) == []
    assert codes(remark, world, Kind.POSTED_INVOICE, invoice.number, " ") == ["E-COM-EMPTY"]
    assert codes(remark, world, Kind.POSTED_INVOICE, invoice.number, "x", line_no=1) == ["E-COM-NONE"]
    assert codes(remark, world, "order", "SO-9", "x") == ["E-COM-NONE"]


def test_a_quote_hands_its_comments_on(world):
    quote = world.quote(world.customer()).sells(1, world.item(stock=5, cost=60), at=100)
    remark(world, "quote", quote.number, "Promised by phone")
    order = quote.becomes_order()
    assert remarks("order", order.number) == [(0, "Promised by phone")]


# Extended texts


def text(subject: str, number: str, words: str, **more) -> ExtendedText:
    return ExtendedText.objects.create(subject=subject, number=number, text=words, **more)


def rows(story) -> list[tuple[int, str, str]]:
    return [(line.line_no, line.number, line.description) for line in story.lines]


def test_a_text_comes_along_with_its_item(world):
    """Two lines about the bicycle stand under its line, and hang on it: they go to the invoice with it."""
    bicycle = world.item("BICYCLE", stock=5, cost=60)
    text("item", "BICYCLE", "28 inch, seven gears\nAssemble before riding")
    order = (
        world.order(world.customer()).sells(1, bicycle, at=400).sells(1, world.item("LAMP", stock=5), at=20)
    )
    assert rows(order) == [
        (10000, "BICYCLE", "Bicycle"),
        (13333, "", "28 inch, seven gears"),
        (16666, "", "Assemble before riding"),
        (26666, "LAMP", "Lamp"),
    ]
    first, second, *_rest = order.lines
    assert second.attached_to_line_id == first.pk
    invoice = order.post()
    assert invoice.lines.filter(type="comment").count() == 2
    assert invoice.amount == D(420)
    world.check()


def test_which_text_fits(world):
    """The document's language goes before the text for all languages; dates and types of document are kept to; a text
    that is not automatic waits until it is asked for."""
    world.item("BICYCLE", stock=5, cost=60)
    text("item", "BICYCLE", "For everybody")
    text("item", "BICYCLE", "Voor u", language_code="nl")
    text("item", "BICYCLE", "Last year", ending_date=date(2025, 12, 31))
    text("item", "BICYCLE", "From summer on", starting_date=date(2026, 6, 1))
    text("item", "BICYCLE", "Only on quotes", on_order=False)
    text("item", "BICYCLE", "On request", automatic=False)

    def said(story) -> list[str]:
        return [line.description for line in story.sells(1, "BICYCLE", at=1).lines if line.type == "comment"]

    adatum = world.customer("Adatum")
    assert said(world.order(adatum)) == ["For everybody"]
    assert said(world.quote(adatum)) == ["For everybody", "Only on quotes"]
    assert said(world.order(adatum, document_date=date(2026, 7, 1))) == ["For everybody", "From summer on"]
    assert said(world.order(world.customer("Fietsen", language_code="nl"))) == ["Voor u"]


def test_a_line_takes_its_texts_along_when_it_goes(world):
    bicycle = world.item("BICYCLE", stock=5, cost=60)
    text("item", "BICYCLE", "28 inch")
    order = world.order(world.customer()).sells(1, bicycle, at=400).says("Thank you")
    remove_line(order.lines[0], by=world.by, at=world.at())
    assert [line.description for line in order.lines] == ["Thank you"]


def test_accounts_and_resources_have_texts_too(world):
    text("gl_account", "4520", "Freight to the door")
    order = world.order(world.customer()).charges("4520", 10)
    assert [line.description for line in order.lines][1:] == ["Freight to the door"]


def test_a_standard_text_is_put_on_a_document_by_its_code(world):
    """The code brings the description and, always, its extended text. A code that nobody set up is refused."""
    StandardText.objects.create(code="THANKS", description="Thank you for your order")
    text("standard_text", "THANKS", "We deliver on weekdays", automatic=False)
    order = world.order(world.customer()).sells(1, world.item(stock=1, cost=1), at=1)

    def put(**line):
        add_lines(order.document, [NewLine(type="comment", **line)], by=None, at=world.at(), on=world.today)

    put(number="THANKS")
    put(number="THANKS", description="Thanks!")
    assert codes(put, number="TANKS") == ["E-TEXT-CODE"]
    assert [(line.number, line.description) for line in order.lines][1:] == [
        ("THANKS", "Thank you for your order"),
        ("", "We deliver on weekdays"),
        ("THANKS", "Thanks!"),
        ("", "We deliver on weekdays"),
    ]
    order.post()
    assert SalesInvoice.objects.get().lines.filter(number="THANKS").count() == 2


def test_texts_are_inserted_on_request(world):
    """Insert Ext. Texts brings those that are not automatic: under one line, or under every line that has none."""
    bicycle, lamp = world.item("BICYCLE", stock=5, cost=60), world.item("LAMP", stock=5, cost=1)
    order = (
        world.order(world.customer()).sells(1, bicycle, at=400).sells(1, lamp, at=20).sells(1, lamp, at=20)
    )
    asked = {"by": world.by, "at": world.at(), "on": world.today}
    assert codes(insert_texts, order.document, **asked, line_no=10000) == ["E-TEXT-NONE"]
    text("item", "BICYCLE", "28 inch", automatic=False)
    text("item", "LAMP", "Without batteries", automatic=False)
    insert_texts(order.document, **asked, line_no=20000)
    insert_texts(order.document, **asked)
    assert [line.description for line in order.lines] == [
        "Bicycle", "28 inch", "Lamp", "Without batteries", "Lamp", "Without batteries",
    ]  # fmt: skip

    # Asked for again, the line's own are replaced by what is written now; nobody's else are touched.
    ExtendedText.objects.filter(number="LAMP").update(text="With batteries")
    insert_texts(order.document, **asked, line_no=20000)
    insert_texts(order.document, **asked)
    said = [line.description for line in order.lines if line.type == "comment"]
    assert said == ["28 inch", "With batteries", "Without batteries"]


def test_another_number_brings_other_texts(world):
    """The customer wants lamps instead: the line begins anew, and in its place come the texts of the lamp."""
    bicycle, lamp = world.item("BICYCLE", stock=5, cost=60), world.item("LAMP", stock=5, cost=1, price=15)
    text("item", "BICYCLE", "28 inch\nSeven gears")
    text("item", "LAMP", "Without batteries")
    order = world.order(world.customer()).sells(1, bicycle, at=400).says("Thank you")
    asked = {"by": world.by, "at": world.at(), "on": world.today}
    change_number(order.lines[0], NewLine(number="LAMP", quantity=D(2)), **asked)
    assert [line.description for line in order.lines] == ["Lamp", "Without batteries", "Thank you"]
    line = order.lines[0]
    assert (line.line_no, line.item, line.quantity, line.unit_price) == (10000, lamp, 2, 15)

    # Once some have left, the line sells what it sells.
    order.ship(1)
    order.reopen()
    assert codes(change_number, order.lines[0], NewLine(number="BICYCLE"), **asked) == ["E-TF"]
    order.release()
    assert codes(change_number, order.lines[0], NewLine(number="BICYCLE"), **asked) == ["E-LINE-STATUS"]
    world.check()


def test_there_must_be_room_for_a_text(world):
    """Between 10000 and 26666 there is room for many lines, but not for twenty thousand."""
    text("item", "BICYCLE", "\n".join(["word"] * 10000), automatic=False)
    order = world.order(world.customer()).sells(1, world.item("BICYCLE"), at=1)
    asked = {"by": world.by, "at": world.at(), "on": world.today}
    assert codes(insert_texts, order.document, **asked, line_no=10000) == ["E-TEXT-ROOM"]
    assert len(order.lines) == 1


def test_long_lines_are_wrapped(world):
    """A line of a document has a hundred characters; what is longer goes on in the next, and a blank one stays."""
    text("item", "BICYCLE", "wheel " * 30 + "\n\nend")
    order = world.order(world.customer()).sells(1, world.item("BICYCLE"), at=1)
    said = [line.description for line in order.lines][1:]
    assert [len(row) for row in said] == [95, 83, 0, 3]


def test_texts_cost_no_more_queries_for_many_lines_than_for_one(world):
    world.item("BICYCLE", stock=5, cost=60)
    text("item", "BICYCLE", "28 inch\nSeven gears")
    adatum = world.customer()

    def queries(count: int) -> int:
        lines = [NewLine(number="BICYCLE", quantity=D(1)) for _place in range(count)]
        with CaptureQueriesContext(connection) as captured:
            draft("order", adatum, by=None, at=world.at(), on=world.today, lines=lines)
        return len(captured)

    queries(1)  # the first document of a day warms what is read once
    assert queries(1) == queries(50)
