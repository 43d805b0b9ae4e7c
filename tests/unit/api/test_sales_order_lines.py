"""Lines of orders over the API: what they name, where they stand, what a change of one thing does to the others."""

from decimal import Decimal as D

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import Customer
from inventory.models import ItemVariant
from sales.models import ExtendedText, PriceList, PriceListLine, SalesLine
from tests.support.statements import statements_of

pytestmark = pytest.mark.django_db
NO_ID = "00000000-0000-0000-0000-000000000000"
BICYCLE = {"lineType": "Item", "lineObjectNumber": "1896-S"}


@pytest.fixture(autouse=True)
def bicycle(world):
    world.customer("Adatum", number="10000")
    return world.item("1896-S", stock=100, cost=600, price=1000, units={"BOX": 12})


@pytest.fixture
def order(api):
    """Ten bicycles at 1,000."""
    return api.made(
        "salesOrders?$expand=salesOrderLines",
        {"customerNumber": "10000", "salesOrderLines": [{**BICYCLE, "quantity": 10}]},
    )


@pytest.fixture
def line(order):
    return order["salesOrderLines"][0]


def add(api, order, **given):
    return api.post(f"salesOrders({order['id']})/salesOrderLines", given)


def change(api, line, **given):
    changed = api.patch(f"salesOrderLines({line['id']})", given)
    assert changed.status_code == 200, changed.body
    return changed.body


def refused(api, line, **given):
    answer = api.patch(f"salesOrderLines({line['id']})", given)
    assert answer.status_code == 400, answer.body
    return answer


# What a line names


def test_an_item_by_its_id_or_by_its_number(api, order, bicycle):
    by_id = add(api, order, itemId=str(bicycle.uuid), quantity=1).body
    by_number = add(api, order, **BICYCLE, quantity=1).body
    for made in (by_id, by_number):
        assert (made["lineType"], made["lineObjectNumber"], made["itemId"]) == (
            "Item",
            "1896-S",
            str(bicycle.uuid),
        )
        assert (made["unitPrice"], made["taxPercent"], made["accountId"]) == (1000, 25, NO_ID)


def test_an_account(api, order):
    made = add(api, order, lineType="Account", lineObjectNumber="4520", quantity=1, unitPrice=150).body
    assert (made["lineType"], made["netAmount"], made["itemId"]) == ("Account", 150, NO_ID)
    again = add(api, order, accountId=made["accountId"], quantity=1, unitPrice=D("0.5")).body
    assert (again["lineObjectNumber"], again["netAmount"]) == ("4520", D("0.5"))


def test_a_resource_and_a_charge(api, order, world):
    world.resource("MECHANIC", price=80)
    world.item_charge("FREIGHT")
    made = add(api, order, lineType="Resource", lineObjectNumber="MECHANIC", quantity=2)
    assert (made.body["lineType"], made.body["netAmount"]) == ("Resource", 160)
    made = add(api, order, lineType="Charge", lineObjectNumber="FREIGHT", quantity=1, unitPrice=10)
    assert made.body["lineType"] == "Charge"


def test_a_comment_is_only_words(api, order):
    made = add(api, order, description="Deliver before noon", description2="or not").body
    assert (made["lineType"], made["description2"], made["quantity"]) == ("Comment", "or not", 0)
    assert change(api, made, description="Deliver after noon")["description"] == "Deliver after noon"


