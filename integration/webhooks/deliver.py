"""Notices are delivered: at least once, each by one worker, again and again where the receiver does not answer.

A failure is tried again after 1, 1, 1, 10, 100 and 1,000 minutes, or when the receiver asks for it (Retry-After). What
a receiver refuses is not tried again: the subscriptions end. One that follows the format v2 and is not there for a
while (404, 410) gets a day. No transaction is open while a receiver is spoken to.
"""

import hmac
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from hashlib import sha256

from django.db import transaction
from django.db.models import Q

from integration.models import Subscription, WebhookNotice
from integration.webhooks.collect import moment
from integration.webhooks.owners import end_and_tell, end_without_access, warn
from integration.webhooks.target import Answer, post

WAITS = [timedelta(minutes=minutes) for minutes in (1, 1, 1, 10, 100, 1000)]
WARN_AFTER = 5  # attempts; the next one comes after 100 minutes
GONE = (404, 410)
GONE_FOR = timedelta(hours=24)
LEASE = timedelta(minutes=2)  # a worker that died gives its notice back
Status, EndReason = WebhookNotice.Status, Subscription.EndReason


def relay(*, clock: Callable[[], datetime], limit: int = 100) -> int:
    """Deliver notices that are due, the oldest first; returns how many were tried."""
    for tried in range(limit):
        notice = _take(at=clock())
        if notice is None:
            return tried
        deliver(notice, clock=clock)
    return limit


def deliver(notice: WebhookNotice, *, clock: Callable[[], datetime]) -> None:
    """Try a notice that is ours once, and note what came of it."""
    subscriptions = _listening(notice, at=clock())
    if not subscriptions:
        _finish(notice, Status.DROPPED)
        return
    body = body_of(notice, subscriptions)
    answer = post(notice.url, body, headers_of(notice, subscriptions, body))
    with transaction.atomic():
        _note(notice, subscriptions, answer, at=clock())


def body_of(notice: WebhookNotice, subscriptions: list[Subscription]) -> bytes:
    """The JSON of a notice, for those subscriptions that still listen; v2 has the number of each change with it."""
    listening = {each.subscription_id: each for each in subscriptions}
    value = []
    for item in notice.items:
        subscription = listening.get(item["subscriptionId"])
        if subscription is None:
            continue
        row = {
            "subscriptionId": subscription.subscription_id,
            "clientState": subscription.client_state,
            "expirationDateTime": moment(subscription.expires_at),
            "resource": item["resource"],
            "changeType": item["changeType"],
            "lastModifiedDateTime": item["lastModifiedDateTime"],
        }
        if subscription.is_v2:
            row |= {"eventId": item["eventId"], "sequence": item["sequence"]}
        value.append(row)
    return json.dumps({"value": value}, ensure_ascii=False).encode()


def headers_of(notice: WebhookNotice, subscriptions: list[Subscription], body: bytes) -> dict[str, str]:
    """The headers of a notice; v2 is signed with the secret, over the very bytes of the body."""
    headers = {"Content-Type": "application/json; charset=utf-8"}
    if subscriptions[0].is_v2:
        headers["X-Handel-Delivery"] = str(notice.uuid)
        headers["X-Handel-Signature"] = signature(body, subscriptions[0].secret)
    return headers


def signature(body: bytes, secret: str) -> str:
    """sha256=…, as the header X-Handel-Signature has it."""
    return f"sha256={hmac.new(secret.encode(), body, sha256).hexdigest()}"


@transaction.atomic
def replay(notice: WebhookNotice, *, at: datetime) -> bool:
    """Have a notice sent once more, with all its attempts; False where it is on its way already."""
    locked = WebhookNotice.objects.select_for_update().get(pk=notice.pk)
    if locked.status == Status.WAITING:
        return False
    locked.status, locked.attempts, locked.next_at, locked.failed_at = Status.WAITING, 0, at, None
    locked.save(update_fields=["status", "attempts", "next_at", "failed_at"])
    return True


def replay_failed(*, since: datetime, at: datetime, subscription: Subscription | None = None) -> int:
    """Have all notices sent once more that failed since a moment, of one subscription or of all; returns how many."""
    failed = WebhookNotice.objects.filter(status=Status.FAILED, failed_at__gte=since)
    if subscription is not None:
        failed = failed.filter(subscriptions=subscription)
    return sum(replay(notice, at=at) for notice in failed.order_by("pk"))


