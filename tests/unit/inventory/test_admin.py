"""Master data in the admin: the room's checks show at their fields, ledgers can only be read."""

from decimal import Decimal as D

import pytest
from django.test import Client
from django.urls import reverse

from erp.kernel.models import User
from inventory.models import InventorySetup, Item, Location

LEDGERS = ("itemledgerentry", "valueentry", "itemapplicationentry", "physicalinventoryentry", "stock")


@pytest.fixture
def client(db):
    client = Client()
    client.force_login(User.objects.create_superuser("admin"))
    return client


def item_form(shop, **fields):
    form = {
        "number": "NEW", "description": "Lamp", "type": "inventory", "base_unit": shop.pieces.pk, "reserve": "optional",
        "variant_mandatory": "default", "stockout_warning": "default", "prevent_negative_inventory": "default",
        "unit_price": "150", "price_profit_calculation": "profit_from_price", "profit_percent": "0", "unit_cost": "90",
        "costing_method": "fifo", "standard_cost": "0", "indirect_cost_percent": "0", "overhead_rate": "0",
        "gen_prod_posting_group": shop.goods.pk, "inventory_posting_group": shop.group.pk, "gross_weight": "0",
        "net_weight": "0", "unit_volume": "0", "units_per_parcel": "0",
    }  # fmt: skip
    for prefix in ("units", "variants", "references"):
        form |= {f"{prefix}-TOTAL_FORMS": "0", f"{prefix}-INITIAL_FORMS": "0"}
    return form | fields


def units_form(item, **changes):
    row = item.units.get()
    return {
        "units-TOTAL_FORMS": "1", "units-INITIAL_FORMS": "1", "units-0-id": row.pk, "units-0-item": item.pk,
        "units-0-unit": row.unit_id, "units-0-per_unit": "1", "units-0-rounding_precision": "0", "units-0-weight": "0",
        **changes,
    }  # fmt: skip


def test_every_list_and_form_opens(shop, client):
    shop.sell(shop.item(unit_cost=D(1)), 1)
    for model in ("item", "location", "unitofmeasure", "inventorysetup", "inventorypostinggroup",
                  "inventorypostingsetup", *LEDGERS):  # fmt: skip
        assert client.get(reverse(f"admin:inventory_{model}_changelist")).status_code == 200
    for model in LEDGERS:
        assert client.get(reverse(f"admin:inventory_{model}_add")).status_code == 403
    assert client.get(reverse("admin:inventory_item_add")).status_code == 200
    assert client.get(reverse("admin:inventory_item_change", args=[Item.objects.get().pk])).status_code == 200


def test_an_item_is_made_with_its_base_unit_and_profit(shop, client):
    response = client.post(reverse("admin:inventory_item_add"), item_form(shop))
    assert response.status_code == 302
    item = Item.objects.get(number="NEW")
    assert (item.profit_percent, item.units.get().unit) == (40, shop.pieces)


def test_refusals_stand_at_their_fields(shop, client):
    add = reverse("admin:inventory_item_add")
    page = client.post(add, item_form(shop, number=""))
    assert page.status_code == 200
    assert "number" in page.context["adminform"].form.errors
    advice = shop.item("ADVICE", type="service")
    change = reverse("admin:inventory_item_change", args=[advice.pk])
    as_service = item_form(shop, number="ADVICE", type="service", **units_form(advice))
    page = client.post(change, as_service)
    assert set(page.context["adminform"].form.errors) == {"reserve", "costing_method"}

    item = shop.item(unit_cost=D(90))
    shop.buy(item, 1, 90)
    change = reverse("admin:inventory_item_change", args=[item.pk])
    page = client.post(change, item_form(shop, number="X", costing_method="lifo", **units_form(item)))
    assert "costing_method" in page.context["adminform"].form.errors
    page = client.post(change, item_form(shop, number="X", **units_form(item, **{"units-0-per_unit": "2"})))
    assert page.context["inline_admin_formsets"][0].formset.errors[0]["per_unit"]
    assert client.post(change, item_form(shop, number="X", **units_form(item))).status_code == 302


def test_what_was_posted_is_not_deleted(shop, client):
    moved, unused = shop.item(), shop.item("UNUSED")
    shop.buy(moved, 1, 1)
    for item in (moved, unused):
        client.post(reverse("admin:inventory_item_delete", args=[item.pk]), {"post": "yes"})
    assert list(Item.objects.values_list("number", flat=True)) == ["X"]
    main, east = Location.objects.get(code="MAIN"), Location.objects.get(code="EAST")
    page = client.post(reverse("admin:inventory_location_delete", args=[main.pk]), {"post": "yes"})
    assert page.status_code in (200, 403)
    assert Location.objects.filter(pk__in=[main.pk, east.pk]).count() == 2


def test_the_set_up_is_changed_by_its_routine(shop, client):
    shop.receive(shop.item(), 1, 10)
    form = {
        "automatic_cost_posting": "on", "expected_cost_posting": "on", "automatic_cost_adjustment": "always",
        "default_costing_method": "fifo", "average_cost_pool": "item_location_variant", "average_cost_period": "day",
    }  # fmt: skip
    response = client.post(reverse("admin:inventory_inventorysetup_change", args=[1]), form)
    assert response.status_code == 302
    assert InventorySetup.objects.get().expected_cost_posting
    assert shop.gl() == {"2111": 10, "5510": -10}
