"""salesInvoices: drafts and posted invoices in one set, and what is done with them."""

from datetime import date

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from receivables.models import OpenItem
from sales.models import SalesDocument, SalesInvoice
from sales.routines.cancel_invoice import cancel_invoice

ZEROS = "00000000-0000-0000-0000-000000000000"


@pytest.fixture
def adatum(world):
    return world.customer("Adatum", email="anna@adatum.example")


@pytest.fixture
def bicycle(world):
    return world.item("BICYCLE", stock=1000, cost=60, price=100)


def of(paper) -> str:
    return f"salesInvoices({paper.uuid})"


# Identifiers ----------------------------------------------------------------------------------------------------------


def test_a_posted_paper_keeps_the_identifier_of_its_draft(world, adatum, bicycle):
    """Invoices and credit memos do; what an order leaves has identifiers of its own, one each."""
    draft = world.sales_invoice(adatum).sells(1, bicycle)
    known = draft.document.uuid
    assert draft.post().uuid == known

    draft = world.credit_memo(adatum).sells(1, bicycle)
    known = draft.document.uuid
    assert draft.post().uuid == known

    order = world.order(adatum).sells(2, bicycle)
    order.ship()
    first, second = order.invoice(1), order.invoice(1)
    assert first.uuid != second.uuid
    assert order.is_done and not SalesDocument.objects.filter(uuid__in=[first.uuid, second.uuid]).exists()


# Reading --------------------------------------------------------------------------------------------------------------


def test_a_draft_and_a_posted_invoice_stand_in_one_set(world, adatum, bicycle, api):
    draft = world.sales_invoice(adatum).sells(10, bicycle, at=100)
    posted = world.sales_invoice(adatum, external_document_no="PO 7").sells(1, bicycle, at=100).post()
    rows = {row["id"]: row for row in api.rows("salesInvoices")}
    assert set(rows) == {str(draft.document.uuid), str(posted.uuid)}

    one = rows[str(draft.document.uuid)]
    assert (one["status"], one["number"], one["totalAmountExcludingTax"]) == ("Draft", draft.number, 1000)
    assert (one["totalTaxAmount"], one["totalAmountIncludingTax"], one["remainingAmount"]) == (
        250,
        1250,
        1250,
    )
    assert (one["orderId"], one["orderNumber"], one["currencyCode"], one["currencyId"]) == (
        ZEROS,
        "",
        "EUR",
        ZEROS,
    )
    assert (one["promisedPayDate"], one["disputeStatus"], one["disputeStatusId"]) == ("0001-01-01", "", ZEROS)

    one = rows[str(posted.uuid)]
    assert (one["status"], one["number"], one["remainingAmount"]) == ("Open", posted.number, 125)
    assert (one["externalDocumentNumber"], one["customerNumber"], one["customerName"]) == (
        "PO 7",
        adatum.number,
        "Adatum",
    )
    assert one["dueDate"] == posted.due_date.isoformat() and "posted" not in one
    assert api.one(f"{of(posted)}?$select=posted") | {"@odata.etag": "", "@odata.context": ""} == {
        "@odata.etag": "",
        "@odata.context": "",
        "posted": True,
    }


