"""salesCreditMemos: drafts and posted ones in one set, and what is done with them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sales.models import SalesCreditMemo, SalesDocument, SalesInvoice

ZEROS = "00000000-0000-0000-0000-000000000000"


@pytest.fixture
def adatum(world):
    return world.customer("Adatum", email="anna@adatum.example")


@pytest.fixture
def bicycle(world):
    return world.item("BICYCLE", stock=1000, cost=60, price=100)


def of(paper) -> str:
    return f"salesCreditMemos({paper.uuid})"


def act(api, paper, action, body=None):
    return api.post(f"{of(paper)}/Microsoft.NAV.{action}", body)


def test_a_draft_names_the_invoice_that_it_is_for(world, adatum, bicycle, api):
    """By number or by id, which must agree; only a posted invoice will do, and blank takes it off."""
    invoice = world.sales_invoice(adatum).sells(2, bicycle, at=100).post()
    line = {"lineType": "Item", "lineObjectNumber": "BICYCLE", "quantity": 1}
    body = {"customerNumber": adatum.number, "invoiceNumber": invoice.number, "salesCreditMemoLines": [line]}
    made = api.made("salesCreditMemos", body)
    assert (made["status"], made["invoiceNumber"], made["invoiceId"]) == (
        "Draft",
        invoice.number,
        str(invoice.uuid),
    )
    assert made["totalAmountExcludingTax"] == 100
    document = SalesDocument.objects.get(uuid=made["id"])
    assert (document.applies_to_document_type, document.applies_to_document_no) == ("invoice", invoice.number)

    path = f"salesCreditMemos({made['id']})"
    found = api.rows(f"salesCreditMemos?$filter=invoiceNumber eq '{invoice.number}'")
    assert [row["id"] for row in found] == [made["id"]]
    assert api.rows(f"salesCreditMemos?$filter=invoiceId eq {invoice.uuid}") == found
    unknown = api.patch(path, {"invoiceNumber": "NONE"})
    assert (unknown.status_code, unknown.target) == (400, "invoiceNumber")
    changed = api.patch(path, {"invoiceNumber": ""})
    assert (changed.body["invoiceNumber"], changed.body["invoiceId"]) == ("", ZEROS)
    changed = api.patch(path, {"invoiceId": str(invoice.uuid)})
    assert changed.body["invoiceNumber"] == invoice.number


def test_what_was_applied_shows_on_the_posted_one(world, adatum, bicycle, api):
    """The paper keeps no invoice, the ledger does: it is the one that the credit memo settled."""
    invoice = world.sales_invoice(adatum).sells(2, bicycle, at=100).post()
    line = {"lineType": "Item", "lineObjectNumber": "BICYCLE", "quantity": 1}
    body = {"customerNumber": adatum.number, "invoiceId": str(invoice.uuid), "salesCreditMemoLines": [line]}
    made = api.made("salesCreditMemos", body)
    done = api.post(f"salesCreditMemos({made['id']})/Microsoft.NAV.post")
    assert done.status_code == 204 and done["Location"].endswith(f"salesCreditMemos({made['id']})")
    shown = api.one(f"salesCreditMemos({made['id']})")
    assert (shown["status"], shown["invoiceNumber"], shown["invoiceId"]) == (
        "Paid",
        invoice.number,
        str(invoice.uuid),
    )
    assert (shown["totalAmountExcludingTax"], shown["totalAmountIncludingTax"]) == (100, 125)
    assert api.one(f"salesInvoices({invoice.uuid})")["remainingAmount"] == 125
    found = api.rows(f"salesCreditMemos?$filter=invoiceNumber eq '{invoice.number}'")
    assert [row["id"] for row in found] == [made["id"]]


def test_one_that_settles_nothing_is_open(world, adatum, bicycle, api):
    posted = world.credit_memo(adatum).sells(1, bicycle, at=100).post()
    shown = api.one(of(posted))
    assert (shown["status"], shown["invoiceNumber"], shown["invoiceId"]) == ("Open", "", ZEROS)
    assert [row["id"] for row in api.rows("salesCreditMemos?$filter=status eq 'Open'")] == [shown["id"]]
    (line,) = api.rows(f"{of(posted)}/salesCreditMemoLines")
    assert (line["quantity"], line["netAmount"], line["netTaxAmount"]) == (1, 100, 25)


def test_what_is_posted_stays(world, adatum, bicycle, api):
    posted = world.credit_memo(adatum).sells(1, bicycle, at=100).post()
    assert api.delete(of(posted)).code == "Already_Posted"
    assert act(api, posted, "post").code == "Already_Posted"
    refused = api.patch(of(posted), {"dueDate": "2026-07-01"})
    assert (refused.status_code, refused.target) == (400, "dueDate")
    (line,) = api.rows(f"{of(posted)}/salesCreditMemoLines")
    assert api.patch(f"salesCreditMemoLines({line['id']})", {"quantity": 2}).status_code == 400


def test_only_what_cancelled_an_invoice_is_cancelled(world, adatum, bicycle, api):
    own = world.credit_memo(adatum).sells(1, bicycle, at=100).post()
    assert act(api, own, "cancel").status_code == 400

    invoice = world.sales_invoice(adatum).sells(1, bicycle, at=100).post()
    api.post(f"salesInvoices({invoice.uuid})/Microsoft.NAV.cancel")
    corrective = SalesCreditMemo.objects.latest("pk")
    done = act(api, corrective, "cancel")
    assert done.status_code == 204 and done["Location"].endswith(of(corrective))
    assert api.one(of(corrective))["status"] == "Canceled"
    assert api.one(f"salesInvoices({invoice.uuid})")["remainingAmount"] == 125
    assert SalesInvoice.objects.count() == 2


def test_a_draft_is_not_mailed(world, adatum, bicycle, api):
    draft = world.credit_memo(adatum).sells(1, bicycle).document
    answer = act(api, draft, "send")
    assert (answer.status_code, answer.code) == (400, "BadRequest_InvalidOperation")


def test_a_return_reason_is_one_of_lines(world, adatum, api):
    """v2.0 has it on the head, where nothing is kept."""
    answer = api.post(
        "salesCreditMemos", {"customerNumber": adatum.number, "customerReturnReasonId": str(adatum.uuid)}
    )
    assert (answer.status_code, answer.target) == (400, "customerReturnReasonId")


@pytest.mark.parametrize("expand", ["", "&$expand=salesCreditMemoLines"])
def test_many_cost_as_many_queries_as_two(world, adatum, bicycle, api, expand):
    def write(times):
        for _place in range(times):
            world.credit_memo(adatum).sells(1, bicycle)
            world.credit_memo(adatum).sells(1, bicycle).post()

    def asked():
        with CaptureQueriesContext(connection) as queries:
            assert api.rows(f"salesCreditMemos?$top=100{expand}")
        return len(queries)

    write(1)
    asked()
    few = asked()
    write(9)
    assert asked() == few
