"""Subscriptions to webhooks as a client of the API meets them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from integration.models import Subscription
from tests.unit.integration.receiver import receiving

pytestmark = pytest.mark.django_db(transaction=True)
SUBSCRIPTIONS = "/api/v2.0/subscriptions"


@pytest.fixture
def receiver():
    with receiving() as found:
        yield found


@pytest.fixture
def wanted(receiver, company_url) -> dict:
    """What a client sends to be told of customers."""
    return {"notificationUrl": receiver.url, "resource": f"{company_url}/customers", "clientState": "word"}


def one_of(made: dict) -> str:
    return f"{SUBSCRIPTIONS}('{made['subscriptionId']}')"


# Subscriptions


def test_a_client_subscribes(api, wanted, receiver):
    answer = api.post(SUBSCRIPTIONS, wanted)
    assert answer.status_code == 201, answer.body
    made = answer.body
    assert answer["Location"].endswith(one_of(made))
    assert "X-Handel-Webhook-Secret" not in answer
    assert (made["notificationUrl"], made["clientState"]) == (receiver.url, "word")
    assert made["resource"] == wanted["resource"].removeprefix("/")
    assert list(made)[2:] == [
        "subscriptionId", "notificationUrl", "resource", "timestamp", "userId", "lastModifiedDateTime", "clientState",
        "expirationDateTime", "systemCreatedAt", "systemCreatedBy", "systemModifiedAt", "systemModifiedBy",
    ]  # fmt: skip
    assert api.rows(SUBSCRIPTIONS)[0]["subscriptionId"] == made["subscriptionId"]
    assert api.one(one_of(made))["userId"] == made["systemCreatedBy"]


def test_a_wrong_answer_to_the_handshake_makes_no_subscription(api, wanted, receiver):
    """P19, its first part."""
    receiver.echo = lambda token: (200, "something else")
    answer = api.post(SUBSCRIPTIONS, wanted)
    assert (answer.status_code, answer.code, answer.target) == (
        400, "Application_DialogException", "notificationUrl",
    )  # fmt: skip
    assert not Subscription.objects.exists()


@pytest.mark.parametrize("lacking", ["notificationUrl", "resource"])
def test_what_must_be_given(api, wanted, lacking):
    del wanted[lacking]
    answer = api.post(SUBSCRIPTIONS, wanted)
    assert (answer.status_code, answer.target) == (400, lacking)


def test_v2_is_asked_for_and_its_secret_is_told_once(api, wanted):
    answer = api.post(SUBSCRIPTIONS, {**wanted, "notificationFormat": "v2"})
    secret = answer["X-Handel-Webhook-Secret"]
    assert secret == Subscription.objects.get().secret
    shown = api.get(one_of(answer.body), X_Extensions="1")
    assert shown.body["notificationFormat"] == "v2"
    assert secret not in shown.content.decode()
    assert "X-Handel-Webhook-Secret" not in shown


def test_a_renewal_needs_what_was_read(api, wanted, receiver):
    made = api.made(SUBSCRIPTIONS, wanted)
    Subscription.objects.update(expires_at=timezone.now() + timedelta(hours=1))
    assert api.patch(one_of(made), {}, etag=None).status_code == 400
    assert api.patch(one_of(made), {}, etag=made["@odata.etag"]).code == "Request_EntityChanged"
    now = api.one(one_of(made))
    renewed = api.patch(one_of(made), {"clientState": "other"}, etag=now["@odata.etag"])
    assert renewed.status_code == 200, renewed.body
    assert (renewed.body["clientState"], len(receiver.handshakes)) == ("other", 2)
    assert Subscription.objects.get().expires_at > timezone.now() + timedelta(days=2)


def test_what_is_echoed_is_let_through_and_what_stays_is_refused(api, wanted, company_url):
    made = api.made(SUBSCRIPTIONS, wanted)
    assert api.patch(one_of(made), made).status_code == 200
    answer = api.patch(one_of(made), {"resource": f"{company_url}/items"})
    assert (answer.status_code, answer.target) == (400, "resource")


def test_a_subscription_is_ended(api, wanted):
    made = api.made(SUBSCRIPTIONS, wanted)
    assert api.delete(one_of(made), etag='W/"old"').status_code == 409
    assert api.delete(one_of(made), etag=made["@odata.etag"]).status_code == 204
    assert api.get(one_of(made)).status_code == 404
    assert Subscription.objects.get().end_reason == "by_owner"


def test_each_sees_their_own(api, wanted, world):
    made = api.made(SUBSCRIPTIONS, wanted)
    other = api.of(world.user("other"))
    assert other.rows(SUBSCRIPTIONS) == []
    assert other.get(one_of(made)).status_code == 404
    assert other.delete(one_of(made)).status_code == 404


def test_which_sets_can_be_followed(api, world, company_url):
    address = company_url.replace("/api/v2.0", "/api/microsoft/runtime/beta") + "/webhookSupportedResources"
    names = [row["resource"] for row in api.rows(address)]
    assert {"customers", "items", "salesOrders", "salesInvoices", "generalLedgerEntries"} <= set(names)
    assert "salesInvoiceLines" not in names
    nobody = world.user("nobody")
    nobody.is_superuser = False
    nobody.save()
    assert [row["resource"] for row in api.of(nobody).rows(address)] == ["companyInformation"]
