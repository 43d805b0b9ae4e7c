"""The page on which a document's head is changed: what is typed, what is asked, and what is refused."""

import pytest
from django.urls import reverse

from customers.models import ShipToAddress
from sales.models import SalesDocument


@pytest.fixture
def order(shop) -> SalesDocument:
    return shop.order().document


@pytest.fixture
def page(order) -> str:
    return reverse("sales:document-head", args=[order.type, order.number])


def text_of(answer) -> str:
    return answer.content.decode()


def test_the_head_is_shown_in_groups(browser, page):
    text = text_of(browser.get(page))
    for title in ("Customer", "Dates", "Shipping", "Invoicing", "References"):
        assert f">{title}</h2>" in text
    assert 'value="C1"' in text and 'list="customers"' in text
    assert '<datalist id="offered-payment_terms_code">' in text
    assert 'name="currency_factor"' not in text and 'name="valid_until"' not in text


def test_a_question_is_asked_and_answered(shop, browser, page):
    """Another customer rebuilds the lines: the page comes again with what was typed, and two buttons."""
    contoso = shop.world.customer("Contoso", number="C2")
    typed = {"sell_to": "conto", "your_reference": "Eva"}
    answer = browser.post(page, typed)
    text = text_of(answer)
    assert answer.status_code == 200 and "Existing lines will be rebuilt" in text
    assert 'name="recreate_lines"' in text and 'value="Eva"' in text and ">Save<" not in text
    assert SalesDocument.objects.get().customer == shop.customer

    answer = browser.post(page, {**typed, "recreate_lines": "no"})
    assert answer.status_code == 422 and "E-HDR-RECREATE-CANCEL" in text_of(answer)
    assert browser.post(page, {**typed, "recreate_lines": "yes"}).status_code == 302
    order = SalesDocument.objects.get()
    assert (order.customer, order.your_reference) == (contoso, "Eva")


def test_one_question_after_the_other(browser, page):
    """What was answered goes along; nothing is changed before the last answer."""
    typed = {
        "prices_including_vat": "on",
        "allow_line_discount": "on",
        "whole": "1",
        "shipment_date": "2026-03-09",
    }
    assert 'name="convert_prices"' in text_of(browser.post(page, typed))
    text = text_of(browser.post(page, {**typed, "convert_prices": "yes"}))
    assert 'type="hidden" name="convert_prices" value="yes"' in text and 'name="cascade"' in text
    assert not SalesDocument.objects.get().prices_including_vat
    assert browser.post(page, {**typed, "convert_prices": "yes", "cascade": "no"}).status_code == 302
    order = SalesDocument.objects.get()
    assert order.prices_including_vat and order.lines.get().unit_price == 500


def test_what_lines_keep_is_told_afterwards(browser, page, order):
    browser.post(page, {"location_code": "MAIN"})
    assert "changed on the head only" in text_of(browser.get(reverse("home")))


def test_a_box_counts_only_where_the_page_was_sent(browser, page):
    browser.post(page, {"your_reference": "Eva"})
    assert SalesDocument.objects.get().allow_line_discount
    browser.post(page, {"whole": "1"})
    assert not SalesDocument.objects.get().allow_line_discount


def test_an_address_of_the_customer_is_chosen(shop, browser, page):
    ShipToAddress.objects.create(customer=shop.customer, code="HARBOUR", name="Harbour", city="Rotterdam")
    assert "HARBOUR Harbour" in text_of(browser.get(page))
    assert browser.post(page, {"ship_to_code": "HARBOUR", "ship_to_contact": "Jan"}).status_code == 302
    order = SalesDocument.objects.get()
    assert (order.ship_to_code, order.ship_to_city, order.ship_to_contact) == ("HARBOUR", "Rotterdam", "Jan")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"sell_to": "nobody"}, "E-CU-NONE"),
        ({"sell_to": "ada"}, "E-CU-SEVERAL"),
        ({"sell_to": ""}, "E-HDR-RESET"),
        ({"bill_to": "nobody"}, "E-CU-NONE"),
        ({"payment_terms_code": "NOPE"}, "E-CODE-NONE"),
        ({"payment_discount_percent": "x"}, "Enter a number"),
        ({"shipping_time": "soon"}, "E-DF-SYNTAX"),
        ({"due_date": "x"}, "Enter a valid date"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_changes(shop, browser, page, typed, said):
    shop.world.customer("Adagio", number="C2")
    answer = browser.post(page, {"your_reference": "Eva", **typed})
    assert answer.status_code == 422 and said in text_of(answer)
    assert SalesDocument.objects.get().your_reference == ""


def test_a_released_head_shows_what_may_change(shop, browser):
    order = shop.order().release().document
    text = text_of(browser.get(reverse("sales:document-head", args=[order.type, order.number])))
    assert 'name="ship_to_code"' in text and 'name="work_description"' in text
    assert 'name="sell_to"' not in text and 'name="currency_code"' not in text


def test_the_head_of_a_prospect_has_no_customer_to_choose(shop, browser):
    quote = shop.world.offer("Somebody New").document
    page = reverse("sales:document-head", args=[quote.type, quote.number])
    text = text_of(browser.get(page))
    assert (
        'name="sell_to_name"' in text and 'name="sell_to"' not in text and 'name="ship_to_code"' not in text
    )
    assert browser.post(page, {"sell_to_city": "Oslo"}).status_code == 302
    assert SalesDocument.objects.get().sell_to_city == "Oslo"
