"""Housekeeping: what expired ends, owners are warned a day ahead, and what is old is forgotten."""

from datetime import datetime, timedelta

from erp.kernel.feed import KEEP, forget_changes
from integration.models import Subscription, WebhookNotice
from integration.webhooks.owners import end_without_access, warn
from integration.webhooks.subscribe import end

WARN_BEFORE = timedelta(days=1)
KEEP_ENDED = timedelta(days=30)


def sweep(*, at: datetime) -> None:
    """To be called every few minutes; safe to run twice."""
    for each in Subscription.objects.active().filter(expires_at__lte=at):
        end(each, Subscription.EndReason.EXPIRED, at=at)
    active = end_without_access(Subscription.objects.active().select_related("user").order_by("pk"), at=at)
    for each in active:
        if each.is_v2 and each.expires_at - WARN_BEFORE <= at:
            warn(each, at=at)
    forget_changes(before=at - KEEP)
    old = WebhookNotice.objects.filter(created_at__lt=at - KEEP)
    old.exclude(status=WebhookNotice.Status.WAITING).delete()
    Subscription.objects.filter(ended_at__lt=at - KEEP_ENDED).delete()
