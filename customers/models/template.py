from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models.customer import CustomerDefaults


class CustomerTemplate(CustomerDefaults):
    """What a new customer starts with."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    description = models.CharField(_("description"), max_length=100, blank=True)
    number_series = models.CharField(_("No. series"), max_length=20, blank=True)

    class Meta:
        verbose_name = _("customer template")
        verbose_name_plural = _("customer templates")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code
