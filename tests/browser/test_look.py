"""Every kind of page: nothing runs off the screen, and axe finds nothing to complain of, by day and by night."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import Page

from receivables.selectors import entries_named
from tests.browser.conftest import log_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LAPTOP, TELEPHONE = (1440, 900), (390, 844)


def _pages(company) -> dict[str, str]:
    adatum = company.customer("Adatum, a company with a rather long name", number="C1")
    bicycle = company.item(
        "BICYCLE", stock=10, cost=240, price=400, description="Bicycle, 28 inch, seven gears"
    )
    invoice = company.order(adatum).sells(1, bicycle).release().post()
    company.pay(adatum, 500)
    released = company.order(adatum).sells(2, bicycle).says("Ring twice").release()
    written = company.order(adatum).sells(2, bicycle)
    entry = entries_named(invoice.number)[0].entry_no
    return {
        "home": reverse("home"),
        "list": reverse("sales:documents", args=["order"]),
        "new": reverse("sales:document-new", args=["order"]),
        "open order": reverse("sales:document", args=["order", written.number]),
        "released order": reverse("sales:document", args=["order", released.number]),
        "line": reverse("sales:line", args=["order", written.number, 10000]),
        "head": reverse("sales:document-head", args=["order", written.number]),
        "preview": reverse("sales:document-preview", args=["order", released.number])
        + "?what=ship_and_invoice&posting_date=2026-03-02",
        "posted list": reverse("sales:posted-list", args=["invoice"]),
        "posted": reverse("sales:posted", args=["invoice", invoice.number]),
        "entries": reverse("entries", args=[invoice.number]),
        "customers": reverse("sales:customers"),
        "customer": reverse("sales:customer", args=["C1"]),
        "items": reverse("inventory:items"),
        "item": reverse("inventory:item", args=["BICYCLE"]),
        "customer ledger": reverse("receivables:entries"),
        "customer entry": reverse("receivables:entry", args=[entry]),
        "who paid": reverse("receivables:payment-new"),
        "payment": reverse("receivables:payment-new") + "?customer=C1",
        "trial balance": reverse("posting:trial-balance"),
        "account": reverse("posting:account", args=["1100"]),
        "registers": reverse("posting:registers"),
        "register": reverse("posting:register", args=[1]),
    }


@pytest.mark.parametrize(
    ("size", "scheme"),
    [(LAPTOP, "light"), (LAPTOP, "dark"), (TELEPHONE, "light")],
    ids=["laptop by day", "laptop by night", "telephone"],
)
def test_pages_fit_and_are_accessible(company, new_page, size, scheme):
    page = new_page(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)
    page.goto("/login/")
    _check(page, "login")
    log_in(page, "world")
    for name, address in _pages(company).items():
        page.goto(address)
        _check(page, name)


def _check(page: Page, name: str) -> None:
    over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert over <= 0, f"{name} runs {over} pixels off the screen"
    found = Axe().run(page)
    assert found.violations_count == 0, f"{name}\n{found.generate_report()}"
