"""Requests that must happen once, however often they are sent."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class IdempotencyKey(models.Model):
    """A key that a caller chose for one request, and what the request returned. Written in the work's transaction."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(_("key"), max_length=64)
    operation = models.CharField(_("operation"), max_length=100)
    request_hash = models.CharField(_("request hash"), max_length=64)
    result = models.JSONField(_("result"), null=True, encoder=DjangoJSONEncoder)
    created_at = models.DateTimeField(_("created at"), db_default=Now())

    class Meta:
        verbose_name = _("idempotency key")
        verbose_name_plural = _("idempotency keys")
        ordering = ["-id"]
        default_permissions = ("view",)
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="kernel_key_once_per_user")]
        indexes = [models.Index(fields=["created_at"], name="kernel_idempotency_age")]

    def __str__(self) -> str:
        return f"{self.operation} {self.key}"
