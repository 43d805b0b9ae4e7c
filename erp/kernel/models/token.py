"""Personal access tokens: what lets a script in without a password."""

from datetime import datetime

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class AccessToken(models.Model):
    """A personal access token: acts as its user, within its scopes, until it expires or is revoked.

    Its text is shown once and is not kept: only its hash is, and the first letters, so that people recognize it.

    prefix  "hdl_" and the four letters after it
    hashed  SHA-256 of the whole text, hexadecimal
    scopes  names as in erp/kernel/api/scopes.py
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="access_tokens")
    name = models.CharField(_("name"), max_length=60)
    prefix = models.CharField(_("begins with"), max_length=8)
    hashed = models.CharField(max_length=64, unique=True, editable=False)
    scopes = ArrayField(models.CharField(max_length=60), verbose_name=_("scopes"))
    created_at = models.DateTimeField(_("created at"))
    expires_at = models.DateTimeField(_("expires at"))
    last_used_at = models.DateTimeField(_("last used at"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    class Meta:
        verbose_name = _("access token")
        verbose_name_plural = _("access tokens")
        ordering = ["-id"]
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(condition=~Q(scopes=[]), name="kernel_token_has_scopes"),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="kernel_token_expires_later"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    def is_live(self, at: datetime) -> bool:
        """Whether it opens anything at this moment."""
        return self.revoked_at is None and at < self.expires_at
