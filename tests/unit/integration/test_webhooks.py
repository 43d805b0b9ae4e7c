"""Webhooks: whoever proved to listen is told what changed, once per record, half a minute later."""

import hmac
import json
from datetime import timedelta
from hashlib import sha256

import pytest

from customers.models import Customer, PaymentMethod, PaymentTerms
from erp.kernel.feed import Change
from integration.models import WebhookNotice
from integration.webhooks.collect import collapse
from tests.unit.integration.receiver import method

pytestmark = pytest.mark.django_db(transaction=True)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
# Being told


def test_a_change_is_told_half_a_minute_later(follow, receiver, clock, pass_on):
    subscription = follow(client_state="word")
    wire = method()
    pass_on(after=timedelta(seconds=20))
    assert receiver.heard == []
    pass_on()
    ((headers, body),) = receiver.heard
    (told,) = json.loads(body)["value"]
    changed = Change.objects.latest("id").at
    assert told == {
        "subscriptionId": subscription.subscription_id,
        "clientState": "word",
        "expirationDateTime": subscription.expires_at.strftime("%Y-%m-%dT%H:%M:%S.")
        + f"{subscription.expires_at.microsecond // 1000:03d}Z",
        "resource": f"{subscription.resource}({wire.uuid})",
        "changeType": "created",
        "lastModifiedDateTime": changed.strftime("%Y-%m-%dT%H:%M:%S.")
        + f"{changed.microsecond // 1000:03d}Z",
    }
    assert headers["Content-Type"] == "application/json; charset=utf-8"
    assert "X-Handel-Signature" not in headers
    pass_on()
    assert len(receiver.heard) == 1


def test_what_happened_before_and_elsewhere_is_not_told(follow, receiver, pass_on):
    method()
    follow()
    PaymentTerms.objects.create(code="77D")
    pass_on()
    assert receiver.heard == []


def test_several_changes_of_a_record_are_one(follow, receiver, pass_on):
    wire, cash = method("WIRE"), method("COINS")
    follow()
    card, brief = method("MY-CARD"), method("LETTER")
    PaymentMethod.objects.filter(code__in=("WIRE", "MY-CARD")).update(description="x")
    cash.delete()
    brief.delete()
    pass_on()
    ((first, second, third),) = receiver.told
    assert {first, second, third} == {
        ("updated", f"paymentMethods({wire.uuid})"),
        ("created", f"paymentMethods({card.uuid})"),
        ("deleted", f"paymentMethods({Change.objects.get(number='COINS', kind='deleted').key})"),
    }


@pytest.mark.parametrize(
    ("kinds", "one"),
    [
        (["created"], "created"),
        (["created", "updated"], "created"),
        (["created", "deleted"], ""),
        (["created", "deleted", "created"], "created"),
        (["updated", "updated"], "updated"),
        (["updated", "deleted"], "deleted"),
        (["deleted", "created"], "updated"),
        (["deleted", "created", "deleted"], "deleted"),
    ],
)
def test_how_changes_become_one(kinds, one):
    assert collapse(kinds) == one


def test_one_record_may_be_followed_by_itself(follow, receiver, pass_on):
    wire, cash = method("WIRE"), method("COINS")
    follow(f"paymentMethods({wire.uuid})")
    cash.delete()
    pass_on()
    assert receiver.heard == []
    PaymentMethod.objects.update(description="x")
    pass_on()
    assert receiver.told == [[("updated", f"paymentMethods({wire.uuid})")]]


def test_subscriptions_of_one_address_share_a_notice(follow, receiver, pass_on):
    follow()
    follow("paymentTerms", client_state="terms")
    wire = method()
    terms = PaymentTerms.objects.create(code="77D")
    pass_on()
    assert receiver.told == [
        [("created", f"paymentMethods({wire.uuid})"), ("created", f"paymentTerms({terms.uuid})")]
    ]
    states = [row["clientState"] for row in json.loads(receiver.heard[0][1])["value"]]
    assert states == ["", "terms"]


def test_more_than_a_thousand_changes_are_one_collection(follow, receiver, pass_on):
    subscription = follow("customers")
    follow()
    customers = [Customer(number=str(number), name="x") for number in range(1001)]
    Customer.objects.bulk_create(customers[:1000])
    pass_on()
    assert len(receiver.told[0]) == 1000
    Customer.objects.bulk_create(customers[1000:])
    Customer.objects.update(name="y")
    method()
    pass_on()
    collection, one = json.loads(receiver.heard[1][1])["value"]
    since = Change.objects.get(entity="customers", number="1000", kind="created").at - timedelta(
        milliseconds=50
    )
    since = since.strftime("%Y-%m-%dT%H:%M:%S.") + f"{since.microsecond // 1000:03d}Z"
    assert collection["resource"] == f"{subscription.resource}?$filter=lastModifiedDateTime%20gt%20{since}"
    assert (collection["changeType"], one["changeType"]) == ("collection", "created")


# The signed format


def test_notices_of_v2_are_signed_and_numbered(follow, receiver, pass_on):
    subscription = follow(notification_format="v2")
    assert len(subscription.secret) >= 32
    assert follow("paymentTerms", notification_format="v2").secret == subscription.secret
    method()
    PaymentTerms.objects.create(code="77D")
    pass_on()
    ((headers, body),) = receiver.heard
    expected = hmac.new(subscription.secret.encode(), body, sha256).hexdigest()
    assert headers["X-Handel-Signature"] == f"sha256={expected}"
    assert headers["X-Handel-Delivery"] == str(WebhookNotice.objects.get().uuid)
    first, second = json.loads(body)["value"]
    assert (first["sequence"], second["sequence"]) == tuple(
        Change.objects.order_by("id").values_list("id", flat=True)
    )[-2:]
    assert first["eventId"] != second["eventId"]


def test_a_subscriber_may_bring_a_secret(follow):
    subscription = follow(notification_format="v2", secret="sixteen letters!!")
    assert subscription.secret == "sixteen letters!!"