@pytest.mark.parametrize(
    ("given", "target"),
    [
        ({"lineType": "Item", "lineObjectNumber": "NOTHING"}, "lineObjectNumber"),
        ({"lineType": "Account", "lineObjectNumber": "NOTHING"}, "lineObjectNumber"),
        ({"lineObjectNumber": "1896-S"}, "lineType"),
        ({"itemId": "12345678-1234-1234-1234-123456789012"}, "itemId"),
        ({**BICYCLE, "quantity": -1, "unitPrice": -1}, "unitPrice"),
        ({**BICYCLE, "quantity": "1e3000"}, "quantity"),
        ({**BICYCLE, "unitOfMeasureCode": "BARREL"}, "unitOfMeasureCode"),
        ({**BICYCLE, "discountPercent": 101}, "discountPercent"),
        ({**BICYCLE, "quantity": 1, "shipQuantity": 2}, "shipQuantity"),
        ({**BICYCLE, "locationId": "12345678-1234-1234-1234-123456789012"}, "locationId"),
        ({**BICYCLE, "taxCode": "NOTHING"}, "taxCode"),
        ({**BICYCLE, "netAmount": 5}, "netAmount"),
        ({**BICYCLE, "lineType": "Account"}, "lineObjectNumber"),
        ({"lineType": "Fixed_x0020_Asset", "lineObjectNumber": "CAR"}, "lineType"),
        ({"lineType": "Nonsense"}, "lineType"),
    ],
)
def test_what_a_line_cannot_be(api, order, given, target):
    answer = add(api, order, **given)
    assert answer.status_code == 400, answer.body
    assert answer.target.rpartition(".")[2] == target, answer.body
    assert SalesLine.objects.count() == 1


def test_two_names_for_two_things(api, order, bicycle, world):
    account = add(api, order, lineType="Account", lineObjectNumber="4520", quantity=1).body["accountId"]
    assert add(api, order, itemId=str(bicycle.uuid), accountId=account).status_code == 400
    assert add(api, order, itemId=str(bicycle.uuid), lineType="Account").status_code == 400
    other = world.item("OTHER", price=1)
    assert add(api, order, itemId=str(other.uuid), lineObjectNumber="1896-S").status_code == 400
    assert add(api, order, itemId=str(bicycle.uuid), **BICYCLE, quantity=1).status_code == 201


def test_a_variant_is_one_of_the_item(api, order, bicycle, world):
    ItemVariant.objects.create(item=bicycle, code="RED", description="Red bicycle")
    ItemVariant.objects.create(item=world.item("OTHER", price=1), code="BLUE", description="Blue other")
    rows = {row["code"]: row["id"] for row in api.rows("itemVariants")}
    made = add(api, order, itemId=str(bicycle.uuid), itemVariantId=rows["RED"], quantity=1).body
    assert (made["itemVariantId"], made["description"]) == (rows["RED"], "Red bicycle")
    assert add(api, order, **BICYCLE, itemVariantId=rows["BLUE"]).target == "itemVariantId"
    found = api.rows(
        f"salesOrderLines?$filter=documentId eq {order['id']} and itemVariantId eq {rows['RED']}"
    )
    assert [row["id"] for row in found] == [made["id"]]
    assert change(api, made, itemVariantId=NO_ID)["itemVariantId"] == NO_ID


# Where it stands


def test_lines_follow_each_other_unless_their_place_is_chosen(api, order):
    assert add(api, order, description="last").body["sequence"] == 20000
    assert add(api, order, sequence=5000, description="first").body["sequence"] == 5000
    assert add(api, order, sequence=70001, description="far").body["sequence"] == 70001
    assert add(api, order, description="after it").body["sequence"] == 80001
    rows = api.rows(f"salesOrders({order['id']})/salesOrderLines")
    assert [row["description"] for row in rows] == ["first", "1896-s", "last", "far", "after it"]
    taken = add(api, order, sequence=5000, description="twice")
    assert (taken.status_code, taken.body["error"]["details"][0]["code"]) == (400, "E-LINE-TAKEN")
    assert add(api, order, sequence=0, description="none").status_code == 400
    assert add(api, order, sequence=-5, description="less").status_code == 400


def test_places_may_be_chosen_with_the_order(api):
    lines = [{**BICYCLE, "quantity": 1, "sequence": 300}, {"description": "x", "sequence": 20}]
    made = api.made(
        "salesOrders?$expand=salesOrderLines", {"customerNumber": "10000", "salesOrderLines": lines}
    )
    assert [line["sequence"] for line in made["salesOrderLines"]] == [20, 300]
    assert made["totalAmountExcludingTax"] == 1000


