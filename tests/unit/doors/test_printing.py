"""Papers as PDF and by e-mail: what stands on them, who may have them, and what is queued."""

from datetime import date
from decimal import Decimal as D
from html import unescape

import pytest
from django.core import mail as django_mail
from django.urls import reverse
from django.utils.html import strip_tags

from erp.kernel import outbox
from erp.kernel.mail import mails_of
from erp.kernel.models import OutboxMessage, OutgoingMail
from erp.kernel.pdf import html_of
from posting.models import VATClause
from receivables.models import BankAccount
from sales.models import SalesDocument, SalesInvoiceLine
from sales.print import sheet_of
from sales.print.letter import letter_of, recipients_of
from sales.print.papers import language_of, page_of_sheet, spoken

TYPES = ("quote", "order", "invoice", "credit_memo", "blanket_order", "return_order")


def text(answer) -> str:
    """What a page says; its marks are left in."""
    return " ".join(unescape(answer.content.decode()).split())


def url(name: str, *args) -> str:
    return reverse(f"sales:{name}", args=args)


def fact(sheet, label: str) -> str:
    return dict(sheet.facts).get(label, "")


def words(sheet) -> str:
    """What is printed, without its marks."""
    return " ".join(strip_tags(html_of(page_of_sheet(sheet, "en"))).split())


class TestSheets:
    """What stands on a paper, without a printer."""

    def test_an_order_confirmation(self, shop):
        order = shop.order().says("In red, please")
        sheet = sheet_of(order.document)
        assert (sheet.title, sheet.number) == ("Order confirmation", order.number)
        assert sheet.file_name == f"Order confirmation {order.number}.pdf"
        assert sheet.to[0] == "Adatum" and "Utrecht" in " ".join(sheet.to)
        goods, remark = sheet.lines
        assert (goods.number, goods.quantity, goods.unit_price, goods.amount) == ("BICYCLE", 2, 400, 800)
        assert remark.is_text and remark.description == "In red, please"
        assert (sheet.net, sheet.gross) == (D("800.00"), D("1000.00"))
        assert [(group.percent, group.base, group.amount) for group in sheet.groups] == [(25, 800, 200)]
        assert not sheet.is_demand and sheet.bank is None and not sheet.watermark
        assert "BICYCLE Bicycle, 28 inch 2 PCS 400.00 25 800.00" in words(sheet)

    def test_an_invoice_says_where_to_pay_and_what_is_left(self, shop):
        BankAccount.objects.update(iban="NL02ABNA0123456789", swift_code="ABNANL2A")
        invoice = shop.invoice()
        sheet = sheet_of(invoice)
        assert sheet.title == "Invoice" and sheet.is_demand and sheet.paid is None
        assert fact(sheet, "Due date") == "01 Apr 2026" and fact(sheet, "Our order no.") == invoice.order_no
        assert sheet.bank.iban == "NL02ABNA0123456789"
        assert f"Payment reference {invoice.number}" in words(sheet)

        shop.world.pay(shop.customer, 400, apply=invoice.number)
        sheet = sheet_of(invoice)
        assert (sheet.paid, sheet.remaining) == (D("400.00"), D("600.00"))
        assert "Paid or settled 400.00 Remaining EUR 600.00" in words(sheet)

    def test_a_payment_discount_and_a_vat_clause_stand_at_the_foot(self, shop):
        world = shop.world
        adatum = world.customer("Boot", terms="1M(8D)")
        VATClause.objects.create(code="TEST", description="Taxed elsewhere.")
        invoice = world.order(adatum).sells(1, shop.bicycle).post()
        sheet = sheet_of(invoice)
        assert sheet.foot == ("Paid by 10 Mar 2026, 2 % may be deducted: 10.00.",)
        assert not SalesInvoiceLine.objects.filter(vat_clause_code="TEST").exists()

    def test_reverse_charge_shows_no_rate(self, shop):
        """The customer accounts for the VAT: 25 % beside 0.00 would be a riddle."""
        buyer = shop.world.customer("Contoso", group="EU", vat_registration_no="", country_code="NL")
        sheet = sheet_of(shop.world.order(buyer).sells(1, shop.bicycle).document)
        (group,) = sheet.groups
        assert (group.percent, group.amount, sheet.lines[0].vat_percent) == (0, 0, 0)
        assert sheet.foot and "recipient" in sheet.foot[0]

    def test_a_foreign_currency_tells_the_tax_in_ours_too(self, shop):
        shop.world.rate("USD", 100, 1000, on=date(2026, 1, 1))
        buyer = shop.world.customer("Danke", currency="USD")
        sheet = sheet_of(shop.world.order(buyer).sells(1, shop.bicycle, at=100).document)
        (group,) = sheet.groups
        assert (sheet.currency, group.amount, group.amount_lcy) == ("USD", D("25.00"), D("250.00"))

    def test_a_delivery_note_has_no_prices_and_no_undone_lines(self, shop):
        order = shop.order(5)
        shipment = order.ship(2)
        sheet = sheet_of(shipment)
        assert sheet.title == "Delivery note" and sheet.signs
        assert [line.quantity for line in sheet.lines] == [2]
        assert not sheet.has_amounts and sheet.groups == () and sheet.gross == 0
        assert "400.00" not in words(sheet) and "Unit price" not in words(sheet)

    def test_amounts_stay_away_from_who_may_not_see_them(self, shop):
        shop.customer.credit_limit = 1
        sheet = sheet_of(shop.order().document, with_amounts=False)
        assert not sheet.has_amounts and sheet.gross == 0
        printed = words(sheet)
        for figure in ("400", "800", "1,000"):
            assert figure not in printed

    def test_a_draft_and_what_awaits_approval_say_so(self, shop):
        assert sheet_of(shop.world.sales_invoice(shop.customer).document).watermark == "Draft"
        order = shop.order().document
        SalesDocument.objects.filter(pk=order.pk).update(status="pending_approval")
        order.refresh_from_db()
        assert sheet_of(order).watermark == "Not approved"

    def test_languages(self, shop):
        """The paper's own, the customer's, the user's; by the names that other systems have for them."""
        order = shop.order().document
        assert language_of(order, "sv") == "sv"
        order.customer.language_code = "NLD"
        assert language_of(order, "sv") == "nl"
        order.language_code = "nb-NO"
        assert language_of(order, "sv") == "nb"
        order.language_code = "DEU"
        assert language_of(order, "sv") == "nl"
        assert [spoken(code) for code in ("no", "ENU", "", "xx", "en-GB")] == ["nb", "en", "", "", "en"]


