"""Invoicing shipments, cancelling remainders, free text and pro forma: on pages and on the command line."""

from decimal import Decimal as D
from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse

from sales.models import SalesDocument, SalesInvoice, SalesShipmentLine


def url(name: str, *args) -> str:
    return reverse(f"sales:{name}", args=args)


def text(answer) -> str:
    return answer.content.decode()


@pytest.fixture
def shipment(shop):
    """Two bicycles that have left."""
    order = shop.order().release()
    order.ship()
    return order.posted[0].shipment


def ticks(*shipments) -> dict[str, str]:
    lines = SalesShipmentLine.objects.filter(document__in=shipments).exclude(quantity=0)
    return {f"line-{line.pk}": "on" for line in lines}


class TestInvoiceShipments:
    address = "/customers/C1/uninvoiced/shipments/"

    def test_the_ticked_lines_become_an_invoice(self, shop, shipment, sign_in):
        clerk = sign_in("CLERK")
        page = text(clerk.get(self.address))
        assert shipment.number in page and "Write invoice" in page
        typed = {"posting_date": "2026-03-05", "idempotency_key": "once", **ticks(shipment)}
        first, second = clerk.post(self.address, typed), clerk.post(self.address, typed)
        invoice = SalesDocument.objects.get(type="invoice")
        assert first.url == second.url == url("document", "invoice", invoice.number)
        assert str(invoice.posting_date) == "2026-03-05"
        assert [line.quantity for line in invoice.lines.order_by("line_no")] == [0, 2]
        assert "stand here, line by line" in text(clerk.get(self.address))

    def test_nothing_ticked_is_refused(self, shop, shipment, browser):
        answer = browser.post(self.address, {"posting_date": "2026-03-05"})
        assert answer.status_code == 422 and "E-GSL-NONE" in text(answer)
        answer = browser.post(self.address, {"posting_date": "", **ticks(shipment)})
        assert answer.status_code == 422
        assert not SalesDocument.objects.filter(type="invoice").exists()

    def test_currencies_stand_apart(self, shop, shipment, browser):
        shop.world.rate("USD", 100, 80, on=shop.world.today)
        shop.world.order(shop.customer, currency_code="USD").sells(1, shop.bicycle, at=300).ship()
        assert text(browser.get(self.address)).count("Write invoice") == 2

    def test_receipts_have_a_page_of_their_own(self, shop, browser):
        shop.invoice(2)
        shop.world.return_order(shop.customer).sells(1, shop.bicycle, at=400).ship()
        address = url("customer-uninvoiced", "C1", "receipts")
        assert "Write credit memo" in text(browser.get(address))
        assert browser.get("/customers/C1/uninvoiced/nonsense/").status_code == 404

    def test_who_writes_no_documents_does_not_see_it(self, shop, shipment, sign_in):
        assert sign_in("WAREHOUSE").get(self.address).status_code == 403
        assert sign_in("AUDITOR").get(self.address).status_code == 403


class TestGetShipmentLines:
    def test_an_invoice_gets_lines(self, shop, shipment, sign_in):
        clerk = sign_in("CLERK")
        invoice = shop.world.sales_invoice(shop.customer)
        address = url("document-fetch", "invoice", invoice.number)
        assert "Get shipment lines" in text(clerk.get(url("document", "invoice", invoice.number)))
        assert shipment.number in text(clerk.get(address))
        typed = {"idempotency_key": "once", **ticks(shipment)}
        assert clerk.post(address, typed).status_code == 302
        assert clerk.post(address, typed).status_code == 302
        assert [line.quantity for line in invoice.lines] == [0, 2]
        assert "is waiting to be invoiced" in text(clerk.get(address))

    def test_what_is_gone_is_refused(self, shop, shipment, browser):
        shop.world.sales_invoice(shop.customer).takes(shipment)
        late = shop.world.sales_invoice(shop.customer)
        answer = browser.post(url("document-fetch", "invoice", late.number), ticks(shipment))
        assert answer.status_code == 422 and "E-GSL-QTY" in text(answer)

    def test_only_open_invoices_have_the_page(self, shop, shipment, browser):
        order, released = (
            shop.order(),
            shop.world.sales_invoice(shop.customer).sells(1, shop.bicycle).release(),
        )
        assert browser.get(url("document-fetch", "order", order.number)).status_code == 404
        assert browser.get(url("document-fetch", "invoice", released.number)).status_code == 403

    def test_the_quantity_on_the_line_page(self, shop, shipment, browser):
        invoice = shop.world.sales_invoice(shop.customer).takes(shipment)
        address = url("line", "invoice", invoice.number, 20000)
        line = invoice.lines[1]
        typed = {"description": line.description, "unit_price": "400", "line_discount_percent": "0"}
        answer = browser.post(address, typed | {"quantity": "3"})
        assert answer.status_code == 422 and "E-GSL-QTY" in text(answer)
        assert browser.post(address, typed | {"quantity": "1"}).status_code == 302
        assert invoice.lines[1].quantity_shipped == 1


