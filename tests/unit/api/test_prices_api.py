"""What something would cost: priceQuotes; and the price lists that say so."""

from datetime import date
from decimal import Decimal as D

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from erp.kernel.models import NumberSeriesLine
from sales.models import PriceList, PriceListLine, SalesDocument

ZEROS = "00000000-0000-0000-0000-000000000000"


@pytest.fixture
def adatum(world):
    return world.customer("Adatum", number="10000")


@pytest.fixture
def bicycle(world):
    return world.item("BICYCLE", cost=60, price=100)


@pytest.fixture
def prices(bicycle):
    """95 for everybody, 90 from ten on, and 80 from a hundred on; 5 % off for Adatum."""
    list = PriceList.objects.create(code="2026", status="active")
    line = {"price_list": list, "asset_no": "BICYCLE"}
    PriceListLine.objects.create(unit_price=95, **line)
    PriceListLine.objects.create(unit_price=90, minimum_quantity=10, **line)
    PriceListLine.objects.create(unit_price=80, minimum_quantity=100, **line)
    off = {"amount_type": "discount", "source_type": "customer", "source_no": "10000"}
    PriceListLine.objects.create(line_discount_percent=5, **off, **line)
    return list


def ask(api, *lines, **head):
    return api.post("priceQuotes", {"customerNumber": "10000", "lines": list(lines), **head})


def told(api, *lines, **head):
    answer = ask(api, *lines, **head)
    assert answer.status_code == 200, answer.body
    return answer.body["lines"]


# What something would cost --------------------------------------------------------------------------------------------


def test_the_price_and_where_it_comes_from(api, adatum, bicycle, prices):
    (found,) = told(api, {"itemId": str(bicycle.uuid), "quantity": 12})
    assert (found["unitPrice"], found["lineDiscountPercent"], found["allowInvoiceDiscount"]) == (90, 5, True)
    assert (found["minimumQuantityNext"], found["nextPrice"]) == (100, 80)
    line = api.one(f"salesPriceListLines({found['priceListLineId']})")
    assert (line["unitPrice"], line["priceListId"]) == (90, found["priceListId"])
    assert api.one(f"salesPriceLists({found['priceListId']})")["code"] == "2026"


def test_the_next_step_is_the_nearest_one(api, adatum, prices):
    first, last = told(api, {"itemNumber": "BICYCLE"}, {"itemNumber": "BICYCLE", "quantity": 100})
    assert (first["quantity"], first["unitPrice"]) == (1, 95)
    assert (first["minimumQuantityNext"], first["nextPrice"]) == (10, 90)
    assert (last["unitPrice"], last["minimumQuantityNext"], last["nextPrice"]) == (80, 0, 0)


def test_a_step_that_changes_nothing_is_no_step(api, adatum, prices):
    """Ninety-nine from fifty on is dearer than what there is already."""
    PriceListLine.objects.create(price_list=prices, asset_no="BICYCLE", unit_price=99, minimum_quantity=50)
    (found,) = told(api, {"itemNumber": "BICYCLE", "quantity": 20})
    assert (found["minimumQuantityNext"], found["nextPrice"]) == (100, 80)


def test_without_a_list_the_card_decides(api, adatum, bicycle):
    (found,) = told(api, {"itemNumber": "BICYCLE", "quantity": 3})
    assert (found["unitPrice"], found["lineDiscountPercent"]) == (100, 0)
    assert (found["priceListId"], found["priceListLineId"]) == (ZEROS, ZEROS)


def test_only_what_counts_on_the_day(api, adatum, bicycle, prices):
    line = {"price_list": prices, "asset_no": "BICYCLE", "starting_date": "2026-06-01"}
    PriceListLine.objects.create(unit_price=50, **line)
    (spring,) = told(api, {"itemNumber": "BICYCLE"}, date="2026-05-31")
    (summer,) = told(api, {"itemNumber": "BICYCLE"}, date="2026-06-01")
    assert (spring["unitPrice"], summer["unitPrice"]) == (95, 50)
    prices.status = "inactive"
    prices.save()
    assert told(api, {"itemNumber": "BICYCLE"}, date="2026-06-01")[0]["unitPrice"] == 100


def test_in_another_currency(api, world, adatum, prices):
    world.rate("USD", 1, D("0.5"), on=date(2026, 1, 1))
    (found,) = told(api, {"itemNumber": "BICYCLE"}, currencyCode="USD")
    assert found["unitPrice"] == 190
    assert told(api, {"itemNumber": "BICYCLE"}, currencyCode="EUR")[0]["unitPrice"] == 95