def test_texts_of_an_item_come_along(api, order):
    ExtendedText.objects.create(subject="item", number="1896-S", text="Two wheels", automatic=True)
    added = add(api, order, **BICYCLE, quantity=1)
    assert added.status_code == 201, added.body
    rows = api.rows(f"salesOrders({order['id']})/salesOrderLines")
    assert [row["description"] for row in rows] == ["1896-s", "1896-s", "Two wheels"]


def test_lines_are_read_below_their_order_or_by_it(api, order, line):
    assert api.get("salesOrderLines").code == "BadRequest_RequiredParamNotProvided"
    assert len(api.rows(f"salesOrderLines?$filter=documentId eq {order['id']}")) == 1
    assert len(api.rows(f"salesOrderLines?$filter=id eq {line['id']}")) == 1
    assert len(api.rows("salesOrderLines?$filter=lastModifiedDateTime gt 2020-01-01T00:00:00Z")) == 1
    assert api.rows("salesOrderLines?$filter=lastModifiedDateTime gt 2099-01-01T00:00:00Z") == []
    assert api.one(f"salesOrders({order['id']})/salesOrderLines({line['id']})")["id"] == line["id"]
    other = api.made("salesOrders", {"customerNumber": "10000"})
    assert api.get(f"salesOrders({other['id']})/salesOrderLines({line['id']})").status_code == 404


def test_a_line_names_its_order_in_the_body_too(api, order):
    assert api.post("salesOrderLines", {**BICYCLE, "quantity": 1}).target == "documentId"
    made = api.made("salesOrderLines", {"documentId": order["id"], **BICYCLE, "quantity": 1})
    assert made["documentId"] == order["id"]
    quote = api.made("salesQuotes", {"customerNumber": "10000"})
    wrong = api.post("salesOrderLines", {"documentId": quote["id"], **BICYCLE})
    assert (wrong.status_code, wrong.target) == (400, "documentId")


def test_ways_from_a_line(api, line):
    seen = api.one(
        f"salesOrderLines({line['id']})?$expand=item($select=number),unitOfMeasure,location,account"
    )
    assert seen["item"]["number"] == "1896-S"
    assert (seen["unitOfMeasure"]["code"], seen["location"], seen["account"]) == ("PCS", None, None)


# What changes with what


def test_a_quantity_brings_amounts_and_what_is_next(api, line):
    now = change(api, line, quantity=12)
    assert (now["netAmount"], now["amountIncludingTax"]) == (12000, 15000)
    assert (now["shipQuantity"], now["invoiceQuantity"]) == (12, 12)


def test_a_typed_price_stays_when_the_quantity_changes(api, line):
    assert change(api, line, unitPrice=900)["netAmount"] == 9000
    assert change(api, line, quantity=2)["unitPrice"] == 900
    assert change(api, line, quantity=3, unitPrice=800)["netAmount"] == 2400


def test_a_price_that_was_found_is_found_again(api, order, world):
    """Twenty or more cost 950: the price list is asked for the new quantity; of a typed price it is not."""
    prices = PriceList.objects.create(code="MANY", status="active")
    PriceListLine.objects.create(price_list=prices, asset_no="1896-S", minimum_quantity=20, unit_price=950)
    found = add(api, order, **BICYCLE, quantity=1).body
    typed = add(api, order, **BICYCLE, quantity=1, unitPrice=1000).body
    assert change(api, found, quantity=20)["unitPrice"] == 950
    assert change(api, typed, quantity=20)["unitPrice"] == 1000


def test_discounts_drive_each_other(api, line):
    by_percent = change(api, line, discountPercent=10)
    assert (by_percent["discountAmount"], by_percent["amountExcludingTax"]) == (1000, 9000)
    by_amount = change(api, line, discountAmount=500)
    assert (by_amount["discountPercent"], by_amount["netAmount"]) == (5, 9500)
    both = change(api, line, discountAmount=1, discountPercent=20)
    assert (both["discountAmount"], both["discountPercent"]) == (2000, 20)
    assert change(api, line, discountPercent=0)["netAmount"] == 10000


