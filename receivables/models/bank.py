from uuid import uuid4

from django.db import models
from django.utils.translation import gettext_lazy as _

from erp.kernel.models import Stamped


class BankAccountPostingGroup(models.Model):
    """The G/L account that carries a bank account's balance."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    gl_account = models.ForeignKey("posting.GLAccount", models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("bank account posting group")
        verbose_name_plural = _("bank account posting groups")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code


class BankAccount(Stamped):
    """A bank account of ours. With a currency it accepts only that currency."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    number = models.CharField(_("No."), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=100)
    bank_account_no = models.CharField(_("bank account no."), max_length=30, blank=True)
    iban = models.CharField(_("IBAN"), max_length=50, blank=True)
    swift_code = models.CharField(_("SWIFT code"), max_length=20, blank=True)
    currency = models.ForeignKey("posting.Currency", models.PROTECT, null=True, blank=True, related_name="+")
    posting_group = models.ForeignKey(BankAccountPostingGroup, models.PROTECT, related_name="+")
    blocked = models.BooleanField(_("blocked"), default=False)

    class Meta:
        verbose_name = _("bank account")
        verbose_name_plural = _("bank accounts")
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"