def test_it_costs_the_same_on_a_document(api, adatum, prices):
    line = {"lineType": "Item", "lineObjectNumber": "BICYCLE", "quantity": 12}
    order = api.made(
        "salesOrders?$expand=salesOrderLines", {"customerNumber": "10000", "salesOrderLines": [line]}
    )
    (found,) = told(api, {"itemNumber": "BICYCLE", "quantity": 12})
    written = order["salesOrderLines"][0]
    assert (written["unitPrice"], written["discountPercent"]) == (
        found["unitPrice"],
        found["lineDiscountPercent"],
    )


def test_nothing_is_kept(api, adatum, prices):
    numbers = list(NumberSeriesLine.objects.order_by("pk").values())
    told(api, {"itemNumber": "BICYCLE"})
    assert not SalesDocument.objects.exists()
    assert list(NumberSeriesLine.objects.order_by("pk").values()) == numbers
    for address in ("priceQuotes", "priceQuotes/$count"):
        assert api.get(address).status_code == 405
    assert api.get(f"priceQuotes({ZEROS})").status_code == 404
    assert api.patch(f"priceQuotes({ZEROS})", {}).status_code == 405


def test_what_cannot_be_priced_is_named(api, adatum, bicycle):
    known = {"itemNumber": "BICYCLE"}
    for body, target in (
        ({"lines": [known]}, "customerId"),
        ({"customerId": str(bicycle.uuid), "lines": [known]}, "customerId"),
        ({"customerNumber": "10000"}, "lines"),
        ({"customerNumber": "10000", "lines": [{"quantity": 1}]}, "lines[0].itemId"),
        ({"customerNumber": "10000", "lines": [known, {"itemId": str(adatum.uuid)}]}, "lines[1].itemId"),
        ({"customerNumber": "10000", "lines": [{**known, "unitOfMeasureId": ZEROS[:-1] + "1"}]},
         "lines[0].unitOfMeasureId"),
        ({"customerNumber": "10000", "lines": [known], "currencyCode": "XXX"}, "currencyCode"),
    ):  # fmt: skip
        refused = api.post("priceQuotes", body)
        assert (refused.status_code, refused.target) == (400, target), refused.body
    unknown = ask(api, {"itemNumber": "BICYCLE"}, {"itemNumber": "NONE"})
    assert unknown.status_code == 400
    assert "NONE" in unknown.body["error"]["message"]


def test_a_hundred_lines_ask_as_often_as_one(api, adatum, bicycle, prices):
    asked = []
    for count in (1, 100):
        with CaptureQueriesContext(connection) as queries:
            assert len(told(api, *[{"itemId": str(bicycle.uuid), "quantity": 12}] * count)) == count
        asked.append(len(queries))
    assert asked[0] == asked[1]


# Price lists ----------------------------------------------------------------------------------------------------------


def test_a_list_is_written_and_switched_on(api, adatum, bicycle):
    made = api.made("salesPriceLists", {"code": "spring", "displayName": "Spring"})
    assert (made["code"], made["status"]) == ("SPRING", "Draft")
    line = {
        "sourceType": "Customer",
        "sourceNumber": "10000",
        "assetType": "Item",
        "assetNumber": "BICYCLE",
        "amountType": "Price_x0020__x0026__x0020_Discount",
        "unitPrice": 88,
        "lineDiscountPercent": 2,
        "startingDate": "2026-03-01",
        "endingDate": "2026-12-31",
    }
    line = api.made(f"salesPriceLists({made['id']})/salesPriceListLines", line)
    assert (line["priceListCode"], line["sourceType"], line["endingDate"]) == (
        "SPRING",
        "Customer",
        "2026-12-31",
    )
    assert told(api, {"itemNumber": "BICYCLE"})[0]["unitPrice"] == 100
    assert api.patch(f"salesPriceLists({made['id']})", {"status": "Active"}).body["status"] == "Active"
    (found,) = told(api, {"itemNumber": "BICYCLE"})
    assert (found["unitPrice"], found["lineDiscountPercent"]) == (88, 2)
    assert found["priceListLineId"] == line["id"]


def test_next_years_list_begins_as_this_years(api, adatum, prices):
    (old,) = api.rows("salesPriceLists")
    new = api.made("salesPriceLists", {"code": "2027"})
    address = f"salesPriceLists({new['id']})"
    dated = {"priceListId": old["id"], "startingDate": "2027-01-01"}
    copied = api.post(f"{address}/Microsoft.NAV.copyLines", dated)
    assert (copied.status_code, copied.body) == (200, {"linesCopied": 4})
    rows = api.rows(f"{address}/salesPriceListLines?$orderby=id")
    assert sorted(row["unitPrice"] for row in rows) == [0, 80, 90, 95]
    assert {row["startingDate"] for row in rows} == {"2027-01-01"}
    assert len(api.rows(f"salesPriceLists({old['id']})/salesPriceListLines")) == 4
    switched = api.post(f"{address}/Microsoft.NAV.activate")
    assert switched.body == {"code": "2027", "status": "Active"}
    assert PriceList.objects.get(code="2027").status == "active"


