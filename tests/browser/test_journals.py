"""Money by keyboard: a cash receipt journal is typed and posted, and a bank statement is registered."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import log_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def invoices(company):
    """Adatum owes 500 and 1,000 for bicycles; the accountant works on 2 March."""
    adatum = company.customer("Adatum", number="C1", city="Utrecht")
    bicycle = company.item("BICYCLE", stock=10, cost=240, price=400)
    company.user("accountant", role="ACCOUNTANT")
    papers = [company.order(adatum).sells(count, bicycle).release().post() for count in (1, 2)]
    return adatum, papers


def type_in(page: Page, words: str, *keys: str) -> None:
    page.keyboard.type(words)
    for key in keys:
        page.keyboard.press(key)


def test_a_cash_receipt_journal_by_keyboard(company, invoices, page):
    """The document that is paid brings customer and amount; F9 and Enter post; the pad is empty again."""
    adatum, (one, two) = invoices
    log_in(page, "accountant")
    page.goto("/journals/cash-receipts/")
    expect(page.locator(".grid[data-ready]")).to_be_visible()

    # Enter goes from the account to the document that is paid, and on to the amount.
    page.locator(".grid__editor").focus()
    type_in(page, "", "Enter")
    type_in(page, one.number, "Enter", "Enter")
    row = page.locator("tr#line-10000")
    expect(row).to_contain_text("-500.00")
    expect(row).to_contain_text("Adatum")
    expect(page.locator("#journal-balance")).to_contain_text("500.00")

    # The second line: the customer by name, and so much on account.
    type_in(page, "adatum", "Enter", "Enter")
    type_in(page, "100", "Enter")
    expect(page.locator("tr#line-20000")).to_contain_text("C1")
    expect(page.locator("#journal-problems")).to_contain_text("must be negative")

    # Up again to put the sign right: the problem goes by itself.
    cell = page.locator("tr#line-20000 td[data-name=amount]")
    cell.click()
    type_in(page, "-100", "Enter")
    expect(page.locator("#journal-problems")).not_to_contain_text("must be negative")
    expect(page.locator("#journal-balance")).to_contain_text("600.00")

    page.keyboard.press("F9")
    expect(page.get_by_role("dialog")).to_contain_text("Post all lines of this journal?")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Posted: 2 lines")).to_be_visible()
    assert company.balance(adatum) == 900
    assert company.open_items(adatum)[two.number] == 1000 and one.number not in company.open_items(adatum)
    company.check()


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_bank_statement_is_registered(company, invoices, new_page, scripts):
    """Tick, compare with the statement, post."""
    adatum, (one, two) = invoices
    page = new_page(java_script_enabled=scripts, viewport={"width": 1440, "height": 900})
    log_in(page, "accountant")
    page.goto("/receivables/payments/")
    page.get_by_label("Total of the statement").fill("1500")
    page.get_by_label("Date received", exact=True).fill("2026-03-20")
    first = page.get_by_label(f"Payment made, {one.number}")
    first.focus()
    page.keyboard.press("Space")
    if scripts:
        expect(page.locator("#totals")).to_contain_text("1,000.00")  # left of the statement
        page.keyboard.press("Enter")
        expect(page.get_by_label(f"Payment made, {two.number}")).to_be_focused()
        page.keyboard.press("Space")
        expect(page.locator("#totals")).to_contain_text("1,500.00")
    else:
        page.get_by_label(f"Payment made, {two.number}").check()
        page.get_by_role("button", name="Check").click()
        expect(page.locator("#totals")).to_contain_text("1,500.00")
    page.get_by_role("button", name="Post payments").click()
    expect(page.get_by_role("heading", name="2 payments were posted.")).to_be_visible()
    assert company.balance(adatum) == 0 and company.account("1020") == 1500
    company.check()


def test_a_journal_without_javascript(company, invoices, new_page):
    adatum, (one, _two) = invoices
    page = new_page(java_script_enabled=False, viewport={"width": 1440, "height": 900})
    log_in(page, "accountant")
    page.goto("/journals/cash-receipts/")
    page.get_by_role("textbox", name="Applies-to doc. no.").fill(one.number)
    page.get_by_role("button", name="Add line").click()
    expect(page.locator("#line-10000")).to_contain_text("-500.00")
    page.get_by_role("link", name="Preview posting").click()
    expect(page.get_by_text("nothing is written yet")).to_be_visible()
    page.get_by_role("button", name="Post", exact=True).click()
    expect(page.get_by_text("Posted: 1 line,")).to_be_visible()
    assert company.balance(adatum) == 1000
