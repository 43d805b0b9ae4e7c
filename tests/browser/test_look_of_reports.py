"""Role centres and reports: nothing runs off the screen, axe finds nothing; and they work by hand."""

from datetime import date

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from reporting.models import ReportJob
from reporting.routines.request import request_report
from reporting.routines.run import run_report
from tests.browser.conftest import log_in
from tests.browser.test_look import LAPTOP, TELEPHONE, _check
from tests.world import TODAY

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ROLES = ("CLERK", "SALES-MANAGER", "ACCOUNTANT", "WAREHOUSE", "ADMINISTRATOR")


@pytest.fixture
def busy(company, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    adatum = company.customer("Adatum, a company with a rather long name", number="C1")
    bicycle = company.item(
        "BICYCLE", stock=50, cost=240, price=400, description="Bicycle, 28 inch, seven gears"
    )
    company.sales_invoice(adatum, on=date(2026, 1, 5)).charges("4520", 1234567).post()
    company.order(adatum).sells(2, bicycle).release().post()
    company.order(adatum, on=date(2026, 2, 20)).sells(3, bicycle).release().ship(1)
    company.order(adatum).sells(1, bicycle)
    return company


def reports(key: str, **asked) -> str:
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    return f"{reverse('reporting:report', args=[key])}?{query}"


def job_of(company, *, done: bool) -> ReportJob:
    job = request_report(
        "back-orders",
        title="Back orders",
        parameters={},
        format="csv",
        language="en",
        on=TODAY,
        by=company.by,
        at=company.at(),
    )
    return run_report(str(job.uuid), clock=company.at) if done else job


@pytest.mark.parametrize(
    ("size", "scheme"),
    [(LAPTOP, "light"), (LAPTOP, "dark"), (TELEPHONE, "light")],
    ids=["laptop", "dark", "telephone"],
)
def test_the_look_of_reports(busy, new_page, size, scheme):
    width, height = size
    page = new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
    log_in(page, "world")
    span = {"start": "2026-01-01", "end": "2026-03-31"}
    done, waiting = job_of(busy, done=True), job_of(busy, done=False)
    pages = {
        "home": "/",
        "reports": reverse("reporting:reports"),
        "ageing": reports("aged-receivables", on_day="2026-03-02"),
        "ageing in detail": reports(
            "aged-receivables", on_day="2026-03-02", by="due", period="30D", detail="on"
        ),
        "statement": reports("customer-statement", customer="C1", **span),
        "no statement": reports("customer-statement"),
        "sales": reports("sales-by-customer", compare="year", **span),
        "sales by item": reports("sales-by-item", compare="", **span),
        "valuation": reports("inventory-valuation", on_day="2026-03-02"),
        "trial balance": reports("trial-balance", **span),
        "VAT": reports("vat-entries", **span, detail="on"),
        "back orders": reports("back-orders"),
        "inbox": reverse("reporting:inbox"),
        "a finished report": done.get_absolute_url(),
        "a waiting report": waiting.get_absolute_url(),
    }
    for name, url in pages.items():
        page.goto(url)
        _check(page, name)


@pytest.mark.parametrize("role", ROLES)
def test_the_look_of_role_centres(busy, new_page, role):
    busy.user("reader", role=role)
    page = new_page(viewport={"width": 1440, "height": 900})
    log_in(page, "reader")
    page.goto("/")
    _check(page, f"role centre of {role}")
    page.set_viewport_size({"width": 390, "height": 844})
    _check(page, f"role centre of {role} on a telephone")


def test_a_report_answers_as_soon_as_a_parameter_changes(busy, page: Page):
    """The address follows, so that it can be sent on."""
    log_in(page, "world")
    page.goto(reports("aged-receivables", on_day="2026-03-02", by="due", period="30D"))
    result = page.locator("#report-result")
    expect(result).to_contain_text("Adatum")
    page.get_by_label("Show entries").check()
    expect(result).to_contain_text("Invoice")
    assert "detail=on" in page.url
    page.reload()
    expect(page.get_by_label("Show entries")).to_be_checked()
    expect(result).to_contain_text("Invoice")


def test_without_javascript_a_report_is_a_form(busy, new_page):
    page = new_page(viewport={"width": 1440, "height": 900}, java_script_enabled=False)
    log_in(page, "world")
    page.goto(reports("back-orders"))
    page.get_by_label("Released orders only").check()
    page.get_by_role("button", name="Show").click()
    expect(page.locator("#report-result")).to_contain_text("BICYCLE")
    assert "released=on" in page.url
    page.goto("/")
    page.get_by_role("link", name="Quotes that end this week").click()
    assert "view=expiring" in page.url


def test_progress_shows_itself_until_the_report_is_there(busy, page: Page):
    """The page is left open; the worker finishes; the file can be taken."""
    job = job_of(busy, done=False)
    log_in(page, "world")
    page.goto(job.get_absolute_url())
    expect(page.get_by_text("Waiting", exact=True)).to_be_visible()
    run_report(str(job.uuid), clock=busy.at)
    expect(page.get_by_role("link", name="Download CSV")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download CSV").click()
    assert download.value.suggested_filename == "back-orders.csv"


def test_a_bar_of_the_chart_opens_its_orders(busy, page: Page):
    busy.user("clerk", role="CLERK")
    log_in(page, "clerk")
    page.goto("/?period=year")
    page.get_by_text("As a table").click()
    page.locator(".chart__table a").first.click()
    expect(page.get_by_role("heading", name="Sales orders")).to_be_visible()
