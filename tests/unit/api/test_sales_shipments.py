"""salesShipments and their lines: read, undone, mailed, invoiced."""

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import ShippingAgent
from erp.kernel.models import OutgoingMail
from sales.models import SalesComment, SalesDocument, SalesInvoice

ZEROS = "00000000-0000-0000-0000-000000000000"


@pytest.fixture
def adatum(world):
    return world.customer("Adatum", email="anna@adatum.example")


@pytest.fixture
def bicycle(world):
    return world.item("BICYCLE", stock=1000, cost=60, price=100, gross_weight=12)


def of(shipment) -> str:
    return f"salesShipments({shipment.uuid})"


def act(api, shipment, action, body=None, **headers):
    return api.post(f"{of(shipment)}/Microsoft.NAV.{action}", body, **headers)


def lines_of(api, shipment):
    return api.rows(f"{of(shipment)}/salesShipmentLines", X_Extensions="1")


def test_a_shipment_is_read_with_its_lines(world, adatum, bicycle, api):
    order = world.order(adatum, external_document_no="PO 7").sells(5, bicycle, at=100).says("Fragile")
    shipment = order.ship(3)
    shown = api.one(of(shipment))
    assert (shown["number"], shown["orderNumber"]) == (shipment.number, order.number)
    assert (shown["customerName"], shown["externalDocumentNumber"]) == ("Adatum", "PO 7")
    assert (shown["currencyCode"], shown["paymentTermsCode"]) == ("EUR", "30D")
    assert "weight" not in shown

    lines = lines_of(api, shipment)
    assert [(line["sequence"], line["lineType"], line["quantity"]) for line in lines] == [
        (10000, "Item", 3),
        (20000, "_x0020_", 0),
    ]
    first = lines[0]
    assert (first["documentNo"], first["documentId"]) == (shipment.number, str(shipment.uuid))
    assert (first["lineObjectNumber"], first["unitPrice"], first["taxPercent"]) == ("BICYCLE", 100, 25)
    assert (first["orderId"], first["orderLineId"]) == (str(order.document.uuid), str(order.lines[0].uuid))
    flat = api.rows(f"salesShipmentLines?$filter=documentNo eq '{shipment.number}' and quantity gt 0")
    assert [line["id"] for line in flat] == [first["id"]]
    assert api.get("salesShipmentLines").status_code == 400


def test_how_much_of_a_line_is_invoiced(world, adatum, bicycle, api):
    """Goods know it by their item entry; what an order line left in two shipments is invoiced oldest first."""
    order = world.order(adatum).sells(5, bicycle, at=100).charges("4100", 10)
    first, second = order.ship(3, 1), order.ship(2)
    order.invoice(4, 1)
    invoiced = [[line["quantityInvoiced"] for line in lines_of(api, each)] for each in (first, second)]
    assert invoiced == [[3, 1], [1, 0]]
    at_once = world.sales_invoice(adatum).sells(2, bicycle).post()
    shipment = api.rows(f"salesShipments?$filter=postingDate eq {at_once.posting_date}&$orderby=number desc")[
        0
    ]
    (line,) = api.rows(f"salesShipments({shipment['id']})/salesShipmentLines", X_Extensions="1")
    assert (line["quantityInvoiced"], line["orderId"]) == (2, ZEROS)


def test_a_parcel_is_followed(world, adatum, bicycle, api):
    ShippingAgent.objects.filter(code="DHL").update(tracking_url="https://dhl.example/?no=%1")
    given = {"shipping_agent_code": "DHL", "package_tracking_no": "AB 12"}
    shipment = world.order(adatum, **given).sells(2, bicycle).ship()
    shown = api.one(of(shipment), X_Extensions="1")
    assert (shown["trackingNo"], shown["shippingAgent"]) == ("AB 12", "DHL")
    assert (shown["trackingUrl"], shown["weight"]) == ("https://dhl.example/?no=AB%2012", 24)


def test_nobody_writes_a_shipment(world, adatum, bicycle, api):
    """It was posted: there is nothing to change, and no way to type a tracking number afterwards."""
    shipment = world.order(adatum).sells(2, bicycle).ship()
    assert api.patch(of(shipment), {"externalDocumentNumber": "X"}).status_code == 405
    assert api.delete(of(shipment)).status_code == 405
    assert act(api, shipment, "updateTracking", {"packageTrackingNo": "1"}).status_code == 400


