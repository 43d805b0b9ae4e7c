"""Writing documents on pages: heads, lines, and what is refused on the way."""

import re
from decimal import Decimal

import pytest
from django.urls import reverse

from posting.models import VATPostingSetup
from sales.models import SalesDocument, SalesLine
from sales.models.base import LineType

D = Decimal


def url(name: str, document, *args) -> str:
    return reverse(f"sales:{name}", args=[document.type, document.number, *args])


def add(browser, document, **typed):
    return browser.post(url("line-add", document), {"type": "item", **typed})


@pytest.fixture
def order(shop) -> SalesDocument:
    return shop.world.order(shop.customer).document


def test_an_order_is_written_to_a_customer_found_by_part_of_the_name(shop, sign_in):
    clerk = sign_in("CLERK")
    typed = {"customer": "adat", "external_document_no": "PO-77", "shipment_date": "2026-03-05"}
    answer = clerk.post(reverse("sales:document-new", args=["order"]), typed)
    order = SalesDocument.objects.get()
    assert answer.url == url("document", order) + "?new=1"
    assert (order.customer, order.external_document_no) == (shop.customer, "PO-77")
    assert str(order.shipment_date) == "2026-03-05" and str(order.order_date) == "2026-03-02"
    assert order.created_by == "door-clerk"


def test_several_customers_are_offered(shop, browser):
    shop.world.customer("Adagio", number="C2")
    address = reverse("sales:document-new", args=["quote"])
    answer = browser.post(address, {"customer": "ada"})
    text = answer.content.decode()
    assert answer.status_code == 422 and "fits several customers" in text
    assert re.findall(r'name="chosen"\s+value="(\w+)"', text) == ["C1", "C2"]
    answer = browser.post(address, {"customer": "ada", "chosen": "C2"})
    assert answer.status_code == 302 and SalesDocument.objects.get().customer.number == "C2"


def test_nobody_of_that_name_links_to_a_new_card(shop, browser):
    answer = browser.post(reverse("sales:document-new", args=["order"]), {"customer": "Xerxes"})
    assert answer.status_code == 422
    assert "Nobody is called" in answer.content.decode()
    assert reverse("admin:customers_customer_add") in answer.content.decode()


def test_a_blocked_customer_is_refused_with_its_reason(shop, browser):
    shop.world.customer("Blocked", number="C9", blocked="all")
    answer = browser.post(reverse("sales:document-new", args=["order"]), {"customer": "C9"})
    assert answer.status_code == 422 and "E-CU-BLOCK" in answer.content.decode()
    assert not SalesDocument.objects.exists()


def test_a_date_that_is_none_is_named(shop, browser):
    answer = browser.post(
        reverse("sales:document-new", args=["order"]), {"customer": "C1", "order_date": "x"}
    )
    assert answer.status_code == 422 and "Enter a valid date" in answer.content.decode()


def test_a_form_sent_twice_writes_one_document(shop, browser):
    address = reverse("sales:document-new", args=["order"])
    typed = {"customer": "C1", "idempotency_key": "one"}
    assert browser.post(address, typed).url == browser.post(address, typed).url
    assert SalesDocument.objects.count() == 1


