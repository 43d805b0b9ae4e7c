from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from erp.kernel.models import Stamped


class AccountingPeriod(Stamped):
    """A month (or other span) of the books; it ends where the next one starts."""

    starting_date = models.DateField(_("starting date"), unique=True)
    name = models.CharField(_("name"), max_length=20, blank=True)
    new_fiscal_year = models.BooleanField(_("new fiscal year"), default=False)
    closed = models.BooleanField(_("closed"), default=False)
    date_locked = models.BooleanField(_("date locked"), default=False)

    class Meta:
        verbose_name = _("accounting period")
        verbose_name_plural = _("accounting periods")
        ordering = ["starting_date"]

    def __str__(self) -> str:
        return self.name or str(self.starting_date)


class UserPostingDates(models.Model):
    """The posting dates that one user may use; filled in, they replace the company's range completely."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="posting_dates")
    allow_posting_from = models.DateField(_("allow posting from"), null=True, blank=True)
    allow_posting_to = models.DateField(_("allow posting to"), null=True, blank=True)

    class Meta:
        verbose_name = _("allowed posting dates of a user")
        verbose_name_plural = _("allowed posting dates of users")
        constraints = [
            models.CheckConstraint(
                condition=Q(allow_posting_from=None)
                | Q(allow_posting_to=None)
                | Q(allow_posting_from__lte=F("allow_posting_to")),
                name="posting_user_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        return str(self.user)
