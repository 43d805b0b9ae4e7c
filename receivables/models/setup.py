from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ReceivablesSetup(models.Model):
    """How customers are numbered, warned and paid; exactly one row."""

    class BetweenCurrencies(models.TextChoices):
        NONE = "none", _("None")
        ALL = "all", _("All")

    customer_number_series = models.CharField(_("customer nos."), max_length=20, blank=True)
    payment_number_series = models.CharField(_("payment nos."), max_length=20, blank=True)
    default_bank_account = models.ForeignKey(
        "receivables.BankAccount", models.PROTECT, null=True, blank=True, related_name="+"
    )
    application_between_currencies = models.CharField(
        max_length=8, choices=BetweenCurrencies, default=BetweenCurrencies.NONE
    )

    class Meta:
        verbose_name = _("receivables setup")
        verbose_name_plural = _("receivables setup")
        constraints = [models.CheckConstraint(condition=Q(id=1), name="receivables_one_setup")]

    def __str__(self) -> str:
        return str(self._meta.verbose_name)
