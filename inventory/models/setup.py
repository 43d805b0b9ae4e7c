from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from erp.kernel.fields import DateFormulaField
from erp.kernel.models import Stamped


class CostingMethod(models.TextChoices):
    FIFO = "fifo", _("FIFO")
    LIFO = "lifo", _("LIFO")
    SPECIFIC = "specific", _("Specific")
    AVERAGE = "average", _("Average")
    STANDARD = "standard", _("Standard")


class Policy(models.TextChoices):
    """A switch on the card that may leave the decision to the set-up."""

    DEFAULT = "default", _("Default")
    NO = "no", _("No")
    YES = "yes", _("Yes")


class InventorySetup(models.Model):
    """The company's stock rules; exactly one row."""

    class AdjustCost(models.TextChoices):
        NEVER = "never", _("Never")
        ALWAYS = "always", _("Always")

    class AveragePool(models.TextChoices):
        ITEM = "item", _("Item")
        ITEM_LOCATION_VARIANT = "item_location_variant", _("Item & Location & Variant")

    class AveragePeriod(models.TextChoices):
        DAY = "day", _("Day")
        WEEK = "week", _("Week")
        MONTH = "month", _("Month")

    automatic_cost_posting = models.BooleanField(_("automatic cost posting"), default=True)
    expected_cost_posting = models.BooleanField(_("expected cost posting to G/L"), default=False)
    automatic_cost_adjustment = models.CharField(max_length=8, choices=AdjustCost, default=AdjustCost.ALWAYS)
    default_costing_method = models.CharField(
        max_length=10, choices=CostingMethod, default=CostingMethod.FIFO
    )
    average_cost_pool = models.CharField(
        max_length=24, choices=AveragePool, default=AveragePool.ITEM_LOCATION_VARIANT
    )
    average_cost_period = models.CharField(max_length=8, choices=AveragePeriod, default=AveragePeriod.DAY)
    location_mandatory = models.BooleanField(_("location mandatory"), default=False)
    prevent_negative_inventory = models.BooleanField(_("prevent negative inventory"), default=False)
    variant_mandatory_if_exists = models.BooleanField(default=False)
    stockout_warning = models.BooleanField(_("stockout warning"), default=True)
    outbound_handling_time = DateFormulaField(_("outbound whse. handling time"), blank=True)
    inbound_handling_time = DateFormulaField(_("inbound whse. handling time"), blank=True)
    earliest_valuation_date = models.DateField(_("earliest valuation date"), null=True, blank=True)
    item_number_series = models.CharField(_("item nos."), max_length=20, blank=True)

    class Meta:
        verbose_name = _("inventory setup")
        verbose_name_plural = _("inventory setup")
        constraints = [models.CheckConstraint(condition=Q(id=1), name="inventory_one_setup")]

    def __str__(self) -> str:
        return str(self._meta.verbose_name)


class InventoryPostingGroup(Stamped):
    """Which inventory account an item's stock is carried on."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    description = models.CharField(_("description"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("inventory posting group")
        verbose_name_plural = _("inventory posting groups")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code


class InventoryPostingSetup(models.Model):
    """The inventory accounts of (location × inventory posting group); the location may be empty."""

    location = models.ForeignKey(
        "inventory.Location", models.PROTECT, null=True, blank=True, related_name="+"
    )
    inventory_posting_group = models.ForeignKey(InventoryPostingGroup, models.PROTECT, related_name="+")
    inventory_account = models.ForeignKey(
        "posting.GLAccount", models.PROTECT, null=True, blank=True, related_name="+"
    )
    inventory_interim_account = models.ForeignKey(
        "posting.GLAccount", models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("inventory posting setup")
        verbose_name_plural = _("inventory posting setup")
        ordering = ["location__code", "inventory_posting_group__code"]
        constraints = [
            models.UniqueConstraint(
                fields=["location", "inventory_posting_group"],
                name="inventory_one_posting_setup_per_pair",
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.location or '–'} × {self.inventory_posting_group}"
