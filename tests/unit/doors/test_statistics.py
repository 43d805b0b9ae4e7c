"""The statistics of a document on its page; discount and VAT typed there; comments and texts on papers."""

from decimal import Decimal

import pytest
from django.urls import reverse

from posting.models import GeneralLedgerSetup
from sales.models import ExtendedText, SalesComment, SalesDocument, SalesLine, StandardText

D = Decimal


@pytest.fixture
def order(shop) -> SalesDocument:
    return shop.order(2).document


def url(name: str, document: SalesDocument) -> str:
    return reverse(f"sales:{name}", args=[document.type, document.number])


def text_of(answer) -> str:
    return answer.content.decode()


class TestStatistics:
    def test_every_view_of_an_order(self, order, browser):
        page = url("document-statistics", order)
        for tab in ("", "?tab=general", "?tab=invoicing", "?tab=shipping"):
            shown = text_of(browser.get(f"{page}{tab}"))
            assert "1,000.00" in shown and "320.00" in shown and "V25" in shown, tab
        assert "No limit" in text_of(browser.get(f"{page}?tab=customer"))
        assert browser.get(f"{page}?tab=weather").status_code == 404
        assert page in text_of(browser.get(url("document", order)))

    def test_who_may_not_see_cost_sees_no_profit(self, order, sign_in):
        page = url("document-statistics", order)
        assert "Profit" not in text_of(sign_in("CLERK").get(page))
        assert "Profit" in text_of(sign_in("SALES-MANAGER").get(page))
        assert "To date" not in text_of(sign_in("WAREHOUSE").get(page))

    def test_posted_papers_have_statistics_too(self, shop, browser):
        invoice = shop.invoice(2)
        page = reverse("sales:posted-statistics", args=["invoice", invoice.number])
        assert "320.00" in text_of(browser.get(page))
        assert page in text_of(browser.get(reverse("sales:posted", args=["invoice", invoice.number])))
        shipment = reverse("sales:posted-statistics", args=["shipment", "X"])
        assert browser.get(shipment).status_code == 404

    def test_an_invoice_discount_is_typed(self, order, browser):
        typed = browser.post(url("statistics-discount", order), {"inv_discount": "10"})
        assert typed.url == url("document-statistics", order)
        assert SalesLine.objects.get().inv_discount_amount == 10
        refused = browser.post(url("statistics-discount", order), {"inv_discount": "801"})
        assert refused.status_code == 422 and "E-INVD-MAX" in text_of(refused)
        assert browser.post(url("statistics-discount", order), {"inv_discount": "x"}).status_code == 422

    def test_vat_is_typed(self, shop, order, browser):
        shop.world.sales_setup(allow_vat_difference=True)
        GeneralLedgerSetup.objects.update(max_vat_difference_allowed=D("0.05"))
        page = url("statistics-vat", order)
        assert browser.post(page, {"vat-0": "200.03"}).status_code == 302
        assert SalesLine.objects.get().vat_difference == D("0.03")
        refused = browser.post(page, {"vat-0": "201"})
        assert refused.status_code == 422 and "E-VATDIFF-MAX" in text_of(refused)
        assert 'value="201.00"' in text_of(refused) or 'value="201"' in text_of(refused)

    def test_only_those_who_may_change_an_open_document_type(self, shop, order, sign_in, browser):
        typed = 'name="vat-0"'
        assert typed in text_of(sign_in("CLERK").get(url("document-statistics", order)))
        assert typed not in text_of(sign_in("WAREHOUSE").get(url("document-statistics", order)))
        answer = sign_in("WAREHOUSE").post(url("statistics-vat", order), {"vat-0": "1"})
        assert answer.status_code == 403
        shop.world.order(shop.customer)
        browser.post(url("document-release", order))
        assert typed not in text_of(browser.get(url("document-statistics", order)))


class TestComments:
    def test_a_remark_is_made_and_taken_back(self, order, sign_in):
        clerk, page = sign_in("CLERK"), url("document-comments", order)
        clerk.post(page, {"text": "Ring twice", "line_no": "10000", "idempotency_key": "k"})
        clerk.post(page, {"text": "Ring twice", "line_no": "10000", "idempotency_key": "k"})
        remark = SalesComment.objects.get()
        assert (remark.kind, remark.line_no, remark.created_by) == ("order", 10000, "door-clerk")
        assert "Ring twice" in text_of(clerk.get(url("document", order)))
        clerk.post(page, {"remove": remark.pk})
        assert not SalesComment.objects.exists()
        assert sign_in("WAREHOUSE").post(page, {"text": "x"}).status_code == 403

    def test_what_cannot_be_is_refused(self, order, browser):
        page = url("document-comments", order)
        assert "This field is required" in text_of(browser.post(page, {"text": ""}, follow=True))
        assert browser.post(page, {"remove": 99}).status_code == 404

    def test_on_a_posted_paper(self, shop, browser):
        invoice = shop.invoice()
        address = reverse("sales:posted-comments", args=["invoice", invoice.number])
        browser.post(address, {"text": "Paid twice", "line_no": "0"})
        assert SalesComment.objects.get().kind == "posted_invoice"
        page = reverse("sales:posted", args=["invoice", invoice.number])
        assert "Paid twice" in text_of(browser.get(page))


class TestTexts:
    def test_texts_are_inserted_on_request(self, order, browser):
        answer = browser.post(url("document-texts", order), follow=True)
        assert "No line has an extended text" in text_of(answer)
        ExtendedText.objects.create(subject="item", number="BICYCLE", text="28 inch", automatic=False)
        answer = browser.post(url("document-texts", order), follow=True)
        assert "1 line of text was inserted" in text_of(answer)
        assert order.lines.filter(description="28 inch").exists()
        refused = browser.post(url("document-texts", order), {"line_no": "77"})
        assert refused.status_code == 422 and "E-TEXT-NONE" in text_of(refused)

    def test_another_number_is_typed_into_a_line(self, shop, order, browser):
        shop.world.item("LAMP", stock=5, cost=1, price=15)
        page = reverse("sales:line-number", args=["order", order.number, 10000])
        assert page in text_of(browser.get(reverse("sales:line", args=["order", order.number, 10000])))
        typed = {"type": "item", "number": "lamp", "quantity": "3"}
        assert browser.post(page, typed).url.endswith("#line-10000")
        line = order.lines.get()
        assert (line.number, line.quantity, line.line_amount) == ("LAMP", 3, 45)
        assert "E-ITEM-NONE" in text_of(browser.post(page, typed | {"number": "zeppelin"}))
        assert "E-GL-NONE" in text_of(browser.post(page, typed | {"type": "gl_account"}))
        assert "This field is required" in text_of(browser.post(page, {"type": "item"}))

    def test_a_standard_text_is_typed_by_its_code(self, order, browser):
        StandardText.objects.create(code="THANKS", description="Thank you")
        browser.post(url("line-add", order), {"type": "comment", "number": "THANKS"})
        assert order.lines.get(type="comment").description == "Thank you"
