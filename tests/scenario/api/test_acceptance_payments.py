"""Payments and approvals as an integrator's client does them, case by case of the contract."""

from datetime import date

import pytest

from receivables.models import JournalLine
from tests.world.office import Office

MARCH_2 = date(2026, 3, 2)


@pytest.fixture
def adatum(world):
    return world.customer("Adatum", group="EXPORT")  # no VAT: what is sold is what is owed


@pytest.fixture
def draft(api, adatum):
    """An invoice over 12,500 that is not posted yet."""
    body = {
        "customerNumber": "ADATUM",
        "invoiceDate": "2026-03-02",
        "postingDate": "2026-03-02",
        "salesInvoiceLines": [
            {"lineType": "Account", "lineObjectNumber": "4520", "quantity": 1, "unitPrice": 12_500}
        ],
    }
    return api.made("salesInvoices", body)


@pytest.fixture
def journal(api):
    return api.made("customerPaymentJournals", {"code": "RECEIPTS"})


def test_p07_an_invoice_is_posted_and_paid(world, api, adatum, draft, journal):
    """Posting keeps the identifier and gives another number; a payment of −12,500 through journals settles it."""
    assert draft["status"] == "Draft"
    posted = api.post(f"salesInvoices({draft['id']})/Microsoft.NAV.post")
    assert posted.status_code == 204, posted.body
    assert posted["Location"].endswith(f"salesInvoices({draft['id']})")
    invoice = api.one(f"salesInvoices({draft['id']})")
    assert (invoice["status"], invoice["remainingAmount"]) == ("Open", 12_500)
    assert invoice["number"] != draft["number"]

    payment = api.made(
        f"customerPaymentJournals({journal['id']})/customerPayments",
        {
            "customerId": str(adatum.uuid),
            "postingDate": "2026-03-09",
            "amount": -12_500,
            "appliesToInvoiceId": invoice["id"],
        },
    )
    assert payment["appliesToInvoiceNumber"] == invoice["number"]
    assert api.post(f"journals({journal['id']})/Microsoft.NAV.post").status_code == 204

    paid = api.one(f"salesInvoices({draft['id']})")
    assert (paid["status"], paid["remainingAmount"]) == ("Paid", 0)
    entries = api.rows("customerLedgerEntries?$filter=customerNumber eq 'ADATUM'")
    assert [(each["documentType"], each["open"]) for each in entries] == [
        ("Invoice", False),
        ("Payment", False),
    ]
    assert api.rows(f"customerPaymentJournals({journal['id']})/customerPayments") == []
    world.check()


def test_a_payment_that_is_too_small_leaves_the_rest_open(world, api, adatum, draft, journal):
    api.post(f"salesInvoices({draft['id']})/Microsoft.NAV.post")
    body = {"appliesToInvoiceId": draft["id"], "amount": -10_000, "postingDate": "2026-03-09"}
    api.made(f"customerPaymentJournals({journal['id']})/customerPayments", body)
    assert api.post(f"customerPaymentJournals({journal['id']})/Microsoft.NAV.post").status_code == 204
    invoice = api.one(f"salesInvoices({draft['id']})")
    assert (invoice["status"], invoice["remainingAmount"]) == ("Open", 2_500)


def test_a_draft_is_not_paid(api, adatum, draft, journal):
    body = {"appliesToInvoiceId": draft["id"], "amount": -10_000}
    refused = api.post(f"customerPaymentJournals({journal['id']})/customerPayments", body)
    assert (refused.status_code, refused.code) == (400, "Internal_InvalidTableRelation")
    assert not JournalLine.objects.exists()


def test_p20_many_payments_come_page_by_page(api, adatum, journal):
    """A line that is written while somebody reads neither moves another nor is read twice."""
    below = f"customerPaymentJournals({journal['id']})/customerPayments"
    for place in range(7):
        api.made(below, {"customerNumber": "ADATUM", "amount": -1 - place})
    first = api.one(below, Prefer="odata.maxpagesize=3")
    api.made(below, {"customerNumber": "ADATUM", "amount": -8})
    rest = api.pages(first["@odata.nextLink"].partition("testserver")[2], Prefer="odata.maxpagesize=3")
    amounts = [row["amount"] for page in [first["value"], *rest] for row in page]
    assert amounts == [-1 - place for place in range(8)]


def test_p21_an_approver_decides_through_the_api(world, api):
    """Clara's order waits for Mira, who finds it among her questions, reads it, and says yes to what she has read."""
    office = Office(world)
    office.workflow("SO", amount_more_than=1000)
    order = office.order(15_000)
    office.send(order, "clara")
    mira = api.of(office.user("mira"))
    (question,) = mira.rows("approvalEntries?$filter=approverId eq '%25me' and status eq 'Open'")
    assert question["documentNumber"] == order.document.number
    action = f"approvalEntries({question['id']})/Microsoft.NAV.approve"
    assert mira.post(action, If_Match='W/"something else"').code == "Request_EntityChanged"
    answer = mira.post(action, {"comment": "Go ahead"}, If_Match=question["@odata.etag"])
    assert (answer.status_code, answer.body["requestStatus"]) == (200, "Approved")
    assert order.document.status == "released"