def test_lines_that_cannot_be_copied(api, prices):
    (old,) = api.rows("salesPriceLists")
    address = f"salesPriceLists({old['id']})/Microsoft.NAV.copyLines"
    assert api.post(address, {}).target == "priceListId"
    assert api.post(address, {"priceListId": ZEROS[:-1] + "1"}).status_code == 404
    assert api.post(address, {"priceListId": old["id"]}).status_code == 400
    new = api.made("salesPriceLists", {"code": "2027"})
    address = f"salesPriceLists({new['id']})/Microsoft.NAV.copyLines"
    turned = {"priceListId": old["id"], "startingDate": "2027-12-31", "endingDate": "2027-01-01"}
    assert api.post(address, turned).status_code == 400
    assert PriceListLine.objects.count() == 4


def test_lists_and_lines_are_found(api, prices):
    assert [row["code"] for row in api.rows("salesPriceLists?$filter=status eq 'Active'")] == ["2026"]
    assert api.rows("salesPriceLists?$filter=status eq 'Draft'") == []
    steps = api.rows("salesPriceListLines?$filter=priceListCode eq '2026' and minimumQuantity gt 1")
    assert [row["unitPrice"] for row in steps] == [90, 80]
    (whole,) = api.rows("salesPriceLists?$expand=salesPriceListLines")
    assert len(whole["salesPriceListLines"]) == 4


def test_a_line_is_changed_and_deleted_with_its_list(api, prices):
    line = api.rows("salesPriceListLines?$filter=minimumQuantity eq 10")[0]
    address = f"salesPriceListLines({line['id']})"
    changed = api.patch(address, {"unitPrice": 89.5}, etag=line["@odata.etag"])
    assert (changed.status_code, changed.body["unitPrice"]) == (200, D("89.5"))
    assert api.patch(address, {"unitPrice": 1}, etag=line["@odata.etag"]).code == "Request_EntityChanged"
    assert api.delete(address).status_code == 204
    assert api.delete(f"salesPriceLists({api.rows('salesPriceLists')[0]['id']})").status_code == 204
    assert not PriceListLine.objects.exists()


def test_what_is_wrong_with_a_line(api, prices):
    id = api.rows("salesPriceLists")[0]["id"]
    for body, target in (
        ({"unitPrice": 1}, "priceListId"),
        ({"priceListId": id, "lineDiscountPercent": 101}, None),
        ({"priceListId": id, "startingDate": "2026-03-02", "endingDate": "2026-03-01"}, None),
        ({"priceListId": id, "currencyCode": "XXX"}, "currencyCode"),
        ({"priceListId": id, "assetType": "Goods"}, "assetType"),
        ({"priceListId": id, "variantCode": "MORE THAN TEN"}, "variantCode"),
    ):
        refused = api.post("salesPriceListLines", body)
        assert refused.status_code == 400, refused.body
        assert target is None or refused.target == target
    twice = api.post("salesPriceLists", {"code": "2026"})
    assert (twice.status_code, twice.code) == (400, "Internal_EntityWithSameKeyExists")


def test_who_may_not_set_prices(world, api, prices):
    clerk = api.of(world.user("clerk", role="CLERK"))
    assert len(clerk.rows("salesPriceLists")) == 1
    assert clerk.post("salesPriceLists", {"code": "MINE"}).status_code == 403
    assert api.of(world.user("packer", role="WAREHOUSE")).post("priceQuotes", {}).status_code == 403


@pytest.mark.parametrize(
    ("body", "target"),
    [
        ({"assetNumber": "NOPE"}, "assetNumber"),
        ({"assetNumber": "BICYCLE", "sourceType": "Customer", "sourceNumber": "NOPE"}, "sourceNumber"),
    ],
)
def test_a_price_for_nobody_or_nothing_is_refused(api, adatum, prices, body, target):
    """It would be kept, and never count."""
    (mine, *_others) = api.rows("salesPriceListLines")
    answers = [
        api.post("salesPriceListLines", {"priceListCode": "2026", "unitPrice": 9, **body}),
        api.patch(f"salesPriceListLines({mine['id']})", body),
    ]
    assert [(each.status_code, each.target) for each in answers] == [(400, target)] * 2
    assert PriceListLine.objects.count() == 4
