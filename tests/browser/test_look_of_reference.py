"""The reference of the API: it fits, axe finds nothing, and what is typed leaves what has it."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.browser.conftest import log_in
from tests.browser.test_look import LAPTOP, TELEPHONE, _check

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(
    ("size", "scheme"),
    [(LAPTOP, "light"), (LAPTOP, "dark"), (TELEPHONE, "light")],
    ids=["laptop by day", "laptop by night", "telephone"],
)
def test_the_reference_fits_and_is_accessible(company, new_page, size, scheme):
    page = new_page(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)
    log_in(page, "world")
    page.goto(reverse("api-reference"))
    _check(page, "sets")
    page.goto(reverse("api-reference-set", args=["salesOrders"]))
    page.get_by_text("Example").first.click()
    _check(page, "sales orders")


def test_what_is_typed_leaves_the_sets_that_have_it(company, page):
    log_in(page, "world")
    page.goto(reverse("api-reference"))
    expect(page.get_by_role("link", name="paymentTerms", exact=True)).to_be_visible()
    page.get_by_role("searchbox", name="Search").fill("shipandinvoice")
    expect(page.get_by_role("link", name="paymentTerms", exact=True)).to_be_hidden()
    page.get_by_role("link", name="salesOrders", exact=True).click()
    expect(page.get_by_role("heading", name="salesOrders", exact=True)).to_be_visible()
    expect(page.locator("#salesOrderShipAndInvoice")).to_contain_text("Microsoft.NAV.shipAndInvoice")


def test_without_scripts_the_server_searches(company, new_page):
    page = new_page(java_script_enabled=False)
    log_in(page, "world")
    page.goto(reverse("api-reference"))
    page.get_by_role("searchbox", name="Search").fill("shipandinvoice")
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page.get_by_role("link", name="salesOrders", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="paymentTerms", exact=True)).to_have_count(0)
