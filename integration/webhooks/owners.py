"""What the owners of subscriptions are told, and when their subscriptions end without their doing."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from erp.kernel import mail
from erp.kernel.errors import ProblemsFound
from erp.kernel.notices import Level, tell
from integration.models import Subscription
from integration.webhooks.resources import FOLLOWED
from integration.webhooks.subscribe import end

EndReason = Subscription.EndReason


def end_without_access(subscriptions: Iterable[Subscription], *, at: datetime) -> list[Subscription]:
    """End those whose owner may not log in or may not read the set any more; returns the others."""
    left = []
    for each in subscriptions:
        followed = FOLLOWED.get(each.entity)
        if followed is not None and followed.may_read(each.user):
            left.append(each)
        else:
            end_and_tell(each, EndReason.NO_ACCESS, at=at)
    return left


def end_and_tell(subscription: Subscription, reason: str, *, at: datetime, answer: str = "") -> None:
    """End a subscription, and tell its owner why."""
    end(subscription, reason, at=at)
    with _language_of(subscription):
        title = _("The webhook for {resource} has ended").format(resource=subscription.resource)
        text = _("{reason}. Receiver: {url}").format(
            reason=EndReason(reason).label, url=subscription.notification_url
        )
        _say(subscription, title, "\n".join(filter(None, [text, answer])), Level.ERROR, at=at)


def warn(subscription: Subscription, *, at: datetime, answer: str = "") -> None:
    """Tell an owner once that a subscription is about to end: its receiver fails, or nobody renews it."""
    if subscription.warned_at is not None:
        return
    subscription.warned_at = at
    subscription.save(update_fields=["warned_at"])
    with _language_of(subscription):
        if subscription.failing_since:
            title = _("The webhook for {resource} cannot be delivered").format(resource=subscription.resource)
            text = _("It ends if {url} does not answer soon.").format(url=subscription.notification_url)
        else:
            title = _("The webhook for {resource} is about to expire").format(resource=subscription.resource)
            text = _("Renew it, or it ends within a day. Receiver: {url}").format(
                url=subscription.notification_url
            )
        _say(subscription, title, "\n".join(filter(None, [text, answer])), Level.WARNING, at=at)


def _language_of(subscription: Subscription):
    return translation.override(subscription.user.language or settings.LANGUAGE_CODE)


def _say(subscription: Subscription, title: str, text: str, level: str, *, at: datetime) -> None:
    """A sentence under the bell, and a mail where there is an address."""
    user = subscription.user
    tell(user, title, level=level, at=at)
    if user.is_active and user.email:
        try:
            about = ("integration.subscription", subscription.subscription_id[:50])
            mail.queue(about, to=user.email, title=title, body=text, by=None, at=at)
        except ProblemsFound:
            return  # an address that is none; the bell has rung
