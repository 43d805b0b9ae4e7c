"""The pages of documents with all that they can show: nothing runs off the screen, and axe finds nothing."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from playwright.sync_api import expect

from customers.models import ShippingAgent
from erp.kernel.attachments import attach
from sales.routines.comments import add_comment
from tests.browser.conftest import log_in
from tests.browser.test_look import LAPTOP, TELEPHONE, _check

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def order(company, settings, tmp_path):
    """Partly shipped with a parcel, overdue, with a file and a comment."""
    settings.MEDIA_ROOT = str(tmp_path)
    adatum = company.customer("Adatum, a company with a rather long name", number="C1", credit_limit=500)
    bicycle = company.item("BICYCLE", stock=10, cost=240, price=400, description="Bicycle, 28 inch")
    company.order(adatum).sells(1, bicycle).release().post()
    company.pay(adatum, 100, on=date(2026, 3, 1))
    ShippingAgent.objects.create(code="POST", name="Post", tracking_url="https://post.example/?no=%1")
    order = company.order(adatum).sells(4, bicycle)
    order.edits(shipping_agent_code="POST", package_tracking_no="PT 77", cascade=False)
    order.release().ship(1)
    at = {"by": company.by, "at": company.at()}
    file = SimpleUploadedFile("a drawing with quite a long name.pdf", b"%PDF-1.7")
    attach("sales.order", order.number, file, **at)
    add_comment("order", order.number, "Calls before delivery", on=company.today, **at)
    return order


@pytest.mark.parametrize(
    ("size", "scheme"),
    [(LAPTOP, "light"), (LAPTOP, "dark"), (TELEPHONE, "light")],
    ids=["laptop by day", "laptop by night", "telephone"],
)
def test_documents_fit_and_are_accessible(order, new_page, size, scheme):
    page = new_page(expects=("422",), viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)
    log_in(page, "world")
    page.goto(f"/sales/order/{order.number}/")
    expect(page.locator("#document[data-ready]")).to_be_attached()
    for heading in ("Invoice details", "Shipping and billing", "Foreign trade"):
        page.get_by_role("heading", name=heading).click()
    page.locator("#field-due_date").fill("someday")
    page.keyboard.press("Tab")
    expect(page.locator("#field-due_date")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_text("Nothing stands in the way of posting.")).to_be_visible()
    _check(page, "order with everything open")

    page.locator("#field-due_date").press("Escape")
    page.keyboard.press("F9")
    expect(page.locator("#post-preview")).to_contain_text("All entries")
    page.locator("#post-preview").get_by_text("All entries").click()
    _check(page, "posting")
    page.keyboard.press("Escape")

    page.goto("/sales/order/new/")
    page.get_by_label("Customer").first.fill("nobody at all")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Create the customer")).to_be_visible()
    _check(page, "new order for nobody")
