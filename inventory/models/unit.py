from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from erp.kernel.fields import QuantityField
from erp.kernel.models import Stamped


class UnitOfMeasure(Stamped):
    """A unit that goods are counted in; `iso_code` is its UN/ECE Recommendation 20 code for e-invoices."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    code = models.CharField(_("code"), max_length=10, unique=True)
    description = models.CharField(_("description"), max_length=50, blank=True)
    iso_code = models.CharField(_("international standard code"), max_length=10, blank=True)

    class Meta:
        verbose_name = _("unit of measure")
        verbose_name_plural = _("units of measure")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code


class ItemUnit(Stamped):
    """One unit that an item is bought or sold in, and how many base units it holds."""

    item = models.ForeignKey("inventory.Item", models.CASCADE, related_name="units")
    unit = models.ForeignKey(UnitOfMeasure, models.PROTECT, related_name="+")
    per_unit = QuantityField(_("qty. per unit of measure"), default=1)
    rounding_precision = QuantityField(_("qty. rounding precision"), default=0)
    weight = QuantityField(_("weight"), default=0)

    class Meta:
        verbose_name = _("item unit of measure")
        verbose_name_plural = _("item units of measure")
        ordering = ["item", "unit__code"]
        constraints = [
            models.UniqueConstraint(fields=["item", "unit"], name="inventory_one_row_per_item_unit"),
            models.CheckConstraint(condition=Q(per_unit__gt=0), name="inventory_unit_holds_something"),
        ]

    def __str__(self) -> str:
        return f"{self.unit} = {self.per_unit}"
