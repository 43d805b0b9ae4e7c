"""Warnings on pages: shown beside the document, explained on pages of their own, hidden and brought back."""

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import Customer
from erp.kernel.models import User
from sales.models import SalesDocument, SalesSetup, UserSalesSetup
from tests.world import TODAY


def url(name: str, document: SalesDocument) -> str:
    return reverse(f"sales:{name}", args=[document.type, document.number])


def text(browser: Client, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


@pytest.fixture
def order(shop) -> SalesDocument:
    """Twelve bicycles of which there are ten, for 6,000.00 where 1,000.00 is agreed."""
    Customer.objects.update(credit_limit=Decimal(1000))
    return shop.order(12).document


def test_warnings_stand_on_the_page_with_a_way_to_their_details(order, browser):
    page = text(browser, url("document", order))
    assert "exceeds its credit limit of 1000.00 by 5000.00" in page
    assert "Only 10 PCS of BICYCLE are available; 12 were entered." in page
    assert 'href="#line-10000"' in page
    assert url("document-credit", order) in page and url("document-stock", order) in page


def test_a_document_without_cause_shows_none(shop, browser):
    page = text(browser, url("document", shop.order(1).document))
    assert "Worth knowing" not in page and reverse("sales:warnings") in page


def test_the_credit_page_lists_what_counts(order, browser):
    page = text(browser, url("document-credit", order))
    for figure in ("6,000.00", "1,000.00", "-5,000.00"):
        assert figure in page


def test_the_credit_page_of_a_quote_counts_the_quote(shop, browser):
    quote = shop.world.quote(shop.customer).sells(1, shop.bicycle).document
    page = text(browser, url("document-credit", quote))
    assert "This quote" in page and "500.00" in page and "Available credit" not in page


def test_the_stock_page_says_when_there_is_enough(order, shop, browser):
    back = shop.world.return_order(shop.customer).sells(5, shop.bicycle)
    back.changes(shipment_date=TODAY.replace(day=9))
    page = text(browser, url("document-stock", order))
    assert "BICYCLE" in page and "-2" in page and "09 Mar 2026" in page
    SalesSetup.objects.update(stockout_warning=False)
    assert "No line of this document waits" in text(browser, url("document-stock", order))


def test_pages_that_a_document_does_not_have(shop, browser):
    credit_memo = shop.world.credit_memo(shop.customer).document
    offer = shop.world.offer("Newcomer").document
    for document, name in (
        (credit_memo, "document-credit"),
        (credit_memo, "document-stock"),
        (offer, "document-credit"),
        (offer, "document-stock"),
    ):
        assert browser.get(url(name, document)).status_code == 404


def test_a_kind_of_warnings_is_hidden_and_brought_back(order, browser, sign_in):
    page = url("document", order)
    answer = browser.post(reverse("sales:warning-hide", args=["W-STOCK"]), {"next": page})
    assert answer.url == page
    assert "Only 10 PCS" not in text(browser, page)
    assert "exceeds its credit limit" in text(browser, page)
    assert "Only 10 PCS" in text(sign_in("CLERK"), page)

    kinds = text(browser, reverse("sales:warnings"))
    assert reverse("sales:warning-show", args=["W-STOCK"]) in kinds
    answer = browser.post(reverse("sales:warning-show", args=["W-STOCK"]))
    assert answer.url == reverse("sales:warnings")
    assert "Only 10 PCS" in text(browser, page)
    assert UserSalesSetup.objects.get(user=User.objects.get(username="door-all")).hidden_warnings == []


def test_nobody_is_sent_elsewhere_after_hiding(browser):
    answer = browser.post(reverse("sales:warning-hide", args=["W-STOCK"]), {"next": "https://example.com/"})
    assert answer.url == reverse("sales:warnings")
    assert browser.post(reverse("sales:warning-hide", args=["W-NONE"])).status_code == 404
    assert browser.get(reverse("sales:warning-hide", args=["W-STOCK"])).status_code == 405


def test_who_does_not_see_what_customers_owe_is_not_warned_of_it(order, sign_in):
    """The warehouse learns what is missing, not what Adatum owes."""
    warehouse = sign_in("WAREHOUSE")
    page = text(warehouse, url("document", order))
    assert "Only 10 PCS" in page and "W-CREDIT" not in page
    assert warehouse.get(url("document-credit", order)).status_code == 403
    assert "exceeds its credit limit" in text(sign_in("CLERK"), url("document", order))


def test_many_warnings_of_one_kind_are_folded(shop, browser):
    order = shop.order(11)
    for _place in range(4):
        order.sells(1, shop.bicycle)
    page = text(browser, url("document", order.document))
    assert page.count(" are available; ") == 5 and "<summary>4 more" in page
