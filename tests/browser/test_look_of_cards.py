"""Cards, mails and the dialog that sends a paper: how they look, and how few keys they take."""

from datetime import date

import pytest
from django.urls import reverse

from erp.kernel.models import OutgoingMail
from sales.models import PriceList, PriceListLine
from tests.browser.conftest import log_in
from tests.browser.test_look import LAPTOP, TELEPHONE, _check

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def goods(company):
    """Adatum with an address, a price of its own, an order, and something invoiced."""
    adatum = company.customer(
        "Adatum, a company with a rather long name", number="C1", email="anna@adatum.example", city="Utrecht"
    )
    adatum.ship_to_addresses.create(code="DEPOT", name="Depot South", city="Breda")
    bicycle = company.item(
        "BICYCLE", stock=10, cost=240, price=400, description="Bicycle, 28 inch, seven gears"
    )
    prices = PriceList.objects.create(code="SPRING", status="active")
    PriceListLine.objects.create(
        price_list=prices, source_type="customer", source_no="C1", asset_no="BICYCLE", unit_price=377
    )
    invoice = company.order(adatum).sells(1, bicycle).release().post()
    order = company.order(adatum, on=date(2026, 3, 2)).sells(12, bicycle)
    return {"order": order, "invoice": invoice, "company": company}


def _pages(goods) -> dict[str, str]:
    order, invoice = goods["order"], goods["invoice"]
    mail = OutgoingMail.objects.create(
        subject_type="sales.order", subject_no=order.number, to="anna@adatum.example", title="Your order",
        body="Dear Anna", status="failed", last_error="ConnectionRefusedError: refused", attempts=12,
        created_at=goods["company"].at(), created_by=goods["company"].by,
    )  # fmt: skip
    return {
        "customer": reverse("sales:customer", args=["C1"]),
        "edit customer": reverse("sales:customer-edit", args=["C1"]),
        "new customer": reverse("sales:customer-new"),
        "ship-to address": reverse("sales:ship-to", args=["C1", "DEPOT"]),
        "item": reverse("inventory:item", args=["BICYCLE"]),
        "edit item": reverse("inventory:item-edit", args=["BICYCLE"]),
        "new item": reverse("inventory:item-new"),
        "send order": reverse("sales:document-send", args=["order", order.number]),
        "send invoice": reverse("sales:posted-send", args=["invoice", invoice.number]),
        "mails": reverse("mails"),
        "mail": reverse("mail", args=[mail.uuid]),
    }


@pytest.mark.parametrize(
    ("size", "scheme"),
    [(LAPTOP, "light"), (LAPTOP, "dark"), (TELEPHONE, "light")],
    ids=["laptop by day", "laptop by night", "telephone"],
)
def test_pages_fit_and_are_accessible(goods, new_page, size, scheme):
    page = new_page(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)
    log_in(page, "world")
    for name, address in _pages(goods).items():
        page.goto(address)
        _check(page, name)


def test_an_order_confirmation_leaves_with_two_keys(goods, page):
    """Ctrl+Alt+E opens the mail as it will go, Enter sends it; Esc would have sent nothing."""
    order = goods["order"]
    log_in(page, "world")
    page.goto(reverse("sales:document", args=["order", order.number]))
    page.wait_for_load_state("networkidle")
    page.keyboard.press("Control+Alt+e")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("To", exact=True).wait_for()
    assert dialog.get_by_label("To", exact=True).input_value() == "anna@adatum.example"
    _check(page, "dialog of a mail")
    page.keyboard.press("Escape")
    dialog.wait_for(state="detached")
    assert not OutgoingMail.objects.exists()

    page.keyboard.press("Control+Alt+e")
    dialog.get_by_role("button", name="Send").wait_for()
    page.keyboard.press("Enter")
    page.get_by_text("Queued: the mail to anna@adatum.example").wait_for()
    assert OutgoingMail.objects.get().subject_no == order.number


def test_a_mail_is_sent_without_scripts(goods, new_page):
    page = new_page(java_script_enabled=False)
    log_in(page, "world")
    page.goto(reverse("sales:posted", args=["invoice", goods["invoice"].number]))
    page.get_by_role("link", name="Send by e-mail").click()
    page.get_by_label("To", exact=True).fill("ap@adatum.example")
    page.get_by_role("button", name="Send").click()
    assert page.get_by_text("Queued: the mail to ap@adatum.example").is_visible()
    assert OutgoingMail.objects.get().paper_name == f"Invoice {goods['invoice'].number}.pdf"
