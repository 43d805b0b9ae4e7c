"""Webhooks: who may be told, how long, and what is told once more."""

import json
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.utils import timezone

from erp.kernel.feed import Change
from erp.kernel.models import User
from integration.models import Subscription, WebhookNotice
from integration.tasks import collect_webhooks, deliver_webhooks, sweep_webhooks
from integration.webhooks.collect import collect
from integration.webhooks.deliver import relay, replay, replay_failed
from integration.webhooks.subscribe import end, resume
from integration.webhooks.sweep import sweep
from tests.unit.integration.receiver import mailed, method

pytestmark = pytest.mark.django_db(transaction=True)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
# Who may be told


@pytest.mark.parametrize("loss", ["permission", "log-in"])
def test_who_may_not_read_is_not_told(follow, receiver, pass_on, owner, loss):
    subscription = follow()
    method()
    if loss == "permission":
        owner.user_permissions.clear()
    else:
        User.objects.update(is_active=False)
    pass_on()
    assert receiver.heard == []
    subscription.refresh_from_db()
    assert subscription.end_reason == "no_access"


def test_a_right_that_is_lost_before_the_delivery_counts(follow, receiver, clock, owner):
    subscription = follow()
    method()
    clock.goes(MINUTE)
    collect(at=clock())
    owner.user_permissions.clear()
    relay(clock=clock)
    assert receiver.heard == []
    subscription.refresh_from_db()
    assert (subscription.end_reason, WebhookNotice.objects.get().status) == ("no_access", "dropped")


# Renewing, ending, expiring


def test_a_subscription_that_is_not_renewed_expires(follow, receiver, clock, pass_on):
    subscription = follow()
    method()
    pass_on(after=3 * DAY)
    assert receiver.heard == []
    sweep(at=clock())
    subscription.refresh_from_db()
    assert subscription.end_reason == "expired"


def test_v2_is_warned_a_day_before_it_expires(follow, clock):
    follow()
    subscription = follow(notification_format="v2", expires_at=clock() + 2 * DAY)
    sweep(at=clock())
    assert mailed() == []
    clock.goes(DAY)
    for _ in range(2):
        sweep(at=clock())
    assert mailed() == [f"The webhook for {subscription.resource} is about to expire"]


def test_what_waits_for_an_ended_subscription_alone_is_dropped(follow, receiver, clock):
    one, other = follow(), follow()
    method()
    clock.goes(MINUTE)
    collect(at=clock())
    end(one, at=clock())
    relay(clock=clock)
    ((row,),) = [json.loads(body)["value"] for _headers, body in receiver.heard]
    assert row["subscriptionId"] == other.subscription_id
    method("B")
    clock.goes(MINUTE)
    collect(at=clock())
    end(other, at=clock())
    assert WebhookNotice.objects.first().status == "dropped"


def test_a_week_is_kept(follow, clock, pass_on):
    follow()
    method()
    pass_on()
    clock.goes(8 * DAY)
    sweep(at=clock())
    assert not WebhookNotice.objects.exists()
    assert not Change.objects.exists()
    clock.goes(31 * DAY)
    sweep(at=clock())
    assert not Subscription.objects.exists()


# Once more


def test_a_notice_is_sent_once_more(follow, receiver, clock, pass_on):
    follow()
    method()
    pass_on()
    notice = WebhookNotice.objects.get()
    assert replay(notice, at=clock())
    assert not replay(notice, at=clock())
    relay(clock=clock)
    assert len(receiver.heard) == 2
    assert receiver.told[0] == receiver.told[1]


def test_what_failed_is_sent_once_more_though_its_subscription_ended(follow, receiver, clock, pass_on):
    subscription = follow()
    method()
    receiver.answer(404, 200)
    began = clock()
    pass_on()
    assert replay_failed(since=clock() + MINUTE, at=clock()) == 0
    assert replay_failed(since=began, at=clock(), subscription=subscription) == 1
    relay(clock=clock)
    assert len(receiver.heard) == 2
    assert WebhookNotice.objects.get().status == "delivered"


def test_a_subscription_is_taken_up_again_where_it_stopped(follow, receiver, clock, pass_on):
    subscription = follow()
    method("A")
    receiver.answer(404, 200)
    pass_on()
    method("B")
    resumed = resume(subscription, at=clock())
    assert (resumed.is_active, resumed.expires_at) == (True, clock() + 3 * DAY)
    pass_on()
    assert len(receiver.told[1]) == 1


def test_a_worker_that_died_gives_its_notice_back(follow, receiver, clock):
    follow()
    method()
    clock.goes(MINUTE)
    collect(at=clock())
    from integration.webhooks import deliver as delivering

    assert delivering._take(at=clock()) is not None
    assert relay(clock=clock) == 0
    clock.goes(2 * MINUTE)
    assert relay(clock=clock) == 1
    assert len(receiver.heard) == 1


def test_collecting_twice_tells_once(follow, receiver, clock):
    follow()
    method()
    clock.goes(MINUTE)
    collect(at=clock())
    collect(at=clock())
    relay(clock=clock)
    relay(clock=clock)
    assert len(receiver.heard) == 1


def test_nothing_to_do_costs_a_handful_of_statements(follow, clock, django_assert_max_num_queries):
    for _ in range(5):
        follow()
    collect(at=clock())
    with django_assert_max_num_queries(5):  # savepoints do not count: there are none
        collect(at=clock())


def test_the_schedule_collects_delivers_and_sweeps(follow, receiver):
    """Nothing is due yet; that the tasks run is what is shown."""
    follow()
    method()
    with patch.object(deliver_webhooks, "apply_async") as nudged:
        collect_webhooks()
    assert not nudged.called
    Change.objects.update(at=timezone.now() - MINUTE)
    with patch.object(deliver_webhooks, "apply_async") as nudged:
        collect_webhooks()
    assert nudged.called
    deliver_webhooks()
    sweep_webhooks()
    assert len(receiver.heard) == 1
