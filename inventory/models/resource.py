from decimal import Decimal
from uuid import uuid4

from django.db import models
from django.utils.translation import gettext_lazy as _

from erp.kernel.fields import UnitAmountField


class Resource(models.Model):
    """A person or machine whose time we sell. It has no stock; its use is kept in the resource ledger."""

    class Type(models.TextChoices):
        PERSON = "person", _("Person")
        MACHINE = "machine", _("Machine")

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    number = models.CharField(_("No."), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=100)
    type = models.CharField(_("type"), max_length=8, choices=Type, default=Type.PERSON)
    base_unit = models.ForeignKey("inventory.UnitOfMeasure", models.PROTECT, related_name="+")
    unit_cost = UnitAmountField(_("unit cost"), default=Decimal(0))
    unit_price = UnitAmountField(_("unit price"), default=Decimal(0))
    gen_prod_posting_group = models.ForeignKey(
        "posting.GeneralProductGroup", models.PROTECT, null=True, blank=True, related_name="+"
    )
    vat_prod_posting_group = models.ForeignKey(
        "posting.VATProductGroup", models.PROTECT, null=True, blank=True, related_name="+"
    )
    blocked = models.BooleanField(_("blocked"), default=False)
    privacy_blocked = models.BooleanField(_("privacy blocked"), default=False)

    class Meta:
        verbose_name = _("resource")
        verbose_name_plural = _("resources")
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class ItemCharge(models.Model):
    """Freight, insurance, an allowance: invoiced on a line of its own, it counts as revenue of the goods it is for."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    number = models.CharField(_("No."), max_length=20, unique=True)
    description = models.CharField(_("description"), max_length=100, blank=True)
    gen_prod_posting_group = models.ForeignKey(
        "posting.GeneralProductGroup", models.PROTECT, null=True, blank=True, related_name="+"
    )
    vat_prod_posting_group = models.ForeignKey(
        "posting.VATProductGroup", models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("item charge")
        verbose_name_plural = _("item charges")
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.number} {self.description}"
