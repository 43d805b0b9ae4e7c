"""Orders over the API: written whole, read, changed, refused, acted upon, thrown away. For lines see the next file."""

from datetime import date
from decimal import Decimal as D

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import PaymentMethod, PaymentTerms, Salesperson
from erp.kernel.models import OutgoingMail
from sales.models import (
    ArchivedDocument,
    CustomerInvoiceDiscount,
    SalesComment,
    SalesDocument,
    SalesInvoice,
    SalesLine,
    SalesShipment,
)
from tests.support.statements import count_statements
from tests.world.office import Office

pytestmark = pytest.mark.django_db
NO_ID = "00000000-0000-0000-0000-000000000000"
LINE = {"lineType": "Item", "lineObjectNumber": "1896-S", "quantity": 10}


@pytest.fixture(autouse=True)
def bicycle(world):
    return world.item("1896-S", stock=100, cost=600, price=1000)


@pytest.fixture(autouse=True)
def adatum(world):
    return world.customer(
        "Adatum", number="10000", email="buy@adatum.example", city="Oslo", country_code="NO"
    )


@pytest.fixture
def order(api):
    """Ten bicycles at 1,000."""
    return write(api)


def write(api, **head):
    body = {"customerNumber": "10000", "salesOrderLines": [LINE], **head}
    return api.made("salesOrders?$expand=salesOrderLines", body)


def path(order, rest=""):
    return f"salesOrders({order['id']}){rest}"


def act(api, name, order, body=None, **headers):
    return api.post(path(order, f"/Microsoft.NAV.{name}"), body, **headers)


def document(order):
    return SalesDocument.objects.get(uuid=order["id"])


# Writing


def test_what_follows_from_the_customer(api, order):
    assert (order["customerName"], order["sellToCity"], order["sellToCountry"]) == ("Adatum", "Oslo", "NO")
    assert (order["email"], order["shipToName"]) == ("buy@adatum.example", "Adatum")
    assert (order["partialShipping"], order["pricesIncludeTax"]) == (True, False)
    terms = PaymentTerms.objects.get(code="30D")
    assert order["paymentTermsId"] == str(terms.uuid)
    assert order["totalAmountIncludingTax"] == 12500


def test_a_customer_is_needed(api):
    refused = api.post("salesOrders", {"salesOrderLines": [LINE]})
    assert (refused.status_code, refused.code) == (400, "BadRequest_RequiredParamNotProvided")
    unknown = api.post("salesOrders", {"customerNumber": "99999"})
    assert (unknown.status_code, unknown.code) == (400, "Internal_InvalidTableRelation")
    assert not SalesDocument.objects.exists()


def test_everything_that_a_head_can_be_given(api, world):
    payer = world.customer("Fabrikam", number="20000")
    Salesperson.objects.create(code="ANNA", name="Anna")
    terms = PaymentTerms.objects.exclude(code="30D").first()
    given = {
        "externalDocumentNumber": "PO-4711",
        "orderDate": "2026-03-01",
        "postingDate": "2026-03-02",
        "requestedDeliveryDate": "2026-03-10",
        "billToCustomerNumber": payer.number,
        "sellToAddressLine1": "Storgata 1",
        "sellToPostCode": "0155",
        "shipToName": "Adatum's warehouse",
        "shipToCity": "Bergen",
        "shipToCountry": "no",
        "paymentTermsId": str(terms.uuid),
        "salesperson": "anna",
        "partialShipping": False,
        "phoneNumber": "+47 22",
        "email": "orders@adatum.example",
    }
    made = write(api, **given)
    expected = given | {"shipToCountry": "NO", "salesperson": "ANNA", "billToCustomerId": str(payer.uuid)}
    assert {name: made[name] for name in expected} == expected
    assert made["billToName"] == "Fabrikam"
    assert api.one(path(made))["totalAmountExcludingTax"] == 10000


def test_who_orders_may_pay_though_somebody_else_usually_does(api, world):
    payer = world.customer("Fabrikam", number="20000")
    world.customer("Trey", number="30000", bill_to_customer=payer)
    assert api.made("salesOrders", {"customerNumber": "30000"})["billToName"] == "Fabrikam"
    made = api.made("salesOrders", {"customerNumber": "30000", "billToCustomerNumber": "30000"})
    assert made["billToName"] == "Trey"