class TestPDF:
    @pytest.mark.parametrize("type", TYPES)
    def test_every_document(self, shop, browser, type):
        document = getattr(shop.world, "sales_invoice" if type == "invoice" else type)(shop.customer)
        document.sells(1, shop.bicycle)
        answer = browser.get(url("document-pdf", type, document.number))
        assert answer.status_code == 200 and answer.content.startswith(b"%PDF-")
        assert answer.headers["Content-Type"] == "application/pdf"
        assert document.number in answer.headers["Content-Disposition"]
        assert answer.headers["Cache-Control"] == "private, no-store"

    def test_every_posted_paper(self, shop, browser):
        invoice = shop.invoice()
        back = shop.world.return_order(shop.customer).sells(1, shop.bicycle)
        memo = back.release().post()
        receipt = back.posted[0].shipment
        for kind, paper in (("invoice", invoice), ("credit_memo", memo), ("return_receipt", receipt)):
            assert browser.get(url("posted-pdf", kind, paper.number)).content.startswith(b"%PDF-")
        assert browser.get(url("posted-pdf", "invoice", "NOT-THERE")).status_code == 404
        assert browser.get(url("posted-pdf", "receipt", invoice.number)).status_code == 404

    def test_pro_forma_and_draft(self, shop, browser):
        order = shop.order()
        address = url("document-pdf", "order", order.number)
        assert browser.get(f"{address}?paper=pro-forma").content.startswith(b"%PDF-")
        refused = browser.get(f"{address}?paper=pro-forma&shipped=1")
        assert refused.status_code == 422 and "E-POST-NOTHING" in text(refused)
        assert browser.get(f"{address}?paper=wish").status_code == 404
        quote = shop.world.quote(shop.customer).sells(1, shop.bicycle)
        assert browser.get(url("document-pdf", "quote", quote.number) + "?paper=pro-forma").status_code == 404

    def test_many_in_one_file(self, shop, browser):
        orders = [shop.order(1).number for _time in range(3)]
        address = url("documents-pdf", "order")
        answer = browser.get(address, {"chosen": orders})
        assert answer.content.startswith(b"%PDF-") and "3 papers.pdf" in answer.headers["Content-Disposition"]
        assert browser.get(address).status_code == 404
        assert browser.get(address, {"chosen": ["X", *orders[:1]]}).status_code == 200
        many = browser.get(address, {"chosen": [orders[0], *map(str, range(200))]})
        assert many.status_code == 422 and "E-PRINT-MANY" in text(many)
        invoice = shop.invoice()
        assert browser.get(url("posted-list-pdf", "invoice"), {"chosen": invoice.number}).status_code == 200

    def test_the_warehouse_gets_papers_without_amounts_and_no_invoices(self, shop, sign_in):
        """It may print orders and shipments; what they cost stands on neither."""
        invoice = shop.invoice()
        order = shop.order()
        warehouse = sign_in("WAREHOUSE")
        with_prices = sign_in().get(url("document-pdf", "order", order.number)).content
        without = warehouse.get(url("document-pdf", "order", order.number)).content
        assert without.startswith(b"%PDF-") and len(without) < len(with_prices)
        for address in (
            url("posted-pdf", "invoice", invoice.number),
            url("posted-list-pdf", "invoice") + f"?chosen={invoice.number}",
            url("document-pdf", "order", order.number) + "?paper=pro-forma",
            url("posted-send", "invoice", invoice.number),
            url("document-send", "order", order.number),
        ):
            assert warehouse.get(address).status_code == 403


