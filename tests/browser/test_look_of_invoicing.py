"""The pages for invoicing shipments, closing remainders, free text and pro forma: they fit, and axe is content."""

import pytest
from django.urls import reverse

from tests.browser.conftest import log_in
from tests.browser.test_look import LAPTOP, TELEPHONE, _check

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def pages(company) -> dict[str, str]:
    adatum = company.customer(
        "Adatum, a company with a rather long name", number="C1", combine_shipments=True
    )
    bicycle = company.item("BICYCLE", stock=50, cost=240, price=400, description="Bicycle, 28 inch, seven gears",
                           net_weight=14, tariff_no="8712 00 30", country_of_origin_code="NL")  # fmt: skip
    company.rate("USD", 100, 80, on=company.today)
    company.order(adatum).sells(2, bicycle).ship()
    company.order(adatum, currency_code="USD").sells(1, bicycle).ship()
    partly = company.order(adatum).sells(5, bicycle).sells(1, bicycle)
    partly.ship(3, 0)
    partly.cancels_rest(2)
    invoiced = company.order(adatum).sells(1, bicycle)
    company.sales_invoice(adatum).takes(invoiced.ship()).post()
    draft = company.sales_invoice(adatum)
    fetched = company.sales_invoice(adatum).takes(company.order(adatum).sells(4, bicycle).ship())
    free = company.sales_invoice(adatum, free_text=True).charges("4200", 100, description="Advice on gears")
    return {
        "shipments of a customer": reverse("sales:customer-uninvoiced", args=["C1", "shipments"]),
        "receipts of a customer": reverse("sales:customer-uninvoiced", args=["C1", "receipts"]),
        "get shipment lines": reverse("sales:document-fetch", args=["invoice", draft.number]),
        "fetched": reverse("sales:document", args=["invoice", fetched.number]),
        "combine": reverse("sales:combine", args=["shipments"]),
        "invoiced orders": reverse("sales:invoiced-orders"),
        "partly shipped order": reverse("sales:document", args=["order", partly.number]),
        "orders": reverse("sales:documents", args=["order"]),
        "invoices": reverse("sales:documents", args=["invoice"]),
        "remainder": reverse("sales:document-remainder", args=["order", partly.number]),
        "new free text": reverse("sales:document-new", args=["invoice"]) + "?free_text=1",
        "free text": reverse("sales:document", args=["invoice", free.number]),
        "pro forma": reverse("sales:document-print", args=["order", partly.number, "pro-forma"]),
        "draft": reverse("sales:document-print", args=["invoice", free.number, "draft"]),
    }


@pytest.mark.parametrize(
    ("size", "scheme"), [(LAPTOP, "dark"), (TELEPHONE, "light")], ids=["laptop by night", "telephone"]
)
def test_pages_fit_and_are_accessible(company, new_page, size, scheme):
    page = new_page(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)
    log_in(page, "world")
    for name, address in pages(company).items():
        page.goto(address)
        _check(page, name)


def test_shipments_are_combined_by_a_clerk_without_scripts(company, new_page):
    """Fill in the form, press Combine, read what was written and follow it to the invoice."""
    pages(company)
    page = new_page(java_script_enabled=False)
    log_in(page, "world")
    page.goto(reverse("sales:combine", args=["shipments"]))
    page.get_by_label("How much one invoice holds").select_option("order")
    page.get_by_role("button", name="Combine").click()
    page.get_by_role("link", name="SI-").first.click()
    assert page.get_by_text("Shipment No. SHP-").first.is_visible()
