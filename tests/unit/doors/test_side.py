"""The panel beside a document: credit for who may see it, history, shipments, checks, one line's details, the files."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from customers.models import ShippingAgent
from erp.kernel.attachments import LARGEST, clean_name
from erp.kernel.models import Attachment
from sales.models import SalesDocument

PDF = b"%PDF-1.7 a drawing"


@pytest.fixture(autouse=True)
def files_of_their_own(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)


def page_of(browser, order) -> str:
    answer = browser.get(reverse("sales:document", args=[order.type, order.number]))
    assert answer.status_code == 200
    return answer.content.decode()


class TestFacts:
    def test_credit_history_and_the_last_payment(self, shop, browser):
        shop.world.pay(shop.customer, 300, on=date(2026, 3, 1))
        shop.invoice()
        text = page_of(browser, shop.order().document)
        assert 'data-section="side_credit"' in text and ">Outstanding orders<" in text
        assert "Last payment" in text and "INV-2026-00001" in text and ">Posted invoices<" in text

    def test_who_may_not_see_what_is_owed_does_not(self, shop, sign_in):
        shop.invoice()
        text = page_of(sign_in("WAREHOUSE"), shop.order().document)
        assert "side_credit" not in text and "Last payment" not in text and "INV-2026-00001" not in text

    def test_a_prospect_has_neither(self, shop, browser):
        text = page_of(browser, shop.world.offer("Somebody New").document)
        assert "side_credit" not in text and "side_dealings" not in text

    def test_parcels_are_followed(self, shop, browser):
        """Where the carrier has an address for that; an address that is none is not offered."""
        ShippingAgent.objects.create(code="POST", name="Post", tracking_url="https://post.example/?no=%1")
        order = shop.order(4)
        order.edits(shipping_agent_code="POST", package_tracking_no="PT 77", cascade=False)
        order.release().ship(1)
        text = page_of(browser, SalesDocument.objects.get())
        assert 'href="https://post.example/?no=PT%2077"' in text
        ShippingAgent.objects.update(tracking_url="javascript:alert(1)")
        text = page_of(browser, SalesDocument.objects.get())
        assert "PT 77" in text and "javascript:" not in text

    def test_what_happened_is_told_in_words(self, shop, browser):
        order = shop.order(4)
        order.release().ship(1)
        text = page_of(browser, SalesDocument.objects.get())
        timeline = text[text.index('class="box__body timeline"') :]
        assert timeline.index("Shipment SHP") < timeline.index("Open → Released") < timeline.index("Written")

    def test_a_thousand_lines_ask_no_more_than_one(self, shop, browser):
        order = shop.order(1)
        page_of(browser, order.document)
        with CaptureQueriesContext(connection) as few:
            page_of(browser, order.document)
        for _place in range(12):
            order.sells(1, shop.bicycle)
        with CaptureQueriesContext(connection) as many:
            page_of(browser, order.document)
        assert len(many) == len(few)


class TestPosted:
    def test_what_was_paid_and_what_is_left(self, shop, browser):
        """An invoice of 1,000 is paid in part: both stand beside it, with the mails, files and remarks that it has."""
        invoice = shop.invoice()
        shop.world.pay(shop.customer, 400, apply=invoice.number)
        text = browser.get(reverse("sales:posted", args=["invoice", invoice.number])).content.decode()
        box = text[text.index("side_settlement") : text.index("side_credit")]
        assert ">-400.00" in "".join(box.split()) and "<strong>600.00</strong>" in box and ">Due<" in box

    def test_the_warehouse_sees_its_shipments_without_money(self, shop, sign_in):
        order = shop.order(4)
        shipment = order.release().ship(1)
        address = reverse("sales:posted", args=["shipment", shipment.number])
        text = sign_in("WAREHOUSE").get(address).content.decode()
        assert "side_settlement" not in text and "side_credit" not in text and "Shipment SHP" in text


class TestChecks:
    def test_all_problems_at_once(self, shop, browser):
        shop.world.sales_setup(external_document_no_mandatory=True)
        order = shop.order(30).document
        text = browser.get(reverse("sales:document-check", args=["order", order.number])).content.decode()
        assert "external document no. of Order" in text and "E-TF" in text

    def test_nothing_in_the_way(self, shop, browser):
        order = shop.order().release().document
        text = browser.get(reverse("sales:document-check", args=["order", order.number])).content.decode()
        assert "Nothing stands in the way" in text

    def test_the_dialog_previews_without_writing(self, shop, browser):
        order = shop.order().release().document
        address = reverse("sales:document-preview", args=["order", order.number])
        answer = browser.get(address, {"fragment": 1, "what": "ship_and_invoice", "posting_date": "t"})
        text = answer.content.decode()
        assert answer.status_code == 200 and "<html" not in text
        assert "1,000.00" in text and "All entries" in text
        refused = browser.get(address, {"fragment": 1, "what": ""}).content.decode()
        assert "E-POST-FLAG" in refused
        assert SalesDocument.objects.get().status == "released"


class TestLine:
    def test_availability_prices_and_why(self, shop, browser):
        shop.invoice(1)
        order = shop.order(12).document
        address = reverse("sales:line-details", args=["order", order.number, 10000])
        text = browser.get(address).content.decode()
        assert ">9 PCS" in " ".join(text.split()).replace("> 9", ">9") and "Last prices" in text
        assert "from the card" in text or "price list" in text
        assert browser.get(address.replace("10000", "77")).status_code == 404

    def test_prices_are_for_who_sees_invoices(self, shop, sign_in):
        shop.invoice(1)
        order = shop.order().document
        address = reverse("sales:line-details", args=["order", order.number, 10000])
        assert "Last prices" not in sign_in("WAREHOUSE").get(address).content.decode()


class TestAttachments:
    def add(self, browser, subject_type, number, name="drawing.pdf", content=PDF):
        address = reverse("attachment-add", args=[subject_type, number])
        file = SimpleUploadedFile(name, content)
        return browser.post(address, {"file": file, "next": "/sales/order/"})

    def test_a_file_is_attached_fetched_and_thrown_away(
        self, shop, browser, django_capture_on_commit_callbacks
    ):
        order = shop.order().document
        assert self.add(browser, "sales.order", order.number).url == "/sales/order/"
        kept = Attachment.objects.get()
        assert (kept.name, kept.size, kept.created_by.username) == ("drawing.pdf", len(PDF), "door-all")
        assert "drawing" not in kept.file.name
        answer = browser.get(reverse("attachment", args=[kept.uuid]))
        assert b"".join(answer.streaming_content) == PDF
        assert answer["Content-Disposition"] == 'attachment; filename="drawing.pdf"'
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "drawing.pdf" in page_of(browser, order)
        with django_capture_on_commit_callbacks(execute=True):
            browser.post(reverse("attachment-remove", args=[kept.uuid]))
        assert not Attachment.objects.exists() and not kept.file.storage.exists(kept.file.name)

    @pytest.mark.parametrize(
        ("name", "content"),
        [
            ("page.html", b"<script>"),
            ("tool.exe", b"MZ"),
            ("picture.svg", b"<svg>"),
            ("drawing.pdf", b"<html>"),
            ("drawing", PDF),
            ("empty.pdf", b""),
            ("large.txt", b"x" * (LARGEST + 1)),
        ],
    )
    def test_what_is_not_kept(self, shop, browser, name, content):
        order = shop.order().document
        self.add(browser, "sales.order", order.number, name, content)
        assert not Attachment.objects.exists()
        assert name in browser.get(reverse("home")).content.decode()

    def test_only_with_records_that_are_there(self, shop, browser):
        assert self.add(browser, "sales.order", "SO-NONE").status_code == 404
        assert self.add(browser, "sales.quote", shop.order().number).status_code == 404
        assert self.add(browser, "kernel.user", "1").status_code == 404

    def test_the_rights_of_the_document_count(self, shop, browser, sign_in):
        """The warehouse sees orders and changes none; invoices are not for it at all."""
        order, invoice = shop.order().document, shop.invoice()
        warehouse = sign_in("WAREHOUSE")
        assert self.add(warehouse, "sales.order", order.number).status_code == 403
        self.add(browser, "sales.order", order.number)
        self.add(browser, "sales.posted-invoice", invoice.number)
        of_order, of_invoice = Attachment.objects.order_by("id")
        assert warehouse.get(reverse("attachment", args=[of_order.uuid])).status_code == 200
        assert warehouse.get(reverse("attachment", args=[of_invoice.uuid])).status_code == 403
        assert warehouse.post(reverse("attachment-remove", args=[of_order.uuid])).status_code == 403
        browser.logout()
        assert browser.get(reverse("attachment", args=[of_order.uuid])).status_code == 302

    def test_names_stay_harmless(self):
        assert clean_name("../../etc/pass\nwd.PDF") == "passwd.pdf"
        assert clean_name("C:\\drawings\\one.pdf") == "one.pdf"
        assert clean_name("x" * 300 + ".pdf") == "x" * 146 + ".pdf"