class TestLines:
    def test_an_item_by_number_takes_the_price_of_its_card(self, order, browser):
        answer = add(browser, order, number="bicycle", quantity="2")
        line = order.lines.get()
        assert answer.status_code == 302
        assert (line.number, line.quantity, line.unit_price) == ("BICYCLE", 2, 400)

    def test_price_and_discount_may_be_typed(self, order, browser):
        add(browser, order, number="BICYCLE", quantity="1.5", unit_price="399.95", line_discount_percent="10")
        line = order.lines.get()
        assert (line.unit_price, line.line_discount_percent) == (D("399.95"), 10)
        assert line.line_amount == D("539.94")

    def test_figures_are_typed_in_the_readers_language(self, order, browser):
        typed = {"type": "item", "number": "BICYCLE", "quantity": "2,5", "unit_price": "10.5"}
        browser.post(url("line-add", order), typed, headers={"accept-language": "nl"})
        line = order.lines.get()
        assert (line.quantity, line.unit_price) == (D("2.5"), D("10.5"))
        page = browser.get(url("line", order, 10000), headers={"accept-language": "nl"})
        assert 'value="2,5"' in page.content.decode()

    def test_an_item_by_part_of_its_name(self, order, browser):
        add(browser, order, number="28 inch", quantity="1")
        assert order.lines.get().number == "BICYCLE"

    def test_several_items_are_offered_and_one_is_chosen(self, order, shop, browser):
        shop.world.item("BICYCLE-2", price=1, description="Another bicycle")
        answer = add(browser, order, number="bicy", quantity="3")
        assert answer.status_code == 422 and "fits several items" in answer.content.decode()
        add(browser, order, number="bicy", quantity="3", chosen="BICYCLE-2")
        assert [(line.number, line.quantity) for line in order.lines.all()] == [("BICYCLE-2", 3)]

    def test_no_item_of_that_name(self, order, browser):
        answer = add(browser, order, number="unicorn", quantity="1")
        assert answer.status_code == 422 and "No item is called" in answer.content.decode()
        assert 'value="unicorn"' in answer.content.decode()

    def test_an_account_and_a_comment(self, order, browser):
        add(browser, order, type="gl_account", number="4520", quantity="1", unit_price="17.50")
        add(browser, order, type="comment", description="Deliver at the back")
        kinds = list(order.lines.order_by("line_no").values_list("type", "number", "description"))
        assert kinds[0][:2] == (LineType.GL_ACCOUNT, "4520")
        assert kinds[1] == (LineType.COMMENT, "", "Deliver at the back")

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ({"number": "BICYCLE", "quantity": "two"}, "Enter a number"),
            ({"number": "", "quantity": "2"}, "Type a number"),
            (
                {"number": "BICYCLE", "quantity": "1", "line_discount_percent": "101"},
                "less than or equal to 100",
            ),
            ({"type": "comment", "description": ""}, "Type the text of the comment"),
            ({"type": "gl_account", "number": "9999", "quantity": "1"}, "9999"),
            ({"number": "BICYCLE", "quantity": "1", "unit_code": "BOX"}, "E-UOM-MISSING"),
        ],
    )
    def test_what_cannot_be_is_refused_and_stays_typed(self, order, browser, typed, said):
        answer = add(browser, order, **typed)
        assert answer.status_code == 422 and said in answer.content.decode()
        assert not order.lines.exists()

    def test_a_missing_set_up_row_links_the_page_that_mends_it(self, order, browser):
        VATPostingSetup.objects.all().delete()
        answer = add(browser, order, number="BICYCLE", quantity="1")
        text = answer.content.decode()
        assert answer.status_code == 422 and "E-VAT-NOSETUP" in text
        assert reverse("admin:posting_vatpostingsetup_changelist") in text

    def test_a_line_is_changed(self, shop, browser):
        order = shop.order().document
        page = url("line", order, 10000)
        assert 'value="400"' in browser.get(page).content.decode()
        typed = {
            "description": "Red one",
            "quantity": "3",
            "unit_code": "PCS",
            "unit_price": "400",
            "line_discount_percent": "5",
            "qty_to_ship": "1",
            "qty_to_invoice": "1",
            "location_code": "",
            "shipment_date": "2026-03-09",
        }
        answer = browser.post(page, typed)
        line = order.lines.get()
        assert answer.url == f"{url('document', order)}#line-10000"
        assert (line.quantity, line.line_discount_percent, line.description) == (3, 5, "Red one")
        assert (line.qty_to_ship, line.qty_to_invoice, str(line.shipment_date)) == (1, 1, "2026-03-09")

    def test_a_quantity_that_cannot_be_shipped_is_refused(self, shop, browser):
        order = shop.order().release().document
        answer = browser.post(url("line", order, 10000), {"qty_to_ship": "5", "qty_to_invoice": "2"})
        assert answer.status_code == 422 and "E-QTY-SHIP" in answer.content.decode()

    def test_of_a_released_line_only_the_next_quantities_may_change(self, shop, browser):
        order = shop.order().release().document
        text = browser.get(url("line", order, 10000)).content.decode()
        assert 'name="qty_to_ship"' in text and 'name="unit_price"' not in text
        answer = add(browser, order, number="BICYCLE", quantity="1")
        assert answer.status_code == 409 and "E-LINE-STATUS" in answer.content.decode()

    def test_a_line_is_removed(self, shop, browser):
        order = shop.order().document
        browser.post(url("line-remove", order, 10000))
        assert not SalesLine.objects.exists()

    def test_a_released_line_is_not_removed(self, shop, browser):
        order = shop.order().release().document
        assert browser.post(url("line-remove", order, 10000)).status_code == 409
        assert browser.post(url("line-remove", order, 77)).status_code == 404

    def test_the_warehouse_types_what_it_ships_and_nothing_else(self, shop, sign_in):
        order = shop.order().release().document
        warehouse = sign_in("WAREHOUSE")
        text = warehouse.get(url("line", order, 10000)).content.decode()
        assert 'name="qty_to_ship"' in text and 'name="qty_to_invoice"' not in text
        assert add(warehouse, order, number="BICYCLE", quantity="1").status_code == 403