def test_the_first_state_that_fits_is_shown(world, adatum, bicycle, api):
    """Canceled before corrective before paid before open; and each is found by $filter."""

    def sold():
        return world.sales_invoice(adatum).sells(1, bicycle, at=100)

    draft, released = sold().document, sold().release().document
    owed, paid, wrong = sold().post(), sold().post(), sold().post()
    world.pay(adatum, 125, apply=paid.number)
    credit_memo = cancel_invoice(wrong, by=world.by, at=world.at(), on=world.today)
    states = {row["id"]: row["status"] for row in api.rows("salesInvoices")}
    assert states == {
        str(draft.uuid): "Draft",
        str(released.uuid): "Open",
        str(owed.uuid): "Open",
        str(paid.uuid): "Paid",
        str(wrong.uuid): "Canceled",
    }
    for status in ("Draft", "Open", "Paid", "Canceled", "Corrective", "In_x0020_Review"):
        found = {row["id"] for row in api.rows(f"salesInvoices?$filter=status eq '{status}'")}
        assert found == {id for id, each in states.items() if each == status}, status
        others = {row["id"] for row in api.rows(f"salesInvoices?$filter=status ne '{status}'")}
        assert others == states.keys() - found, status
    among = api.rows("salesInvoices?$filter=status in ('Paid','Draft')")
    assert {row["status"] for row in among} == {"Paid", "Draft"}
    assert api.one(of(wrong))["remainingAmount"] == 0

    # The credit memo that took it back is corrective; taken back itself, an invoice is, and the first one stands again.
    assert api.one(f"salesCreditMemos({credit_memo.uuid})")["status"] == "Corrective"
    done = api.post(f"salesCreditMemos({credit_memo.uuid})/Microsoft.NAV.cancel")
    assert done.status_code == 204, done.body
    assert api.one(f"salesCreditMemos({credit_memo.uuid})")["status"] == "Canceled"
    assert api.one(of(wrong))["status"] == "Open"
    (again,) = api.rows("salesInvoices?$filter=status eq 'Corrective'")
    assert again["number"] == SalesInvoice.objects.latest("pk").number


def test_an_invoice_knows_its_order(world, adatum, bicycle, api):
    order = world.order(adatum).sells(2, bicycle, at=100)
    order.ship()
    key = str(order.document.uuid)
    invoice = order.invoice(1)
    shown = api.one(of(invoice))
    assert (shown["orderNumber"], shown["orderId"]) == (order.number, key)
    found = api.rows(f"salesInvoices?$filter=orderId eq {key}")
    assert [row["id"] for row in found] == [str(invoice.uuid)]
    assert api.rows(f"salesInvoices?$filter=orderNumber eq '{order.number}'") == found
    assert api.rows(f"salesInvoices?$filter=orderId eq {invoice.uuid}") == []

    # Once everything is invoiced the order is gone; its number and its identifier still lead to both.
    order.invoice(1)
    assert len(api.rows(f"salesInvoices?$filter=orderNumber eq '{order.number}'")) == 2
    assert {row["orderId"] for row in api.rows(f"salesInvoices?$filter=orderId eq {key}")} == {key}


def test_lines_are_read_below_their_invoice_whether_it_is_posted_or_not(world, adatum, bicycle, api):
    draft = world.sales_invoice(adatum).sells(10, bicycle, at=100).says("Thank you")
    posted = world.sales_invoice(adatum).sells(2, bicycle, at=100, discount=10).post()
    lines = api.rows(f"{of(draft.document)}/salesInvoiceLines")
    assert [(line["sequence"], line["lineType"], line["quantity"]) for line in lines] == [
        (10000, "Item", 10),
        (20000, "Comment", 0),
    ]
    (line,) = api.rows(f"{of(posted)}/salesInvoiceLines")
    assert (line["documentId"], line["lineObjectNumber"], line["itemId"]) == (
        str(posted.uuid),
        "BICYCLE",
        str(bicycle.uuid),
    )
    assert (line["discountPercent"], line["discountAmount"], line["netAmount"]) == (10, 20, 180)
    assert (line["taxPercent"], line["netTaxAmount"], line["netAmountIncludingTax"]) == (25, 45, 225)
    assert api.one(f"salesInvoiceLines({line['id']})")["id"] == line["id"]
    assert api.get("salesInvoiceLines").status_code == 400
    below = api.one(f"{of(posted)}?$expand=salesInvoiceLines($select=quantity)")
    assert [each["quantity"] for each in below["salesInvoiceLines"]] == [2]


