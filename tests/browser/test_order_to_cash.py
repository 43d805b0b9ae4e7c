"""A day at the office: an order is written, released, shipped, invoiced and paid, in a real browser."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import log_in, log_out

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PATIENCE = 20_000  # milliseconds that a posting may take on a busy machine


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_from_order_to_payment(company, new_page, scripts):
    """Adatum orders two bicycles; one is shipped first, both are invoiced, and the customer pays."""
    adatum = company.customer("Adatum", city="Utrecht")
    bicycle = company.item("BICYCLE", stock=10, cost=240, price=400, description="Bicycle, 28 inch")
    company.user("manager", role="SALES-MANAGER")
    company.user("accountant", role="ACCOUNTANT")

    page = new_page(java_script_enabled=scripts, viewport={"width": 1440, "height": 900})
    log_in(page, "manager")
    number = _write_order(page, scripts)
    _ship_one(page, scripts)
    assert company.stock(bicycle) == 9 and company.balance(adatum) == 0

    invoice = _ship_and_invoice_the_rest(page, scripts)
    assert company.stock(bicycle) == 8 and company.balance(adatum) == 1000
    expect(page.get_by_role("listitem").filter(has_text=f"Order no. {number}")).to_be_visible()
    page.get_by_role("main").get_by_role("link", name="Entries", exact=True).click()
    expect(page.get_by_role("heading", name=f"Entries of {invoice}")).to_be_visible()
    expect(page.get_by_role("heading", name="Customer ledger")).to_be_visible()
    expect(page.get_by_role("heading", name="General ledger")).to_have_count(0)  # not for sales

    log_out(page)
    log_in(page, "accountant")
    _receive_payment(page, invoice)
    assert company.balance(adatum) == 0 and company.open_items(adatum) == {}
    company.check()


def _write_order(page: Page, scripts: bool) -> str:
    page.get_by_role("link", name="New order").first.click()
    page.get_by_text("More fields").click()
    page.get_by_label("Customer").first.fill("adatum")
    page.get_by_label("External document no.").fill("PO-77")
    page.get_by_role("button", name="Write the lines").click()
    if scripts:
        page.locator('tr[data-row^="new-"] td[data-name="number"]').click()
        page.keyboard.type("bicycle\n2\n")
        expect(page.locator("#saving")).to_have_attribute("data-state", "saved")
    else:
        page.get_by_label("No.", exact=True).fill("bicycle")
        page.get_by_label("Quantity", exact=True).fill("2")
        page.get_by_role("button", name="Add line").click()
    expect(page.locator("#line-10000")).to_contain_text("Bicycle, 28 inch")
    expect(page.locator("[data-total]")).to_have_text("1,000.00")
    page.get_by_role("button", name="Release").click()
    expect(page.get_by_text("Released", exact=True).first).to_be_visible(timeout=PATIENCE)
    return re.search(r"SO-\d+", page.get_by_role("heading", level=1).inner_text())[0]


def _ship_one(page: Page, scripts: bool) -> None:
    if scripts:
        page.locator('#line-10000 td[data-name="qty_to_ship"]').click()
        page.keyboard.type("1\n")
        expect(page.locator("#saving")).to_have_attribute("data-state", "saved")
        page.get_by_role("link", name="Post…").click()
    else:
        page.get_by_label("To ship, line 10000").fill("1")
    page.locator("#posting").get_by_label("Posting date").fill("2026-03-02")
    page.get_by_label("Ship", exact=True).check()
    page.get_by_role("button", name="Post", exact=True).click()
    expect(page.get_by_text("Posted: shipment")).to_be_visible(timeout=PATIENCE)


def _ship_and_invoice_the_rest(page: Page, scripts: bool) -> str:
    if scripts:
        page.get_by_role("link", name="Post…").click()
    page.locator("#posting").get_by_label("Posting date").fill("2026-03-03")
    page.get_by_label("Ship and invoice").check()
    if not scripts:
        page.get_by_role("button", name="Preview posting").click()
        expect(page.get_by_role("heading", name="Preview posting")).to_be_visible()
        expect(page.get_by_role("cell", name="1,000.00").first).to_be_visible()
    page.get_by_role("button", name="Post", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Invoice", timeout=PATIENCE)
    return re.search(r"Invoice (\S+)", page.get_by_role("heading", level=1).inner_text())[1]


def _receive_payment(page: Page, invoice: str) -> None:
    page.get_by_role("main").get_by_role("link", name="Receive payment").click()
    page.get_by_label("Who paid?").fill("Adatum")
    page.get_by_role("button", name="Next").click()
    page.get_by_label("Amount", exact=True).fill("1000.00")
    page.get_by_label("Posting date").fill("2026-03-20")
    page.get_by_label(f"Apply {invoice}").check()
    page.get_by_role("button", name="Preview posting").click()
    expect(page.get_by_text("nothing is written yet")).to_be_visible()
    page.get_by_role("button", name="Post", exact=True).click()
    expect(page.get_by_text("Settled", exact=True)).to_be_visible()
    page.get_by_role("main").get_by_role("link", name="Entries", exact=True).click()
    expect(page.get_by_role("heading", name="Bank ledger")).to_be_visible()


def test_going_back_and_posting_again_posts_nothing_new(company, page):
    """The browser's back button brings the old form and its key back."""
    adatum = company.customer("Adatum")
    order = company.order(adatum).sells(2, company.item("BICYCLE", stock=10, cost=240, price=400)).release()
    log_in(page, "world")
    page.goto(f"/sales/order/{order.number}/preview/?what=ship_and_invoice&posting_date=2026-03-02")
    page.get_by_role("button", name="Post", exact=True).dblclick()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Invoice")
    assert company.balance(adatum) == 1000


def test_the_menu_opens_on_a_telephone(company, new_page):
    page = new_page(viewport={"width": 390, "height": 844})
    log_in(page, "world")
    expect(page.get_by_role("link", name="Customers")).to_be_hidden()
    page.get_by_text("Menu", exact=True).click()
    page.get_by_role("link", name="Customers").click()
    expect(page.get_by_role("heading", name="Customers")).to_be_visible()
