"""A document as the place of work: fields save when left, nothing typed is lost, posting is a matter of two keys."""

import re

import pytest
from playwright.sync_api import Page, expect

from sales.models import SalesDocument, SalesInvoice, SalesShipment
from tests.browser.conftest import log_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LAPTOP = {"viewport": {"width": 1440, "height": 900}}


@pytest.fixture
def order(company):
    adatum = company.customer("Adatum", number="C1", city="Utrecht")
    bicycle = company.item("BICYCLE", stock=10, cost=240, price=400, description="Bicycle, 28 inch")
    return company.order(adatum).sells(2, bicycle)


def open_order(page: Page, order, username: str = "world") -> Page:
    log_in(page, username)
    page.goto(f"/sales/order/{order.number}/")
    expect(page.locator("#document[data-ready]")).to_be_attached()
    return page


def field(page: Page, name: str):
    """A field of the head."""
    return page.locator(f"#field-{name}")


def test_fields_save_when_they_are_left(order, page):
    """No button: leaving the field is enough, and what follows from it is there at once."""
    open_order(page, order)
    field(page, "your_reference").fill("Eva")
    page.keyboard.press("Tab")
    expect(page.locator("#saving")).to_have_text("Saved")
    assert SalesDocument.objects.get().your_reference == "Eva"

    field(page, "document_date").fill("0903")
    page.keyboard.press("Enter")
    expect(field(page, "document_date")).to_have_value(re.compile(r"^09 Mar \d{4}$"))
    expect(field(page, "promised_delivery_date")).to_be_focused()
    expect(page.locator("#saving")).to_have_text("Saved")


def test_what_is_refused_stays_with_its_reason(order, new_page):
    """It is not stored, it holds back what would rely on it, and Esc brings the stored value back."""
    page = new_page(expects=("422",), **LAPTOP)
    open_order(page, order)
    page.get_by_role("heading", name="Invoice details").click()
    terms = field(page, "payment_terms_code")
    stored = terms.input_value()
    terms.fill("NOPE")
    page.keyboard.press("Tab")
    expect(terms).to_have_attribute("aria-invalid", "true")
    expect(terms).to_have_accessible_description(re.compile("NOPE"))
    expect(terms).to_have_value("NOPE")
    assert SalesDocument.objects.get().payment_terms_code == stored

    page.keyboard.press("Control+F9")
    expect(page.locator("#notes")).to_contain_text("Put Payment terms right first")
    assert SalesDocument.objects.get().status == "open"

    terms.focus()
    page.keyboard.press("Escape")
    expect(terms).to_have_value(stored)
    expect(terms).not_to_have_attribute("aria-invalid", "true")
    page.keyboard.press("Control+F9")
    expect(page.locator("#document-head").get_by_text("Released", exact=True)).to_be_visible()


def test_two_clerks_on_one_order(company, order, new_page):
    """Different fields merge by themselves; the same one shows both values, and either can be taken."""
    for name in ("mira", "joris"):
        company.user(name)
    mira = open_order(new_page(expects=("409",), **LAPTOP), order, "mira")
    joris = open_order(new_page(expects=("409",), **LAPTOP), order, "joris")
    expect(joris.locator("#presence")).to_contain_text("mira is", timeout=30_000)

    field(mira, "your_reference").fill("Eva")
    mira.keyboard.press("Tab")
    expect(mira.locator("#saving")).to_have_text("Saved")
    field(joris, "external_document_no").fill("PO-1")
    joris.keyboard.press("Tab")
    expect(field(joris, "your_reference")).to_have_value("Eva")

    field(mira, "external_document_no").fill("PO-2")
    mira.keyboard.press("Tab")
    expect(mira.get_by_text("Somebody else has changed this to PO-1 meanwhile.")).to_be_visible()
    expect(field(mira, "external_document_no")).to_have_value("PO-2")
    assert SalesDocument.objects.get().external_document_no == "PO-1"
    mira.get_by_role("button", name="Keep mine").click()
    expect(mira.locator("#saving")).to_have_text("Saved")
    assert SalesDocument.objects.get().external_document_no == "PO-2"

    field(joris, "external_document_no").fill("PO-3")
    joris.keyboard.press("Tab")
    joris.get_by_role("button", name="Take theirs").click()
    expect(field(joris, "external_document_no")).to_have_value("PO-2")
    order = SalesDocument.objects.get()
    assert (order.external_document_no, order.your_reference) == ("PO-2", "Eva")


