"""The pages of webhooks under Set-up: who sees what, and what can be done there."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from integration.models import Subscription, WebhookNotice
from integration.webhooks.resources import company_id
from tests.unit.integration.receiver import receiving

LIST = reverse("integration:webhooks")
NOW = timezone.now()


@pytest.fixture
def receiver():
    with receiving() as found:
        yield found


@pytest.fixture
def subscription(world, receiver) -> Subscription:
    """The integrator's, with a notice that failed."""
    made = Subscription.objects.create(
        notification_url=receiver.url, resource=f"api/v2.0/companies({company_id()})/items", entity="items",
        user=world.user("integrator"), created_at=NOW, modified_at=NOW, expires_at=NOW + timedelta(days=3),
    )  # fmt: skip
    item = {
        "subscriptionId": made.subscription_id, "resource": f"{made.resource}(1)", "changeType": "created",
        "lastModifiedDateTime": "2026-03-02T10:15:30.000Z", "sequence": 17, "eventId": "x",
    }  # fmt: skip
    notice = WebhookNotice.objects.create(
        url=receiver.url, items=[item], status="failed", attempts=7, created_at=NOW, failed_at=NOW,
        last_status=503, last_answer="<b>too much</b>",
    )  # fmt: skip
    notice.subscriptions.add(made)
    return made


def client_of(world, username: str, **given) -> Client:
    client = Client()
    client.force_login(world.user(username, **given))
    return client


def page_of(subscription, step="") -> str:
    return reverse(f"integration:webhook{step}", args=[subscription.subscription_id])


def test_an_administrator_sees_all_and_finds_them_in_the_menu(world, subscription):
    ivan = client_of(world, "ivan", role="ADMINISTRATOR")
    text = ivan.get(LIST).content.decode()
    assert f'href="{page_of(subscription)}"' in text
    assert "integrator" in text
    assert LIST in ivan.get(reverse("home")).content.decode()
    assert page_of(subscription) not in ivan.get(f"{LIST}?show=ended").content.decode()


def test_others_see_their_own(world, subscription):
    clerk = client_of(world, "clerk", role="CLERK")
    assert page_of(subscription) not in clerk.get(LIST).content.decode()
    notice = reverse("integration:webhook-notice", args=[WebhookNotice.objects.get().uuid])
    for address in (page_of(subscription), notice):
        assert clerk.get(address).status_code == 404
    for step in ("-end", "-again", "-resume"):
        assert clerk.post(page_of(subscription, step)).status_code == 404
    subscription.user = world.user("owner", role="CLERK")
    subscription.save()
    owner = Client()
    owner.force_login(subscription.user)
    assert page_of(subscription) in owner.get(LIST).content.decode()
    assert owner.get(notice).status_code == 200


def test_strangers_log_in_first(db):
    assert Client().get(LIST).status_code == 302


def test_a_page_shows_what_was_told_and_what_came_of_it(world, subscription):
    ivan = client_of(world, "ivan", role="ADMINISTRATOR")
    text = ivan.get(page_of(subscription)).content.decode()
    assert "503" in text and "&lt;b&gt;too much&lt;/b&gt;" in text
    assert subscription.notification_url.replace("&", "&amp;") in text
    notice = reverse("integration:webhook-notice", args=[WebhookNotice.objects.get().uuid])
    assert notice in text
    text = ivan.get(notice).content.decode()
    assert f"{subscription.resource}(1)" in text and "17" in text


def test_what_failed_is_sent_again(world, subscription):
    ivan = client_of(world, "ivan", role="ADMINISTRATOR")
    assert ivan.post(page_of(subscription, "-again"), {"days": "1"}).url == page_of(subscription)
    notice = WebhookNotice.objects.get()
    assert (notice.status, notice.attempts) == ("waiting", 0)
    WebhookNotice.objects.update(status="delivered", next_at=None)
    again = reverse("integration:webhook-notice-again", args=[notice.uuid])
    assert ivan.post(again).status_code == 302
    assert WebhookNotice.objects.get().status == "waiting"
    assert ivan.get(again).status_code == 405


def test_a_subscription_is_ended_and_shown_among_the_ended(world, subscription):
    ivan = client_of(world, "ivan", role="ADMINISTRATOR")
    ivan.post(page_of(subscription, "-end"))
    subscription.refresh_from_db()
    assert subscription.end_reason == "by_owner"
    assert page_of(subscription) in ivan.get(f"{LIST}?show=ended").content.decode()


@pytest.mark.parametrize("listens", [True, False])
def test_one_that_failed_is_taken_up_again_if_it_listens(world, subscription, receiver, listens):
    ivan = client_of(world, "ivan", role="ADMINISTRATOR")
    Subscription.objects.update(ended_at=NOW, end_reason="refused")
    if not listens:
        receiver.echo = lambda token: (404, "")
    answer = ivan.post(page_of(subscription, "-resume"))
    subscription.refresh_from_db()
    assert (answer.status_code, subscription.is_active) == ((302, True) if listens else (422, False))


def test_who_sees_all_may_not_therefore_change_all(world, subscription):
    from django.contrib.auth.models import Permission

    auditor = world.user("auditor", role="CLERK")
    auditor.user_permissions.add(Permission.objects.get(codename="view_subscription"))
    client = Client()
    client.force_login(auditor)
    text = client.get(page_of(subscription)).content.decode()
    assert page_of(subscription, "-end") not in text
    assert client.post(page_of(subscription, "-end")).status_code == 403
    again = reverse("integration:webhook-notice-again", args=[WebhookNotice.objects.get().uuid])
    assert client.post(again).status_code == 403


def test_a_list_takes_as_many_questions_for_many(world, subscription, django_assert_max_num_queries):
    ivan = client_of(world, "ivan", role="ADMINISTRATOR")
    ivan.get(LIST)
    with django_assert_max_num_queries(40) as few:
        ivan.get(LIST)
    for _ in range(10):
        subscription.pk, subscription.subscription_id = None, f"{subscription.subscription_id}x"
        subscription.save()
    with django_assert_max_num_queries(len(few)):
        ivan.get(LIST)
