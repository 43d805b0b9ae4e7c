"""What changed becomes notices: collected for half a minute, each record once, for one address together."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

from django.contrib.postgres.aggregates import ArrayAgg
from django.db import transaction
from django.db.models import Max, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.lookups import IsNull

from erp.kernel.feed import Change, safe_sequence
from integration.models import Subscription, WebhookNotice
from integration.webhooks.owners import end_without_access
from integration.webhooks.resources import FOLLOWED, address, company_id

WINDOW = timedelta(seconds=30)
MOST = 1000  # changes that are told one by one
BEFORE = timedelta(milliseconds=50)
Kind = Change.Kind


@transaction.atomic
def collect(*, at: datetime) -> list[WebhookNotice]:
    """Write a notice for every address whose subscriptions have waited for half a minute; returns them.

    A receiver that still has a notice waiting is left alone: what changes meanwhile stays in the feed, and is told as
    one when it answers again. Safe to run at any time, and twice at once.
    """
    until = safe_sequence()
    waiting = WebhookNotice.objects.filter(
        status=WebhookNotice.Status.WAITING, url=OuterRef("notification_url")
    )
    behind = Subscription.objects.active().filter(last_sequence__lt=until, expires_at__gt=at)
    behind = behind.exclude(Q(pk__in=behind.filter(notification_url__in=waiting.values("url")).values("pk")))
    behind = behind.select_for_update(skip_locked=True, of=("self",)).select_related("user")
    behind = list(behind.annotate(first_change=_first_change(until)).order_by("pk"))
    due = [each for each in behind if each.first_change is not None and each.first_change + WINDOW <= at]
    notices = _write(end_without_access(due, at=at), until, at=at)
    done = [each.pk for each in behind if each.first_change is None or each in due]
    Subscription.objects.filter(pk__in=done).update(last_sequence=until)
    return notices


def changes_of(subscription: Subscription, until: int) -> QuerySet[Change]:
    """What happened since the subscription was told last."""
    changes = Change.objects.filter(
        entity=subscription.entity, id__gt=subscription.last_sequence, id__lte=until
    ).exclude(kind=Kind.NOTHING)
    if subscription.key is not None:
        changes = changes.filter(key=subscription.key)
    if subscription.row_id is not None:
        changes = changes.filter(row_id=subscription.row_id)
    return changes.order_by()


def items_of(subscription: Subscription, until: int, company) -> list[dict]:
    """The changes of one subscription as a notice writes them; more than a thousand are one collection."""
    changes = changes_of(subscription, until)
    records = changes.values("key", "row_id").annotate(
        kinds=ArrayAgg("kind", order_by="id"), last=Max("id"), changed_at=Max("at")
    )
    records = list(records.order_by("last")[: MOST + 1])
    if len(records) > MOST or any(Kind.COLLECTION in record["kinds"] for record in records):
        whole = changes.aggregate(since=Min("at"), changed_at=Max("at"), last=Max("id"))
        return [_collection(subscription, whole, company)]
    followed = FOLLOWED[subscription.entity]
    items = []
    for record in records:
        kind = collapse(record["kinds"])
        if kind:
            where = address(company, followed.entity, followed.id_from(record["key"], record["row_id"]))
            items.append(_item(subscription, where, kind, record["changed_at"], record["last"]))
    return items


def collapse(kinds: Sequence[str]) -> str:
    """Several changes of one record as one; blank where a receiver need not hear of it: it came and went."""
    was_there = kinds[0] != Kind.CREATED
    is_there = kinds[-1] != Kind.DELETED
    if was_there and is_there:
        return Kind.UPDATED
    if was_there:
        return Kind.DELETED
    return Kind.CREATED if is_there else ""


def moment(at: datetime) -> str:
    """A moment as the API writes it, with milliseconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def _first_change(until: int) -> Subquery:
    """When the first change came that a subscription was not told of; None where there was none."""
    is_whole = IsNull(OuterRef("key"), True) & IsNull(OuterRef("row_id"), True)
    mine = Change.objects.filter(
        is_whole | Q(key=OuterRef("key")) | Q(row_id=OuterRef("row_id")),
        entity=OuterRef("entity"),
        id__gt=OuterRef("last_sequence"),
        id__lte=until,
    )
    return Subquery(mine.exclude(kind=Kind.NOTHING).order_by("id").values("at")[:1])


def _write(subscriptions: Iterable[Subscription], until: int, *, at: datetime) -> list[WebhookNotice]:
    """A notice per address, format and secret, in parts of a thousand changes."""
    by_target = defaultdict(list)
    for each in subscriptions:
        by_target[each.notification_url, each.notification_format, each.secret].append(each)
    company = company_id() if by_target else None
    notices = []
    for (url, _format, _secret), group in by_target.items():
        told = [(each, item) for each in group for item in items_of(each, until, company)]
        for start in range(0, len(told), MOST):
            part = told[start : start + MOST]
            notice = WebhookNotice.objects.create(
                url=url, items=[item for _each, item in part], created_at=at, next_at=at
            )
            notice.subscriptions.set({each for each, _item in part})
            notices.append(notice)
    return notices


def _collection(subscription: Subscription, whole: dict, company) -> dict:
    where = address(company, subscription.entity)
    wanted = f"lastModifiedDateTime gt {moment(whole['since'] - BEFORE)}"
    where = f"{where}?$filter={quote(wanted, safe=':')}"
    return _item(subscription, where, Kind.COLLECTION, whole["changed_at"], whole["last"])


def _item(subscription: Subscription, where: str, kind: str, at: datetime, sequence: int) -> dict:
    return {
        "subscriptionId": subscription.subscription_id,
        "resource": where,
        "changeType": str(kind),
        "lastModifiedDateTime": moment(at),
        "sequence": sequence,
        "eventId": str(uuid5(NAMESPACE_URL, f"{where}#{sequence}")),
    }