def test_a_unit_brings_its_price(api, line):
    now = change(api, line, unitOfMeasureCode="BOX", quantity=1)
    assert (now["unitPrice"], now["netAmount"]) == (12000, 12000)


def test_what_leaves_next(api, line):
    assert change(api, line, shipQuantity=4)["invoiceQuantity"] == 4
    assert change(api, line, shipQuantity=4, invoiceQuantity=0)["invoiceQuantity"] == 0
    assert change(api, line, shipQuantity=5, invoiceQuantity=0)["invoiceQuantity"] == 0
    assert refused(api, line, shipQuantity=11).target.endswith("shipQuantity")
    assert refused(api, line, invoiceQuantity=6).target.endswith("invoiceQuantity")


def test_what_was_read_may_be_sent_back(api, line):
    sent = {name: value for name, value in line.items() if not name.startswith("@")}
    assert change(api, line, **{**sent, "description": "Red"})["description"] == "Red"


def test_what_a_line_is_cannot_change(api, order, line, world):
    other = world.item("OTHER", price=1)
    for given in (
        {"itemId": str(other.uuid)},
        {"lineObjectNumber": "OTHER"},
        {"lineType": "Account"},
        {"sequence": 20000},
        {"documentId": api.made("salesOrders", {"customerNumber": "10000"})["id"]},
    ):
        refused(api, line, **given)
    assert change(api, line, lineType="Item", sequence=10000, quantity=1)["quantity"] == 1


def test_a_line_has_an_etag_of_its_own(api, line):
    path = f"salesOrderLines({line['id']})"
    assert api.patch(path, {"quantity": 1}, etag=None).status_code == 400
    assert api.patch(path, {"quantity": 1}, etag=line["@odata.etag"]).status_code == 200
    assert api.patch(path, {"quantity": 2}, etag=line["@odata.etag"]).code == "Request_EntityChanged"


def test_a_released_order_lets_only_quantities_to_ship_change(api, order, line):
    api.post(f"salesOrders({order['id']})/Microsoft.NAV.release")
    assert change(api, line, shipQuantity=1)["shipQuantity"] == 1
    refused(api, line, quantity=5)
    assert add(api, order, **BICYCLE, quantity=1).status_code == 400
    assert add(api, order, description="Words are always welcome").status_code == 201
    assert api.delete(f"salesOrderLines({line['id']})").status_code == 400


# Off it goes


def test_a_line_is_taken_off(api, order, line):
    other = add(api, order, **BICYCLE, quantity=1).body
    assert api.delete(f"salesOrderLines({line['id']})", etag=line["@odata.etag"]).status_code == 204
    assert api.one(f"salesOrders({order['id']})")["totalAmountExcludingTax"] == 1000
    assert [row["id"] for row in api.rows(f"salesOrders({order['id']})/salesOrderLines")] == [other["id"]]


def test_a_line_takes_its_share_of_a_typed_discount_along(api, order, line, world):
    add(api, order, **BICYCLE, quantity=10)
    api.patch(f"salesOrders({order['id']})", {"discountAmount": 100})
    api.delete(f"salesOrderLines({line['id']})")
    assert api.one(f"salesOrders({order['id']})")["discountAmount"] == 50
    world.sales_setup(keep_invoice_discount_amount=True)
    (left,) = api.rows(f"salesOrders({order['id']})/salesOrderLines")
    add(api, order, description="nothing to discount")
    api.delete(f"salesOrderLines({left['id']})")
    assert api.one(f"salesOrders({order['id']})")["discountAmount"] == 0