def test_an_order_may_be_for_the_discount_that_was_agreed(api):
    made = write(api, discountAmount=100)
    assert (made["discountAmount"], made["totalAmountExcludingTax"]) == (100, 9900)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"number": "SO-1"}, "BadRequest"),
        ({"id": NO_ID}, "BadRequest"),
        ({"status": "Open"}, "BadRequest"),
        ({"customerName": "Somebody"}, "BadRequest"),
        ({"fullyShipped": True}, "BadRequest"),
        ({"shortcutDimension1Code": "SALES"}, "Application_FieldValidationException"),
        ({"postingDate": "tomorrow"}, "Application_EvaluateException"),
        ({"externalDocumentNumber": "X" * 36}, "Application_StringExceededLength"),
        ({"sellToCountry": "NORWAY"}, "Application_EvaluateException"),
        ({"discountAmount": 10_001}, "Application_DialogException"),
        ({"salesperson": "NOBODY"}, "Internal_InvalidTableRelation"),
        ({"paymentTermsId": "12345678-1234-1234-1234-123456789012"}, "Internal_InvalidTableRelation"),
        ({"paymentTermsId": "x"}, "Application_InvalidGUID"),
        ({"dueDatum": "2026-03-02"}, "BadRequest"),
    ],
)
def test_what_an_order_cannot_be_given(api, given, code):
    refused = api.post("salesOrders", {"customerNumber": "10000", "salesOrderLines": [LINE], **given})
    assert (refused.status_code, refused.code) == (400, code), refused.body
    assert not SalesDocument.objects.exists()


def test_a_wrong_line_is_named(api):
    lines = [LINE, {**LINE, "lineObjectNumber": "NOTHING"}]
    refused = api.post("salesOrders", {"customerNumber": "10000", "salesOrderLines": lines})
    assert refused.status_code == 400
    assert refused.target == "salesOrderLines[1].lineObjectNumber"
    refused = api.post(
        "salesOrders", {"customerNumber": "10000", "salesOrderLines": [LINE, {"quantity": "x"}]}
    )
    assert refused.target == "salesOrderLines[1].quantity"
    assert not SalesDocument.objects.exists()


def test_a_thousand_lines_cost_as_many_queries_as_two(api):
    def queries(count):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            body = {"customerNumber": "10000", "salesOrderLines": [LINE] * count}
            made = api.post("salesOrders", body, Prefer="return=minimal")
        assert made.status_code == 204
        return len(asked)

    queries(2)  # reads what is read once only
    assert queries(1000) == queries(2)
    assert SalesLine.objects.count() == 1004


def test_blocked_customers_buy_nothing(api, world):
    world.customer("Trey", number="30000", blocked="all")
    refused = api.post("salesOrders", {"customerNumber": "30000"})
    assert (refused.status_code, refused.code) == (400, "Application_DialogException")


def test_what_a_page_would_warn_of(api):
    made = api.post(
        "salesOrders", {"customerNumber": "10000", "salesOrderLines": [{**LINE, "quantity": 101}]}
    )
    assert made.status_code == 201
    assert "W-STOCK" in made["X-Warnings"].split(",")


# Reading


def test_lists_are_filtered_and_sorted(api, order, world):
    world.customer("Fabrikam", number="20000")
    other = api.made("salesOrders", {"customerNumber": "20000", "externalDocumentNumber": "PO-7"})

    def found(query):
        return [row["id"] for row in api.rows(f"salesOrders?{query}")]

    both = [order["id"], other["id"]]
    assert found("") == both
    assert found("$orderby=number desc") == both[::-1]
    assert found("$filter=customerNumber eq '20000'") == [other["id"]]
    assert found(f"$filter=customerId eq {order['customerId']}") == [order["id"]]
    assert found("$filter=externalDocumentNumber eq 'PO-7'") == [other["id"]]
    assert found("$filter=totalAmountExcludingTax gt 9999") == [order["id"]]
    assert found("$filter=status eq 'Draft' and customerName eq 'Fabrikam'") == [other["id"]]
    assert found("$filter=customer/displayName eq 'Adatum'") == [order["id"]]
    assert found("$filter=salesOrderLines/any(l: l/quantity gt 5)") == [order["id"]]
    assert found("$filter=partialShipping eq true") == both
    assert found("$filter=fullyShipped eq true") == []
    assert found("$filter=orderDate eq 2020-01-01") == []
    assert found("$filter=lastModifiedDateTime gt 2099-01-01T00:00:00Z") == []
    assert found("$top=1&$skip=1") == [other["id"]]
    assert api.get("salesOrders?$orderby=customerName").status_code == 400
    assert api.get("salesOrders/$count").getvalue() == b"2"


