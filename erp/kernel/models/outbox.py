"""Messages that leave after the commit."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class OutboxMessageQuerySet(models.QuerySet):
    def waiting(self):
        """Neither delivered nor given up."""
        return self.filter(sent_at=None, dead_at=None)

    def due(self):
        """Waiting, their time come, and first of those with the same topic and key: order within a key is kept."""
        earlier = OutboxMessage.objects.waiting().filter(
            topic=OuterRef("topic"), key=OuterRef("key"), pk__lt=OuterRef("pk")
        )
        return self.waiting().filter(~Exists(earlier), retry_at__lte=Now())

    def dead(self):
        """Given up after too many attempts; waiting for somebody to look."""
        return self.exclude(dead_at=None)


class OutboxMessage(models.Model):
    """Something that happened and that others are to hear of; delivered at least once. Is not a queue of commands."""

    topic = models.CharField(_("topic"), max_length=100)
    key = models.CharField(_("key"), max_length=100, blank=True)
    payload = models.JSONField(_("payload"), default=dict, encoder=DjangoJSONEncoder)
    created_at = models.DateTimeField(_("created at"), db_default=Now())
    retry_at = models.DateTimeField(_("due at"), db_default=Now())
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    delivered_to = models.JSONField(
        _("delivered to"), default=list, help_text=_("Handlers that are done already")
    )
    error = models.TextField(_("last error"), blank=True)
    sent_at = models.DateTimeField(_("delivered at"), null=True, blank=True)
    dead_at = models.DateTimeField(_("given up at"), null=True, blank=True)

    objects = OutboxMessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("outbox message")
        verbose_name_plural = _("outbox")
        ordering = ["id"]
        indexes = [
            models.Index(
                fields=["id"], name="kernel_outbox_waiting", condition=Q(sent_at=None, dead_at=None)
            ),
            models.Index(
                fields=["topic", "key", "id"],
                name="kernel_outbox_order",
                condition=Q(sent_at=None, dead_at=None),
            ),
            models.Index(fields=["dead_at"], name="kernel_outbox_dead", condition=~Q(dead_at=None)),
            models.Index(fields=["sent_at"], name="kernel_outbox_sent", condition=~Q(sent_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.key}".rstrip()
