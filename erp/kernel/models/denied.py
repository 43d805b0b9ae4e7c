"""Who tried what they may not do."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class DeniedAttempt(models.Model):
    """One attempt that was refused because of who made it; the row stays as it was written.

    wanted      what was missing: a permission, a scope, or the code of the refusal
    place       where it was tried: the routine, the page or the address
    record      what it was tried on, in words
    request_id  the API's number of the request, as its answer says it
    address     the network address that it came from
    """

    class Channel(models.TextChoices):
        PAGE = "page", _("Page")
        API = "api", _("API")
        COMMAND = "command", _("Command")
        JOB = "job", _("Job")
        SIGN_IN = "sign_in", _("Sign-in")

    at = models.DateTimeField(_("at"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("user")
    )
    channel = models.CharField(_("channel"), max_length=7, choices=Channel)
    wanted = models.CharField(_("wanted"), max_length=250)
    place = models.CharField(_("place"), max_length=250)
    record = models.CharField(_("record"), max_length=250, blank=True)
    request_id = models.CharField(_("request id"), max_length=64, blank=True)
    address = models.CharField(_("address"), max_length=45, blank=True)

    class Meta:
        verbose_name = _("denied attempt")
        verbose_name_plural = _("denied attempts")
        ordering = ["-id"]
        default_permissions = ("view",)
        indexes = [
            models.Index(fields=["at"], name="kernel_denied_at"),
            models.Index(fields=["user", "wanted", "at"], name="kernel_denied_of_user"),
        ]

    def __str__(self) -> str:
        return f"{self.user or '-'} {self.wanted} {self.place}"

    def is_like(self, other: "DeniedAttempt") -> bool:
        """Whether the same user wanted the same from the same address."""
        mine = (self.user_id, self.wanted, self.address)
        return mine == (other.user_id, other.wanted, other.address)
