"""Events and deltas as a client of the API meets them: what changed, in order, and what became of it."""

from datetime import timedelta
from decimal import Decimal as D
from urllib.parse import urlsplit

import pytest
from django.utils import timezone

from customers.models import Customer, PaymentTerms
from erp.kernel.odata.entity import entity_set
from integration.api import delta as paging
from integration.webhooks.resources import FOLLOWED
from sales.masters import NewLine
from sales.models import SalesInvoice
from sales.routines.convert import make_order
from sales.routines.delete import delete
from sales.routines.draft import draft
from sales.routines.post import post

pytestmark = pytest.mark.django_db(transaction=True)
SUBSCRIPTIONS = "/api/v2.0/subscriptions"


# Events


def test_events_are_read_in_order(api, world):
    start = api.rows("events?$orderby=sequence desc&$top=1")[0]["sequence"]
    adatum = world.customer("Adatum")
    Customer.objects.update(name="Adatum AS")
    adatum.delete()
    rows = api.rows(f"events?$filter=sequence gt {start} and entity eq 'customers'&$orderby=sequence")
    assert [row["changeType"] for row in rows] == ["created", "updated", "deleted"]
    assert {row["entityId"] for row in rows} == {str(adatum.uuid)}
    assert rows[0]["resource"].endswith(f"/customers({adatum.uuid})")
    assert rows[0]["resource"].startswith("api/v2.0/companies(")
    assert [row["sequence"] for row in rows] == sorted({row["sequence"] for row in rows})


def test_events_of_rows_without_an_identifier(api, world):
    invoice = sold(world)
    (row,) = api.rows(f"events?$filter=entity eq 'customerLedgerEntries' and number eq '{invoice.number}'")
    found = api.rows(f"events?$filter=entityId eq {row['entityId']}")
    assert [each["sequence"] for each in found] == [row["sequence"]]
    (whole,) = api.rows("events?$filter=entity eq 'generalLedgerEntries'&$orderby=sequence desc&$top=1")
    assert whole["resource"].endswith("/generalLedgerEntries")
    assert (whole["entityId"], whole["changeType"]) == ("00000000-0000-0000-0000-000000000000", "collection")


def test_events_of_what_may_not_be_read_are_not_shown(api, world):
    nobody = world.user("nobody")
    nobody.is_superuser = False
    nobody.save()
    assert {row["entity"] for row in api.rows("events")} > {"companyInformation", "paymentTerms"}
    assert {row["entity"] for row in api.of(nobody).rows("events")} == {"companyInformation"}


# Deltas


def follow(link: str) -> str:
    parts = urlsplit(link)
    return f"{parts.path}?{parts.query}"


def kinds_of(rows) -> dict:
    return {row["id"]: row.get("@removed", {"reason": "there"}) for row in rows}


def test_a_set_is_read_once_and_then_followed(api):
    first = api.one("paymentTerms/Microsoft.NAV.delta")
    assert len(first["value"]) == PaymentTerms.objects.count() > 1
    nothing = api.one(follow(first["@odata.deltaLink"]))
    assert nothing["value"] == []
    made, changed = PaymentTerms.objects.create(code="77D"), PaymentTerms.objects.first()
    PaymentTerms.objects.filter(pk=changed.pk).update(description="Soon")
    gone = PaymentTerms.objects.create(code="78D")
    gone.delete()
    answer = api.one(follow(nothing["@odata.deltaLink"]))
    assert kinds_of(answer["value"]) == {
        str(made.uuid): {"reason": "there"},
        str(changed.uuid): {"reason": "there"},
        str(gone.uuid): {"reason": "deleted"},
    }
    assert {row["displayName"] for row in answer["value"] if "displayName" in row} == {"", "Soon"}
    assert api.one(follow(answer["@odata.deltaLink"]))["value"] == []


def test_much_comes_in_pages_and_nothing_falls_between(api, monkeypatch):
    monkeypatch.setattr(paging, "PAGE", 2)
    link, seen, pages = "paymentTerms/Microsoft.NAV.delta", [], 0
    while True:
        page = api.one(link)
        pages += 1
        seen += [row["id"] for row in page["value"]]
        if pages == 1:
            PaymentTerms.objects.create(code="AAA")  # while the set is being read
        if "@odata.nextLink" not in page:
            break
        link = follow(page["@odata.nextLink"])
    assert pages > 1
    later = api.one(follow(page["@odata.deltaLink"]))
    late = str(PaymentTerms.objects.get(code="AAA").uuid)
    assert [row["id"] for row in later["value"]] == [late]
    assert len(set(seen) | {late}) == PaymentTerms.objects.count()
    PaymentTerms.objects.bulk_create([PaymentTerms(code=f"B{n}") for n in range(5)])
    link, found = follow(later["@odata.deltaLink"]), 0
    while link:
        page = api.one(link)
        assert len(page["value"]) <= 2
        found += len(page["value"])
        link = follow(page["@odata.nextLink"]) if "@odata.nextLink" in page else ""
    assert found == 5


@pytest.mark.parametrize("token", ["x", "WyJhIl0:sig"])
def test_a_token_that_we_never_gave(api, token):
    answer = api.get(f"paymentTerms/Microsoft.NAV.delta?token={token}")
    assert answer.status_code == 400