def test_an_open_order_is_found_by_its_name_outside(api, order, world):
    act(api, "release", order)
    assert [row["status"] for row in api.rows("salesOrders?$filter=status eq 'Open'")] == ["Open"]
    assert api.rows("salesOrders?$filter=status ne 'Open'") == []


def test_pages_follow_each_other(api):
    numbers = [write(api)["number"] for _ in range(5)]
    pages = api.pages("salesOrders", Prefer="odata.maxpagesize=2")
    assert [[row["number"] for row in page] for page in pages] == [numbers[:2], numbers[2:4], numbers[4:]]


def test_two_orders_cost_as_many_queries_as_fifty(api, world):
    def queries():
        with CaptureQueriesContext(connection) as asked:
            rows = api.rows("salesOrders?$expand=salesOrderLines,customer")
        assert all(row["customer"]["number"] == "10000" for row in rows)
        assert all(len(row["salesOrderLines"]) == 2 for row in rows)
        return len(asked), len(rows)

    for _ in range(2):
        write(api, salesOrderLines=[LINE, {"description": "Thank you"}])
    few, two = queries()
    story = SalesDocument.objects.order_by("pk").first()
    for number in range(48):
        lines = list(story.lines.order_by("line_no"))
        copy = SalesDocument.objects.get(pk=story.pk)
        copy.pk, copy.uuid, copy.number, copy._state.adding = None, None, f"COPY-{number}", True
        copy.uuid = SalesDocument._meta.get_field("uuid").get_default()
        copy.save(force_insert=True)
        for line in lines:
            line.pk, line.document, line._state.adding = None, copy, True
            line.uuid = SalesLine._meta.get_field("uuid").get_default()
        SalesLine.objects.bulk_create(lines)
    many, fifty = queries()
    assert (two, fifty) == (2, 50)
    assert many == few


def test_what_v2_does_not_have_is_asked_for(api, order):
    plain = api.one(path(order))
    assert "internalStatus" not in plain
    more = api.one(path(order), X_Extensions="1")
    assert set(more) - set(plain) == {
        "internalStatus", "completelyShipped", "completelyInvoiced", "shippedNotInvoicedAmount", "yourReference",
        "dueDate", "paymentMethodId", "shippingAgentCode", "promisedDeliveryDate",
    }  # fmt: skip
    assert more["internalStatus"] == "Open"
    act(api, "ship", order, {"lines": [{"lineId": order["salesOrderLines"][0]["id"], "quantity": 4}]})
    asked = api.one(path(order, "?$select=shippedNotInvoicedAmount,internalStatus,completelyShipped"))
    wanted = {"shippedNotInvoicedAmount": 4000, "internalStatus": "Released", "completelyShipped": False}
    assert {name: asked[name] for name in wanted} == wanted


# Changing


def test_a_head_is_changed(api, order):
    method = PaymentMethod.objects.first()
    changed = api.patch(
        path(order),
        {
            "externalDocumentNumber": "PO-9",
            "requestedDeliveryDate": "2026-12-24",
            "partialShipping": False,
            "shipToCity": "Bergen",
            "email": "new@adatum.example",
            "yourReference": "Anna",
            "paymentMethodId": str(method.uuid),
        },
        etag=order["@odata.etag"],
        X_Extensions="1",
    )
    assert changed.status_code == 200, changed.body
    assert changed.body["@odata.etag"] != order["@odata.etag"]
    wanted = {"externalDocumentNumber": "PO-9", "partialShipping": False, "shipToCity": "Bergen"}
    wanted |= {"requestedDeliveryDate": "2026-12-24", "yourReference": "Anna", "email": "new@adatum.example"}
    assert {name: changed.body[name] for name in wanted} == wanted
    assert document(order).payment_method_code == method.code


