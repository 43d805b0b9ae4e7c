"""A quote on its pages: with the customer, for a prospect, made an order; blanket orders likewise."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from customers.models import Customer
from sales.models import ArchivedDocument, QuoteProgress, SalesDocument

D = Decimal


def url(name: str, *args) -> str:
    return reverse(f"sales:{name}", args=args)


@pytest.fixture
def quote(shop):
    return shop.world.quote(shop.customer, valid_until=date(2026, 3, 31)).sells(2, shop.bicycle)


def page(browser, quote) -> str:
    return browser.get(url("document", "quote", quote.number)).content.decode()


def progress(quote) -> QuoteProgress:
    return QuoteProgress.objects.get(document_id=quote.key)


class TestLife:
    def test_the_page_says_how_far_it_has_come(self, quote, sign_in):
        clerk = sign_in("CLERK")
        typed = {"probability_percent": "80", "follow_up_date": "2026-03-09", "competitor": "Fabrikam"}
        assert clerk.post(url("quote-outlook", quote.number), typed).status_code == 302
        text = page(clerk, quote)
        for said in ("Created", "until 31 Mar 2026", "80 %", "EUR 640.00", "09 Mar 2026", "Fabrikam"):
            assert said in text

    def test_sent_accepted_and_revised(self, quote, sign_in):
        clerk = sign_in("CLERK")
        clerk.post(url("quote-send", quote.number))
        clerk.post(url("quote-accept", quote.number), {"accepted": "yes"})
        text = page(clerk, quote)
        assert "Created → Sent" in text and "Accepted by the customer" in text
        assert progress(quote).accepted_date == date(2026, 3, 2)
        assert "New line" not in text  # what was sent does not change by itself
        clerk.post(url("quote-accept", quote.number), {"accepted": "no"})
        assert progress(quote).accepted_date is None
        clerk.post(url("quote-revise", quote.number))
        assert progress(quote).stage == "created" and "New line" in page(clerk, quote)
        assert ArchivedDocument.objects.get().reason == "revised"

    def test_a_lost_quote_wants_a_reason(self, quote, sign_in):
        clerk = sign_in("CLERK")
        address = url("quote-close", quote.number)
        assert "Price too high" in clerk.get(address).content.decode()
        answer = clerk.post(address, {"what": "lost", "reason": "", "competitor": "Fabrikam"})
        assert answer.status_code == 422 and "E-QUO-REASON" in answer.content.decode()
        assert 'value="Fabrikam"' in answer.content.decode()
        clerk.post(address, {"what": "lost", "reason": "PRICE", "competitor": "Fabrikam"})
        text = page(clerk, quote)
        assert "Lost" in text and "Price too high" in text and "Make order" not in text
        answer = clerk.post(url("quote-make-order", quote.number))
        assert answer.status_code == 409 and "E-QUO-CLOSED" in answer.content.decode()
        lists = url("documents", "quote")
        assert quote.number in clerk.get(f"{lists}?view=closed").content.decode()
        assert quote.number not in clerk.get(f"{lists}?view=sent").content.decode()
        clerk.post(url("quote-take-up", quote.number))
        assert "Make order" in page(clerk, quote)

    def test_a_quote_is_withdrawn(self, quote, browser):
        browser.post(url("quote-close", quote.number), {"what": "cancelled", "reason": "PRICE"})
        assert progress(quote).stage == "cancelled"

    def test_moves_that_do_not_start_here(self, quote, browser):
        answer = browser.post(url("quote-revise", quote.number))
        assert answer.status_code == 409 and "E-STATUS" in answer.content.decode()
        answer = browser.post(url("quote-outlook", quote.number), {"probability_percent": "101"})
        assert answer.status_code == 422

    def test_who_may(self, quote, sign_in):
        auditor = sign_in("AUDITOR")
        assert "Sent to the customer" not in page(auditor, quote)
        for name in ("quote-send", "quote-accept", "quote-revise", "quote-take-up", "quote-close"):
            assert auditor.post(url(name, quote.number)).status_code == 403
        assert sign_in().get(url("quote-send", quote.number)).status_code == 405

    def test_lists_and_cards_bear_a_prospect(self, shop, browser):
        quote = shop.world.offer("Otto").sells(2, shop.bicycle)
        statistics = url("document-statistics", "quote", quote.number)
        pages = (
            url("documents", "quote"),
            reverse("home"),
            url("customer", shop.customer.number),
            statistics,
        )
        for address in pages:
            assert browser.get(address).status_code == 200
        assert "Otto" in browser.get(url("documents", "quote") + "?q=otto").content.decode()
        admin = browser.get(reverse("admin:sales_salesdocument_changelist"))
        assert admin.status_code == 200 and "Otto" in admin.content.decode()


class TestProspect:
    def test_a_quote_for_somebody_new(self, shop, sign_in):
        clerk = sign_in("CLERK")
        assert url("quote-for-prospect") in clerk.get(url("document-new", "quote")).content.decode()
        answer = clerk.post(url("quote-for-prospect"), {"sell_to_name": "Otto", "template": ""})
        assert answer.status_code == 422 and "E-QUO-WHO" in answer.content.decode()
        answer = clerk.post(url("quote-for-prospect"), {"sell_to_name": "Otto", "template": "EU"})
        quote = SalesDocument.objects.get()
        assert answer.url == url("document", "quote", quote.number)
        typed = {"type": "item", "number": "BICYCLE", "quantity": "2"}
        clerk.post(url("line-add", "quote", quote.number), typed)
        assert quote.lines.get().amount_including_vat == D("800.00")
        text = clerk.get(url("document", "quote", quote.number)).content.decode()
        assert "prospect" in text and "Assign customer" in text and ">Release<" not in text
        assert clerk.get(url("line", "quote", quote.number, 10000)).status_code == 200
        assert clerk.get(url("document-head", "quote", quote.number)).status_code == 200

    def test_the_prospect_becomes_a_customer(self, shop, sign_in):
        quote = shop.world.offer("Otto").sells(2, shop.bicycle)
        clerk = sign_in("CLERK")
        address = url("quote-customer", quote.number)
        assert clerk.get(address).status_code == 200
        assert clerk.post(address, {"customer": "", "name": "", "number": "OTTO"}).status_code == 302
        assert quote.document.customer == Customer.objects.get(number="OTTO", name="Otto")

    def test_the_prospect_is_a_customer(self, shop, browser):
        quote = shop.world.offer("Otto").sells(2, shop.bicycle)
        answer = browser.post(url("quote-customer", quote.number), {"customer": "Xerxes"})
        assert answer.status_code == 422 and "Nobody is called" in answer.content.decode()
        browser.post(url("quote-customer", quote.number), {"customer": "adat"})
        assert quote.document.customer == shop.customer

    def test_an_order_of_a_prospect_asks(self, shop, sign_in):
        quote = shop.world.offer("Otto").sells(2, shop.bicycle)
        clerk, address = sign_in("CLERK"), url("quote-make-order", quote.number)
        assert "Otto is no customer yet" in clerk.get(address).content.decode()
        answer = clerk.post(address, {"quantity-10000": "2"})
        assert answer.status_code == 422 and "E-QUO-NOCUST" in answer.content.decode()
        answer = clerk.post(address, {"quantity-10000": "2", "create_customer": "on", "customer_no": "OTTO"})
        order = SalesDocument.objects.get()
        assert answer.url == url("document", "order", order.number)
        assert order.customer.number == "OTTO"


class TestOrders:
    def test_the_page_asks_before_it_converts(self, shop, quote, browser):
        shop.world.sales_setup(archive_quotes="question")
        text = browser.get(url("quote-make-order", quote.number)).content.decode()
        assert "Convert the quote to an order?" in text and "Archive the quote" in text
        assert 'name="quantity-10000"' in text and "expired" not in text
        browser.post(url("quote-make-order", quote.number), {"quantity-10000": "2", "archive": "on"})
        assert SalesDocument.objects.get().type == "order"
        assert ArchivedDocument.objects.get().reason == "converted"

    def test_a_part_of_the_quote(self, quote, browser):
        typed = {"quantity-10000": "1", "keep_rest": "on"}
        browser.post(url("quote-make-order", quote.number), typed)
        quantities = SalesDocument.objects.order_by("id").values_list("type", "lines__quantity")
        assert list(quantities) == [("quote", 1), ("order", 1)]
        answer = browser.post(url("quote-make-order", quote.number), {"quantity-10000": "two"})
        assert answer.status_code == 422 and 'value="two"' in answer.content.decode()
        answer = browser.post(url("quote-make-order", quote.number), {"quantity-10000": "7"})
        assert answer.status_code == 422 and "E-QUO-PART" in answer.content.decode()

    def test_an_expired_quote_says_so(self, shop, browser):
        quote = shop.world.quote(shop.customer, valid_until=date(2026, 3, 1)).sells(2, shop.bicycle, at=350)
        assert "expired" in page(browser, quote)
        text = browser.get(url("quote-make-order", quote.number)).content.decode()
        assert "The quote was valid until 01 Mar 2026" in text
        typed = {"quantity-10000": "2", "recalculate": "on"}
        browser.post(url("quote-make-order", quote.number), typed)
        assert SalesDocument.objects.get().lines.get().unit_price == 400

    def test_expired_quotes_are_shown_before_they_go(self, shop, sign_in):
        quote = shop.world.quote(shop.customer, valid_until=date(2026, 3, 1)).sells(2, shop.bicycle)
        clerk, address = sign_in("CLERK"), url("expired-quotes")
        text = clerk.get(address).content.decode()
        assert quote.number in text and "Delete 1 quote" in text
        text = clerk.post(address, {"before": "2026-03-01", "do": "show"}).content.decode()
        assert "No quote has expired by then" in text
        # A day that was typed since they were shown is shown first.
        clerk.post(address, {"before": "2026-03-02", "shown": "2026-03-01", "do": "delete"})
        assert SalesDocument.objects.count() == 1
        clerk.post(address, {"before": "2026-03-02", "shown": "2026-03-02", "do": "delete"})
        assert not SalesDocument.objects.exists()
        assert clerk.post(address, {"before": "x", "do": "delete"}).status_code == 422

    def test_deleting_a_quote_asks_about_the_archive(self, shop, quote, browser):
        shop.world.sales_setup(archive_quotes="question")
        address = url("document-delete", "quote", quote.number)
        assert "Archive Quote" in browser.post(address).content.decode()
        assert SalesDocument.objects.exists()
        browser.post(address, {"archive": "yes"})
        assert not SalesDocument.objects.exists() and ArchivedDocument.objects.count() == 1

    def test_commands(self, shop, quote, capsys):
        shop.world.sales_setup(archive_quotes="question")
        with pytest.raises(CommandError, match="Archive Quote"):
            call_command("make_order", quote.number)
        call_command("make_order", quote.number, "--archive")
        assert "became order" in capsys.readouterr().out
        call_command("draft_document", "quote", "Otto", "BICYCLE:2", "--template", "EU")
        assert "for Otto is open" in capsys.readouterr().out
        offer = SalesDocument.objects.quotes().get()
        call_command("show_document", offer.number)
        assert "Prospect: Otto" in capsys.readouterr().out
        call_command("make_order", offer.number, "--create-customer", "--no-archive", "--invoice")
        assert Customer.objects.filter(name="Otto").exists()


class TestBlanketOrders:
    @pytest.fixture
    def blanket(self, shop):
        return shop.world.blanket_order(shop.customer).sells(100, shop.bicycle)

    def address(self, blanket) -> str:
        return url("blanket-make-order", blanket.number)

    def test_quantities_are_typed_on_the_lines(self, blanket, sign_in):
        clerk = sign_in("CLERK")
        text = clerk.get(url("document", "blanket_order", blanket.number)).content.decode()
        assert 'name="qty_to_ship-10000"' in text and "Make order" in text and "qty_to_invoice" not in text
        clerk.post(self.address(blanket), {"qty_to_ship-10000": "30", "do": "keep"})
        assert blanket.lines[0].qty_to_ship == 30
        answer = clerk.post(self.address(blanket), {"qty_to_ship-10000": "20", "do": "order"})
        order = SalesDocument.objects.orders().get()
        assert answer.url == url("document", "order", order.number)
        assert order.lines.get().quantity == 20 and blanket.lines[0].qty_to_ship == 0

    def test_what_is_refused_stays_typed(self, blanket, browser):
        answer = browser.post(self.address(blanket), {"qty_to_ship-10000": "101", "do": "order"})
        assert answer.status_code == 422 and "E-QTY-SHIP" in answer.content.decode()
        assert 'value="101"' in answer.content.decode()
        assert browser.post(self.address(blanket), {"qty_to_ship-10000": "x"}).status_code == 422
        blanket.calls_off(100)
        answer = browser.post(self.address(blanket), {"do": "order"})
        assert answer.status_code == 422 and "E-BLK-NOTHING" in answer.content.decode()

    def test_the_warehouse_orders_nothing(self, blanket, sign_in):
        assert sign_in("AUDITOR").post(self.address(blanket), {"do": "order"}).status_code == 403
        assert sign_in("WAREHOUSE").post(self.address(blanket), {"do": "order"}).status_code == 403

    def test_a_line_is_linked_on_its_page(self, shop, blanket, browser):
        order = shop.order()
        place = ["order", order.number, 10000]
        assert "Count on the blanket order" in browser.get(url("line", *place)).content.decode()
        browser.post(url("line-blanket", *place), {"blanket_no": blanket.number})
        assert order.lines[0].blanket_order_line_no == 10000
        answer = browser.post(url("line-blanket", *place), {"blanket_no": "SB-7"})
        assert answer.status_code == 422 and "E-BLK-LINK" in answer.content.decode()
        assert browser.post(url("line-blanket", *place), {"blanket_line_no": "x"}).status_code == 422
        order.release()
        assert blanket.number in browser.get(url("line", *place)).content.decode()

    def test_the_command(self, blanket, capsys):
        blanket.changes(qty_to_ship=D(5))
        call_command("make_order", blanket.number, "--type", "blanket_order")
        assert "became order" in capsys.readouterr().out
        assert SalesDocument.objects.orders().get().lines.get().quantity == 5
