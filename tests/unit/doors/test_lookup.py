"""What fits what somebody types: rights, order, and what of a master is shown."""

import pytest
from django.urls import reverse

from inventory.models import ItemReference


def numbers(browser, kind: str, text: str, **asked) -> list[str]:
    answer = browser.get(reverse("lookup", args=[kind]), {"q": text, **asked})
    assert answer.status_code == 200
    return [row["number"] for row in answer.json()["rows"]]


def test_the_exact_number_comes_first_then_numbers_then_words(world, browser):
    world.item("B2", price=1, description="B1 bell")
    world.item("B10", price=1, description="Bell")
    world.item("B1", price=1, description="Lamp")
    assert numbers(browser, "item", "b1") == ["B1", "B10", "B2"]


def test_words_in_any_order_find_an_item_with_its_stock_and_price(shop, browser):
    rows = browser.get(reverse("lookup", args=["item"]), {"q": "inch bicy"}).json()["rows"]
    assert rows == [{"number": "BICYCLE", "name": "Bicycle, 28 inch", "more": ["10 PCS in stock", "400.00"]}]


def test_the_customers_reference_and_bar_codes_find_an_item(shop, browser):
    lamp = shop.world.item("LAMP", price=1)
    ItemReference.objects.create(item=shop.bicycle, type="customer", type_no="C1", reference_no="A-77")
    ItemReference.objects.create(item=lamp, type="bar_code", reference_no="5012345678900")
    assert numbers(browser, "item", "A-77", customer="C1") == ["BICYCLE"]
    assert numbers(browser, "item", "A-77", customer="C2") == []
    assert numbers(browser, "item", "5012345678900") == ["LAMP"]


def test_blocked_items_are_not_offered(shop, browser):
    shop.bicycle.sales_blocked = True
    shop.bicycle.save()
    assert numbers(browser, "item", "BICYCLE") == []


@pytest.mark.parametrize("text", ["C1", "c1", "adat", "utrecht", "utr ada"])
def test_customers_by_number_name_and_city(shop, browser, text):
    assert numbers(browser, "customer", text) == ["C1"]


def test_customers_by_phone_and_vat_number(shop, browser):
    shop.customer.phone_no, shop.customer.vat_registration_no = "030-123 45", "NL123456789B01"
    shop.customer.save()
    assert numbers(browser, "customer", "030-123") == ["C1"] == numbers(browser, "customer", "nl1234")


def test_small_tables_by_code_and_name(world, browser):
    assert numbers(browser, "account", "4520") == ["4520"]
    assert numbers(browser, "unit", "pcs")[0] == "PCS"
    assert numbers(browser, "unit", "", item="no such item") == []


def test_the_places_of_a_customer(shop, browser):
    shop.customer.ship_to_addresses.create(code="NORTH", name="Warehouse in the north")
    assert numbers(browser, "ship-to", "ware", customer="C1") == ["NORTH"]
    assert numbers(browser, "ship-to", "ware", customer="C2") == []


def test_whoever_may_not_see_a_table_is_offered_nothing_of_it(shop, sign_in):
    answer = sign_in("WAREHOUSE").get(reverse("lookup", args=["payment-terms"]), {"q": ""})
    assert answer.status_code == 403 and answer.json()["problems"][0]["code"] == "E-RIGHT"


def test_strangers_are_asked_to_log_in(shop, client):
    assert client.get(reverse("lookup", args=["customer"]), {"q": "C1"}).status_code == 302


def test_no_such_table(browser):
    assert browser.get(reverse("lookup", args=["password"]), {"q": "x"}).status_code == 404