def test_a_day_is_cleared(api):
    made = write(api, requestedDeliveryDate="2026-12-24")
    for blank in ("0001-01-01", None):
        changed = api.patch(path(made), {"requestedDeliveryDate": blank})
        assert changed.body["requestedDeliveryDate"] == "0001-01-01"


def test_what_was_read_may_be_sent_back(api, order):
    """A client that changes one thing and sends the whole again changes one thing."""
    sent = {name: value for name, value in order.items() if not name.startswith(("@", "salesOrderLines"))}
    changed = api.patch(path(order), {**sent, "externalDocumentNumber": "PO-9"})
    assert changed.status_code == 200, changed.body
    assert changed.body["externalDocumentNumber"] == "PO-9"
    assert document(order).invoice_discount_calculation == ""


def test_another_customer_brings_everything_along(api, order, world):
    world.customer("Fabrikam", number="20000", city="Bergen", country_code="NO")
    changed = api.patch(path(order), {"customerNumber": "20000"})
    assert changed.status_code == 200, changed.body
    head = changed.body
    assert (head["customerName"], head["billToName"], head["sellToCity"]) == (
        "Fabrikam",
        "Fabrikam",
        "Bergen",
    )
    assert head["totalAmountExcludingTax"] == 10000
    assert api.patch(path(order), {"customerId": NO_ID}).status_code == 400


def test_another_payer(api, order, world):
    payer = world.customer("Fabrikam", number="20000")
    changed = api.patch(path(order), {"billToCustomerId": str(payer.uuid)})
    assert (changed.body["customerName"], changed.body["billToName"]) == ("Adatum", "Fabrikam")


def test_another_currency_prices_the_lines_anew(api, order, world):
    world.rate("USD", 100, 80, on=date(2026, 1, 1))
    changed = api.patch(path(order, "?$expand=salesOrderLines"), {"currencyCode": "USD"})
    assert changed.status_code == 200, changed.body
    assert changed.body["salesOrderLines"][0]["unitPrice"] == 1250


def test_prices_with_tax_keep_what_they_are_worth(api, order):
    changed = api.patch(path(order, "?$expand=salesOrderLines"), {"pricesIncludeTax": True})
    assert changed.status_code == 200, changed.body
    line = changed.body["salesOrderLines"][0]
    assert (line["unitPrice"], line["amountExcludingTax"], line["amountIncludingTax"]) == (1250, 10000, 12500)
    assert (line["netAmount"], changed.body["discountAppliedBeforeTax"]) == (10000, False)


def test_lines_are_not_changed_with_the_head(api, order):
    refused = api.patch(path(order), {"salesOrderLines": []})
    assert (refused.status_code, refused.target) == (400, "salesOrderLines")
    assert api.send("PUT", path(order), {}, {}).status_code == 405


def test_a_released_order_refuses_what_others_rely_on(api, order):
    act(api, "release", order)
    refused = api.patch(path(order), {"requestedDeliveryDate": "2026-12-24"})
    assert refused.status_code == 400
    assert api.patch(path(order), {"externalDocumentNumber": "PO-1"}).status_code == 200


# Throwing away


def test_an_order_is_thrown_away_with_its_lines(api, order):
    stale = api.delete(path(order), etag='W/"other"')
    assert (stale.status_code, stale.code) == (409, "Request_EntityChanged")
    assert api.delete(path(order), etag=order["@odata.etag"]).status_code == 204
    assert not SalesLine.objects.exists()
    assert api.delete(path(order)).status_code == 404


def test_what_is_shipped_and_not_invoiced_stays(api, order):
    act(api, "ship", order)
    refused = api.delete(path(order))
    assert refused.status_code == 400
    assert document(order)


# Who may