def test_a_token_of_another_set_or_of_long_ago(api, monkeypatch):
    token = api.one("paymentTerms/Microsoft.NAV.delta")["@odata.deltaLink"].partition("token=")[2]
    from integration import selectors

    with pytest.raises(selectors.BadToken):
        selectors.delta("customers", token, at=timezone.now())
    with pytest.raises(selectors.TokenTooOld):
        selectors.delta("paymentTerms", token, at=timezone.now() + timedelta(days=8))


def test_the_token_of_an_old_page_ages_with_the_page(api):
    """Who stops in the middle of old changes is told to begin again, before the feed forgets what comes next."""
    from erp.kernel.feed import Change
    from integration import selectors

    now = timezone.now()
    token = selectors.first_token("paymentTerms", at=now - timedelta(days=6, hours=1))
    start = Change.objects.latest("id").id
    for number in range(3):
        PaymentTerms.objects.create(code=f"OLD{number}")
    Change.objects.filter(id__gt=start).update(at=now - timedelta(days=6))
    first = selectors.delta("paymentTerms", token, at=now, limit=1)
    assert (len(first.changed), first.is_more) == (1, True)
    assert len(selectors.delta("paymentTerms", first.token, at=now, limit=1).changed) == 1
    with pytest.raises(selectors.TokenTooOld):
        selectors.delta("paymentTerms", first.token, at=now + timedelta(days=2), limit=1)


def test_every_set_that_is_declared_and_followed_has_a_delta(api, world):
    """As a whole, and what changed in it, with documents, entries and journals there."""
    order, quote, draft_invoice = write(world), write(world, "quote"), write(world, "invoice")
    whole = {"generalLedgerEntries"}
    declared = [name for name in FOLLOWED if entity_set(name) is not None and name not in whole]
    links = {}
    for name in declared:
        answer = api.one(f"{name}/Microsoft.NAV.delta")
        links[name] = answer["@odata.deltaLink"]
        assert len(answer["value"]) == len(api.rows(name)), name
    for document in (order, quote, draft_invoice):
        document.lines.update(description="Red")
    post(order, ship=True, invoice=True, by=world.by, at=world.at())
    post(draft_invoice, by=world.by, at=world.at())
    found = {name: api.one(follow(link))["value"] for name, link in links.items()}
    assert kinds_of(found["salesQuotes"]) == {str(quote.uuid): {"reason": "there"}}
    if "salesInvoices" in found:
        invoice = SalesInvoice.objects.get(order_no=order.number)
        assert kinds_of(found["salesOrders"]) == {
            str(order.uuid): {"reason": "posted", "replacedBy": f"salesInvoices({invoice.uuid})"}
        }
        assert kinds_of(found["salesInvoices"]) == {
            str(invoice.uuid): {"reason": "there"}, str(draft_invoice.uuid): {"reason": "there"},
        }  # fmt: skip
        assert {row["status"] for row in found["salesInvoices"]} == {"Open"}
    assert len(found["customerLedgerEntries"]) == 2
    assert found["currencies"] == []


def test_a_set_may_be_followed_by_whom_the_api_lets_read_it():
    """Both ask for the same permission; sets of drafts and posted papers ask row by row."""
    for name, followed in FOLLOWED.items():
        declared = entity_set(name)
        if declared is not None and declared.needed("GET"):
            assert declared.needed("GET") == followed.permissions, name


def test_deltas_only_tell_who_may_read(api, world):
    nobody = world.user("nobody")
    nobody.is_superuser = False
    nobody.save()
    assert api.of(nobody).get("paymentTerms/Microsoft.NAV.delta").status_code == 403


# What became of documents


def write(world, type="order"):
    adatum = Customer.objects.filter(number="ADATUM").first() or world.customer()
    if not hasattr(world, "bicycle"):
        world.bicycle = world.item(stock=100, cost=1, price=10)
    lines = [NewLine(number=world.bicycle.number, quantity=D(1))]
    return draft(type, adatum, by=world.by, at=world.at(), on=world.today, lines=lines)


def sold(world) -> SalesInvoice:
    order = write(world)
    post(order, ship=True, invoice=True, by=world.by, at=world.at())
    return SalesInvoice.objects.get(order_no=order.number)


def test_what_became_of_a_document(world):
    """A quote becomes an order and the order an invoice; another quote is thrown away."""
    from integration.selectors import Removed, delta, first_token

    converted, thrown_away = write(world, "quote"), write(world, "quote")
    at = timezone.now()
    quotes, orders = first_token("salesQuotes", at=at), first_token("salesOrders", at=at)
    order = make_order(converted, by=world.by, at=world.at(), on=world.today)
    delete(thrown_away, by=world.by, at=world.at())
    expected = {
        Removed(converted.uuid, "converted", ("salesOrders", order.uuid)),
        Removed(thrown_away.uuid, "deleted"),
    }
    assert set(delta("salesQuotes", quotes, at=at).removed) == expected
    found = delta("salesOrders", orders, at=at)
    assert (found.changed, found.removed) == ([order.uuid], [])
    post(order, ship=True, invoice=True, by=world.by, at=world.at())
    invoice = SalesInvoice.objects.get()
    assert delta("salesOrders", orders, at=at).removed == [
        Removed(order.uuid, "posted", ("salesInvoices", invoice.uuid))
    ]
    assert set(delta("salesQuotes", quotes, at=at).removed) == expected  # though the order is gone as well