class TestCombine:
    def test_shipments_are_combined_and_posted(self, shop, sign_in):
        accountant = sign_in("ACCOUNTANT")
        address = url("combine", "shipments")
        shop.customer.combine_shipments = True
        shop.customer.save()
        orders = [shop.order(1), shop.order(1)]
        for order in orders:
            order.ship()
        left_out = shop.world.order(shop.world.customer("Fabrikam")).sells(1, shop.bicycle)
        left_out.ship()
        assert "Post invoices" in text(accountant.get(address))
        typed = {"posting_date": "2026-03-31", "summary": "customer", "post": "on", "idempotency_key": "once"}
        first, second = accountant.post(address, typed), accountant.post(address, typed)
        invoice = SalesInvoice.objects.get()
        for answer in (first, second):
            assert invoice.number in text(answer) and left_out.number in text(answer)
        assert invoice.amount == D("800.00")

        # The orders are invoiced, and cleared away on a page of their own.
        page = text(accountant.get(url("invoiced-orders")))
        assert all(order.number in page for order in orders)
        chosen = [order.key for order in orders]
        answer = accountant.post(url("invoiced-orders"), {"chosen": chosen}, follow=True)
        assert "Deleted:" in text(answer) and all(order.is_done for order in orders)
        assert accountant.post(url("invoiced-orders"), {}).status_code == 302
        assert accountant.post(url("invoiced-orders"), {"chosen": ["x"]}).status_code == 403

    def test_a_clerk_writes_but_does_not_post(self, shop, shipment, sign_in):
        clerk = sign_in("CLERK")
        assert "Post invoices" not in text(clerk.get(url("combine", "shipments")))
        typed = {"posting_date": "2026-03-31", "summary": "order", "post": "on"}
        page = text(clerk.post(url("combine", "shipments"), typed))
        assert SalesDocument.objects.get(type="invoice").number in page and "1 written and open" in page
        assert not SalesInvoice.objects.exists()

    def test_filters_narrow_it_down(self, shop, shipment, browser):
        typed = {"posting_date": "2026-03-31", "summary": "order"}
        for name, value in (
            ("customer", "C9"),
            ("order", "SO-9"),
            ("since", "2026-03-03"),
            ("until", "2026-03-01"),
        ):
            answer = browser.post(url("combine", "shipments"), typed | {name: value})
            assert "Nothing was waiting" in text(answer), name
        assert browser.post(url("combine", "shipments"), {"summary": "order"}).status_code == 422
        assert browser.get(url("combine", "nonsense")).status_code == 404
        assert "Combine return receipts" in text(browser.get(url("combine", "receipts")))

    def test_on_the_command_line(self, shop, shipment):
        said = StringIO()
        call_command("combine_shipments", "--date", "2026-03-31", stdout=said)
        assert "was left out" in said.getvalue() and "0 written" in said.getvalue()
        call_command(
            "combine_shipments", "--summary", "order", "--customer", "C1", "--from", "2026-03-01", "--until",
            "2026-03-31", "--date", "2026-03-31", "--post", stdout=said,
        )  # fmt: skip
        assert "Posted INV-2026-00001: 1,000.00." in said.getvalue()
        call_command("delete_invoiced_orders", stdout=said)
        assert "1 deleted, 0 kept." in said.getvalue()
        assert not SalesDocument.objects.exists()


