"""Who moved what from one status to another, and when."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class TransitionLog(models.Model):
    """One completed move of one document. Append-only; refused moves leave nothing."""

    subject = models.CharField(
        _("subject"), max_length=100, help_text=_("Model label, as in sales.salesdocument")
    )
    subject_id = models.BigIntegerField(_("subject id"))
    number = models.CharField(_("number"), max_length=50, blank=True)
    field = models.CharField(_("field"), max_length=50, default="status")
    verb = models.CharField(_("verb"), max_length=50)
    from_status = models.CharField(_("from"), max_length=50)
    to_status = models.CharField(_("to"), max_length=50)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("transition")
        verbose_name_plural = _("transitions")
        ordering = ["-id"]
        default_permissions = ("view",)
        indexes = [models.Index(fields=["subject", "subject_id"], name="kernel_transition_subject")]

    def __str__(self) -> str:
        return f"{self.number}: {self.from_status} → {self.to_status}"
