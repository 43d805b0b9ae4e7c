"""Lines from a spreadsheet: looked at first, then taken over; what is wrong stands beside each row."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation
from openpyxl import Workbook

from sales.models import SalesLine
from sales.sheet_reading import read_file, read_text

RIGHT = "Item\tQty\tPrice\tDiscount\tDate\nBICYCLE\t2\t390\t10\t2026-03-09\nBICYCLE\t1+1\t\t\t\n"
MIXED = RIGHT + "unicorn\t1\t\t\t\n"


@pytest.fixture
def order(shop):
    return shop.world.order(shop.customer)


def page_of(order) -> str:
    return reverse("sales:lines-import", args=["order", order.number])


def test_rows_are_looked_at_and_nothing_is_written(order, browser):
    answer = browser.post(page_of(order), {"rows": MIXED, "do": "check"}).content.decode()
    assert "2 rows can be taken over, 1 cannot" in answer and "No item is called “unicorn”" in answer
    assert not SalesLine.objects.exists()


def test_rows_are_taken_over(order, browser):
    answer = browser.post(page_of(order), {"rows": RIGHT, "do": "take", "whole": "on"})
    assert answer.status_code == 302
    first, second = SalesLine.objects.order_by("line_no")
    assert (first.quantity, first.unit_price, first.line_discount_percent) == (2, 390, 10)
    assert str(first.shipment_date) == "2026-03-09" and (second.quantity, second.unit_price) == (2, 400)


def test_all_or_none(order, browser):
    answer = browser.post(page_of(order), {"rows": MIXED, "do": "take", "whole": "on"})
    assert answer.status_code == 422 and not SalesLine.objects.exists()


def test_what_is_right_is_taken_and_the_rest_stays_to_be_put_right(order, browser):
    answer = browser.post(page_of(order), {"rows": MIXED, "do": "take"})
    assert SalesLine.objects.count() == 2
    text = answer.content.decode().split("<textarea")[1].split("</textarea>")[0]
    assert "unicorn" in text and "BICYCLE" not in text


def test_a_sheet_sent_twice_is_taken_once(order, browser):
    for _time in range(2):
        browser.post(page_of(order), {"rows": RIGHT, "do": "take", "idempotency_key": "same"})
    assert SalesLine.objects.count() == 2


def test_a_workbook_in_the_readers_own_figures(order, browser):
    book = Workbook()
    book.active.append(["Quantity", "No.", "Unit price"])
    book.active.append([1.5, "BICYCLE", 1.234])
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    with translation.override("nl"):
        assert read_file(file, "lines.xlsx", 100)[1] == ["1,5", "BICYCLE", "1,234"]
    sent = SimpleUploadedFile("lines.xlsx", file.getvalue())
    browser.post(page_of(order), {"file": sent, "do": "take"})
    assert SalesLine.objects.get().quantity == 1.5


@pytest.mark.parametrize("text", ["a;b\n1;2", "a,b\n1,2", "a\tb\n1\t2", '\ufeffa;b\n"1";2'])
def test_the_usual_separators(text):
    rows = read_file(io.BytesIO(text.encode()), "lines.csv", 10)
    assert rows == [["a", "b"], ["1", "2"]]


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ("", "E-IMPORT-EMPTY"),
        ("Colour\tSize\nred\t3", "E-IMPORT-HEADER"),
        ("Item\tQty\n" + "BICYCLE\t1\n" * 2001, "E-IMPORT-ROWS"),
    ],
)
def test_sheets_that_cannot_be_read(order, browser, rows, code):
    answer = browser.post(page_of(order), {"rows": rows, "do": "check"})
    assert answer.status_code == 422 and code in answer.content.decode()


def test_a_file_that_is_no_workbook(order, browser):
    sent = SimpleUploadedFile("lines.xlsx", b"no workbook")
    answer = browser.post(page_of(order), {"file": sent, "do": "check"})
    assert answer.status_code == 422 and "E-IMPORT-FILE" in answer.content.decode()


def test_released_documents_take_no_lines(shop, browser):
    assert browser.get(page_of(shop.order().release())).status_code == 403


def test_quoted_cells_keep_their_separators():
    assert read_text('Item\tText\nA\t"two\tparts"')[1] == ["A", "two\tparts"]
