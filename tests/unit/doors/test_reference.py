"""The reference of the API at /api/: for people, from the same declarations that answer programs."""

import pytest
from django.urls import reverse

from erp.kernel.odata.entity import entity_sets


@pytest.fixture
def read(client, world):
    client.force_login(world.by)
    return lambda name, *args, **query: client.get(reverse(name, args=args), query)


def test_only_who_may_log_in_reads_it(client, db):
    for address in (reverse("api-reference"), reverse("api-reference-set", args=["salesOrders"])):
        answer = client.get(address)
        assert answer.status_code == 302
        assert answer.url.startswith(reverse("login"))


def test_every_set_is_listed_and_has_a_page(read):
    listed = read("api-reference").content.decode()
    for entities in entity_sets():
        assert reverse("api-reference-set", args=[entities.name]) in listed
        page = read("api-reference-set", entities.name)
        assert page.status_code == 200
        shown = page.content.decode()
        assert all(f'id="property-{each.name}"' in shown for each in entities.properties)
        for each in entities.actions:
            assert f"Microsoft.NAV.{each.name}" in shown or each.name == entities.does


def test_a_search_leaves_the_sets_that_have_the_words(read):
    names = [
        entry.name
        for theme in read("api-reference", q="shipAndInvoice").context["themes"]
        for entry in theme.sets
    ]
    assert names == ["salesOrders"]
    assert b"Nothing has these words." in read("api-reference", q="no such thing").content


def test_a_call_is_shown_as_the_command_line_takes_it(read):
    calls = {each.id: each for each in read("api-reference-set", "paymentTerms").context["calls"]}
    assert calls["listPaymentTerms"].curl.splitlines() == [
        "curl \\",
        '  -H "Authorization: Bearer $TOKEN" \\',
        '  "http://testserver/api/v2.0/companies($COMPANY)/paymentTerms"',
    ]
    assert calls["countPaymentTerms"].curl.endswith('/paymentTerms/\\$count"')
    change = calls["updatePaymentTerm"]
    assert '-H "If-Match: *"' in change.curl
    assert "curl -X PATCH" in change.curl
    assert change.scope == "setup.write"


def test_a_set_that_does_not_exist_has_no_page(read):
    assert read("api-reference-set", "bicycles").status_code == 404


def test_it_can_be_gone_to_from_the_menu(read):
    assert f'href="{reverse("api-reference")}"' in read("home").content.decode()
