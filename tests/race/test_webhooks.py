"""Webhooks with several workers at once: each change is told once, and nobody gets a place too many."""

from datetime import timedelta

import pytest
from django.utils import timezone

from customers.models import PaymentMethod
from erp.kernel.errors import ProblemsFound
from integration.models import Subscription, WebhookNotice
from integration.webhooks import subscribe as subscribing
from integration.webhooks.collect import collect
from integration.webhooks.deliver import relay
from integration.webhooks.subscribe import subscribe
from tests.support.races import race
from tests.unit.integration.receiver import receiving

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def receiver():
    with receiving() as found:
        yield found


def follow(world, receiver) -> Subscription:
    return subscribe(
        resource="/api/v2.0/paymentMethods", notification_url=receiver.url, by=world.by, at=timezone.now()
    )


def test_workers_share_the_work_and_tell_everything_once(world, receiver):
    follow(world, receiver)
    later = timezone.now() + timedelta(minutes=1)
    for code in ("A-1", "A-2", "A-3"):
        PaymentMethod.objects.create(code=code)
        race(*[lambda: collect(at=later)] * 4)
        race(*[lambda: relay(clock=lambda: later)] * 4)
    assert [len(each) for each in receiver.told] == [1, 1, 1]
    assert set(WebhookNotice.objects.values_list("status", "attempts")) == {("delivered", 1)}


def test_two_who_come_at_once_for_the_last_place(world, receiver, monkeypatch):
    monkeypatch.setattr(subscribing, "MOST", 3)
    follow(world, receiver)
    outcomes = race(*[lambda: follow(world, receiver)] * 4)
    assert Subscription.objects.count() == 3
    assert sum(isinstance(outcome, ProblemsFound) for outcome in outcomes) == 2