def wait_after(notice: WebhookNotice, answer: Answer, *, at: datetime) -> timedelta | None:
    """How long to wait after so many failures, or as long as the receiver asks; None: it is over."""
    if notice.attempts > len(WAITS):
        return None
    asked = _asked_for(answer, at=at)
    return min(max(WAITS[notice.attempts - 1], asked), WAITS[-1])


def _take(*, at: datetime) -> WebhookNotice | None:
    """The next notice that is due, ours for two minutes."""
    with transaction.atomic():
        due = WebhookNotice.objects.filter(status=Status.WAITING, next_at__lte=at)
        notice = due.select_for_update(skip_locked=True).order_by("next_at", "pk").first()
        if notice is not None:
            notice.attempts += 1
            notice.next_at = at + LEASE
            notice.save(update_fields=["attempts", "next_at"])
    return notice


def _listening(notice: WebhookNotice, *, at: datetime) -> list[Subscription]:
    """Who is to hear it: not who has ended it; who ended for failing does, it is being tried again."""
    alive = Q(ended_at=None, expires_at__gt=at) | Q(end_reason__in=Subscription.FAILED)
    subscriptions = notice.subscriptions.filter(alive).select_related("user").order_by("pk")
    return end_without_access(subscriptions, at=at)


def _note(notice: WebhookNotice, subscriptions: list[Subscription], answer: Answer, *, at: datetime) -> None:
    notice.last_status, notice.last_answer = answer.status, answer.text[:500]
    keys = [each.pk for each in subscriptions]
    if answer.is_good:
        notice.delivered_at = at
        _finish(notice, Status.DELIVERED)
        Subscription.objects.filter(pk__in=keys).exclude(failing_since=None).update(
            failing_since=None, warned_at=None
        )
        return
    Subscription.objects.filter(pk__in=keys, failing_since=None).update(failing_since=at)
    subscriptions = list(
        Subscription.objects.select_for_update(of=("self",)).select_related("user").filter(pk__in=keys)
    )
    wait = _wait(notice, subscriptions, answer, at=at)
    if wait is None:
        _give_up(notice, subscriptions, answer, at=at)
        return
    notice.next_at = at + wait
    notice.save(update_fields=["next_at", "last_status", "last_answer"])
    if notice.attempts >= WARN_AFTER or answer.status in GONE:
        for each in subscriptions:
            if each.is_active:
                warn(each, at=at, answer=_said(answer))


def _wait(
    notice: WebhookNotice, subscriptions: list[Subscription], answer: Answer, *, at: datetime
) -> timedelta | None:
    """How long until the next attempt; None: there is none."""
    status = answer.status
    if status in GONE and subscriptions[0].is_v2:
        left = min(each.failing_since for each in subscriptions) + GONE_FOR - at
        if left <= timedelta(0):
            return None
        return min(wait_after(notice, answer, at=at) or left, left)
    if status is not None and 400 <= status < 500 and status not in (408, 429):
        return None
    return wait_after(notice, answer, at=at)


def _give_up(
    notice: WebhookNotice, subscriptions: list[Subscription], answer: Answer, *, at: datetime
) -> None:
    notice.failed_at = at
    _finish(notice, Status.FAILED)
    refused = answer.status is not None and 400 <= answer.status < 500 and answer.status not in (408, 429)
    for each in subscriptions:
        if each.is_active:
            reason = EndReason.REFUSED if refused else EndReason.UNREACHABLE
            end_and_tell(each, reason, at=at, answer=_said(answer))


def _finish(notice: WebhookNotice, status: str) -> None:
    notice.status, notice.next_at = status, None
    notice.save(
        update_fields=["status", "next_at", "delivered_at", "failed_at", "last_status", "last_answer"]
    )


def _said(answer: Answer) -> str:
    return f"{answer.status or ''} {answer.text[:200]}".strip()


def _asked_for(answer: Answer, *, at: datetime) -> timedelta:
    """What Retry-After says: seconds, or a date; nothing where it says nothing that makes sense."""
    text = next(
        (value for name, value in answer.headers.items() if name.lower() == "retry-after"), ""
    ).strip()
    if text.isascii() and text.isdecimal():
        return timedelta(seconds=min(int(text[:9]), int(WAITS[-1].total_seconds())))
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return timedelta(0)
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(until - at, timedelta(0))
