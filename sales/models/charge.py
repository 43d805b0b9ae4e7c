from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from erp.kernel.fields import AmountField, QuantityField


class ChargeAssignment(models.Model):
    """How much of an item charge goes to which goods: a line of the same document, or goods that moved earlier."""

    class Target(models.TextChoices):
        LINE = "line", _("Line")
        SHIPMENT = "shipment", _("Posted Shipment")
        RETURN_RECEIPT = "return_receipt", _("Posted Return Receipt")

    line = models.ForeignKey("sales.SalesLine", models.CASCADE, related_name="charge_assignments")
    target = models.CharField(_("applies-to"), max_length=16, choices=Target, default=Target.LINE)
    target_line = models.ForeignKey(
        "sales.SalesLine", models.CASCADE, null=True, blank=True, related_name="+"
    )
    target_no = models.CharField(_("applies-to doc. no."), max_length=20, blank=True)
    target_line_no = models.PositiveIntegerField(default=0)
    item_no = models.CharField(_("item no."), max_length=20)
    description = models.CharField(_("description"), max_length=100, blank=True)
    quantity = QuantityField(_("qty. to assign"), default=Decimal(0))
    amount = AmountField(_("amount to assign"), default=Decimal(0))
    quantity_assigned = QuantityField(_("qty. assigned"), default=Decimal(0))

    class Meta:
        verbose_name = _("item charge assignment")
        verbose_name_plural = _("item charge assignments")
        ordering = ["line", "id"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(target="line") & Q(target_line__isnull=False) & Q(target_no=""))
                | (~Q(target="line") & Q(target_line=None) & ~Q(target_no="")),
                name="sales_charge_names_its_goods",
            ),
            models.UniqueConstraint(
                fields=["line", "target_line", "target", "target_no", "target_line_no"],
                name="sales_charge_once_per_target",
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_no}: {self.quantity}"
