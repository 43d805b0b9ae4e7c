"""Resources, item charges and explanations on pages."""

import re
from decimal import Decimal as D

import pytest
from django.urls import reverse

from sales.models import ChargeAssignment, SalesLine


def url(name: str, document, *args) -> str:
    return reverse(f"sales:{name}", args=[document.type, document.number, *args])


@pytest.fixture
def freight(shop):
    return shop.world.item_charge("FREIGHT")


@pytest.fixture
def order(shop, freight):
    """Two bicycles at 400 and 50.00 of freight."""
    return shop.order(2).adds_charge(freight, 50)


def test_hours_and_charges_are_typed_like_items(shop, freight, sign_in):
    shop.world.resource("MECHANIC", price=80)
    document = shop.world.order(shop.customer).document
    clerk = sign_in("CLERK")
    page = clerk.get(url("document", document)).content.decode()
    assert '<option value="resource">' in page and '<option value="charge">' in page
    assert '<option value="MECHANIC">' in page and '<option value="FREIGHT">' in page
    clerk.post(url("line-add", document), {"type": "resource", "number": "MECHANIC", "quantity": "3"})
    typed = {"type": "charge", "number": "FREIGHT", "quantity": "1", "unit_price": "30"}
    clerk.post(url("line-add", document), typed)
    lines = SalesLine.objects.filter(document=document).order_by("line_no")
    assert [(line.type, line.number, line.line_amount) for line in lines] == [
        ("resource", "MECHANIC", D("240.00")),
        ("charge", "FREIGHT", D("30.00")),
    ]


def test_a_new_line_starts_with_the_type_of_the_last(shop, browser):
    """The first one as the set-up says."""

    def offered(document):
        page = browser.get(url("document", document)).content.decode()
        form = page.partition('id="new-type"')[2]
        return re.search(r'<option value="(\w+)" selected>', form).group(1)

    order = shop.world.order(shop.customer)
    assert offered(order.document) == "item"
    shop.world.sales_setup(default_line_type="resource")
    assert offered(order.document) == "resource"
    assert offered(order.charges("4520", 25).says("Thank you").document) == "gl_account"


def test_a_charge_is_assigned_on_its_page(order, sign_in):
    clerk = sign_in("CLERK")
    document = order.document
    address = url("line-charge", document, 20000)
    assert address in clerk.get(url("document", document)).content.decode()
    assert address in clerk.get(url("line", document, 20000)).content.decode()
    page = clerk.get(address).content.decode()
    assert 'value="line:10000:"' in page and "BICYCLE" in page

    # Typing a quantity.
    answer = clerk.post(address, {"target": "line:10000:", "quantity-0": "0.25", "do": "keep"})
    assert answer.url == address
    row = ChargeAssignment.objects.get()
    assert (row.quantity, row.amount) == (D("0.25"), D("12.50"))

    # Having it suggested.
    clerk.post(address, {"target": "line:10000:", "chosen-0": "on", "method": "amount", "do": "suggest"})
    row.refresh_from_db()
    assert (row.quantity, row.amount) == (1, D("50.00"))
    assert "50.00" in clerk.get(address).content.decode()


def test_too_much_is_refused_and_stays_typed(order, browser):
    address = url("line-charge", order.document, 20000)
    answer = browser.post(address, {"target": "line:10000:", "quantity-0": "2", "do": "keep"})
    page = answer.content.decode()
    assert answer.status_code == 422 and "E-CHG-MORE" in page and 'value="2"' in page
    answer = browser.post(address, {"target": "line:10000:", "quantity-0": "x", "do": "keep"})
    assert answer.status_code == 422 and "Enter a number" in answer.content.decode()
    assert not ChargeAssignment.objects.exists()


