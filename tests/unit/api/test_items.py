"""Items and what belongs to them: cards, stock, units, variants, categories, places."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from erp.kernel.access_tokens import issue
from erp.kernel.models import AccessToken, User
from inventory.models import Item, ItemCategory, ItemVariant, Stock

pytestmark = pytest.mark.django_db


@pytest.fixture
def bicycle(world):
    return world.item("BICYCLE", stock=10, cost=240, price=400, description="Bicycle, 28 inch")


def of(api, item):
    return api.one(f"items({item.uuid})")


def test_a_card_as_the_contract_has_it(api, bicycle):
    row = of(api, bicycle)
    assert (row["number"], row["displayName"], row["type"]) == ("BICYCLE", "Bicycle, 28 inch", "Inventory")
    assert (row["inventory"], row["unitPrice"], row["unitCost"]) == (10, 400, 240)
    assert row["baseUnitOfMeasureCode"] == bicycle.base_unit.code
    assert row["baseUnitOfMeasureId"] == str(bicycle.base_unit.uuid)
    assert row["taxGroupCode"] == bicycle.vat_prod_posting_group.code
    assert "salesBlocked" not in row
    assert api.one(f"items({bicycle.uuid})", X_Extensions="1")["salesBlocked"] is False


def test_making_one_with_variants(api, bicycle):
    made = api.made(
        "items?$expand=itemVariants",
        {
            "number": "HELMET",
            "displayName": "Helmet",
            "baseUnitOfMeasureCode": bicycle.base_unit.code,
            "generalProductPostingGroupCode": bicycle.gen_prod_posting_group.code,
            "taxGroupCode": bicycle.vat_prod_posting_group.code,
            "inventoryPostingGroupCode": bicycle.inventory_posting_group.code,
            "unitPrice": 49.5,
            "itemVariants": [{"code": "red", "description": "Red"}, {"code": "blue"}],
        },
    )
    assert [each["code"] for each in made["itemVariants"]] == ["RED", "BLUE"]
    assert Item.objects.get(number="HELMET").unit_price == Decimal("49.5")


@pytest.mark.parametrize(
    ("body", "code", "target"),
    [
        ({}, "BadRequest_RequiredParamNotProvided", "displayName"),
        ({"displayName": " x", "inventory": 5}, "BadRequest", "inventory"),
        ({"displayName": "x", "type": "Spaceship"}, "Application_EvaluateException", "type"),
        (
            {"displayName": "x", "itemCategoryCode": "NONE"},
            "Internal_InvalidTableRelation",
            "itemCategoryCode",
        ),
        ({"displayName": "x", "taxGroupCode": "NONE"}, "Internal_InvalidTableRelation", "taxGroupCode"),
        ({"displayName": "x", "unitPrice": 1e20}, "Application_EvaluateException", "unitPrice"),
    ],
)
def test_what_is_no_item(api, bicycle, body, code, target):
    answer = api.post("items", body)
    assert (answer.status_code, answer.code, answer.target) == (400, code, target)


def test_changing_the_card(api, bicycle):
    row = api.patch(f"items({bicycle.uuid})", {"displayName": "Bike", "unitPrice": 410, "blocked": True}).body
    assert (row["displayName"], row["unitPrice"], row["blocked"]) == ("Bike", 410, True)
    assert api.patch(f"items({bicycle.uuid})", {"number": "OTHER"}).status_code == 400
    assert api.patch(f"items({bicycle.uuid})", {"type": "Service"}).status_code == 400
    bicycle.refresh_from_db()
    assert bicycle.type == "inventory"


def test_another_quantity_is_an_adjustment(api, bicycle):
    """10 become 7: three are posted away, today. Source: api-v2, P15."""
    answer = api.patch(f"items({bicycle.uuid})", {"inventory": 7})
    assert (answer.status_code, answer.body["inventory"]) == (200, 7)
    assert answer["X-Adjustment-Document-No"] == "BICYCLE"
    entry = api.rows("itemLedgerEntries?$filter=itemNumber eq 'BICYCLE'")[-1]
    assert (entry["entryType"], entry["quantity"]) == ("Negative_x0020_Adjmt_x002E_", -3)
    again = api.patch(f"items({bicycle.uuid})", {"inventory": 7})
    assert "X-Adjustment-Document-No" not in again
    assert Stock.objects.get(item=bicycle).quantity == 7


def test_an_adjustment_takes_a_scope_of_its_own(api, bicycle, client):
    def patch(*scopes):
        now = timezone.now()
        _row, token = issue(api.user, "try", scopes, expires_at=now + timedelta(days=1), at=now)
        return client.patch(
            f"{api.base}/items({bicycle.uuid})", {"inventory": 7}, content_type="application/json",
            headers={"Authorization": f"Bearer {token}", "If-Match": "*"},
        )  # fmt: skip

    assert patch("items.write").status_code == 403
    assert Stock.objects.get(item=bicycle).quantity == 10
    assert patch("items.write", "inventory.adjust").status_code == 200
    assert AccessToken.objects.count() == 2


def test_costs_are_for_those_who_may_see_them(api, world, bicycle):
    clerk = User.objects.create_user("seller")
    clerk.user_permissions.set(Permission.objects.filter(codename__in=["view_item", "change_item"]))
    theirs = api.of(clerk)
    assert "unitCost" not in of(theirs, bicycle)
    assert theirs.patch(f"items({bicycle.uuid})", {"unitCost": 1}).status_code == 403
    assert theirs.get("items?$filter=unitCost gt 1").status_code == 400


def test_availability_day_by_day(api, world, bicycle):
    order = world.order(world.customer("Adatum")).sells(4, bicycle)
    order.release()
    day = order.lines[0].shipment_date
    answer = api.post(
        f"items({bicycle.uuid})/Microsoft.NAV.availability",
        {"from": day.isoformat(), "to": day.isoformat(), "bucket": "day"},
    )
    assert answer.status_code == 200, answer.body
    assert answer.body["inventory"] == 10
    assert answer.body["periods"] == [
        {
            "start": day.isoformat(),
            "grossRequirement": 4,
            "scheduledReceipt": 0,
            "projected": 6,
            "available": 6,
        }
    ]
    assert (
        api.post(f"items({bicycle.uuid})/Microsoft.NAV.availability", {"bucket": "year"}).status_code == 400
    )


def test_deleting_only_what_was_never_used(api, bicycle):
    assert api.delete(f"items({bicycle.uuid})").code == "Application_DialogException"
    made = api.made("items", {"displayName": "New", "baseUnitOfMeasureCode": bicycle.base_unit.code})
    assert api.delete(f"items({made['id']})").status_code == 204


def test_categories(api, bicycle):
    made = api.made("itemCategories", {"code": "bikes", "displayName": "Bicycles"})
    row = api.patch(f"items({bicycle.uuid})?$expand=itemCategory", {"itemCategoryId": made["id"]}).body
    assert (row["itemCategoryCode"], row["itemCategoryId"]) == ("BIKES", made["id"])
    assert row["itemCategory"]["displayName"] == "Bicycles"
    assert api.delete(f"itemCategories({made['id']})").status_code == 400
    assert api.patch(f"itemCategories({made['id']})", {"code": "OTHER"}).status_code == 400
    assert api.patch(f"itemCategories({made['id']})", {"displayName": "Bikes"}).status_code == 200
    api.patch(f"items({bicycle.uuid})", {"itemCategoryCode": ""})
    assert api.delete(f"itemCategories({made['id']})").status_code == 204
    assert not ItemCategory.objects.exists()


def test_units_of_an_item(api, bicycle):
    box = api.made(
        "unitsOfMeasure", {"code": "crate", "displayName": "Crate", "internationalStandardCode": "cr"}
    )
    assert api.post("unitsOfMeasure", {"code": "X", "symbol": "§"}).target == "symbol"
    made = api.made(
        "itemUnitsOfMeasure",
        {"itemId": str(bicycle.uuid), "unitOfMeasureId": box["id"], "quantityPerUnit": 4},
    )
    assert (made["code"], made["quantityPerUnit"], made["isBaseUnit"]) == ("CRATE", 4, False)
    rows = api.rows(f"items({bicycle.uuid})/itemUnitsOfMeasure")
    assert {(row["code"], row["isBaseUnit"]) for row in rows} == {
        ("CRATE", False),
        (bicycle.base_unit.code, True),
    }
    base = next(row for row in rows if row["isBaseUnit"])
    assert api.delete(f"itemUnitsOfMeasure({base['id']})").status_code == 400
    assert api.delete(f"itemUnitsOfMeasure({made['id']})").status_code == 204


def test_variants_and_references(api, bicycle):
    variant = api.made(f"items({bicycle.uuid})/itemVariants", {"code": "red"})
    assert (variant["itemNumber"], variant["code"]) == ("BICYCLE", "RED")
    assert api.post("itemVariants", {"code": "X"}).target == "itemId"
    assert api.patch(f"itemVariants({variant['id']})", {"code": "BLUE"}).status_code == 400
    reference = api.made(
        "itemReferences",
        {"itemNumber": "BICYCLE", "referenceType": "Bar_x0020_Code", "referenceNumber": "8712345678906"},
    )
    assert reference["itemId"] == str(bicycle.uuid)
    assert api.rows("itemReferences?$filter=referenceNumber eq '8712345678906'")[0]["itemNumber"] == "BICYCLE"
    assert api.delete(f"itemVariants({variant['id']})").status_code == 204


def test_places(api, bicycle):
    made = api.made("locations", {"code": "harbour", "displayName": "Harbour", "city": "Oslo"})
    assert made["code"] == "HARBOUR"
    assert api.post("locations", {"code": "X", "website": "https://example.com"}).target == "website"
    assert api.delete(f"locations({made['id']})").status_code == 204
    assert api.rows("inventoryPostingGroups")
    assert api.post("inventoryPostingGroups", {"code": "X"}).status_code == 405


def test_reading_is_two_queries_however_many(api, world, bicycle):
    path = "items?$expand=itemVariants,unitOfMeasure"
    api.get(path)
    with CaptureQueriesContext(connection) as few:
        api.get(path)
    for number in range(30):
        world.item(f"I{number}")
    with CaptureQueriesContext(connection) as many:
        assert len(api.rows(path)) == 31
    assert len(many) == len(few)


def test_finding_by_words_and_through_the_unit(api, bicycle):
    assert [row["number"] for row in api.rows("items?$search=inch bic")] == ["BICYCLE"]
    assert api.rows("items?$search=helicopter") == []
    code = bicycle.base_unit.code
    assert [row["number"] for row in api.rows(f"items?$filter=unitOfMeasure/code eq '{code}'")] == ["BICYCLE"]
    api.made(f"items({bicycle.uuid})/itemVariants", {"code": "red"})
    assert len(api.rows("items?$filter=itemVariants/any(v: v/code eq 'RED')")) == 1
    assert api.rows("items?$filter=itemVariants/any(v: v/code eq 'BLUE')") == []
    assert api.rows("items?$filter=inventory gt 5 and inventory lt 20")[0]["number"] == "BICYCLE"


def test_availability_at_one_place_and_to_the_end_of_time(api, world, bicycle):
    """A place may be named by its identifier; the last day that there is has no next one."""
    path = f"items({bicycle.uuid})/Microsoft.NAV.availability"
    place = Stock.objects.get(item=bicycle).location_code or world.location("EAST").code
    id = api.one(f"locations?$filter=code eq '{place}'")["value"][0]["id"]
    by_code, by_id = (api.post(path, each).body for each in ({"locationCode": place}, {"locationId": id}))
    assert by_code == by_id
    assert by_code["inventory"] == sum(
        Stock.objects.filter(item=bicycle, location_code=place).values_list("quantity", flat=True)
    )
    assert api.post(path, {"locationCode": "NOWHERE"}).code == "Internal_InvalidTableRelation"
    last = api.post(path, {"from": "9999-12-20", "bucket": "week"})
    assert [each["start"] for each in last.body["periods"]] == ["9999-12-20", "9999-12-27"]


def test_stock_of_variants_is_not_forgotten(world, api, bicycle):
    ItemVariant.objects.create(item=bicycle, code="RED")
    Stock.objects.filter(item=bicycle).update(variant_code="RED")
    assert api.patch(f"items({bicycle.uuid})", {"inventory": 10}).status_code == 200
    refused = api.patch(f"items({bicycle.uuid})", {"inventory": 0})
    assert (refused.status_code, refused.target) == (400, "inventory")


def test_stock_as_of_a_day_and_as_known_at_a_moment(api, world, bicycle):
    """Ten lie there since 2 March. What comes in on the 3rd has that date too; costs are for those who may see them."""
    before = api.one(f"items({bicycle.uuid})?$select=inventory")["inventory"]
    world.clock = datetime(2026, 3, 3, 9, tzinfo=UTC)
    world.receive(5, bicycle, at=200, on=date(2026, 3, 2))
    path = f"items({bicycle.uuid})/Microsoft.NAV.stockAsOf"

    def there(caller=api, **asked) -> dict:
        return caller.post(path, asked).body

    assert there()["inventory"] == there(asOf="2026-03-02")["inventory"] == before + 5
    assert there(asOf="2026-03-01")["inventory"] == 0
    known = there(asOf="2026-03-02", knownAt="2026-03-03T08:00:00Z")
    assert known["inventory"] == before
    assert there()["places"][0]["cost"] == known["places"][0]["cost"] + 1000
    warehouse = api.of(world.user("keeper", role="WAREHOUSE"))
    assert "cost" not in there(warehouse)["places"][0]
    assert api.post(path, {"knownAt": "soon"}).status_code == 400
