"""Subscribing, renewing and ending: a receiver proves that it wants to be told before it is told anything."""

import hmac
import secrets
from datetime import datetime
from urllib.parse import urlencode, urlsplit

from django.db import connection, transaction
from django.utils.translation import gettext as _

from erp.kernel.errors import Problem, ProblemsFound, raise_problems
from erp.kernel.feed import safe_sequence
from erp.kernel.models import User
from integration.models import Subscription, WebhookNotice
from integration.webhooks.resources import FOLLOWED, Resource, read_resource
from integration.webhooks.target import SECONDS, BadTarget, check_target, post

MOST = 200  # subscriptions of a company (api-v2, section 6)
MOST_URL = MOST_STATE = 2048
SECRET = (16, 128)  # letters of a secret that the subscriber brings along
_LOCK = "webhook subscriptions"
Format, EndReason = Subscription.Format, Subscription.EndReason


def subscribe(
    *,
    resource: str,
    notification_url: str,
    by: User,
    at: datetime,
    client_state: str = "",
    notification_format: str = Format.CLASSIC,
    expires_at: datetime | None = None,
    secret: str = "",
) -> Subscription:
    """Have a receiver told of changes in a set or of one record, after it has answered the handshake.

    resource             "/api/v2.0/companies({id})/salesOrders", a record of it, with or without the host
    notification_format  classic: 3 days; v2: signed, up to 30 days
    expires_at           earlier than that, where it is wanted
    secret               signs notices of v2; without one that of the owner's other subscriptions to the same address,
                         else a new one
    raises               ProblemsFound: E-WH-URL, E-WH-STATE, E-WH-FORMAT, E-WH-EXPIRY, E-WH-SECRET, E-WH-RESOURCE,
                         E-WH-RIGHT, E-WH-HANDSHAKE, E-WH-MANY; nothing is stored then

    To be called outside a transaction: the handshake may take ten seconds.
    """
    raise_problems(None, _check(notification_url, client_state, notification_format, secret))
    is_v2 = notification_format == Format.V2
    wanted = read_resource(resource, is_v2=is_v2)
    ends = end_of_life(notification_format, expires_at, at=at)
    _check_may_read(wanted, by)
    sequence = safe_sequence()
    shake_hands(notification_url)
    with transaction.atomic():
        _check_room(at=at)
        return Subscription.objects.create(
            notification_url=notification_url,
            resource=str(wanted),
            entity=wanted.followed.entity,
            key=wanted.key,
            row_id=wanted.row_id,
            client_state=client_state,
            notification_format=notification_format,
            secret=(secret or _secret_of(by, notification_url)) if is_v2 else "",
            user=by,
            created_at=at,
            modified_at=at,
            expires_at=ends,
            last_sequence=sequence,
        )


def renew(
    subscription: Subscription,
    *,
    at: datetime,
    expires_at: datetime | None = None,
    notification_url: str | None = None,
    client_state: str | None = None,
) -> Subscription:
    """Give a subscription its whole life again, after the receiver has answered the handshake once more.

    raises  as `subscribe`; E-WH-ENDED where it has ended meanwhile
    """
    url = subscription.notification_url if notification_url is None else notification_url
    state = subscription.client_state if client_state is None else client_state
    raise_problems(subscription, _check(url, state, subscription.notification_format, ""))
    ends = end_of_life(subscription.notification_format, expires_at, at=at)
    shake_hands(url)
    with transaction.atomic():
        locked = Subscription.objects.select_for_update().get(pk=subscription.pk)
        if not locked.is_active or locked.expires_at <= at:
            raise _problem("E-WH-ENDED", _("This subscription has ended; make a new one."))
        locked.notification_url, locked.client_state = url, state
        locked.expires_at, locked.modified_at, locked.warned_at = ends, at, None
        locked.save(
            update_fields=["notification_url", "client_state", "expires_at", "modified_at", "warned_at"]
        )
    return locked


def resume(subscription: Subscription, *, at: datetime) -> Subscription:
    """Take up a subscription whose receiver failed: it is told of everything since, as far as the feed goes back.

    raises  as `subscribe`
    """
    followed = FOLLOWED[subscription.entity]
    if not followed.may_read(subscription.user):
        raise _problem("E-WH-RIGHT", _("Its owner may not read {set}.").format(set=followed.entity))
    shake_hands(subscription.notification_url)
    with transaction.atomic():
        locked = Subscription.objects.select_for_update().get(pk=subscription.pk)
        if locked.is_active:
            return locked
        _check_room(at=at)
        locked.ended_at, locked.end_reason, locked.failing_since, locked.warned_at = None, "", None, None
        locked.expires_at, locked.modified_at = end_of_life(locked.notification_format, None, at=at), at
        locked.save()
    return locked


