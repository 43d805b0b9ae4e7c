"""salesReturnOrders, their lines, and return receipts."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sales.models import (
    ReturnReason,
    ReturnReceipt,
    SalesCreditMemo,
    SalesDocument,
    SalesLine,
)

ZEROS = "00000000-0000-0000-0000-000000000000"


@pytest.fixture
def adatum(world):
    return world.customer("Adatum", number="10000")


@pytest.fixture
def bicycle(world):
    return world.item("BICYCLE", stock=1000, cost=60, price=100)


@pytest.fixture
def invoice(world, adatum, bicycle):
    """Ten bicycles, 100 less 5 % each, shipped and invoiced."""
    return world.order(adatum).sells(10, bicycle, at=100, discount=5).post()


@pytest.fixture
def returned(api, adatum, bicycle):
    """Four bicycles that are to come back, as the API shows them."""
    line = {"lineType": "Item", "lineObjectNumber": "BICYCLE", "quantity": 4, "unitPrice": 90}
    body = {"sellToCustomerNumber": "10000", "salesReturnOrderLines": [line]}
    return api.made("salesReturnOrders?$expand=salesReturnOrderLines", body)


def of(order) -> str:
    return f"salesReturnOrders({order['id']})"


def act(api, order, action, body=None, **headers):
    return api.post(f"{of(order)}/Microsoft.NAV.{action}", body, **headers)


def lines_of(api, order):
    return api.rows(f"{of(order)}/salesReturnOrderLines", X_Extensions="1")


def test_a_return_is_written_with_its_lines(api, returned):
    assert (returned["sellToCustomerName"], returned["status"]) == ("Adatum", "Open")
    assert "quoteNumber" not in returned
    (line,) = returned["salesReturnOrderLines"]
    assert line["documentType"] == "Return_x0020_Order"
    assert (line["quantity"], line["returnQtyToReceive"], line["returnQtyReceived"]) == (4, 4, 0)
    assert (line["lineAmount"], line["taxPercent"], line["amountIncludingTax"]) == (360, 25, 450)
    (wide,) = lines_of(api, returned)
    assert (wide["returnReasonCode"], wide["appliesFromItemEntry"]) == ("", 0)


def test_a_line_says_why_it_comes_back(api, returned):
    ReturnReason.objects.create(code="BROKEN", description="Broken", default_location_code="MAIN")
    (line,) = lines_of(api, returned)
    address = f"salesReturnOrderLines({line['id']})"
    changed = api.patch(address, {"returnReasonCode": "BROKEN", "returnQtyToReceive": 3}, X_Extensions="1")
    assert changed.status_code == 200, changed.body
    assert (changed.body["returnReasonCode"], changed.body["returnQtyToReceive"]) == ("BROKEN", 3)
    unknown = api.patch(address, {"returnReasonCode": "NEVER"})
    assert (unknown.status_code, unknown.target) == (400, "returnReasonCode")
    nothing = api.patch(address, {"appliesFromItemEntry": 4711})
    assert (nothing.status_code, nothing.body["error"]["details"][0]["code"]) == (400, "E-RET-ENTRY")


def test_a_return_is_changed_and_thrown_away(api, returned):
    changed = api.patch(of(returned), {"externalDocumentNumber": "RMA-7"}, etag=returned["@odata.etag"])
    assert (changed.status_code, changed.body["externalDocumentNumber"]) == (200, "RMA-7")
    assert len(api.rows("salesReturnOrders?$filter=startswith(externalDocumentNumber, 'RMA')")) == 1
    assert api.patch(of(returned), {"quoteNumber": "Q-1"}).status_code == 400
    assert api.delete(of(returned)).status_code == 204
    assert not SalesDocument.objects.exists()


# Posted lines ---------------------------------------------------------------------------------------------------------


def posted_line(api, invoice):
    (line,) = api.rows(f"salesInvoices({invoice.uuid})/salesInvoiceLines")
    return line["id"]


def test_lines_of_an_invoice_come_back_at_its_prices(world, api, adatum, invoice):
    order = world.return_order(adatum).document
    back = {"invoiceId": str(invoice.uuid), "lines": [{"lineId": posted_line(api, invoice), "quantity": 4}]}
    fetched = api.post(f"salesReturnOrders({order.uuid})/Microsoft.NAV.getPostedLines", back)
    assert fetched.status_code == 200, fetched.body
    text, goods = api.rows(f"salesReturnOrders({order.uuid})/salesReturnOrderLines")
    assert (text["lineType"], goods["quantity"], goods["unitPrice"]) == ("_x0020_", 4, 100)
    assert (goods["lineDiscountPercent"], goods["lineAmount"]) == (5, 380)
    assert fetched.body["salesReturnOrderLineIds"] == [text["id"], goods["id"]]


def test_without_lines_all_that_is_left_comes_back(world, api, adatum, invoice):
    order = world.return_order(adatum).document
    address = f"salesReturnOrders({order.uuid})"
    wanted = {"invoiceId": str(invoice.uuid), "copyPrices": True, "exactCostReversing": True}
    assert api.post(f"{address}/Microsoft.NAV.getPostedLines", wanted).status_code == 200
    goods = api.rows(f"{address}/salesReturnOrderLines?$filter=lineType eq 'Item'")
    assert [row["quantity"] for row in goods] == [10]


def test_what_has_come_back_cannot_come_again(world, api, adatum, invoice):
    story = world.return_order(adatum)
    address = f"salesReturnOrders({story.document.uuid})/Microsoft.NAV.getPostedLines"
    assert api.post(address, {"invoiceId": str(invoice.uuid)}).status_code == 200
    named = {"invoiceId": str(invoice.uuid), "lines": [{"lineId": posted_line(api, invoice)}]}
    refused = api.post(address, named)
    assert (refused.status_code, refused.target) == (409, "lines[0].quantity")
    everything = api.post(address, {"invoiceId": str(invoice.uuid)})
    assert (everything.status_code, everything.body["salesReturnOrderLineIds"]) == (200, [])
    assert len([line for line in story.lines if line.sells_something]) == 1


def test_a_part_keeps_its_part_of_the_invoice_discount(world, api, adatum, bicycle):
    order = world.order(adatum).sells(10, bicycle, at=100)
    discounted = api.patch(f"salesOrders({order.document.uuid})", {"discountAmount": 50})
    assert discounted.status_code == 200, discounted.body
    invoice = order.post()
    back = {"invoiceId": str(invoice.uuid), "lines": [{"lineId": posted_line(api, invoice), "quantity": 4}]}
    story = world.return_order(adatum)
    api.post(f"salesReturnOrders({story.document.uuid})/Microsoft.NAV.getPostedLines", back)
    (goods,) = [line for line in story.lines if line.sells_something]
    assert (goods.quantity, goods.line_amount, goods.inv_discount_amount, goods.amount) == (4, 400, 20, 380)


def test_what_contradicts_itself_is_refused(world, api, adatum, bicycle, invoice):
    order = world.return_order(adatum).document
    line, id = posted_line(api, invoice), str(invoice.uuid)
    shipment = api.rows("salesShipments")[0]["id"]
    for body, target in (
        ({}, "invoiceId"),
        ({"invoiceId": id, "shipmentId": shipment}, "shipmentId"),
        ({"invoiceId": ZEROS[:-1] + "1"}, "invoiceId"),
        ({"invoiceId": id, "copyPrices": False}, "copyPrices"),
        ({"shipmentId": shipment, "copyPrices": True}, "copyPrices"),
        ({"invoiceId": id, "exactCostReversing": False}, "exactCostReversing"),
        ({"invoiceId": id, "lines": [{"quantity": 1}]}, "lines[0]"),
        ({"shipmentId": shipment, "lines": [{"lineId": line, "quantity": 1}]}, "lines[0].lineId"),
        ({"invoiceId": id, "lines": [{"lineId": line}] * 2}, "lines[1].lineId"),
        ({"invoiceId": id, "lines": [{"lineId": line, "quantity": -1}]}, "lines[0].quantity"),
    ):
        refused = api.post(f"salesReturnOrders({order.uuid})/Microsoft.NAV.getPostedLines", body)
        assert (refused.status_code, refused.target) == (400, target), refused.body
    assert not order.lines.exists()


def test_papers_of_others_do_not_come_back(world, api, invoice):
    order = world.return_order(world.customer("Contoso")).document
    back = {"invoiceId": str(invoice.uuid)}
    refused = api.post(f"salesReturnOrders({order.uuid})/Microsoft.NAV.getPostedLines", back)
    assert (refused.status_code, refused.body["error"]["details"][0]["code"]) == (400, "E-COPY-MISMATCH")


# Posting --------------------------------------------------------------------------------------------------------------


def test_a_return_is_received_and_credited_in_steps(api, returned, world):
    (line,) = lines_of(api, returned)
    received = act(api, returned, "receive", {"lines": [{"lineId": line["id"], "quantity": 3}]})
    assert received.status_code == 200, received.body
    receipt = ReturnReceipt.objects.get()
    assert received["Location"].endswith(f"returnReceipts({receipt.uuid})")
    assert received["X-Posted-Return-Receipt-Id"] == received.body["returnReceiptId"] == str(receipt.uuid)
    assert (received.body["status"], received.body["orderDeleted"]) == ("Released", False)
    assert not SalesCreditMemo.objects.exists()

    too_much = act(api, returned, "invoice", {"lines": [{"lineId": line["id"], "quantity": 4}]})
    assert (too_much.status_code, too_much.target) == (409, "lines")
    credited = act(api, returned, "invoice", {"lines": [{"lineId": line["id"], "quantity": 2}]})
    assert credited.status_code == 200, credited.body
    memo = SalesCreditMemo.objects.get()
    assert (memo.amount, credited.body["salesCreditMemoNumber"]) == (180, memo.number)
    assert credited["Location"].endswith(f"salesCreditMemos({memo.uuid})")

    rest = act(api, returned, "receiveAndInvoice", {"lines": [{"lineId": line["id"], "quantity": 1}]})
    assert rest.status_code == 200, rest.body
    assert rest.body["orderDeleted"] and "status" not in rest.body
    assert sorted(SalesCreditMemo.objects.values_list("amount", flat=True)) == [180, 180]
    assert api.get(of(returned)).status_code == 404
    world.check()


def test_a_return_is_posted_on_another_day(api, returned):
    (line,) = lines_of(api, returned)
    wanted = {"postingDate": "2026-03-05", "lines": [{"lineId": line["id"], "quantity": 4}]}
    posted = act(api, returned, "receiveAndInvoice", wanted)
    assert posted.status_code == 200, posted.body
    assert api.one(f"returnReceipts({posted.body['returnReceiptId']})")["postingDate"] == "2026-03-05"


def test_a_return_is_promised_and_opened_again(api, returned):
    assert act(api, returned, "release").body["status"] == "Released"
    refused = api.post(
        f"{of(returned)}/salesReturnOrderLines", {"lineType": "Item", "lineObjectNumber": "BICYCLE"}
    )
    assert refused.status_code == 400
    assert act(api, returned, "reopen").body["status"] == "Open"
    assert act(api, returned, "cancelApprovalRequest").status_code == 409


def test_what_comes_back_is_replaced(api, returned):
    (line,) = lines_of(api, returned)
    made = act(api, returned, "createReplacementOrder", {"salesOrder": True, "lineIds": [line["id"]]})
    assert made.status_code == 200, made.body
    assert made["Location"].endswith(f"salesOrders({made.body['salesOrderId']})")
    sent = SalesLine.objects.filter(document__number=made.body["salesOrderNumber"], type="item")
    assert [(each.quantity, each.unit_price) for each in sent] == [(4, 100)]
    assert act(api, returned, "createReplacementOrder", {"salesOrder": False}).target == "salesOrder"
    assert act(api, returned, "createReplacementOrder", {"lineIds": [ZEROS[:-1] + "1"]}).target == "lineIds"


def test_who_may_not_post(world, api, returned):
    clerk = api.of(world.user("clerk", role="CLERK"))
    assert act(clerk, returned, "receive").status_code == 403
    packer = api.of(world.user("packer", role="WAREHOUSE"))
    assert act(packer, returned, "getPostedLines").status_code == 403
    assert act(packer, returned, "receiveAndInvoice").status_code == 403
    assert act(packer, returned, "receive").status_code == 200


# Receipts -------------------------------------------------------------------------------------------------------------


def test_a_receipt_is_read(world, api, adatum, bicycle):
    story = world.return_order(adatum, external_document_no="RMA 7").sells(2, bicycle, at=90)
    story.changes(1, qty_to_ship=2)
    receipt = story.receives()
    shown = api.one(f"returnReceipts({receipt.uuid})", X_Extensions="1")
    assert (shown["number"], shown["orderNumber"]) == (receipt.number, story.document.number)
    assert (shown["externalDocumentNumber"], shown["sellToCustomerId"]) == ("RMA 7", str(adatum.uuid))
    assert not {"status", "orderDate", "requestedDeliveryDate"} & shown.keys()
    assert len(api.rows(f"returnReceipts?$filter=orderNumber eq '{story.document.number}'")) == 1
    assert api.patch(f"returnReceipts({receipt.uuid})", {"yourReference": "x"}).status_code == 405


def test_reading_many_asks_as_often_as_reading_few(world, api, adatum, bicycle):
    asked = []
    for count in (2, 8):
        while SalesDocument.objects.filter(type="return_order").count() < count:
            story = world.return_order(adatum).sells(5, bicycle, at=95)
            story.changes(1, qty_to_ship=2).receives()
        with CaptureQueriesContext(connection) as queries:
            for address in (
                "salesReturnOrders?$expand=salesReturnOrderLines",
                "returnReceipts?$expand=customer",
            ):
                assert len(api.rows(address)) == count
        asked.append(len(queries))
    assert asked[0] == asked[1]