def test_goods_that_left_and_are_not_invoiced_keep_their_line(api, order, line):
    api.post(f"salesOrders({order['id']})/Microsoft.NAV.ship")
    api.post(f"salesOrders({order['id']})/Microsoft.NAV.reopen")
    assert api.delete(f"salesOrderLines({line['id']})").status_code == 400


# Besides


def test_figures_with_tax_in_the_price(api, world):
    made = api.made(
        "salesOrders?$expand=salesOrderLines",
        {
            "customerNumber": "10000",
            "pricesIncludeTax": True,
            "discountAmount": 125,
            "salesOrderLines": [{**BICYCLE, "quantity": 1, "unitPrice": 1250}],
        },
    )
    (line,) = made["salesOrderLines"]
    figures = {"amountExcludingTax": 1000, "totalTaxAmount": 250, "amountIncludingTax": 1250}
    figures |= {
        "invoiceDiscountAllocation": 100,
        "netAmount": 900,
        "netTaxAmount": 225,
        "netAmountIncludingTax": 1125,
    }
    assert {name: line[name] for name in figures} == figures
    assert made["totalAmountExcludingTax"] == 900


def test_what_v2_does_not_have_is_asked_for(api, order, line):
    body = {"lines": [{"lineId": line["id"], "quantity": 4}]}
    api.post(f"salesOrders({order['id']})/Microsoft.NAV.ship", body)
    more = api.one(f"salesOrderLines({line['id']})", X_Extensions="1")
    assert set(more) - set(line) == {
        "outstandingQuantity", "reservedQuantity", "plannedShipmentDate", "plannedDeliveryDate",
        "promisedDeliveryDate", "dropShipment", "specialOrder", "purchasingCode", "blanketOrderLineId", "lineStatus",
        "lastModifiedDateTime",
    } | {"@odata.context"}  # fmt: skip
    assert (more["outstandingQuantity"], more["lineStatus"]) == (6, "Partly_x0020_Shipped")
    assert (more["dropShipment"], more["blanketOrderLineId"]) == (False, NO_ID)
    found = api.rows(
        f"salesOrderLines?$filter=documentId eq {order['id']} and lineStatus eq 'Partly_x0020_Shipped'"
    )
    assert len(found) == 1


def test_a_line_that_was_called_off_names_its_source(api, world):
    blanket = world.blanket_order(Customer.objects.get(number="10000")).sells(10, "1896-S")
    order = blanket.calls_off(4)
    seen = api.one(f"salesOrderLines({order.lines[0].uuid})?$select=blanketOrderLineId")
    assert seen["blanketOrderLineId"] == str(blanket.lines[0].uuid)


def test_who_may_not_change_orders_adds_no_line(api, order, line, world):
    warehouse = api.of(world.user("wim", role="WAREHOUSE"))
    assert add(warehouse, order, **BICYCLE).status_code == 403
    assert warehouse.delete(f"salesOrderLines({line['id']})").status_code == 403
    assert warehouse.get(f"salesOrderLines({line['id']})").status_code == 200


def test_the_order_is_held_before_its_line(api, line):
    """Posting holds the order and then writes its lines; who takes them the other way round would wait for ever."""
    for quantity in (1, 2, 1):
        with CaptureQueriesContext(connection) as asked:
            change(api, line, shipQuantity=quantity)
    first = next(sql for sql in statements_of(asked) if "FOR UPDATE" in sql)
    assert 'FOR UPDATE OF "sales_salesdocument"' in first


def test_a_long_order_is_changed_with_as_many_queries_as_a_short_one(api):
    def queries(count):
        lines = [{**BICYCLE, "quantity": 1}] * count
        made = api.made(
            "salesOrders?$expand=salesOrderLines", {"customerNumber": "10000", "salesOrderLines": lines}
        )
        with CaptureQueriesContext(connection) as asked:
            change(api, made["salesOrderLines"][0], quantity=2)
            assert add(api, made, **BICYCLE, quantity=1).status_code == 201
        return len(asked)

    queries(2)
    assert queries(100) == queries(2)