class TestMail:
    @pytest.fixture(autouse=True)
    def addressed(self, shop):
        shop.customer.email = "anna@adatum.example"
        shop.customer.save()

    def given(self, page, **changes) -> dict:
        """What the form would send."""
        form = page.context["form"]
        values = {field.name: field.value() or "" for field in form}
        values["idempotency_key"] = page.context["idempotency_key"]
        return values | changes

    def test_an_order_is_sent(self, shop, browser, django_capture_on_commit_callbacks):
        order = shop.order()
        address = url("document-send", "order", order.number)
        page = browser.get(address)
        assert page.context["form"]["to"].value() == "anna@adatum.example"
        assert f"Order confirmation {order.number}" in page.context["form"]["title"].value()
        body = page.context["form"]["body"].value()
        assert "Dear Adatum," in body and "Total: 1,000.00 EUR" in body

        given = self.given(page)
        answer = browser.post(address, given, follow=True)
        assert "Queued: the mail to anna@adatum.example" in text(answer)
        assert answer.redirect_chain[-1][0] == url("document", "order", order.number)
        browser.post(address, given)  # a double click
        (mail,) = mails_of("sales.order", order.number)
        assert (mail.status, mail.paper_name) == ("queued", f"Order confirmation {order.number}.pdf")
        assert bytes(mail.paper).startswith(b"%PDF-")

        OutboxMessage.objects.exclude(topic="kernel.mail.queued").delete()
        outbox.relay_outbox()
        (sent,) = django_mail.outbox
        assert sent.to == ["anna@adatum.example"] and sent.attachments[0].filename == mail.paper_name

    def test_without_an_address_it_says_so(self, shop, browser):
        order = shop.order()
        address = url("document-send", "order", order.number)
        page = browser.get(address)
        refused = browser.post(address, self.given(page, to="nobody"))
        assert refused.status_code == 422 and "“nobody” is no e-mail address" in text(refused)
        assert "Dear Adatum" in text(refused)
        assert not OutgoingMail.objects.exists()

    def test_a_dialog_gets_the_form_alone(self, shop, browser):
        order = shop.order()
        page = browser.get(
            url("document-send", "order", order.number), headers={"X-Requested-With": "handel"}
        )
        assert "<html" not in page.content.decode() and 'name="title"' in page.content.decode()

    def test_what_awaits_approval_does_not_leave(self, shop, browser):
        order = shop.order()
        SalesDocument.objects.filter(number=order.number).update(status="pending_approval")
        address = url("document-send", "order", order.number)
        refused = browser.post(address, self.given(browser.get(address)))
        assert refused.status_code == 422 and "E-MAIL-APPROVAL" in text(refused)
        assert not OutgoingMail.objects.exists()

    @pytest.mark.parametrize("ticked", [True, False])
    def test_a_quote_is_marked_as_sent_where_that_is_ticked(self, shop, browser, ticked):
        quote = shop.world.quote(shop.customer).sells(1, shop.bicycle)
        address = url("document-send", "quote", quote.number)
        page = browser.get(address)
        assert page.context["form"]["mark_sent"].value() is True
        given = self.given(page)
        if not ticked:
            del given["mark_sent"]
        browser.post(address, given)
        document = quote.document
        stage = document.progress.stage if hasattr(document, "progress") else "created"
        assert stage == ("sent" if ticked else "created")
        assert OutgoingMail.objects.count() == 1

    def test_an_invoice_goes_to_who_pays(self, shop, browser):
        """Where another customer pays, theirs is the address; what was typed for this paper counts more."""
        payer = shop.world.customer("Payer", email="ap@payer.example")
        shop.customer.bill_to_customer = payer
        shop.customer.save()
        order = shop.order()
        assert recipients_of(order.document) == "anna@adatum.example"
        invoice = order.post()
        assert recipients_of(invoice) == "ap@payer.example"
        address = url("posted-send", "invoice", invoice.number)
        browser.post(address, self.given(browser.get(address), to="cfo@payer.example; ap@payer.example"))
        assert recipients_of(invoice) == "cfo@payer.example; ap@payer.example"
        assert "Due date" in letter_of(invoice, with_amounts=True, user_language="en", signed="x").body

    def test_mails_are_listed_sent_again_and_given_up(self, shop, sign_in):
        clerk, other = sign_in("CLERK"), sign_in("SALES-MANAGER")
        order = shop.order()
        address = url("document-send", "order", order.number)
        clerk.post(address, self.given(clerk.get(address)))
        mail = OutgoingMail.objects.get()
        assert order.number in text(clerk.get(reverse("mails")))
        assert order.number not in text(clerk.get(reverse("mails") + "?status=sent"))
        page = clerk.get(reverse("mail", args=[mail.uuid]))
        assert "Dear Adatum" in text(page) and "Do not send" in text(page)
        paper = clerk.get(reverse("mail-paper", args=[mail.uuid]))
        assert paper.content.startswith(b"%PDF-")

        # Not one's own: neither seen nor stopped.
        assert order.number not in text(other.get(reverse("mails")))
        for name in ("mail", "mail-paper"):
            assert other.get(reverse(name, args=[mail.uuid])).status_code == 404
        assert other.post(reverse("mail-cancel", args=[mail.uuid])).status_code == 404
        assert order.number in text(sign_in("AUDITOR").get(reverse("mails")))
        assert sign_in("AUDITOR").post(reverse("mail-cancel", args=[mail.uuid])).status_code == 403

        clerk.post(reverse("mail-cancel", args=[mail.uuid]))
        mail.refresh_from_db()
        assert mail.status == "cancelled"
        refused = clerk.post(reverse("mail-cancel", args=[mail.uuid]))
        assert refused.status_code == 409
        clerk.post(reverse("mail-send-again", args=[mail.uuid]))
        mail.refresh_from_db()
        assert mail.status == "queued"