def test_a_warehouse_may_look_and_ship(api, order, world):
    warehouse = api.of(world.user("wim", role="WAREHOUSE"))
    assert warehouse.get("salesOrders").status_code == 200
    assert warehouse.post("salesOrders", {"customerNumber": "10000"}).code == "Authorization_RequestDenied"
    assert warehouse.patch(path(order), {"email": "x@x.example"}).status_code == 403
    assert warehouse.delete(path(order)).status_code == 403
    assert act(warehouse, "shipAndInvoice", order).status_code == 403
    shipped = act(warehouse, "ship", order)
    assert shipped.status_code == 200, shipped.body


# Acting


def test_release_and_reopen(api, order):
    released = act(api, "release", order)
    assert (released.status_code, released.body["status"]) == (200, "Open")
    assert released["Location"].endswith(path(order))
    assert act(api, "release", order).code == "BadRequest_InvalidOperation"
    assert act(api, "reopen", order).body["status"] == "Draft"
    assert act(api, "release", order, Prefer="return=minimal").status_code == 204


def test_nothing_is_released_without_lines(api):
    made = api.made("salesOrders", {"customerNumber": "10000"})
    assert act(api, "release", made).status_code == 400


def test_an_order_that_must_be_approved(api, world):
    """Over Clara's limit: Mira is asked; meanwhile nobody changes, releases or posts the order."""
    office = Office(world)
    office.workflow()
    clara = api.of(office.user("clara"))
    order = write(clara)
    for who, name in ((clara, "release"), (api, "shipAndInvoice")):
        refused = act(who, name, order)
        assert (refused.status_code, refused.code) == (409, "Approval_Required"), name

    sent = act(clara, "sendApprovalRequest", order)
    assert (sent.status_code, sent.body["status"]) == (200, "Open")
    assert clara.one(path(order))["status"] == "In_x0020_Review"
    again = act(clara, "sendApprovalRequest", order)
    assert (again.status_code, again.code) == (409, "Approval_Pending")
    reopened = act(clara, "reopen", order)
    assert (reopened.status_code, reopened.code) == (409, "Approval_Pending")
    line = f"salesOrderLines({order['salesOrderLines'][0]['id']})"
    for refused in (
        clara.patch(path(order), {"externalDocumentNumber": "PO-1"}),
        clara.patch(line, {"shipQuantity": 1}),
        clara.post(path(order, "/salesOrderLines"), {"description": "Please hurry"}),
        act(clara, "calculateDiscounts", order),
        act(clara, "copyDocument", order, {"sourceType": "Sales_x0020_Order", "sourceId": order["id"]}),
        api.delete(path(order)),
    ):
        assert (refused.status_code, refused.code) == (409, "Approval_Pending"), refused.body
    for name, body in (("ship", {"lines": []}), ("shipAndInvoice", None), ("invoice", None)):
        assert act(api, name, order, body).code == "Approval_Required"

    assert act(clara, "cancelApprovalRequest", order).body["status"] == "Canceled"
    assert clara.one(path(order))["status"] == "Draft"
    assert act(clara, "cancelApprovalRequest", order).status_code == 409


def test_ship_then_invoice_a_part(api, order):
    line = order["salesOrderLines"][0]["id"]
    shipped = act(
        api,
        "ship",
        order,
        {"postingDate": "2026-11-20", "lines": [{"lineId": line, "quantity": 4}], "packageTrackingNo": "P-1"},
    )
    assert shipped.status_code == 200, shipped.body
    shipment = SalesShipment.objects.get()
    assert shipped.body["salesShipmentId"] == str(shipment.uuid)
    assert shipped.body["salesShipmentNumber"] == shipment.number
    assert (shipped.body["status"], shipment.posting_date) == ("Open", date(2026, 11, 20))
    assert shipment.package_tracking_no == "P-1"
    assert shipped["Location"].endswith(f"salesShipments({shipment.uuid})")

    much = act(api, "invoice", order, {"lines": [{"lineId": line, "quantity": 5}]})
    assert much.status_code == 409
    invoiced = act(
        api,
        "invoice",
        order,
        {
            "postingDate": "2026-11-21",
            "documentDate": "2026-11-19",
            "lines": [{"lineId": line, "quantity": 3}],
        },
    )
    assert invoiced.status_code == 200, invoiced.body
    invoice = SalesInvoice.objects.get()
    assert invoiced.body["salesInvoiceNumber"] == invoice.number
    assert (invoice.amount, invoice.posting_date, invoice.document_date) == (
        3000,
        date(2026, 11, 21),
        date(2026, 11, 19),
    )