@transaction.atomic
def end(subscription: Subscription, reason: str = EndReason.BY_OWNER, *, at: datetime) -> None:
    """Tell a receiver nothing any more; what waits for it alone is dropped. Ending it twice changes nothing."""
    locked = Subscription.objects.select_for_update().get(pk=subscription.pk)
    if not locked.is_active:
        return
    locked.ended_at, locked.end_reason, locked.modified_at = at, reason, at
    locked.save(update_fields=["ended_at", "end_reason", "modified_at"])
    waiting = WebhookNotice.objects.filter(status=WebhookNotice.Status.WAITING, subscriptions=locked)
    others = Subscription.objects.active().filter(notices__in=waiting).values("notices")
    status = WebhookNotice.Status.FAILED if reason in Subscription.FAILED else WebhookNotice.Status.DROPPED
    failed_at = at if status == WebhookNotice.Status.FAILED else None
    alone = list(waiting.exclude(pk__in=others).values_list("pk", flat=True))
    WebhookNotice.objects.filter(pk__in=alone).update(status=status, next_at=None, failed_at=failed_at)


def shake_hands(url: str) -> None:
    """Ask a receiver to repeat a token: POST to its address with ?validationToken=…, and the token as the answer.

    raises  ProblemsFound: E-WH-HANDSHAKE
    """
    token = secrets.token_urlsafe(24)
    joint = "&" if urlsplit(url).query else "?"
    answer = post(f"{url}{joint}{urlencode({'validationToken': token})}", b"", {"Content-Type": "text/plain"})
    if answer.status is None:
        reason = _("it does not answer: {reason}").format(reason=answer.text)
    elif answer.status != 200:
        reason = _("it answers {status}").format(status=answer.status)
    elif not hmac.compare_digest(answer.text.strip().encode(), token.encode()):
        reason = _("its answer is not the token")
    else:
        return
    message = _(
        "{url} does not pass the handshake: {reason}. It must answer 200 within {seconds} seconds, "
        "with the validation token as plain text and nothing else."
    )
    message = message.format(url=url, reason=reason, seconds=SECONDS)
    raise _problem("E-WH-HANDSHAKE", message, field="notification_url")


def end_of_life(format: str, wanted: datetime | None, *, at: datetime) -> datetime:
    """When a subscription expires: as wanted, at most the life of its format from now; raises E-WH-EXPIRY."""
    life = Subscription.LIFE[format]
    if wanted is None:
        return at + life
    if wanted <= at:
        raise _problem("E-WH-EXPIRY", _("The expiry must be in the future."), field="expires_at")
    return min(wanted, at + life)


def _check(url: str, state: str, format: str, secret: str) -> list[Problem]:
    problems = []
    if len(url) > MOST_URL:
        message = _("An address has at most {count} letters.").format(count=MOST_URL)
        problems.append(Problem("E-WH-URL", message, field="notification_url"))
    else:
        try:
            check_target(url)
        except BadTarget as error:
            problems.append(Problem("E-WH-URL", str(error), field="notification_url"))
    if len(state) > MOST_STATE or "\0" in state:
        message = _("The client state has at most {count} letters.").format(count=MOST_STATE)
        problems.append(Problem("E-WH-STATE", message, field="client_state"))
    if format not in Format.values:
        message = _("The notification format is {formats}, not “{format}”.")
        message = message.format(formats=" / ".join(Format.values), format=format)
        problems.append(Problem("E-WH-FORMAT", message, field="notification_format"))
    if secret and (format != Format.V2 or not SECRET[0] <= len(secret) <= SECRET[1] or not secret.isascii()):
        message = _("A secret belongs to the format v2 and has {least} to {most} letters.")
        message = message.format(least=SECRET[0], most=SECRET[1])
        problems.append(Problem("E-WH-SECRET", message, field="secret"))
    return problems


def _check_may_read(wanted: Resource, user: User) -> None:
    if not wanted.followed.may_read(user):
        message = _("You may not read {set}.").format(set=wanted.followed.entity)
        raise _problem("E-WH-RIGHT", message, field="resource")


def _check_room(*, at: datetime) -> None:
    """At most 200 at a time; two that come at once are counted one after the other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [_LOCK])
    if Subscription.objects.active().filter(expires_at__gt=at).count() >= MOST:
        message = _("There are {count} subscriptions already; end one that is not needed.").format(count=MOST)
        raise _problem("E-WH-MANY", message)


def _secret_of(user: User, url: str) -> str:
    """One secret per owner and address, so that one notice can carry all their subscriptions."""
    known = Subscription.objects.active().filter(
        user=user, notification_url=url, notification_format=Format.V2
    )
    return known.values_list("secret", flat=True).first() or secrets.token_urlsafe(32)


def _problem(code: str, message: str, field: str | None = None) -> ProblemsFound:
    return ProblemsFound([Problem(code, message, field=field)])