class TestMoves:
    def test_release_and_reopen(self, shop, sign_in):
        order = shop.order().document
        clerk = sign_in("CLERK")
        assert clerk.post(url("document-release", order)).url == url("document", order)
        order = SalesDocument.objects.get()
        assert order.status == "released"
        assert "Open → Released" in clerk.get(url("document", order)).content.decode()
        assert clerk.post(url("document-release", order)).status_code == 409
        clerk.post(url("document-reopen", order))
        assert SalesDocument.objects.get().status == "open"

    def test_an_empty_document_is_not_released(self, order, browser):
        answer = browser.post(url("document-release", order))
        assert answer.status_code == 422 and "E-REL-NOTHING" in answer.content.decode()

    def test_a_quote_becomes_an_order_once(self, shop, sign_in):
        quote = shop.world.quote(shop.customer).sells(2, shop.bicycle)
        clerk = sign_in("CLERK")
        address = reverse("sales:quote-make-order", args=[quote.number])
        first = clerk.post(address, {"idempotency_key": "k"})
        second = clerk.post(address, {"idempotency_key": "k"})
        order = SalesDocument.objects.get()
        assert order.type == "order" and order.quote_no == quote.number
        assert first.url == second.url == url("document", order)

    def test_a_quote_becomes_an_invoice(self, shop, browser):
        quote = shop.world.quote(shop.customer).sells(2, shop.bicycle)
        browser.post(reverse("sales:quote-make-invoice", args=[quote.number]))
        assert SalesDocument.objects.get().type == "invoice"

    def test_a_quote_that_is_gone_is_404(self, shop, browser):
        assert browser.post(reverse("sales:quote-make-order", args=["SQ-1"])).status_code == 404

    def test_deleting(self, shop, sign_in):
        order = shop.order().release().document
        clerk = sign_in("CLERK")
        assert clerk.post(url("document-delete", order)).status_code == 422
        clerk.post(url("document-reopen", order))
        assert clerk.post(url("document-delete", order)).url == reverse("sales:documents", args=["order"])
        assert not SalesDocument.objects.exists()

    def test_changing_the_head(self, shop, sign_in):
        order = shop.order().release().document
        clerk, page = sign_in("CLERK"), url("document-head", order)
        text = clerk.get(page).content.decode()
        assert 'name="posting_date"' in text and 'name="shipment_date"' not in text
        typed = {"posting_date": "2026-03-10", "document_date": "2026-03-02", "due_date": "2026-04-01"}
        assert clerk.post(page, {**typed, "your_reference": "Eva"}).status_code == 302
        order = SalesDocument.objects.get()
        assert (str(order.posting_date), order.your_reference) == ("2026-03-10", "Eva")
        assert clerk.post(page, {**typed, "posting_date": "x"}).status_code == 422

    @pytest.mark.parametrize(
        "name", ["document-release", "document-reopen", "document-delete", "document-post", "line-add"]
    )
    def test_changes_want_a_post_and_a_right(self, shop, sign_in, name):
        order = shop.order().document
        assert sign_in().get(url(name, order)).status_code == 405
        assert sign_in("AUDITOR").post(url(name, order), {"do": "post", "what": "ship"}).status_code == 403
        assert SalesDocument.objects.get().status == "open"
