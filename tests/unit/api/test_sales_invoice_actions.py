"""What is done with invoices over the API: posted, sent for approval, taken back; shipments fetched."""

from decimal import Decimal as D

import pytest
from django.contrib.auth.models import Permission

from sales.models import SalesCreditMemo, SalesDocument, SalesInvoice
from sales.routines.post import post


@pytest.fixture
def adatum(world):
    return world.customer("Adatum", email="anna@adatum.example")


@pytest.fixture
def bicycle(world):
    return world.item("BICYCLE", stock=1000, cost=60, price=100)


def of(paper) -> str:
    return f"salesInvoices({paper.uuid})"


def act(api, paper, action, body=None, **headers):
    return api.post(f"{of(paper)}/Microsoft.NAV.{action}", body, **headers)


def test_posting_keeps_the_id_and_gives_another_number(world, adatum, bicycle, api):
    draft = world.sales_invoice(adatum).sells(1, bicycle, at=100).document
    done = act(api, draft, "post")
    assert done.status_code == 204 and done["Location"].endswith(of(draft))
    shown = api.one(of(draft))
    assert (shown["status"], shown["remainingAmount"]) == ("Open", 125)
    assert shown["number"] != draft.number
    again = act(api, draft, "post")
    assert (again.status_code, again.code) == (409, "Already_Posted")
    assert SalesInvoice.objects.count() == 1


def test_posting_is_done_once_for_each_idempotency_key(world, adatum, bicycle, api):
    draft = world.sales_invoice(adatum).sells(1, bicycle).document
    first = act(api, draft, "post", Idempotency_Key="K")
    again = act(api, draft, "post", Idempotency_Key="K")
    assert (again.status_code, again["Location"]) == (204, first["Location"])


def test_who_may_not_post_or_send_is_refused(world, adatum, bicycle, api):
    draft = world.sales_invoice(adatum).sells(1, bicycle).document
    reader = world.user("reader", role="CLERK")
    reader.groups.clear()
    reader.user_permissions.add(Permission.objects.get(codename="view_salesdocument"))
    for action in ("post", "postAndSend", "send", "cancel", "cancelAndSend", "makeCorrectiveCreditMemo"):
        assert act(api.of(reader), draft, action).status_code == 403, action


def test_an_empty_draft_is_not_posted(world, adatum, api):
    draft = world.sales_invoice(adatum).document
    answer = act(api, draft, "post")
    assert answer.status_code == 400
    assert not SalesInvoice.objects.exists()


@pytest.mark.parametrize("action", ["cancel", "cancelAndSend", "makeCorrectiveCreditMemo"])
def test_a_draft_is_not_taken_back(world, adatum, bicycle, api, action):
    draft = world.sales_invoice(adatum).sells(1, bicycle).document
    answer = act(api, draft, action)
    assert (answer.status_code, answer.code) == (400, "BadRequest_InvalidOperation")


def test_a_corrective_credit_memo_is_a_draft_that_names_the_invoice(world, adatum, bicycle, api):
    posted = world.sales_invoice(adatum).sells(2, bicycle, at=100).post()
    done = act(api, posted, "makeCorrectiveCreditMemo")
    assert done.status_code == 204
    path = done["Location"].partition("/companies(")[2].partition("/")[2]
    draft = api.one(path)
    assert (draft["status"], draft["invoiceNumber"], draft["invoiceId"]) == (
        "Draft",
        posted.number,
        str(posted.uuid),
    )
    assert draft["totalAmountExcludingTax"] == 200


def test_the_order_gets_its_quantities_back_where_that_is_asked_for(world, adatum, bicycle, api):
    order = world.order(adatum).sells(2, bicycle, at=100)
    order.ship(1)
    posted = order.invoice(1)
    done = act(api, posted, "makeCorrectiveCreditMemo", {"restoreOrder": True})
    assert done.status_code == 204, done.body
    draft = SalesDocument.objects.get(type="credit_memo")
    assert [line.restores_order for line in draft.lines.filter(quantity__gt=0)] == [True]
    post(draft, by=world.by, at=world.at(), ship=True, invoice=True)
    assert order.lines[0].quantity_shipped == D(0)


def test_lines_of_shipments_are_fetched(world, adatum, bicycle, api):
    order = world.order(adatum).sells(5, bicycle, at=100)
    shipment = order.ship(3)
    (line,) = api.rows(f"salesShipments({shipment.uuid})/salesShipmentLines")
    draft = world.sales_invoice(adatum).document
    done = act(api, draft, "getShipmentLines", {"shipmentLineIds": [line["id"]]})
    assert done.status_code == 200, done.body
    lines = {each["id"]: each for each in api.rows(f"{of(draft)}/salesInvoiceLines")}
    assert lines.keys() >= set(done.body["salesInvoiceLineIds"])
    assert sum(each["quantity"] for each in lines.values()) == 3
    assert act(api, draft, "getShipmentLines", {"shipmentLineIds": [line["id"]]}).status_code == 400
    assert act(api, draft, "getShipmentLines", {}).target == "shipmentLineIds"
    unknown = act(api, draft, "getShipmentLines", {"shipmentLineIds": [str(draft.uuid)]})
    assert (unknown.status_code, unknown.target) == (400, "shipmentLineIds")
    assert act(api, draft, "post").status_code == 204
    assert act(api, draft, "getShipmentLines", {"shipmentLineIds": [line["id"]]}).code == "Already_Posted"


def test_cancelling_leaves_a_posted_credit_memo(world, adatum, bicycle, api):
    posted = world.sales_invoice(adatum).sells(2, bicycle, at=100).post()
    done = act(api, posted, "cancel")
    assert done.status_code == 204 and done["Location"].endswith(of(posted))
    credit_memo = SalesCreditMemo.objects.get()
    shown = api.one(f"salesCreditMemos({credit_memo.uuid})")
    assert (shown["status"], shown["invoiceNumber"], shown["invoiceId"]) == (
        "Corrective",
        posted.number,
        str(posted.uuid),
    )
    assert act(api, posted, "cancel").status_code == 400


def test_a_draft_is_sent_for_approval_and_a_posted_one_is_not(world, adatum, bicycle, api):
    draft = world.sales_invoice(adatum).sells(1, bicycle)
    assert act(api, draft.document, "sendApprovalRequest").code != "Already_Posted"
    posted = world.sales_invoice(adatum).sells(1, bicycle).post()
    for action in ("sendApprovalRequest", "cancelApprovalRequest"):
        assert act(api, posted, action).code == "Already_Posted"


def test_the_reference_describes_the_actions(api):
    answer = api.get("/api/v2.0/$metadata")
    assert answer.status_code == 200
    text = answer.getvalue().decode()
    for name in ("postAndSend", "makeCorrectiveCreditMemo", "getShipmentLines"):
        assert f'Name="{name}"' in text
