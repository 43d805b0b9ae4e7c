"""Who is told of changes by webhook, and what was told to them."""

from datetime import timedelta
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


def _new_id() -> str:
    return uuid4().hex


class SubscriptionQuerySet(models.QuerySet):
    def active(self):
        """Those that have not ended; one whose time is over is ended by the next sweep."""
        return self.filter(ended_at=None)


class Subscription(models.Model):
    """Somebody's wish to hear of changes in a set, or of one record. Ended ones are kept for a while, for the page.

    Is not a queue: what is to be told stands in the change feed, behind `last_sequence`.
    """

    class Format(models.TextChoices):
        CLASSIC = "classic", _("Classic")
        V2 = "v2", _("v2, signed")

    class EndReason(models.TextChoices):
        NONE = "", _("–")
        BY_OWNER = "by_owner", _("Ended by its owner")
        EXPIRED = "expired", _("Not renewed in time")
        REFUSED = "refused", _("The receiver refused a notice")
        UNREACHABLE = "unreachable", _("The receiver could not be reached")
        NO_ACCESS = "no_access", _("Its owner may not read this any more")

    FAILED = (EndReason.REFUSED, EndReason.UNREACHABLE)
    LIFE = {Format.CLASSIC: timedelta(days=3), Format.V2: timedelta(days=30)}

    subscription_id = models.CharField(_("ID"), max_length=150, unique=True, default=_new_id, editable=False)
    notification_url = models.CharField(_("address"), max_length=2048)
    resource = models.CharField(_("resource"), max_length=250, help_text=_("a set, or one record of it"))
    entity = models.CharField(_("set"), max_length=40)
    key = models.UUIDField(_("record"), null=True, blank=True)
    row_id = models.BigIntegerField(null=True, blank=True)
    client_state = models.CharField(_("client state"), max_length=2048, blank=True)
    notification_format = models.CharField(_("format"), max_length=8, choices=Format, default=Format.CLASSIC)
    secret = models.CharField(_("secret"), max_length=128, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("owner")
    )
    created_at = models.DateTimeField(_("created at"))
    modified_at = models.DateTimeField(_("last modified"))
    expires_at = models.DateTimeField(_("expires"))
    last_sequence = models.BigIntegerField(_("told up to"), default=0)
    failing_since = models.DateTimeField(_("failing since"), null=True, blank=True)
    warned_at = models.DateTimeField(_("warned at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    end_reason = models.CharField(_("end"), max_length=12, choices=EndReason, blank=True)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("webhook subscription")
        verbose_name_plural = _("webhook subscriptions")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at=None, end_reason="") | (Q(ended_at__isnull=False) & ~Q(end_reason="")),
                name="integration_end_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(notification_format="classic") | ~Q(secret=""),
                name="integration_v2_is_signed",
            ),
        ]
        indexes = [
            models.Index(fields=["entity"], condition=Q(ended_at=None), name="integration_sub_active"),
            models.Index(fields=["user"], condition=Q(ended_at=None), name="integration_sub_of_user"),
        ]

    def __str__(self) -> str:
        return self.resource

    @property
    def is_v2(self) -> bool:
        return self.notification_format == self.Format.V2

    @property
    def is_active(self) -> bool:
        return self.ended_at is None


class WebhookNotice(models.Model):
    """One POST to a receiver: changes for all subscriptions that share its address. Kept for a week."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        DELIVERED = "delivered", _("Delivered")
        FAILED = "failed", _("Failed")
        DROPPED = "dropped", _("Not needed any more")

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    url = models.CharField(_("address"), max_length=2048)
    subscriptions = models.ManyToManyField(
        Subscription, related_name="notices", verbose_name=_("subscriptions")
    )
    items = models.JSONField(_("changes"), default=list)
    status = models.CharField(_("status"), max_length=9, choices=Status, default=Status.WAITING)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    created_at = models.DateTimeField(_("created at"))
    next_at = models.DateTimeField(_("next attempt"), null=True, blank=True)
    delivered_at = models.DateTimeField(_("delivered at"), null=True, blank=True)
    failed_at = models.DateTimeField(_("failed at"), null=True, blank=True)
    last_status = models.PositiveSmallIntegerField(_("last status code"), null=True, blank=True)
    last_answer = models.CharField(_("last answer"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("webhook notice")
        verbose_name_plural = _("webhook notices")
        ordering = ["-id"]
        default_permissions = ("view", "change")
        constraints = [
            models.CheckConstraint(
                condition=Q(status="waiting", next_at__isnull=False)
                | (~Q(status="waiting") & Q(next_at=None)),
                name="integration_waiting_has_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["next_at"], condition=Q(status="waiting"), name="integration_notice_due"),
            models.Index(fields=["status", "-id"], name="integration_notice_status"),
            models.Index(fields=["created_at"], name="integration_notice_age"),
        ]

    def __str__(self) -> str:
        return f"{self.uuid}"
