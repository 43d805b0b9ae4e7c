"""A quote is offered, sent, revised and ordered in part, in a real browser."""

import pytest
from playwright.sync_api import Page, expect

from sales.models import SalesDocument
from tests.browser.conftest import log_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_from_prospect_to_order(company, new_page, scripts):
    """Otto asks for ten bicycles, hears the price, wants nine, and orders four of them for now."""
    company.item("BICYCLE", stock=10, cost=240, price=400, description="Bicycle, 28 inch")
    company.user("clerk", role="CLERK")
    page = new_page(java_script_enabled=scripts, viewport={"width": 1440, "height": 900})
    log_in(page, "clerk")
    _write_quote(page, scripts)

    page.get_by_role("button", name="Sent to the customer").click()
    expect(page.get_by_text("Created → Sent")).to_be_visible()
    page.get_by_role("button", name="Revise").click()
    expect(page.locator(".said")).to_contain_text("kept as a version")
    page.goto(page.url.split("?")[0].split("#")[0] + "lines/10000/")
    page.get_by_label("Quantity", exact=True).first.fill("9")
    page.get_by_role("button", name="Save").click()
    _compare(page)

    page.get_by_role("link", name="Make order").click()
    page.get_by_label("Create the customer").check()
    page.get_by_label("Quantity, line 10000").fill("4")
    page.get_by_role("button", name="Make order").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Otto")
    order = SalesDocument.objects.orders().get()
    assert order.customer.name == "Otto" and order.lines.get().quantity == 4
    assert SalesDocument.objects.quotes().get().lines.get().quantity == 5


def _write_quote(page: Page, scripts: bool) -> None:
    page.get_by_role("link", name="Quotes", exact=True).click()
    page.get_by_role("link", name="New", exact=True).click()
    page.get_by_role("link", name="For a prospect").click()
    page.get_by_label("Name").fill("Otto")
    page.get_by_label("Customer template").select_option("DOMESTIC")
    page.get_by_role("button", name="Write the lines").click()
    if scripts:
        page.locator('tr[data-row^="new-"] td[data-name="number"]').click()
        page.keyboard.type("bicycle\n10\n")
        expect(page.locator("#saving")).to_have_attribute("data-state", "saved")
    else:
        page.get_by_label("No.", exact=True).fill("bicycle")
        page.get_by_label("Quantity", exact=True).fill("10")
        page.get_by_role("button", name="Add line").click()
    expect(page.locator("#line-10000")).to_contain_text("Bicycle, 28 inch")


def _compare(page: Page) -> None:
    """What the customer has in hand, beside what the quote says by now."""
    page.get_by_text("More", exact=True).click()
    page.get_by_role("link", name="Earlier versions").last.click()
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_text("Version 1 beside Now")).to_be_visible()
    expect(page.locator("mark", has_text="10").first).to_be_visible()
    page.go_back()
    page.get_by_role("link", name="The document now").click()
