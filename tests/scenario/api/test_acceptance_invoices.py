"""Invoices and credit memos over the API: posted, paid, mailed, taken back; and read page by page."""

from datetime import date

import pytest
from django.core import mail as mailbox

from erp.kernel import outbox
from erp.kernel.models import OutboxMessage, OutgoingMail
from posting.models import GLAccount
from sales.models import SalesCreditMemo, SalesDocument, SalesInvoice
from sales.routines.reverse_posted_lines import reverse_posted_lines
from tests.support.smtp import mail_server

ACTION = "Microsoft.NAV"


@pytest.fixture
def adatum(world):
    return world.customer("Adatum", email="anna@adatum.example")


@pytest.fixture
def bicycle(world):
    return world.item("BICYCLE", stock=1000, cost=600, price=1000)


def draft_of(api, customer, quantity=10) -> dict:
    """A draft invoice of bicycles at 1,000 and 25 % VAT."""
    line = {"lineType": "Item", "lineObjectNumber": "BICYCLE", "quantity": quantity}
    days = {"invoiceDate": "2026-03-02", "postingDate": "2026-03-02"}
    return api.made("salesInvoices", {"customerNumber": customer.number, **days, "salesInvoiceLines": [line]})


def at(invoice) -> str:
    return f"salesInvoices({invoice['id']})"


def posted_of(api, customer, quantity=10) -> dict:
    draft = draft_of(api, customer, quantity)
    assert api.post(f"{at(draft)}/{ACTION}.post").status_code == 204
    return api.one(at(draft))


def account(number: str) -> str:
    return str(GLAccount.objects.get(number=number).uuid)


def test_an_invoice_is_posted_and_paid(world, adatum, bicycle, api):
    """P07. The draft of 12,500 is posted: same id, other number, open. A payment of it makes it paid."""
    draft = draft_of(api, adatum)
    assert (draft["status"], draft["totalAmountIncludingTax"]) == ("Draft", 12500)
    done = api.post(f"{at(draft)}/{ACTION}.post")
    assert done.status_code == 204 and done["Location"].endswith(at(draft))
    posted = api.one(at(draft))
    assert posted["number"] != draft["number"]
    assert (posted["status"], posted["remainingAmount"]) == ("Open", 12500)

    journal = api.made("customerPaymentJournals", {"code": "BANK1", "balancingAccountId": account("1010")})
    api.made(
        f"customerPaymentJournals({journal['id']})/customerPayments",
        {
            "customerNumber": adatum.number,
            "amount": -12500,
            "appliesToInvoiceId": posted["id"],
            "postingDate": world.today.isoformat(),
            "documentNumber": "PAY-1",
        },
    )
    paid = api.post(f"journals({journal['id']})/{ACTION}.post")
    assert paid.status_code == 204, paid.body
    posted = api.one(at(draft))
    assert (posted["status"], posted["remainingAmount"]) == ("Paid", 0)
    world.check()


def test_only_an_invoice_that_is_open_whole_is_corrected(world, adatum, bicycle, api):
    """P08. After a part payment of 100 there is no corrective credit memo; of an unpaid invoice there is a draft."""
    invoice = posted_of(api, adatum, 1)
    world.pay(adatum, 100, apply=invoice["number"])
    refused = api.post(f"{at(invoice)}/{ACTION}.makeCorrectiveCreditMemo")
    assert (refused.status_code, refused.code) == (400, "Application_DialogException")

    invoice = posted_of(api, adatum, 1)
    done = api.post(f"{at(invoice)}/{ACTION}.makeCorrectiveCreditMemo")
    assert done.status_code == 204
    (draft,) = api.rows("salesCreditMemos?$filter=status eq 'Draft'")
    assert done["Location"].endswith(f"salesCreditMemos({draft['id']})")
    assert draft["invoiceNumber"] == invoice["number"]


def test_a_cancelled_invoice_is_owed_no_more(world, adatum, bicycle, api):
    """P09. The invoice is canceled, nothing remains; the posted credit memo is corrective. It is done once only."""
    invoice = posted_of(api, adatum)
    done = api.post(f"{at(invoice)}/{ACTION}.cancel")
    assert done.status_code == 204 and done["Location"].endswith(at(invoice))
    shown = api.one(at(invoice))
    assert (shown["status"], shown["remainingAmount"]) == ("Canceled", 0)
    (credit_memo,) = api.rows("salesCreditMemos?$filter=status eq 'Corrective'")
    assert credit_memo["invoiceId"] == invoice["id"]
    assert api.post(f"{at(invoice)}/{ACTION}.cancel").status_code == 400
    assert SalesCreditMemo.objects.count() == 1
    world.check()


def test_what_is_posted_changes_no_more(world, adatum, bicycle, api):
    """P11. The day on which it is due may still move; nothing else does, and it is not deleted."""
    invoice = posted_of(api, adatum, 1)
    assert api.patch(at(invoice), {"dueDate": "2026-05-31"}).body["dueDate"] == "2026-05-31"
    refused = api.patch(at(invoice), {"externalDocumentNumber": "PO 2"})
    assert (refused.status_code, refused.target) == (400, "externalDocumentNumber")
    refused = api.delete(at(invoice))
    assert (refused.status_code, refused.code) == (409, "Already_Posted")
    assert api.one(at(invoice))["dueDate"] == "2026-05-31"


# Mails: everything is really committed here --------------------------------------------------------------------------


