from django.db import models
from django.utils.translation import gettext_lazy as _


def account(label):
    return models.ForeignKey(
        "posting.GLAccount", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=label
    )


class CustomerPostingGroup(models.Model):
    """The accounts behind a customer's balance. The receivables account is fixed once entries exist."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    description = models.CharField(_("description"), max_length=100, blank=True)
    receivables_account = account(_("receivables account"))
    service_charge_account = account(_("service charge acc."))
    payment_discount_debit_account = account(_("payment disc. debit acc."))
    payment_discount_credit_account = account(_("payment disc. credit acc."))
    payment_tolerance_debit_account = account(_("payment tolerance debit acc."))
    payment_tolerance_credit_account = account(_("payment tolerance credit acc."))
    invoice_rounding_account = account(_("invoice rounding account"))
    debit_rounding_account = account(_("debit rounding account"))
    credit_rounding_account = account(_("credit rounding account"))
    debit_application_rounding_account = account(_("debit curr. appln. rndg. acc."))
    credit_application_rounding_account = account(_("credit curr. appln. rndg. acc."))
    interest_account = account(_("interest account"))
    additional_fee_account = account(_("additional fee account"))
    additional_fee_per_line_account = account(_("add. fee per line account"))

    class Meta:
        verbose_name = _("customer posting group")
        verbose_name_plural = _("customer posting groups")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code


class VATNumberFormat(models.Model):
    """One form that a country's VAT numbers may take: # a digit, @ a letter, ? anything, the rest literal."""

    country_code = models.CharField(_("country/region"), max_length=2)
    format = models.CharField(_("format"), max_length=20)

    class Meta:
        verbose_name = _("VAT registration no. format")
        verbose_name_plural = _("VAT registration no. formats")
        ordering = ["country_code", "format"]
        constraints = [
            models.UniqueConstraint(fields=["country_code", "format"], name="customers_one_vat_format"),
        ]

    def __str__(self) -> str:
        return f"{self.country_code} {self.format}"
