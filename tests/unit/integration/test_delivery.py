"""Webhooks: a receiver that fails is tried again, and loses its subscription only when it must."""

from datetime import timedelta
from email.utils import format_datetime

import pytest
from django.core import mail as mailbox

from customers.models import PaymentMethod
from erp.kernel.models import Notice
from integration.models import WebhookNotice
from integration.webhooks.collect import collect
from integration.webhooks.deliver import relay
from tests.unit.integration.receiver import mailed, method

pytestmark = pytest.mark.django_db(transaction=True)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def test_a_name_that_leads_somewhere_else_later_gains_nothing(follow, receiver, settings, monkeypatch, clock):
    """It was public when it was checked and is ours when it is told: the notice is not sent."""
    follow()
    method()
    settings.WEBHOOK_ALLOW_PRIVATE = False
    clock.goes(MINUTE)
    collect(at=clock())
    relay(clock=clock)
    assert receiver.heard == []
    notice = WebhookNotice.objects.get()
    assert (notice.status, notice.last_status) == ("waiting", None)
    assert "https" in notice.last_answer


# When the receiver does not answer


def story_of(clock, receiver, steps) -> list[timedelta]:
    """How long it waited between its attempts, as long as it tries."""
    waits, tried = [], clock()
    while (notice := WebhookNotice.objects.get()).status == "waiting" and len(waits) < steps:
        waits.append(notice.next_at - tried)
        clock.now = tried = notice.next_at
        relay(clock=clock)
    return waits


@pytest.mark.parametrize("status", [500, 503, 429, 408, 302])
def test_a_failure_is_tried_again_and_again(follow, receiver, clock, pass_on, status):
    subscription = follow()
    method()
    receiver.answer(status)
    pass_on()
    assert story_of(clock, receiver, 10) == [MINUTE * n for n in (1, 1, 1, 10, 100, 1000)]
    assert len(receiver.heard) == 7
    subscription.refresh_from_db()
    assert (subscription.end_reason, WebhookNotice.objects.get().status) == ("unreachable", "failed")


def test_one_that_answers_again_is_told_everything(follow, receiver, clock, pass_on):
    subscription = follow()
    method("A")
    receiver.answer(500, 500, 200)
    pass_on()
    method("B")
    PaymentMethod.objects.filter(code="B").update(description="x")
    pass_on(after=timedelta(seconds=59))  # it has a notice waiting: the rest stays in the feed
    assert (WebhookNotice.objects.count(), len(receiver.heard)) == (1, 1)
    pass_on(after=MINUTE)
    pass_on(after=MINUTE)
    pass_on()
    assert [len(each) for each in receiver.told] == [1, 1, 1, 1]
    assert receiver.told[3][0][0] == "created"
    subscription.refresh_from_db()
    assert (subscription.failing_since, subscription.is_active) == (None, True)


def test_a_receiver_says_when_to_come_again(follow, receiver, clock, pass_on):
    follow()
    method()
    later = clock() + timedelta(hours=3)
    receiver.answer(
        (429, {"Retry-After": "600"}),
        (503, {"Retry-After": format_datetime(later, usegmt=True)}),
        (503, {"Retry-After": "soon"}),
        (503, {"Retry-After": "99999999999999999999"}),
        200,
    )
    pass_on()
    first, second, third, fourth = story_of(clock, receiver, 4)
    assert (first, third, fourth) == (10 * MINUTE, MINUTE, 1000 * MINUTE)
    assert timedelta(hours=2) < second < timedelta(hours=3)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_a_refusal_ends_a_classic_subscription_at_once(follow, receiver, pass_on, status):
    subscription = follow()
    method()
    receiver.answer(status)
    pass_on()
    subscription.refresh_from_db()
    assert (subscription.is_active, subscription.end_reason) == (False, "refused")
    notice = WebhookNotice.objects.get()
    assert (notice.status, notice.last_status, notice.last_answer) == ("failed", status, "as told")
    method("LATER")
    pass_on()
    assert len(receiver.heard) == 1


@pytest.mark.parametrize("status", [404, 410])
def test_v2_gives_a_missing_receiver_a_day(follow, receiver, clock, pass_on, status):
    subscription = follow(notification_format="v2")
    method()
    receiver.answer(status)
    pass_on()
    began = clock()
    subscription.refresh_from_db()
    assert subscription.failing_since == began
    assert mailed() == [f"The webhook for {subscription.resource} cannot be delivered"]
    waits = story_of(clock, receiver, 20)
    assert clock() == began + DAY
    assert sum(waits, timedelta()) == DAY
    subscription.refresh_from_db()
    assert subscription.end_reason == "refused"
    assert mailed()[0] == f"The webhook for {subscription.resource} has ended"


def test_v2_ends_at_once_for_other_refusals(follow, receiver, pass_on):
    subscription = follow(notification_format="v2")
    method()
    receiver.answer(403)
    pass_on()
    subscription.refresh_from_db()
    assert subscription.end_reason == "refused"


def test_the_owner_is_warned_before_and_told_after(follow, receiver, clock, pass_on, owner):
    subscription = follow()
    method()
    receiver.answer(500)
    pass_on()
    story_of(clock, receiver, 3)
    assert not Notice.objects.exists()
    story_of(clock, receiver, 1)
    assert [notice.level for notice in Notice.objects.filter(user=owner)] == ["warning"]
    story_of(clock, receiver, 10)
    assert [notice.level for notice in Notice.objects.filter(user=owner)] == ["error", "warning"]
    assert str(subscription.resource) in mailed()[0]
    assert mailbox.outbox == []  # they leave through the outbox
