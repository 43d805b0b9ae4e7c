"""A page offers what its reader may do, and nothing that would be refused."""

import pytest

SELLS = ("CLERK", "SALES-MANAGER")


@pytest.fixture
def shown(world, client):
    def show(role, document):
        client.force_login(world.user(role.lower(), role=role))
        return client.get(f"/sales/{document.type}/{document.number}/").content.decode()

    return show


@pytest.mark.parametrize("role", [*SELLS, "ACCOUNTANT"])
def test_who_only_bills_is_offered_no_change_of_a_quote(world, shown, role):
    quote = world.quote(world.customer("Adatum")).sells(1, world.item(price=10)).document
    page = shown(role, quote)
    at = f"/sales/quote/{quote.number}"
    offers = [f"{at}/delete/", f"{at}/head/", "/sales/quote/new/", '<option value="order">']
    assert [offer in page for offer in offers] == [role in SELLS] * len(offers)
    assert '<option value="invoice">' in page


def test_who_bills_changes_an_order_and_does_not_delete_it(world, shown):
    order = world.order(world.customer("Adatum")).sells(1, world.item(price=10)).document
    page = shown("ACCOUNTANT", order)
    at = f"/sales/order/{order.number}"
    assert f"{at}/head/" in page
    assert f"{at}/delete/" not in page and "/sales/order/new/" not in page


def test_who_ships_is_offered_no_change_at_all(world, shown):
    order = world.order(world.customer("Adatum")).sells(1, world.item(price=10)).document
    page = shown("WAREHOUSE", order)
    assert 'data-post="post"' in page
    assert f"/sales/order/{order.number}/head/" not in page and "/release/" not in page