@pytest.fixture
def server(settings):
    """A mail server; `settings.EMAIL_PORT` points to it."""
    with mail_server() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        yield server


def test_an_invoice_is_posted_although_the_mail_server_is_down(
    transactional_db, world, adatum, bicycle, api, server, settings
):
    """P10. The invoice is posted, the mail failed; the call repeated posts nothing more. Later the mail leaves."""
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 9
    draft = draft_of(api, adatum, 1)
    done = api.post(f"{at(draft)}/{ACTION}.postAndSend", Idempotency_Key="P10")
    assert (done.status_code, done["X-Send-Status"]) == (204, "failed")
    assert done["Location"].endswith(at(draft))
    assert api.one(at(draft))["status"] == "Open"
    row = OutgoingMail.objects.get()
    assert (row.status, row.attempts, row.to) == ("failed", 1, "anna@adatum.example")

    again = api.post(f"{at(draft)}/{ACTION}.postAndSend")
    assert (again.status_code, again.code) == (409, "Already_Posted")
    assert api.post(f"{at(draft)}/{ACTION}.postAndSend", Idempotency_Key="P10").status_code == 204
    assert SalesInvoice.objects.count() == OutgoingMail.objects.count() == 1

    # The outbox goes on trying by itself.
    settings.EMAIL_PORT = port
    OutboxMessage.objects.waiting().update(retry_at=world.at())
    outbox.relay_outbox()
    row.refresh_from_db()
    assert row.status == "sent" and len(server.mails) == 1
    outbox.relay_outbox()
    assert len(server.mails) == 1


def test_an_invoice_is_posted_and_sent(transactional_db, world, adatum, bicycle, api):
    """The mail has the posted invoice with it; nothing waits afterwards."""
    draft = draft_of(api, adatum, 1)
    done = api.post(f"{at(draft)}/{ACTION}.postAndSend")
    assert (done.status_code, done["X-Send-Status"]) == (204, "sent")
    (sent,) = mailbox.outbox
    assert sent.to == ["anna@adatum.example"]
    assert SalesInvoice.objects.get().number in sent.attachments[0][0]
    assert not OutboxMessage.objects.waiting().filter(topic="kernel.mail.queued").exists()

    done = api.post(f"{at(draft)}/{ACTION}.cancelAndSend")
    assert (done.status_code, done["X-Send-Status"]) == (204, "sent")
    assert SalesCreditMemo.objects.get().number in mailbox.outbox[1].attachments[0][0]
    # What is sent of an invoice that was cancelled is the credit memo.
    assert api.post(f"{at(draft)}/{ACTION}.send")["X-Send-Status"] == "sent"
    assert SalesCreditMemo.objects.get().number in mailbox.outbox[2].attachments[0][0]


def test_nothing_is_posted_for_a_customer_without_address(transactional_db, world, bicycle, api):
    """It is asked before: a mail that has nowhere to go is no reason to post."""
    fabrikam = world.customer("Fabrikam")
    draft = draft_of(api, fabrikam, 1)
    refused = api.post(f"{at(draft)}/{ACTION}.postAndSend")
    assert (refused.status_code, refused.target) == (400, "email")
    assert not SalesInvoice.objects.exists()
    assert api.post(f"{at(draft)}/{ACTION}.send").status_code == 400
    assert api.post(f"{at(draft)}/{ACTION}.post").status_code == 204


# Pages ---------------------------------------------------------------------------------------------------------------


def test_drafts_and_posted_invoices_are_read_in_pages(world, adatum, bicycle, api):
    """P20. Pages go through both tables in one order; a draft that comes in between moves no other row."""
    drafts = [world.sales_invoice(adatum).sells(1, bicycle) for _place in range(3)]
    posted = [world.sales_invoice(adatum).sells(1, bicycle).post() for _place in range(4)]
    there = {str(each.uuid) for each in (*posted, *(story.document for story in drafts))}
    pages, path, seen = [], "salesInvoices?$select=number,id", []
    while path:
        answer = api.one(path, Prefer="odata.maxpagesize=3")
        pages.append(len(answer["value"]))
        seen += [row["id"] for row in answer["value"]]
        path = answer.get("@odata.nextLink", "").partition("testserver")[2]
        if len(pages) == 1:
            assert len(answer["value"]) == 3
            world.sales_invoice(adatum).sells(1, bicycle)
    assert len(set(seen)) == len(seen)
    assert set(seen) >= there


# Returns -------------------------------------------------------------------------------------------------------------


def test_what_came_back_is_credited(world, adatum, bicycle, api):
    """P22, the credit: ten are delivered and invoiced, four come back and are credited."""
    order = world.order(adatum).sells(10, bicycle)
    order.ship()
    invoice = order.invoice()
    back = world.return_order(adatum)
    reverse_posted_lines(
        back.document,
        kind="invoice",
        lines=[(invoice.number, 10000)],
        by=world.by,
        at=world.at(),
        on=world.today,
    )
    line = next(place for place, each in enumerate(back.lines, start=1) if each.quantity)
    back.changes(line, quantity=4)
    back.receives(on=date(2026, 3, 9))
    credited = back.invoice(on=date(2026, 3, 10))
    shown = api.one(f"salesCreditMemos({credited.uuid})?$expand=salesCreditMemoLines")
    assert (shown["status"], shown["totalAmountExcludingTax"]) == ("Open", 4000)
    assert [each["quantity"] for each in shown["salesCreditMemoLines"] if each["quantity"]] == [4]
    assert not SalesDocument.objects.filter(type="return_order").exists()