def test_lines_are_asked_for_by_the_document_they_belong_to(world, adatum, bicycle, api):
    """Keys of drafts and of posted invoices meet; any() must not take the lines of one for those of the other."""
    posted = world.sales_invoice(adatum).sells(3, bicycle).post()
    story = world.sales_invoice(adatum).sells(5, bicycle)
    found = api.rows("salesInvoices?$filter=salesInvoiceLines/any(l: l/quantity eq 3)")
    assert [row["id"] for row in found] == [str(posted.uuid)]
    found = api.rows("salesInvoices?$filter=salesInvoiceLines/any(l: l/quantity eq 5)")
    assert [row["id"] for row in found] == [str(story.document.uuid)]


def test_who_may_not_see_drafts_is_told_that_they_are_left_out(world, adatum, bicycle, api):
    world.sales_invoice(adatum).sells(1, bicycle)
    posted = world.sales_invoice(adatum).sells(1, bicycle).post()
    auditor = world.user("auditor", role="CLERK")
    auditor.groups.clear()
    assert api.of(auditor).get("salesInvoices").status_code == 403
    auditor.user_permissions.add(Permission.objects.get(codename="view_salesinvoice"))
    answer = api.of(auditor).get("salesInvoices")
    assert [row["number"] for row in answer.body["value"]] == [posted.number]
    assert answer["X-Filtered-By-Permission"] == "drafts"
    assert "X-Filtered-By-Permission" not in api.get("salesInvoices").headers
    answer = api.of(auditor).get(f"{of(posted)}/salesInvoiceLines")
    assert len(answer.body["value"]) == 1


@pytest.mark.parametrize(
    "expand", ["", "&$expand=salesInvoiceLines($expand=item),customer,currency,paymentTerm"]
)
def test_fifty_invoices_cost_as_many_queries_as_two(world, adatum, bicycle, api, expand):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            assert api.rows(f"salesInvoices?$top=100{expand}")
        return len(queries)

    for _place in range(2):
        world.sales_invoice(adatum).sells(1, bicycle)
        world.sales_invoice(adatum).sells(1, bicycle).post()
    asked()
    few = asked()
    for _place in range(12):
        world.sales_invoice(adatum).sells(1, bicycle)
        world.sales_invoice(adatum).sells(1, bicycle).post()
    assert asked() == few


def test_pages_of_drafts_and_posted_ones_follow_each_other(world, adatum, bicycle, api):
    for _place in range(4):
        world.sales_invoice(adatum).sells(1, bicycle)
        world.sales_invoice(adatum).sells(1, bicycle).post()
    for order in ("", "&$orderby=number desc", "&$orderby=postingDate desc", "&$orderby=id"):
        pages = api.pages(f"salesInvoices?$select=number{order}", Prefer="odata.maxpagesize=3")
        assert [len(page) for page in pages] == [3, 3, 2], order
        numbers = [row["number"] for page in pages for row in page]
        assert len(set(numbers)) == 8
    assert api.get("salesInvoices/$count").content == b"8"
    assert [row["number"] for row in api.rows("salesInvoices?$orderby=number&$skip=7")] == [max(numbers)]


# Writing --------------------------------------------------------------------------------------------------------------


def test_a_draft_is_written_changed_and_thrown_away(world, adatum, bicycle, api):
    made = api.made(
        "salesInvoices",
        {
            "customerNumber": adatum.number,
            "externalDocumentNumber": "PO 1",
            "salesInvoiceLines": [{"lineType": "Item", "lineObjectNumber": "BICYCLE", "quantity": 3}],
        },
    )
    assert (made["status"], made["totalAmountExcludingTax"]) == ("Draft", 300)
    path = f"salesInvoices({made['id']})"
    line = api.made(f"{path}/salesInvoiceLines", {"itemId": str(bicycle.uuid), "quantity": 1})
    stale = api.patch(path, {"externalDocumentNumber": "PO 2"}, etag=made["@odata.etag"])
    assert (stale.status_code, stale.code) == (409, "Request_EntityChanged")
    changed = api.patch(path, {"externalDocumentNumber": "PO 2", "dueDate": "2026-05-01"})
    assert (changed.body["externalDocumentNumber"], changed.body["dueDate"]) == ("PO 2", "2026-05-01")
    assert api.patch(f"salesInvoiceLines({line['id']})", {"quantity": 2}).body["netAmount"] == 200
    assert api.delete(f"salesInvoiceLines({line['id']})").status_code == 204
    assert api.one(path)["totalAmountExcludingTax"] == 300
    assert api.delete(path).status_code == 204
    assert api.get(path).status_code == 404