def test_ship_and_invoice_with_a_body_names_both(api, order):
    line = order["salesOrderLines"][0]["id"]
    done = act(api, "shipAndInvoice", order, {"lines": [{"lineId": line, "quantity": 10}]})
    assert done.status_code == 200, done.body
    assert done.body["orderDeleted"] is True
    assert done.body["salesInvoiceId"] == str(SalesInvoice.objects.get().uuid)
    assert done.body["salesShipmentId"] == str(SalesShipment.objects.get().uuid)


@pytest.mark.parametrize(
    "lines",
    [[{"lineId": NO_ID, "quantity": 1}], [{"lineId": "12345678-1234-1234-1234-123456789012", "quantity": 1}],
     [{"quantity": 1}], ["x"], {}],
)  # fmt: skip
def test_lines_that_mean_nothing(api, order, lines):
    assert act(api, "ship", order, {"lines": lines}).status_code == 400
    assert not SalesShipment.objects.exists()


def test_more_than_there_is_to_ship(api, order):
    line = order["salesOrderLines"][0]["id"]
    refused = act(api, "ship", order, {"lines": [{"lineId": line, "quantity": 11}]})
    assert refused.status_code == 400
    assert refused.body["error"]["details"][0]["code"] == "E-QTY-SHIP"


def test_nothing_is_stored_of_a_preview(api, order):
    seen = act(api, "previewPosting", order)
    assert seen.status_code == 200, seen.body
    assert seen.body["problems"] == []
    entries = seen.body["generalLedgerEntries"]
    assert sum(row["debitAmount"] for row in entries) == sum(row["creditAmount"] for row in entries) != 0
    assert [row["amount"] for row in seen.body["customerLedgerEntries"]] == [12500]
    assert [row["quantity"] for row in seen.body["itemLedgerEntries"]] == [-10]
    assert api.one(path(order))["@odata.etag"] == order["@odata.etag"]
    assert act(api, "previewPosting", order, {"invoice": False}).body["customerLedgerEntries"] == []


def test_a_preview_tells_what_stands_in_the_way(api, order, world):
    world.item("GLASS", price=1)
    none = write(api, salesOrderLines=[{"lineType": "Item", "lineObjectNumber": "GLASS", "quantity": 1}])
    api.patch(f"salesOrderLines({none['salesOrderLines'][0]['id']})", {"shipQuantity": 0})
    assert act(api, "previewPosting", none).body["problems"][0]["code"] == "E-POST-NOTHING"


def test_discounts_are_calculated(api, order, adatum):
    CustomerInvoiceDiscount.objects.create(code=adatum.number, discount_percent=5)
    assert act(api, "calculateDiscounts", order).body == {"discountAmount": 500}
    assert api.one(path(order))["totalAmountExcludingTax"] == 9500


def test_another_document_is_copied(api, order):
    target = api.made("salesOrders", {"customerNumber": "10000"})
    asked = {"sourceType": "Sales_x0020_Order", "sourceId": order["id"], "includeHeader": False}
    copied = act(api, "copyDocument", target, {**asked, "recalculateLines": True})
    assert copied.status_code == 200, copied.body
    assert copied.body["linesCopied"] == 1
    assert api.one(path(target))["totalAmountExcludingTax"] == 10000

    act(api, "shipAndInvoice", order)
    asked |= {"sourceType": "Sales Invoice", "includeHeader": True}
    again = act(api, "copyDocument", target, {**asked, "sourceId": str(SalesInvoice.objects.get().uuid)})
    assert again.status_code == 200, again.body
    assert act(api, "copyDocument", target, {**asked, "sourceId": NO_ID}).status_code == 400
    assert act(api, "copyDocument", target, {}).status_code == 400


