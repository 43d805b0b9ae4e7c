"""Posting from a page: preview, parts, once and only once, and what is refused."""

import pytest
from django.test import Client
from django.urls import reverse

from inventory.models import ItemLedgerEntry
from posting.models import GeneralPostingSetup, GLEntry
from sales.models import (
    ReturnReceipt,
    SalesCreditMemo,
    SalesDocument,
    SalesInvoice,
    SalesShipment,
)


def url(name: str, document, *args) -> str:
    return reverse(f"sales:{name}", args=[document.type, document.number, *args])


def post(browser: Client, document, what: str = "", **typed):
    typed = {"do": "post", "what": what, "posting_date": "2026-03-02", **typed}
    return browser.post(url("document-post", document), typed)


@pytest.fixture
def order(shop) -> SalesDocument:
    return shop.order(4).release().document


def test_the_preview_shows_every_entry_and_writes_none(shop, order, browser):
    before = GLEntry.objects.count(), ItemLedgerEntry.objects.count()
    answer = browser.get(url("document-preview", order), {"what": "ship_and_invoice"})
    text = answer.content.decode()
    assert answer.status_code == 200
    for word in (
        "Accounts receivable, domestic",
        "2,000.00",
        "1,600.00",
        "400.00",
        "960.00",
        "V25",
        "BICYCLE",
    ):
        assert word in text, word
    assert (GLEntry.objects.count(), ItemLedgerEntry.objects.count()) == before
    assert not SalesShipment.objects.exists() and SalesDocument.objects.get().status == "released"


def test_the_preview_of_goods_alone_says_that_the_general_ledger_rests(order, browser):
    text = browser.get(url("document-preview", order), {"what": "ship"}).content.decode()
    assert "The general ledger is not touched" in text and "-960.00" in text


def test_the_preview_needs_to_know_what(order, browser):
    answer = browser.get(url("document-preview", order), {"what": "nonsense", "posting_date": "nonsense"})
    assert answer.status_code == 422 and "E-POST-FLAG" in answer.content.decode()


def test_an_order_is_shipped_in_part_and_invoiced(shop, order, browser):
    answer = post(browser, order, "ship", **{"qty_to_ship-10000": "1", "qty_to_invoice-10000": "1"})
    shipment = SalesShipment.objects.get()
    assert answer.url == url("document", order)
    assert shipment.lines.get().quantity == 1 and shipment.created_by == "door-all"
    page = browser.get(answer.url).content.decode()
    assert f"Posted: shipment {shipment.number}." in page
    assert reverse("sales:posted", args=["shipment", shipment.number]) in page

    answer = post(browser, order, "ship_and_invoice")
    invoice = SalesInvoice.objects.get()
    assert answer.url == reverse("sales:posted", args=["invoice", invoice.number])
    assert invoice.amount_including_vat == 2000 and not SalesDocument.objects.exists()
    page = browser.get(answer.url).content.decode()
    assert all(paper.number in page for paper in SalesShipment.objects.all())
    shop.world.check()


def test_a_double_click_posts_once_and_shows_the_same_result(order, browser):
    first = post(browser, order, "ship_and_invoice", idempotency_key="click")
    second = post(browser, order, "ship_and_invoice", idempotency_key="click")
    invoice = SalesInvoice.objects.get()
    assert first.url == second.url == reverse("sales:posted", args=["invoice", invoice.number])
    assert SalesShipment.objects.count() == 1


def test_a_key_used_for_something_else_is_refused(order, browser):
    post(browser, order, "ship", idempotency_key="click")
    answer = post(browser, order, "invoice", idempotency_key="click")
    assert answer.status_code == 409 and "E-IDEM-MISMATCH" in answer.content.decode()
    assert not SalesInvoice.objects.exists()


def test_every_page_offers_a_key_of_its_own(order, browser):
    pages = [browser.get(url("document", order)) for _time in range(2)]
    assert pages[0].context["idempotency_key"] != pages[1].context["idempotency_key"]
    assert pages[0].context["idempotency_key"] in pages[0].content.decode()


def test_quantities_are_kept_without_posting(order, browser):
    typed = {"do": "keep", "qty_to_ship-10000": "3", "qty_to_invoice-10000": "2", "posting_date": ""}
    assert browser.post(url("document-post", order), typed).url == url("document", order)
    line = order.lines.get()
    assert (line.qty_to_ship, line.qty_to_invoice) == (3, 2)


def test_the_preview_takes_the_typed_quantities_along(order, browser):
    typed = {"do": "preview", "what": "ship", "posting_date": "2026-03-04", "qty_to_ship-10000": "1"}
    answer = browser.post(url("document-post", order), typed)
    assert answer.url == f"{url('document-preview', order)}?what=ship&posting_date=2026-03-04"
    assert "-240.00" in browser.get(answer.url).content.decode()


