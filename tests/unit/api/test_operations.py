"""Posting that is asked for now and done later: operations, and the job queue."""

from datetime import date

import pytest
from django.utils import timezone

from sales.models import PostingJob, SalesDocument, SalesInvoice
from sales.routines.run_jobs import post_next_job

LATER = {"Prefer": "respond-async"}


@pytest.fixture
def order(world):
    """An order of 1,000 that can be shipped."""
    adatum = world.customer("Adatum", group="EXPORT")
    world.item("BICYCLE", stock=10, cost=50)
    return world.order(adatum, on=date(2026, 3, 2)).sells(10, "BICYCLE", at=100)


@pytest.fixture
def path(order):
    return f"salesOrders({order.document.uuid})/Microsoft.NAV.shipAndInvoice"


def run_queue():
    while post_next_job(at=timezone.now()) is not None:
        pass


def operation_of(answer) -> str:
    assert answer.status_code == 202, answer.body
    assert answer["Preference-Applied"] == "respond-async"
    return answer["Location"].partition("testserver")[2]


def test_an_order_is_posted_later(world, api, path):
    where = operation_of(api.post(path, **LATER))
    waiting = api.one(where)
    assert (waiting["kind"], waiting["status"], waiting["percentComplete"]) == ("post", "NotStarted", 0)
    assert not SalesInvoice.objects.exists()
    run_queue()
    done = api.one(f"{where}?$expand=items")
    assert (done["status"], done["percentComplete"], done["errorCode"]) == ("Succeeded", 100, "")
    invoice = SalesInvoice.objects.get()
    assert done["resultLocation"].endswith(f"salesInvoices({invoice.uuid})")
    assert [(each["resource"], each["status"]) for each in done["items"]] == [("salesOrders", "Succeeded")]
    assert done["finishedAt"] >= done["startedAt"] >= done["createdAt"]


def test_only_the_shipment(api, order):
    action = f"salesOrders({order.document.uuid})/Microsoft.NAV.ship"
    where = operation_of(api.post(action, **LATER))
    run_queue()
    assert "salesShipments" in api.one(where)["resultLocation"]
    assert not SalesInvoice.objects.exists()


def test_an_invoice_is_posted_later(world, api):
    draft = world.sales_invoice(world.customer("Adatum"), on=date(2026, 3, 2)).charges("4520", 100)
    id = draft.document.uuid
    where = operation_of(api.post(f"salesInvoices({id})/Microsoft.NAV.post", **LATER))
    run_queue()
    assert api.one(where)["resultLocation"].endswith(f"salesInvoices({id})")


def test_what_stopped_says_why_and_is_started_again(world, api, order, path):
    where = operation_of(api.post(path, **LATER))
    world.ledger_setup(allow_posting_from=date(2026, 4, 1))
    run_queue()
    failed = api.one(where)
    assert (failed["status"], failed["errorCode"]) == ("Failed", "E-GL-DATE")
    assert failed["errorMessage"]
    (entry,) = api.rows("jobQueueEntries?$filter=status eq 'Error'")
    assert entry["errorMessage"] == failed["errorMessage"]
    assert entry["description"] == f"Sales Header: order,{order.document.number}"

    world.ledger_setup(allow_posting_from=date(2026, 1, 1))
    again = api.post(f"jobQueueEntries({entry['id']})/Microsoft.NAV.restart")
    assert again.status_code == 204, again.body
    (ready,) = api.rows("jobQueueEntries")
    assert (ready["status"], ready["scheduled"]) == ("Ready", True)
    assert again["Location"].endswith(f"jobQueueEntries({ready['id']})")
    refused = api.post(f"jobQueueEntries({ready['id']})/Microsoft.NAV.restart")
    assert (refused.status_code, refused.code) == (400, "BadRequest_InvalidOperation")
    run_queue()
    assert api.rows("jobQueueEntries") == []
    assert SalesInvoice.objects.count() == 1


def test_it_is_taken_back(api, path):
    where = operation_of(api.post(path, **LATER))
    assert api.delete(where).status_code == 204
    assert api.one(where)["status"] == "Canceled"
    run_queue()
    assert SalesDocument.objects.filter(type="order").count() == 1
    refused = api.delete(where)
    assert (refused.status_code, refused.code) == (409, "BadRequest_InvalidOperation")


def test_what_the_queue_cannot_be_told_is_done_at_once(api, order, path):
    line = order.document.lines.get()
    body = {"lines": [{"lineId": str(line.uuid), "quantity": 4}]}
    answer = api.post(path, body, **LATER)
    assert answer.status_code == 200, answer.body
    assert not PostingJob.objects.exists()


def test_a_document_waits_once(api, path):
    operation_of(api.post(path, **LATER))
    twice = api.post(path, **LATER)
    assert twice.status_code == 400, twice.body
    assert PostingJob.objects.count() == 1


def test_rights(world, api, path):
    where = operation_of(api.post(path, **LATER))
    wim = api.of(world.user("wim", role="WAREHOUSE"))
    assert wim.post(path, **LATER).status_code == 403
    assert wim.delete(where).status_code == 403
    assert api.post("operations", {}).status_code == 405
    assert api.get("operationItems").status_code == 400
