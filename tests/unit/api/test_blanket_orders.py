"""blanketSalesOrders and their lines: read and written with the names of the tables; orders made of them."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from approvals.models import ApprovalRun
from sales.models import CustomerInvoiceDiscount, SalesDocument, SalesLine, SalesSetup

ZEROS = "00000000-0000-0000-0000-000000000000"


@pytest.fixture
def adatum(world):
    return world.customer("Adatum", number="10000")


@pytest.fixture
def bicycle(world):
    return world.item("BICYCLE", stock=1000, cost=60, price=100)


@pytest.fixture
def blanket(api, adatum, bicycle):
    """A hundred bicycles at 95, as the API shows them."""
    line = {"lineType": "Item", "lineObjectNumber": "BICYCLE", "quantity": 100, "unitPrice": 95}
    body = {"sellToCustomerNumber": "10000", "blanketSalesOrderLines": [line]}
    return api.made("blanketSalesOrders?$expand=blanketSalesOrderLines", body)


def of(blanket) -> str:
    return f"blanketSalesOrders({blanket['id']})"


def lines_of(api, blanket, **headers):
    return api.rows(f"{of(blanket)}/blanketSalesOrderLines", **headers)


def makes_order(api, blanket, body=None):
    return api.post(f"{of(blanket)}/Microsoft.NAV.makeOrder", body)


def test_an_agreement_is_written_with_its_lines(api, adatum, bicycle):
    body = {
        "sellToCustomerNumber": "10000",
        "externalDocumentNumber": "FRAME-7",
        "yourReference": "Anna",
        "sellToAddress": "Market Street 1",
        "shipToCounty": "Viken",
        "blanketSalesOrderLines": [
            {"lineType": "Item", "lineObjectNumber": "BICYCLE", "quantity": 100, "unitPrice": 95},
            {"description": "Prices hold until December"},
        ],
    }
    made = api.made("blanketSalesOrders?$expand=blanketSalesOrderLines", body)
    assert (made["sellToCustomerName"], made["status"]) == ("Adatum", "Open")
    assert (made["sellToAddress"], made["shipToCounty"]) == ("Market Street 1", "Viken")
    assert (made["currencyCode"], made["yourReference"]) == ("", "Anna")
    assert "sellToCustomerId" not in made

    first, text = made["blanketSalesOrderLines"]
    assert (first["documentType"], first["documentNumber"]) == ("Blanket_x0020_Order", made["number"])
    assert (first["lineType"], first["sequence"], first["lineObjectNumber"]) == ("Item", 10000, "BICYCLE")
    assert (first["quantity"], first["outstandingQuantity"], first["qtyToShip"]) == (100, 100, 100)
    assert (first["unitPrice"], first["lineAmount"], first["amountIncludingTax"]) == (95, 9500, 11875)
    assert (text["lineType"], text["description"]) == ("_x0020_", "Prices hold until December")
    assert SalesDocument.objects.get(type="blanket_order").number == made["number"]


def test_customers_and_currencies_have_their_identifiers_as_extensions(api, adatum, blanket):
    shown = api.one(of(blanket), X_Extensions="1")
    assert (shown["sellToCustomerId"], shown["billToCustomerId"]) == (str(adatum.uuid), str(adatum.uuid))
    assert shown["currencyId"] == ZEROS
    by_id = api.made("blanketSalesOrders", {"sellToCustomerId": str(adatum.uuid)})
    assert by_id["sellToCustomerNumber"] == "10000"
    found = api.rows(f"blanketSalesOrders?$filter=sellToCustomerId eq {adatum.uuid}&$orderby=number")
    assert [row["id"] for row in found] == [blanket["id"], by_id["id"]]


def test_somebody_must_be_named(api, adatum):
    refused = api.post("blanketSalesOrders", {"yourReference": "Anna"})
    assert (refused.status_code, refused.target) == (400, "sellToCustomerNumber")
    assert refused.code == "BadRequest_RequiredParamNotProvided"
    refused = api.post("blanketSalesOrders", {"sellToCustomerNumber": "10000", "shipToState": "Viken"})
    assert (refused.status_code, refused.target) == (400, "shipToState")


def test_a_head_is_changed_by_who_has_seen_it(api, blanket):
    assert api.patch(of(blanket), {"yourReference": "Bo"}, etag=None).status_code == 400
    changed = api.patch(
        of(blanket),
        {"yourReference": "Bo", "paymentTermsCode": "14D", "billToCity": "Oslo"},
        etag=blanket["@odata.etag"],
    )
    assert changed.status_code == 200, changed.body
    assert (changed.body["yourReference"], changed.body["paymentTermsCode"]) == ("Bo", "14D")
    assert changed.body["billToCity"] == "Oslo"
    stale = api.patch(of(blanket), {"yourReference": "Cy"}, etag=blanket["@odata.etag"])
    assert (stale.status_code, stale.code) == (409, "Request_EntityChanged")
    unknown = api.patch(of(blanket), {"paymentTermsCode": "NEVER"})
    assert (unknown.status_code, unknown.target) == (400, "paymentTermsCode")


def test_the_code_of_the_local_currency_means_local_currency(api, blanket):
    changed = api.patch(of(blanket), {"currencyCode": "EUR"})
    assert (changed.status_code, changed.body["currencyCode"]) == (200, "")
    assert len(api.rows("blanketSalesOrders?$filter=currencyCode eq ''")) == 1


def test_lines_are_added_changed_and_taken_off(api, blanket):
    more = {
        "documentNumber": blanket["number"],
        "lineType": "Item",
        "lineObjectNumber": "BICYCLE",
        "quantity": 2,
    }
    added = api.made("blanketSalesOrderLines", more)
    assert added["sequence"] == 20000
    line = f"blanketSalesOrderLines({added['id']})"
    changed = api.patch(line, {"quantity": 5, "lineDiscountPercent": 10})
    assert changed.status_code == 200, changed.body
    assert (changed.body["quantity"], changed.body["lineDiscountAmount"], changed.body["lineAmount"]) == (
        5,
        50,
        450,
    )
    fixed = api.patch(line, {"documentNumber": "OTHER"})
    assert (fixed.status_code, fixed.target) == (400, "documentNumber")
    assert api.delete(line).status_code == 204
    assert len(lines_of(api, blanket)) == 1


def test_a_line_names_its_blanket_order(api, blanket, world, adatum, bicycle):
    order = world.order(adatum).sells(1, bicycle)
    assert api.post("blanketSalesOrderLines", {"quantity": 1}).target == "documentNumber"
    for number in ("NONE", order.number):
        refused = api.post("blanketSalesOrderLines", {"documentNumber": number})
        assert (refused.status_code, refused.code) == (400, "Internal_InvalidTableRelation")
    other = {"documentId": str(order.document.uuid), "description": "A text"}
    assert api.post("blanketSalesOrderLines", other).status_code == 400
    below = api.made(f"{of(blanket)}/blanketSalesOrderLines", {"description": "A text"})
    assert below["documentNumber"] == blanket["number"]
    given = {"sellToCustomerNumber": "10000", "blanketSalesOrderLines": [{"documentNumber": "B-1"}]}
    refused = api.post("blanketSalesOrders", given)
    assert (refused.status_code, refused.target) == (400, "blanketSalesOrderLines[0].documentNumber")


def test_lines_want_to_know_of_which_document(api, blanket):
    assert api.get("blanketSalesOrderLines").status_code == 400
    by_number = api.rows(f"blanketSalesOrderLines?$filter=documentNumber eq '{blanket['number']}'")
    assert [row["quantity"] for row in by_number] == [100]
    items = api.rows("blanketSalesOrderLines?$filter=documentNumber ne '' and lineType eq 'G/L Account'")
    assert items == []


# Orders of it ---------------------------------------------------------------------------------------------------------


def test_a_part_becomes_an_order(api, blanket):
    (line,) = lines_of(api, blanket)
    body = {"lines": [{"lineId": line["id"], "quantity": 60}], "shipmentDate": "2026-04-07"}
    made = makes_order(api, blanket, body)
    assert made.status_code == 200, made.body
    assert made["Location"].endswith(f"salesOrders({made.body['salesOrderId']})")
    order = SalesDocument.objects.get(type="order", number=made.body["salesOrderNumber"])
    assert order.shipment_date == date(2026, 4, 7)
    (ordered,) = order.lines.all()
    assert (ordered.quantity, ordered.unit_price, ordered.shipment_date) == (60, 95, date(2026, 4, 7))
    assert (ordered.blanket_order_no, ordered.blanket_order_line_no) == (blanket["number"], 10000)

    (line,) = lines_of(api, blanket, X_Extensions="1")
    assert (line["outstandingQuantity"], line["qtyToShip"], line["quantityToOrder"]) == (100, 0, 0)


def test_no_more_is_ordered_than_is_left(api, blanket):
    (line,) = lines_of(api, blanket)
    assert makes_order(api, blanket, {"lines": [{"lineId": line["id"], "quantity": 60}]}).status_code == 200
    for much in (41, 101):
        refused = makes_order(api, blanket, {"lines": [{"lineId": line["id"], "quantity": much}]})
        assert (refused.status_code, refused.code) == (409, "BadRequest_InvalidOperation")
        assert "at most 40 units can be ordered" in refused.body["error"]["message"]
        assert refused.target == "blanketSalesOrderLines[0].qtyToShip"
    assert SalesDocument.objects.orders().count() == 1
    assert makes_order(api, blanket, {"lines": [{"lineId": line["id"], "quantity": 40}]}).status_code == 200


def test_what_the_lines_say_is_ordered(api, blanket):
    (line,) = lines_of(api, blanket)
    assert api.patch(f"blanketSalesOrderLines({line['id']})", {"quantityToOrder": 25}).status_code == 200
    assert makes_order(api, blanket).status_code == 200
    assert SalesLine.objects.get(document__type="order").quantity == 25
    nothing = makes_order(api, blanket)
    assert (nothing.status_code, nothing.body["error"]["details"][0]["code"]) == (400, "E-BLK-NOTHING")


def test_only_lines_of_the_agreement_are_ordered(api, blanket):
    (line,) = lines_of(api, blanket)
    for lines, target in (
        ([{"lineId": ZEROS, "quantity": 1}], "lines[0]"),
        ([{"lineId": blanket["id"], "quantity": 1}], "lines[0].lineId"),
        ([{"lineId": line["id"]}], "lines[0]"),
        ([{"lineId": line["id"], "quantity": 1}] * 2, "lines[1].lineId"),
    ):
        refused = makes_order(api, blanket, {"lines": lines})
        assert (refused.status_code, refused.target) == (400, target)


def test_an_agreement_stays_while_there_are_orders_of_it(api, blanket):
    makes_order(api, blanket)
    refused = api.delete(of(blanket))
    assert (refused.status_code, refused.code) == (409, "BadRequest_InvalidOperation")
    SalesDocument.objects.orders().delete()
    assert api.delete(of(blanket)).status_code == 204
    assert api.get(of(blanket)).status_code == 404


def test_it_is_promised_and_opened_again(api, blanket):
    released = api.post(f"{of(blanket)}/Microsoft.NAV.release")
    assert (released.status_code, released.body["status"]) == (200, "Released")
    refused = api.patch(of(blanket), {"locationCode": "OSLO"})
    assert refused.status_code == 400
    assert [row["id"] for row in api.rows("blanketSalesOrders?$filter=status eq 'Released'")] == [
        blanket["id"]
    ]
    opened = api.post(f"{of(blanket)}/Microsoft.NAV.reopen")
    assert opened.body == {"id": blanket["id"], "number": blanket["number"], "status": "Open"}


def test_a_request_that_nobody_sent_cannot_be_cancelled(api, blanket):
    refused = api.post(f"{of(blanket)}/Microsoft.NAV.cancelApprovalRequest")
    assert (refused.status_code, ApprovalRun.objects.count()) == (409, 0)


def test_who_may_only_read(world, api, blanket):
    clerk = api.of(world.user("clerk", role="WAREHOUSE"))
    assert clerk.get(of(blanket)).status_code == 200
    assert clerk.patch(of(blanket), {"yourReference": "Bo"}).status_code == 403
    assert makes_order(clerk, blanket).status_code == 403


def test_reading_many_asks_as_often_as_reading_few(world, api, adatum, bicycle):
    asked = []
    for count in (2, 10):
        while SalesDocument.objects.filter(type="blanket_order").count() < count:
            world.blanket_order(adatum).sells(5, bicycle, at=95).says("A text")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            rows = api.rows("blanketSalesOrders?$expand=blanketSalesOrderLines,customer", X_Extensions="1")
        assert len(rows) == count
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_another_line_amount_shares_the_discount_anew(api, adatum, blanket):
    """As other prices and quantities do: 10 % of what the line comes to now."""
    SalesSetup.objects.update(calc_invoice_discount=True)
    CustomerInvoiceDiscount.objects.create(code=adatum.number, discount_percent=10)
    (line,) = lines_of(api, blanket)
    changed = api.patch(f"blanketSalesOrderLines({line['id']})", {"lineAmount": 9000})
    assert (changed.status_code, changed.body["lineDiscountAmount"]) == (200, 500)
    assert SalesLine.objects.get(uuid=line["id"]).inv_discount_amount == 900


def test_no_order_is_made_while_somebody_is_asked_to_approve(api, blanket):
    SalesDocument.objects.update(status="pending_approval")
    refused = makes_order(api, blanket)
    assert (refused.status_code, refused.code) == (409, "Approval_Required")