def test_lines_are_undone_with_a_reason(world, adatum, bicycle, api):
    order = world.order(adatum).sells(5, bicycle, at=100).sells(2, bicycle, at=90)
    shipment = order.ship(3, 2)
    before = api.one(of(shipment))["@odata.etag"]
    first, _second = lines_of(api, shipment)
    done = act(api, shipment, "undo", {"lineIds": [first["id"]], "reason": "Wrong colour"})
    assert done.status_code == 200, done.body
    lines = {line["id"]: line for line in lines_of(api, shipment)}
    (new,) = done.body["salesShipmentLineIds"]
    assert (lines[new]["quantity"], lines[new]["quantityInvoiced"]) == (-3, 0)
    assert lines[first["id"]]["quantityInvoiced"] == 0
    assert api.one(of(shipment))["@odata.etag"] != before
    assert order.lines[0].quantity_shipped == 0
    assert SalesComment.objects.get(number=shipment.number).text == "Wrong colour"

    # Undone once; the rest is undone without naming it.
    assert act(api, shipment, "undo", {"lineIds": [first["id"]]}).status_code == 400
    assert act(api, shipment, "undo").status_code == 200
    assert order.lines[1].quantity_shipped == 0


def test_lines_of_another_shipment_are_refused(world, adatum, bicycle, api):
    one, other = (world.order(adatum).sells(1, bicycle).ship() for _place in range(2))
    (line,) = lines_of(api, other)
    answer = act(api, one, "undo", {"lineIds": [line["id"]]})
    assert (answer.status_code, answer.target) == (400, "lineIds")


@pytest.mark.parametrize("action", ["undo", "invoice"])
def test_an_empty_list_of_lines_does_not_mean_all_of_them(world, adatum, bicycle, api, action):
    shipment = world.order(adatum).sells(5, bicycle, at=100).ship()
    answer = act(api, shipment, action, {"lineIds": []})
    assert (answer.status_code, answer.target) == (400, "lineIds")
    assert (shipment.lines.count(), SalesDocument.objects.filter(type="invoice").count()) == (1, 0)


def test_what_is_invoiced_is_not_undone(world, adatum, bicycle, api):
    order = world.order(adatum).sells(1, bicycle)
    shipment = order.ship()
    order.invoice()
    assert act(api, shipment, "undo").status_code == 400


def test_a_shipment_becomes_an_invoice(world, adatum, bicycle, api):
    order = world.order(adatum).sells(5, bicycle, at=100)
    shipment = order.ship(3)
    done = act(api, shipment, "invoice", {"postingDate": "2026-03-05"})
    assert (done.status_code, done.body["status"]) == (200, "Draft")
    draft = SalesDocument.objects.get(uuid=done.body["salesInvoiceId"])
    assert draft.posting_date.isoformat() == "2026-03-05"
    assert act(api, shipment, "invoice").status_code == 400  # all of it is on that draft

    posted = act(api, order.ship(2), "invoice", {"post": True, "postingDate": "2026-03-05"})
    assert (posted.status_code, posted.body["status"]) == (200, "Open")
    assert SalesInvoice.objects.get().number == posted.body["salesInvoiceNumber"]


def test_only_who_may_post_has_it_posted_at_once(world, adatum, bicycle, api):
    from django.contrib.auth.models import Permission

    shipment = world.order(adatum).sells(5, bicycle).ship()
    clerk = world.user("clerk", role="CLERK")
    clerk.groups.clear()
    names = ("view_salesshipment", "view_salesdocument", "add_salesdocument", "add_salesline")
    clerk.user_permissions.set(Permission.objects.filter(codename__in=names))
    assert act(api.of(clerk), shipment, "invoice", {"post": True}).status_code == 403
    assert act(api.of(clerk), shipment, "invoice").status_code == 200
    assert act(api.of(clerk), shipment, "undo").status_code == 403


def test_a_packing_slip_is_mailed(transactional_db, world, adatum, bicycle, api):
    shipment = world.order(adatum).sells(5, bicycle).ship()
    done = act(api, shipment, "sendPackingSlip")
    assert (done.status_code, done["X-Send-Status"]) == (200, "sent"), done.body
    assert str(OutgoingMail.objects.get().uuid) == done.body["emailMessageId"]
    assert mail.outbox[0].to == ["anna@adatum.example"]


@pytest.mark.parametrize("expand", ["", "&$expand=salesShipmentLines"])
def test_many_cost_as_many_queries_as_two(world, adatum, bicycle, api, expand):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            assert api.rows(f"salesShipments?$top=100{expand}", X_Extensions="1")
        return len(queries)

    for _place in range(2):
        world.order(adatum).sells(1, bicycle).ship()
    asked()
    few = asked()
    for _place in range(20):
        world.order(adatum).sells(1, bicycle).ship()
    assert asked() == few