@pytest.mark.parametrize(
    ("given", "target"),
    [
        ({"promisedPayDate": "2026-05-01"}, "promisedPayDate"),
        ({"disputeStatus": "LATE"}, "disputeStatus"),
        ({"shortcutDimension1Code": "SALES"}, "shortcutDimension1Code"),
        ({"remainingAmount": 1}, "remainingAmount"),
    ],
)
def test_what_is_kept_nowhere_is_refused(world, adatum, api, given, target):
    draft = world.sales_invoice(adatum).document
    answer = api.patch(of(draft), given)
    assert (answer.status_code, answer.target) == (400, target)


def test_of_a_posted_invoice_only_the_due_date_changes(world, adatum, bicycle, api):
    """The ledger keeps when it is due; the paper stays as it was posted."""
    posted = world.sales_invoice(adatum).sells(1, bicycle, at=100).post()
    before = api.one(of(posted))
    changed = api.patch(of(posted), {"dueDate": "2026-06-15"}, etag=before["@odata.etag"])
    assert (changed.status_code, changed.body["dueDate"]) == (200, "2026-06-15")
    assert changed.body["@odata.etag"] != before["@odata.etag"]
    assert OpenItem.objects.get(pk=posted.customer_entry_no).due_date == date(2026, 6, 15)
    posted.refresh_from_db()
    assert posted.due_date.isoformat() == before["dueDate"]
    assert api.patch(of(posted), {"dueDate": "2026-07-01"}, etag=before["@odata.etag"]).status_code == 409

    refused = api.patch(of(posted), {"dueDate": "2026-07-01", "externalDocumentNumber": "PO 9"})
    assert (refused.status_code, refused.target) == (400, "externalDocumentNumber")
    assert api.one(of(posted))["dueDate"] == "2026-06-15"
    blank = api.patch(of(posted), {"dueDate": "0001-01-01"})
    assert (blank.status_code, blank.target) == (400, "dueDate")
    # A client that sends back all that it has read changes nothing by it.
    echo = {name: value for name, value in api.one(of(posted)).items() if "@" not in name}
    answer = api.patch(of(posted), echo | {"dueDate": "2026-06-16"})
    assert (answer.status_code, answer.body.get("dueDate")) == (200, "2026-06-16"), answer.body
    # Once it is paid there is nothing to be due.
    world.pay(adatum, 125, apply=posted.number)
    assert api.patch(of(posted), {"dueDate": "2026-07-01"}).status_code == 400


def test_a_due_date_wants_the_permission_of_the_ledger(world, adatum, bicycle, api):
    posted = world.sales_invoice(adatum).sells(1, bicycle).post()
    clerk = world.user("clerk", role="CLERK")
    assert api.of(clerk).patch(of(posted), {"dueDate": "2026-07-01"}).status_code == 403


def test_what_is_posted_is_neither_deleted_nor_rewritten(world, adatum, bicycle, api):
    posted = world.sales_invoice(adatum).sells(1, bicycle).post()
    answer = api.delete(of(posted))
    assert (answer.status_code, answer.code) == (409, "Already_Posted")
    (line,) = api.rows(f"{of(posted)}/salesInvoiceLines")
    assert api.patch(f"salesInvoiceLines({line['id']})", {"quantity": 2}).status_code == 400
    assert api.delete(f"salesInvoiceLines({line['id']})").status_code == 400
    new = {"lineType": "Item", "lineObjectNumber": "BICYCLE", "quantity": 1}
    assert api.post(f"{of(posted)}/salesInvoiceLines", new).status_code == 400
    assert SalesInvoice.objects.get().lines.count() == 1