def test_a_lost_connection_keeps_what_is_typed(order, new_page):
    """The change waits in the page, posting is refused meanwhile, and everything goes on by itself."""
    page = new_page(expects=("ERR_INTERNET_DISCONNECTED",), **LAPTOP)
    open_order(page, order)
    page.context.set_offline(True)
    field(page, "your_reference").fill("Eva")
    page.keyboard.press("Tab")
    expect(page.locator("#saving")).to_have_text("Not saved yet")
    page.context.set_offline(False)
    expect(page.locator("#saving")).to_have_text("Saved", timeout=10_000)
    assert SalesDocument.objects.get().your_reference == "Eva"

    page.keyboard.press("F9")
    expect(page.locator("#post-preview")).to_contain_text("1,000.00")
    page.context.set_offline(True)
    page.keyboard.press("Enter")
    expect(page.locator("#notes")).to_contain_text("nothing was posted")
    page.context.set_offline(False)
    assert not SalesInvoice.objects.exists() and not SalesShipment.objects.exists()


def test_posting_takes_two_keys(order, page):
    """F9 S ships; F9 Enter then posts as it was done last. Typed twice, it is posted once."""
    order.release()
    open_order(page, order)
    page.keyboard.press("F9")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("s")
    expect(page.get_by_text("Posted: shipment")).to_be_visible()
    assert SalesShipment.objects.count() == 1 and not SalesInvoice.objects.exists()

    page.keyboard.press("F9")
    expect(page.get_by_label("Ship", exact=True)).to_be_checked()
    page.get_by_label("Invoice", exact=True).check()
    expect(page.locator("#post-preview")).to_contain_text("1,000.00")
    page.locator("#post-preview").get_by_text("All entries").click()
    expect(page.locator("#post-preview").get_by_role("heading", name="General ledger")).to_be_visible()
    page.get_by_label("Invoice", exact=True).focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("INV-")
    assert SalesInvoice.objects.count() == 1


def test_problems_are_in_the_dialog(company, order, page):
    """All at once, before anything is posted; a line that is named is one click away."""
    company.sales_setup(external_document_no_mandatory=True)
    open_order(page, order)
    page.keyboard.press("Control+Alt+F9")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("alert")).to_contain_text("external document no.")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_what_is_folded_stays_folded(order, page):
    """Sections and the panel beside are as one left them, on every document; F6 walks through the sections."""
    open_order(page, order)
    with page.expect_response("**/preference/"):
        page.get_by_role("heading", name="General").click()
    expect(field(page, "your_reference")).to_be_hidden()
    with page.expect_response("**/preference/"):
        page.keyboard.press("Alt+F2")
    expect(page.locator("#facts")).to_be_hidden()
    page.reload()
    expect(page.locator("#facts")).to_be_hidden()
    expect(field(page, "your_reference")).to_be_hidden()
    expect(page.locator('[data-section="general"] summary').first).to_contain_text("Adatum")
    page.keyboard.press("F6")
    expect(page.locator('[data-section="general"] summary').first).to_be_focused()
    page.keyboard.press("Alt+F6")
    expect(field(page, "your_reference")).to_be_visible()


def test_a_new_order_takes_two_keys(order, page):
    """Alt+N, the customer, Enter: the order is there, and the customer's own number is typed next."""
    open_order(page, order)
    page.keyboard.press("Alt+N")
    expect(page.get_by_label("Customer")).to_be_focused()
    page.keyboard.type("adat")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Adatum")
    expect(field(page, "external_document_no")).to_be_focused()
    page.keyboard.type("PO-77")
    page.keyboard.press("Enter")
    expect(page.locator("#saving")).to_have_text("Saved")
    assert SalesDocument.objects.latest("id").external_document_no == "PO-77"
    assert page.evaluate("Boolean(document.activeElement.closest('[role=grid], .grid'))")


def test_neighbours_are_a_key_away(company, order, page):
    other = company.order(company.customer("Contoso", number="C2"))
    open_order(page, order)
    page.keyboard.press("Control+ArrowUp")
    expect(page.get_by_role("heading", level=1)).to_contain_text(other.number)
    page.keyboard.press("Control+ArrowDown")
    expect(page.get_by_role("heading", level=1)).to_contain_text(order.number)


def test_without_scripts_the_page_shows_and_the_forms_work(order, new_page):
    order.release()
    page = new_page(java_script_enabled=False, **LAPTOP)
    log_in(page, "world")
    page.goto(f"/sales/order/{order.number}/")
    expect(field(page, "your_reference")).not_to_be_editable()
    expect(page.get_by_role("link", name="Edit head").first).to_be_visible()
    page.get_by_role("radio", name=re.compile("^Ship and invoice")).check()
    page.get_by_role("button", name="Post", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("INV-")
