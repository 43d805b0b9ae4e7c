"""What was changed in set-up and master data."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class ChangeLogEntry(models.Model):
    """One field that somebody changed in one record; written by a database trigger, so bulk changes show too.

    An insertion or a deletion is one row without a field: the whole record as JSON stands in `after` or `before`.
    Passwords and other secrets never get here.
    """

    class Action(models.TextChoices):
        INSERT = "insert", _("Insertion")
        UPDATE = "update", _("Modification")
        DELETE = "delete", _("Deletion")

    at = models.DateTimeField(_("at"))
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    table = models.CharField(_("table"), max_length=63)
    record_id = models.BigIntegerField(_("record id"), null=True)
    record_key = models.CharField(_("record"), max_length=250)
    action = models.CharField(_("action"), max_length=6, choices=Action)
    field = models.CharField(_("field"), max_length=63, blank=True)
    before = models.TextField(_("before"), null=True)
    after = models.TextField(_("after"), null=True)

    class Meta:
        verbose_name = _("change log entry")
        verbose_name_plural = _("change log")
        ordering = ["-id"]
        default_permissions = ("view",)
        indexes = [
            models.Index(fields=["table", "record_key", "id"], name="kernel_change_of_record"),
            models.Index(fields=["at"], name="kernel_change_at"),
        ]

    def __str__(self) -> str:
        return f"{self.table} {self.record_key} {self.field}".rstrip()
