"""What scopes include."""

import pytest

from erp.kernel.api.scopes import AUTOMATION, EVERYTHING, RESOURCES, SCOPES, allows, unknown, within


@pytest.mark.parametrize(
    ("held", "wanted", "is_allowed"),
    [
        ("sales.orders.read", "sales.orders.read", True),
        ("sales.orders.read", "sales.orders.write", False),
        ("sales.orders.write", "sales.orders.read", True),
        ("sales.orders.write", "sales.orders.post", False),
        ("sales.orders.post", "sales.orders.read", True),
        ("sales.orders.post", "sales.orders.write", False),
        ("sales.orders.write", "sales.invoices.read", False),
        ("sales.orders.write", "sales.read", False),
        ("items.write", "inventory.adjust", False),
        ("customers.write", "customers.post", True),  # there is nothing to post: its actions are writing
        ("customers.read", "customers.post", False),
        ("sales.shipments.post", "sales.shipments.write", False),
        (EVERYTHING, "sales.orders.post", True),
        (EVERYTHING, "inventory.adjust", True),
        (EVERYTHING, "automation.read", False),
        (EVERYTHING, AUTOMATION, False),
        (AUTOMATION, "automation.write", True),
        (AUTOMATION, "sales.orders.read", False),
        (AUTOMATION, EVERYTHING, False),
    ],
)
def test_what_a_scope_includes(held, wanted, is_allowed):
    assert allows({held}, wanted) is is_allowed


def test_without_scopes_nothing_is_allowed():
    assert not any(allows(frozenset(), scope) for scope in SCOPES)


def test_the_two_that_open_everything_open_everything_together():
    assert all(allows({EVERYTHING, AUTOMATION}, scope) for scope in SCOPES)


def test_every_scope_is_of_one_resource_and_says_what_it_allows():
    assert len(SCOPES) == sum(len(resource.scopes) for resource in RESOURCES)
    assert "inventory.adjust" in SCOPES and "sales.creditMemos.post" in SCOPES
    sentences = [str(text) for text in SCOPES.values()]
    assert all(sentences) and len(set(sentences)) == len(sentences)


def test_what_is_granted_narrows_what_is_asked_for():
    asked = ["sales.orders.post", "sales.orders.read", "customers.read"]
    assert within(asked, ["sales.orders.write"]) == ["sales.orders.read"]
    assert unknown(["customers.read", "customer.read"]) == ["customer.read"]