def test_a_version_is_kept(api, order):
    assert act(api, "archive", order).body == {"number": order["number"], "version": 1}
    assert ArchivedDocument.objects.get().number == order["number"]


def test_a_confirmation_is_mailed(api, order):
    sent = act(api, "sendConfirmation", order, {"cc": "boss@adatum.example", "subject": "Your order"})
    assert sent.status_code == 200, sent.body
    mail = OutgoingMail.objects.get()
    assert sent.body == {"emailMessageId": str(mail.uuid), "to": "buy@adatum.example"}
    assert (mail.cc, mail.title) == ("boss@adatum.example", "Your order")
    assert mail.paper
    act(api, "sendConfirmation", order, {"to": "x@adatum.example", "attachPdf": False})
    assert not OutgoingMail.objects.order_by("-id").first().paper
    assert act(api, "sendConfirmation", order, {"to": "nobody"}).status_code == 400
    assert act(api, "sendConfirmation", order, {"language": "xx"}).status_code == 400


def test_the_rest_is_cancelled(api, order):
    line = order["salesOrderLines"][0]["id"]
    act(api, "shipAndInvoice", order, {"lines": [{"lineId": line, "quantity": 4}]})
    unknown = act(api, "cancelRemaining", order, {"lineIds": [NO_ID]})
    assert unknown.status_code == 400
    done = act(api, "cancelRemaining", order, {"lineIds": [line], "reason": "Out of production"})
    assert done.status_code == 200, done.body
    assert done.body == {"id": order["id"], "sequences": [10000], "orderDeleted": True}
    assert api.get(path(order)).status_code == 404


def test_an_order_that_still_waits_for_its_invoice_keeps_the_reason(api, order):
    line = order["salesOrderLines"][0]["id"]
    act(api, "ship", order, {"lines": [{"lineId": line, "quantity": 4}]})
    done = act(api, "cancelRemaining", order, {"reason": "Out of production"})
    assert (done.body["orderDeleted"], SalesComment.objects.get().text) == (False, "Out of production")
    assert api.one(f"salesOrderLines({line})")["quantity"] == 4


def test_a_comment_is_not_shipped(api):
    order = write(api, salesOrderLines=[LINE, {"description": "Handle with care"}])
    goods, comment = (line["id"] for line in order["salesOrderLines"])
    wanted = [{"lineId": goods, "quantity": 1}, {"lineId": comment, "quantity": 1}]
    refused = act(api, "ship", order, {"lines": wanted})
    assert (refused.status_code, refused.target) == (400, "lines[1].quantity")
    assert not SalesShipment.objects.exists()


def test_credit_is_checked(api, adatum):
    adatum.credit_limit = D(12000)
    adatum.save()
    order = write(api)
    seen = act(api, "checkCredit", order)
    assert seen.body == {
        "creditLimit": 12000,
        "balance": 0,
        "outstandingOrders": 12500,
        "shippedNotInvoiced": 0,
        "available": -500,
        "overdue": 0,
        "exceeded": True,
    }


def test_what_a_customer_owes_is_not_for_everybody(world, api, adatum):
    adatum.credit_limit = D(12000)
    adatum.save()
    order = write(api)
    keeper = world.user("keeper", role="WAREHOUSE")
    keeper.user_permissions.add(Permission.objects.get(codename="change_salesdocument"))
    changes = {"externalDocumentNumber": "PO 7"}
    assert "W-CREDIT" in api.patch(path(order), changes)["X-Warnings"]
    assert "W-CREDIT" not in api.of(keeper).patch(path(order), changes).get("X-Warnings", "")
    assert act(api.of(keeper), "checkCredit", order).status_code == 403


def test_posting_many_lines_costs_as_many_queries_as_posting_two(api):
    def queries(count):
        order = api.made(
            "salesOrders", {"customerNumber": "10000", "salesOrderLines": [{**LINE, "quantity": 1}] * count}
        )
        answers = []
        taken = count_statements(lambda: answers.append(act(api, "shipAndInvoice", order)))
        assert answers[0].status_code == 204
        return taken

    queries(2)
    assert queries(30) == queries(2)