@pytest.mark.parametrize("quantity", ["9", "-1", "much"])
def test_quantities_that_cannot_be_are_refused_and_nothing_is_posted(order, browser, quantity):
    answer = post(browser, order, "ship", **{"qty_to_ship-10000": quantity, "qty_to_invoice-10000": "0"})
    assert answer.status_code == 422 and f'value="{quantity}"' in answer.content.decode()
    assert not SalesShipment.objects.exists()


def test_a_refusal_names_the_problem_and_the_page_that_mends_it(shop, order, browser):
    GeneralPostingSetup.objects.all().delete()
    answer = post(browser, order, "ship_and_invoice")
    text = answer.content.decode()
    assert answer.status_code == 422 and "E-POSTING-SETUP" in text
    assert reverse("admin:posting_generalpostingsetup_changelist") in text
    assert 'href="#line-10000"' in text
    preview = browser.get(url("document-preview", order), {"what": "ship_and_invoice"})
    assert preview.status_code == 422 and "E-POSTING-SETUP" in preview.content.decode()
    assert 'value="post"' not in preview.content.decode()


def test_a_refused_posting_leaves_the_document_open(shop, browser):
    shop.world.ledger_setup(allow_posting_from="2026-04-01")
    order = shop.order().document
    answer = post(browser, order, "ship_and_invoice", idempotency_key="k")
    assert answer.status_code == 422 and "E-GL-DATE" in answer.content.decode()
    assert SalesDocument.objects.get().status == "open"
    shop.world.ledger_setup(allow_posting_from=None)
    assert post(browser, order, "ship_and_invoice", idempotency_key="k").status_code == 302


@pytest.mark.parametrize(
    ("role", "may"),
    [
        ("CLERK", set()),
        ("WAREHOUSE", {"ship"}),
        ("ACCOUNTANT", {"invoice"}),
        ("SALES-MANAGER", {"ship", "invoice", "ship_and_invoice"}),
    ],
)
def test_roles_post_what_they_are_granted(shop, sign_in, role, may):
    for what in ("ship", "invoice", "ship_and_invoice"):
        story = shop.order(1).release()
        if what == "invoice":
            story.ship()
        answer = post(sign_in(role), story.document, what)
        assert answer.status_code == (302 if what in may else 403), what


def test_an_invoice_is_posted_at_once(shop, sign_in):
    invoice = shop.world.sales_invoice(shop.customer).sells(1, shop.bicycle).document
    assert post(sign_in("CLERK"), invoice).status_code == 403
    answer = post(sign_in("ACCOUNTANT"), invoice)
    posted = SalesInvoice.objects.get()
    assert answer.url == reverse("sales:posted", args=["invoice", posted.number])
    page = sign_in().get(answer.url).content.decode()
    assert SalesShipment.objects.get().number in page  # posted with it, found by the register


def test_a_credit_memo_and_a_return_order(shop, browser):
    invoice = shop.invoice()
    typed = {"customer": "C1", "applies_to_document_no": invoice.number}
    browser.post(reverse("sales:document-new", args=["credit_memo"]), typed)
    memo = SalesDocument.objects.get()
    assert memo.applies_to_document_no == invoice.number
    browser.post(url("line-add", memo), {"type": "item", "number": "BICYCLE", "quantity": "1"})
    assert post(browser, memo).status_code == 302
    assert shop.world.open_items(shop.customer) == {invoice.number: 500}

    returned = shop.world.return_order(shop.customer).sells(1, shop.bicycle).release().document
    page = browser.get(url("document", returned)).content.decode()
    assert "To receive" in page and "Receive and credit" in page
    answer = post(browser, returned, "ship_and_invoice")
    credited = SalesCreditMemo.objects.latest("pk")
    assert answer.url == reverse("sales:posted", args=["credit_memo", credited.number])
    assert ReturnReceipt.objects.count() == 2


def test_a_quote_is_not_posted(shop, browser):
    quote = shop.world.quote(shop.customer).sells(1, shop.bicycle).document
    assert post(browser, quote, "ship_and_invoice").status_code == 403
    assert browser.get(url("document-preview", quote)).status_code == 403


def test_posting_what_is_gone_is_404(shop, browser):
    assert post(browser, SalesDocument(type="order", number="NONE"), "ship").status_code == 404


def test_forms_without_their_token_are_refused(order, world):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(world.by)
    assert post(strict, order, "ship").status_code == 403
    assert not SalesShipment.objects.exists()
