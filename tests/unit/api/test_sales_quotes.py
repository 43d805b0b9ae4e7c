"""Quotes over the API: how far they are with the customer, what becomes of them, and how they are sent."""

from datetime import date

import pytest
from django.core import mail as outgoing

from customers.models import Customer
from erp.kernel.models import OutgoingMail
from sales.models import ArchivedDocument, SalesDocument
from sales.routines.quotes.accept import accept

pytestmark = pytest.mark.django_db
NO_ID = "00000000-0000-0000-0000-000000000000"
BICYCLE = {"lineType": "Item", "lineObjectNumber": "1896-S", "quantity": 2}


@pytest.fixture(autouse=True)
def bicycle(world):
    world.customer("Adatum", number="10000", email="buy@adatum.example")
    return world.item("1896-S", stock=100, cost=600, price=1000)


@pytest.fixture
def quote(api):
    return write(api)


def write(api, **head):
    body = {"customerNumber": "10000", "salesQuoteLines": [BICYCLE], **head}
    return api.made("salesQuotes?$expand=salesQuoteLines", body)


def path(quote, rest=""):
    return f"salesQuotes({quote['id']}){rest}"


def act(api, name, quote, **headers):
    return api.post(path(quote, f"/Microsoft.NAV.{name}"), **headers)


def document(quote):
    return SalesDocument.objects.get(uuid=quote["id"])


def id_in(address):
    return address.rpartition("(")[2].rstrip(")")


def test_a_quote_is_written(api):
    given = {
        "externalDocumentNumber": "RFQ-1",
        "documentDate": "2026-11-02",
        "postingDate": "2026-11-03",
        "dueDate": "2026-12-31",
        "validUntilDate": "2099-12-31",
        "billToCity": "Bergen",
        "billToCountry": "NO",
        "discountAmount": 100,
    }
    made = write(api, **given)
    assert {name: made[name] for name in given} == given
    assert (made["totalAmountExcludingTax"], made["totalTaxAmount"]) == (1900, 475)
    assert (made["status"], made["sentDate"], made["acceptedDate"]) == (
        "Draft",
        "0001-01-01T00:00:00Z",
        "0001-01-01",
    )
    (line,) = made["salesQuoteLines"]
    assert (line["quantity"], line["netAmount"], line["amountExcludingTax"]) == (2, 1900, 2000)
    assert "shipQuantity" not in line and "invoiceDiscountAllocation" not in line


def test_orders_are_no_quotes(api, quote):
    order = api.made("salesOrders", {"customerNumber": "10000"})
    assert api.get(f"salesQuotes({order['id']})").status_code == 404
    assert api.get(f"salesOrders({quote['id']})").status_code == 404
    assert [row["id"] for row in api.rows("salesQuotes")] == [quote["id"]]
    line = quote["salesQuoteLines"][0]["id"]
    assert api.get(f"salesOrderLines({line})").status_code == 404


def test_how_far_it_is_with_the_customer(api, quote, world):
    def status():
        row = api.one(path(quote))
        found = api.rows(f"salesQuotes?$filter=status eq '{row['status']}'")
        assert [each["id"] for each in found] == [quote["id"]]
        return row["status"]

    assert status() == "Draft"
    assert act(api, "send", quote).status_code == 204
    assert status() == "Sent"
    assert api.one(path(quote))["sentDate"] > "2026"
    SalesDocument.objects.update(valid_until=date(2020, 1, 1))
    assert status() == "Expired_x0020_"
    SalesDocument.objects.update(valid_until=None)
    accept(document(quote), by=world.by, at=world.at(), on=date(2026, 11, 21))
    assert status() == "Accepted"
    assert api.one(path(quote))["acceptedDate"] == "2026-11-21"


def test_approval_does_not_show_but_for_those_who_ask(api, quote):
    SalesDocument.objects.update(status="pending_approval")
    assert api.one(path(quote))["status"] == "Draft"
    assert api.one(path(quote), X_Extensions="1")["internalStatus"] == "Pending_x0020_Approval"