class TestFulfilment:
    def test_the_list_shows_and_filters_it(self, shop, browser):
        adatum, order = shop.customer, shop.order(2)
        order.ship(1)
        page = text(browser.get(url("documents", "order")))
        assert "Partly shipped</span>" in page
        shop.world.sales_invoice(adatum).takes(order.posted[0].shipment).post()
        order.cancels_rest()
        assert order.number in text(browser.get(url("documents", "order") + "?view=invoiced"))
        assert order.number not in text(browser.get(url("documents", "order") + "?view=cancelled"))
        assert "Invoiced</span>" in text(browser.get(url("document", "order", order.number)))

    def test_a_remainder_is_cancelled_on_its_page(self, shop, sign_in):
        manager = sign_in("SALES-MANAGER")
        order = shop.order(4)
        order.ship(1)
        address = url("document-remainder", "order", order.number)
        assert address in text(manager.get(url("document", "order", order.number)))
        assert "Remainder" in text(manager.get(address))
        answer = manager.post(address, {})
        assert answer.status_code == 422 and "E-CANCEL-NOTHING" in text(answer)
        answer = manager.post(address, {"line": "10000"}, follow=True)
        assert "The rest of 1 line is cancelled." in text(answer) and "3 cancelled" in text(answer)
        assert "Nothing is outstanding" in text(manager.get(address))
        quote = shop.world.quote(shop.customer)
        assert manager.get(url("document-remainder", "quote", quote.number)).status_code == 404

    def test_on_the_command_line(self, shop):
        order = shop.order(4)
        order.ship(1)
        said = StringIO()
        call_command("cancel_remainder", order.number, stdout=said)
        assert "Line 10000 (BICYCLE): 3 cancelled in all." in said.getvalue()
        assert f"Order {order.number} is shipped." in said.getvalue()


class TestFreeText:
    def test_it_has_an_entry_of_its_own(self, shop, sign_in):
        clerk = sign_in("CLERK")
        address = url("document-new", "invoice") + "?free_text=1"
        assert address in text(clerk.get(url("documents", "invoice")))
        assert "New free text invoice" in text(clerk.get(address))
        clerk.post(address, {"customer": "C1"})
        invoice = SalesDocument.objects.get()
        assert invoice.free_text

        page = text(clerk.get(url("document", "invoice", invoice.number)))
        assert "Free text" in page and 'value="4200"' in page and 'value="BICYCLE"' not in page
        line = {
            "type": "gl_account",
            "number": "4200",
            "description": "Advice",
            "quantity": "3",
            "line_amount": "100",
        }
        answer = clerk.post(url("line-add", "invoice", invoice.number), line)
        assert answer.status_code == 302
        found = invoice.lines.get()
        assert (found.line_amount, found.unit_price) == (D("100.00"), D("33.33333"))
        answer = clerk.post(url("line-add", "invoice", invoice.number), line | {"description": ""})
        assert answer.status_code == 422 and "E-FT-TEXT" in text(answer)
        answer = clerk.post(url("line-add", "invoice", invoice.number), line | {"type": "item"})
        assert answer.status_code == 422
        answer = clerk.post(url("line-add", "invoice", invoice.number), {"type": "comment"})
        assert answer.status_code == 422

        address = url("line", "invoice", invoice.number, 10000)
        assert 'name="line_amount"' in text(clerk.get(address))
        assert clerk.post(address, {"line_amount": "120.00"}).status_code in (302, 422)

    def test_other_types_have_none(self, shop, browser):
        browser.post(url("document-new", "order") + "?free_text=1", {"customer": "C1"})
        assert not SalesDocument.objects.get().free_text


class TestPrint:
    def test_pro_forma_and_draft(self, shop, browser):
        order = shop.order(2)
        page = text(browser.get(url("document-print", "order", order.number, "pro-forma")))
        assert "Pro forma invoice" in page and "1,000.00" in page and "Not a demand for payment" in page
        assert browser.get(url("document-print", "order", order.number, "draft")).status_code == 404
        answer = browser.get(url("document-print", "order", order.number, "pro-forma") + "?shipped=1")
        assert answer.status_code == 422 and "E-POST-NOTHING" in text(answer)
        invoice = shop.world.sales_invoice(shop.customer).sells(1, shop.bicycle)
        page = text(browser.get(url("document-print", "invoice", invoice.number, "draft")))
        assert "Draft invoice" in page and "500.00" in page and "Declaration" not in page
        assert "<script>" not in page and " style=" not in page

    def test_where_there_is_none(self, shop, browser):
        quote = shop.world.quote(shop.customer).sells(1, shop.bicycle)
        memo = shop.world.credit_memo(shop.customer).sells(1, shop.bicycle)
        assert browser.get(url("document-print", "quote", quote.number, "pro-forma")).status_code == 404
        assert browser.get(url("document-print", "credit_memo", memo.number, "pro-forma")).status_code == 404