def test_goods_of_earlier_papers_are_offered(shop, freight, browser):
    shipment = shop.order(1).ship()
    invoice = shop.world.sales_invoice(shop.customer).adds_charge(freight, 30)
    address = url("line-charge", invoice.document, 10000)
    key = f"shipment:10000:{shipment.number}"
    assert key in browser.get(address).content.decode()
    assert key in browser.get(address, {"q": shipment.number}).content.decode()
    assert key not in browser.get(address, {"q": "NONE"}).content.decode()
    browser.post(address, {"target": key, "quantity-0": "1", "do": "keep"})
    assert ChargeAssignment.objects.get().target_no == shipment.number


def test_only_charges_have_the_page_and_only_some_may_type(order, sign_in):
    clerk, warehouse = sign_in("CLERK"), sign_in("WAREHOUSE")
    document = order.document
    assert clerk.get(url("line-charge", document, 10000)).status_code == 404
    address = url("line-charge", document, 20000)
    page = warehouse.get(address)
    assert page.status_code == 200 and "quantity-0" not in page.content.decode()
    assert warehouse.post(address, {"target": "line:10000:", "quantity-0": "1"}).status_code == 403
    assert clerk.post(address, {"target": "nonsense", "quantity-0": "1"}).status_code == 404


def test_a_line_says_why_in_words(shop, sign_in):
    clerk = sign_in("CLERK")
    page = clerk.get(url("line", shop.order(1).document, 10000)).content.decode()
    assert "400.00 from the card: no price list offers a price" in page
    assert "DOM, of customer C1" in page and "V25, of item BICYCLE" in page
    assert "General posting set-up DOMESTIC × GOODS, sales account" in page


def test_a_released_line_can_be_read_by_who_may_not_change_it(shop, sign_in):
    document = shop.world.sales_invoice(shop.customer).sells(1, shop.bicycle).release().document
    warehouse = sign_in("WAREHOUSE")
    page = warehouse.get(url("line", document, 10000))
    assert page.status_code == 200 and "Why this VAT" in page.content.decode()
    assert warehouse.post(url("line", document, 10000), {"quantity": "2"}).status_code == 403


def test_a_posted_line_says_why_too(shop, sign_in):
    invoice = shop.invoice(1)
    clerk = sign_in("CLERK")
    address = reverse("sales:posted-line", args=["invoice", invoice.number, 10000])
    assert address in clerk.get(reverse("sales:posted", args=["invoice", invoice.number])).content.decode()
    page = clerk.get(address).content.decode()
    assert "4100 Sales of goods, domestic" in page and "V25, of item BICYCLE" in page
    assert clerk.get(reverse("sales:posted-line", args=["invoice", invoice.number, 7])).status_code == 404
    assert clerk.get(reverse("sales:posted-line", args=["nothing", invoice.number, 7])).status_code == 404
    assert sign_in("WAREHOUSE").get(address).status_code == 403


def test_preview_and_entries_show_time_and_charges(shop, order, browser, sign_in):
    order.works(3, shop.world.resource("MECHANIC", cost=35, price=80)).shares("equally")
    asked = {"what": "ship_and_invoice"}
    preview = browser.get(url("document-preview", order.document), asked).content.decode()
    assert "item charge FREIGHT" in preview and "Resource ledger" in preview and "-240.00" in preview
    invoice = order.post()
    entries = reverse("entries", args=[invoice.number])
    page = browser.get(entries).content.decode()
    assert "item charge FREIGHT" in page and "Resource ledger" in page and "-105.00" in page

    # What an hour costs is for those who may see costs.
    assert "Resource ledger" not in sign_in("CLERK").get(entries).content.decode()


def test_masters_are_kept_in_the_administration(shop, freight, browser):
    mechanic = shop.world.resource("MECHANIC", price=80)
    for master in (mechanic, freight):
        name = f"admin:inventory_{master._meta.model_name}"
        assert browser.get(reverse(f"{name}_changelist")).status_code == 200
        page = browser.get(reverse(f"{name}_change", args=[master.pk])).content.decode()
        assert 'name="number"' not in page
        assert 'name="number"' in browser.get(reverse(f"{name}_add")).content.decode()