def test_a_quote_is_mailed(api, quote):
    sent = act(api, "send", quote)
    assert sent.status_code == 204, sent.body
    assert sent["Location"].endswith(path(quote))
    mail = OutgoingMail.objects.get()
    assert (mail.to, bool(mail.paper)) == ("buy@adatum.example", True)
    assert act(api, "send", quote).status_code == 204  # once more is no mistake


def test_nobody_is_mailed_without_an_address(api, quote):
    Customer.objects.update(email="")
    SalesDocument.objects.update(sell_to_email="")
    assert act(api, "send", quote).status_code == 400
    assert api.one(path(quote))["status"] == "Draft"
    assert not OutgoingMail.objects.exists() and not outgoing.outbox


def test_a_quote_without_lines_is_not_mailed(api):
    made = api.made("salesQuotes", {"customerNumber": "10000"})
    assert act(api, "send", made).status_code == 400


def test_what_was_sent_is_fixed(api, quote):
    act(api, "send", quote)
    line = quote["salesQuoteLines"][0]["id"]
    assert api.patch(f"salesQuoteLines({line})", {"quantity": 3}).status_code == 400


def test_a_quote_becomes_an_order(api, world):
    world.sales_setup(archive_quotes="question")
    quote = write(api, externalDocumentNumber="RFQ-1", discountAmount=100)
    made = act(api, "makeOrder", quote)
    assert (made.status_code, made.getvalue()) == (204, b"")
    order = api.one(f"salesOrders({id_in(made['Location'])})?$expand=salesOrderLines")
    assert (order["externalDocumentNumber"], order["totalAmountExcludingTax"]) == ("RFQ-1", 1900)
    assert order["salesOrderLines"][0]["shipQuantity"] == 2
    assert api.get(path(quote)).status_code == 404
    assert act(api, "makeOrder", quote).status_code == 404
    assert ArchivedDocument.objects.get().number == quote["number"]


def test_a_quote_becomes_an_invoice(api, quote):
    made = act(api, "makeInvoice", quote)
    assert made.status_code == 204, made.body
    invoice = api.one(f"salesInvoices({id_in(made['Location'])})")
    assert (invoice["status"], invoice["totalAmountExcludingTax"]) == ("Draft", 2000)


def test_who_is_blocked_orders_nothing(api, quote):
    Customer.objects.update(blocked="all")
    assert act(api, "makeOrder", quote).status_code == 400
    assert api.one(path(quote))


def test_a_prospect_becomes_a_customer_with_the_order(api, world):
    story = world.offer("Trey Research").sells(1, "1896-S")
    path_ = f"salesQuotes({story.document.uuid})"
    seen = api.one(path_)
    assert (seen["customerId"], seen["customerNumber"], seen["customerName"]) == (NO_ID, "", "Trey Research")
    made = api.post(f"{path_}/Microsoft.NAV.makeOrder")
    assert made.status_code == 204, made.body
    order = api.one(f"salesOrders({id_in(made['Location'])})")
    assert order["customerNumber"] == Customer.objects.get(name="Trey Research").number


def test_lines_of_quotes(api, quote):
    line = quote["salesQuoteLines"][0]
    changed = api.patch(f"salesQuoteLines({line['id']})", {"quantity": 3, "discountPercent": 10})
    assert (changed.status_code, changed.body["netAmount"]) == (200, 2700)
    added = api.made(path(quote, "/salesQuoteLines"), {**BICYCLE, "unitPrice": 500})
    assert (added["sequence"], added["netAmount"]) == (20000, 1000)
    assert api.delete(f"salesQuoteLines({added['id']})").status_code == 204
    assert api.get("salesQuoteLines").status_code == 400
    assert api.patch(f"salesQuoteLines({line['id']})", {"netAmount": 1}).status_code == 400
    assert api.one(path(quote))["totalAmountExcludingTax"] == 2700


def test_a_quote_is_thrown_away(api, quote, world):
    assert api.delete(path(quote)).status_code == 204
    assert not SalesDocument.objects.exists()
