from decimal import Decimal
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from erp.kernel.fields import PercentField, QuantityField, UnitAmountField
from erp.kernel.models import Stamped
from erp.kernel.search import words_index
from inventory.models.setup import CostingMethod, Policy


class ItemQuerySet(models.QuerySet):
    def sellable(self):
        """Items that may be put on a new sales line."""
        return self.filter(blocked=False, sales_blocked=False).order_by("number")


class Item(models.Model):
    """What we sell. Quantities and costs follow from the item ledger; the costs shown here are its summary."""

    class Type(models.TextChoices):
        INVENTORY = "inventory", _("Inventory")
        SERVICE = "service", _("Service")
        NON_INVENTORY = "non_inventory", _("Non-Inventory")

    class PriceProfit(models.TextChoices):
        PROFIT_FROM_PRICE = "profit_from_price", _("Profit=Price-Cost")
        PRICE_FROM_PROFIT = "price_from_profit", _("Price=Cost+Profit")
        NO_RELATION = "no_relation", _("No Relationship")

    class Reserve(models.TextChoices):
        NEVER = "never", _("Never")
        OPTIONAL = "optional", _("Optional")
        ALWAYS = "always", _("Always")

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    number = models.CharField(_("No."), max_length=20, unique=True)
    number_2 = models.CharField(_("No. 2"), max_length=20, blank=True)
    description = models.CharField(_("description"), max_length=100)
    description_2 = models.CharField(_("description 2"), max_length=50, blank=True)
    search_description = models.CharField(_("search description"), max_length=100, blank=True)
    type = models.CharField(_("type"), max_length=16, choices=Type, default=Type.INVENTORY)
    base_unit = models.ForeignKey("inventory.UnitOfMeasure", models.PROTECT, related_name="+")
    sales_unit = models.ForeignKey(
        "inventory.UnitOfMeasure", models.PROTECT, null=True, blank=True, related_name="+"
    )
    purchase_unit = models.ForeignKey(
        "inventory.UnitOfMeasure", models.PROTECT, null=True, blank=True, related_name="+"
    )
    gtin = models.CharField(_("GTIN"), max_length=14, blank=True)
    category_code = models.CharField(_("item category"), max_length=20, blank=True)
    blocked = models.BooleanField(_("blocked"), default=False)
    block_reason = models.CharField(_("block reason"), max_length=250, blank=True)
    sales_blocked = models.BooleanField(_("sales blocked"), default=False)
    purchasing_blocked = models.BooleanField(_("purchasing blocked"), default=False)
    variant_mandatory = models.CharField(max_length=8, choices=Policy, default=Policy.DEFAULT)
    shelf_no = models.CharField(_("shelf no."), max_length=10, blank=True)
    stockout_warning = models.CharField(max_length=8, choices=Policy, default=Policy.DEFAULT)
    prevent_negative_inventory = models.CharField(max_length=8, choices=Policy, default=Policy.DEFAULT)
    reserve = models.CharField(max_length=8, choices=Reserve, default=Reserve.OPTIONAL)
    unit_price = UnitAmountField(_("unit price"), default=Decimal(0))
    price_includes_vat = models.BooleanField(_("price includes VAT"), default=False)
    vat_bus_posting_group_price = models.ForeignKey(
        "posting.VATBusinessGroup", models.PROTECT, null=True, blank=True, related_name="+"
    )
    price_profit_calculation = models.CharField(
        max_length=20, choices=PriceProfit, default=PriceProfit.PROFIT_FROM_PRICE
    )
    profit_percent = PercentField(_("profit %"), default=Decimal(0))
    allow_invoice_discount = models.BooleanField(_("allow invoice disc."), default=True)
    discount_group_code = models.CharField(_("item disc. group"), max_length=20, blank=True)
    costing_method = models.CharField(max_length=10, choices=CostingMethod, default=CostingMethod.FIFO)
    unit_cost = UnitAmountField(_("unit cost"), default=Decimal(0))
    standard_cost = UnitAmountField(_("standard cost"), default=Decimal(0))
    last_direct_cost = UnitAmountField(_("last direct cost"), default=Decimal(0))
    indirect_cost_percent = PercentField(_("indirect cost %"), default=Decimal(0))
    overhead_rate = UnitAmountField(_("overhead rate"), default=Decimal(0))
    cost_is_adjusted = models.BooleanField(_("cost is adjusted"), default=True)
    inventory_value_zero = models.BooleanField(_("inventory value zero"), default=False)
    gen_prod_posting_group = models.ForeignKey(
        "posting.GeneralProductGroup", models.PROTECT, null=True, blank=True, related_name="+"
    )
    vat_prod_posting_group = models.ForeignKey(
        "posting.VATProductGroup", models.PROTECT, null=True, blank=True, related_name="+"
    )
    inventory_posting_group = models.ForeignKey(
        "inventory.InventoryPostingGroup", models.PROTECT, null=True, blank=True, related_name="+"
    )
    gross_weight = QuantityField(_("gross weight"), default=Decimal(0))
    net_weight = QuantityField(_("net weight"), default=Decimal(0))
    unit_volume = QuantityField(_("unit volume"), default=Decimal(0))
    units_per_parcel = QuantityField(_("units per parcel"), default=Decimal(0))
    tariff_no = models.CharField(_("tariff no."), max_length=20, blank=True)
    country_of_origin_code = models.CharField(_("country/region of origin"), max_length=2, blank=True)
    modified_at = models.DateTimeField(_("last modified"), auto_now=True)

    objects = ItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("item")
        verbose_name_plural = _("items")
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(type="inventory") | (Q(costing_method="fifo") & Q(inventory_posting_group=None)),
                name="inventory_only_stock_items_are_costed",
            ),
            models.CheckConstraint(
                condition=Q(type="inventory") | Q(reserve="never"), name="inventory_only_stock_is_reserved"
            ),
        ]
        indexes = [
            models.Index(fields=["search_description"], name="inventory_item_search"),
            models.Index(fields=["modified_at"], name="inventory_item_modified"),
            words_index("inventory_item_words", "number", "description"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.description}"

    @property
    def keeps_stock(self) -> bool:
        """Only items of type Inventory have quantities on hand, application and a cost of goods sold."""
        return self.type == self.Type.INVENTORY


class ItemVariant(Stamped):
    """A colour, size or make of an item. Stock is separate, cost follows the item."""

    item = models.ForeignKey(Item, models.CASCADE, related_name="variants")
    code = models.CharField(_("code"), max_length=10)
    description = models.CharField(_("description"), max_length=100, blank=True)
    blocked = models.BooleanField(_("blocked"), default=False)
    sales_blocked = models.BooleanField(_("sales blocked"), default=False)
    purchasing_blocked = models.BooleanField(_("purchasing blocked"), default=False)

    class Meta:
        verbose_name = _("item variant")
        verbose_name_plural = _("item variants")
        ordering = ["item", "code"]
        constraints = [
            models.UniqueConstraint(fields=["item", "code"], name="inventory_one_variant_per_code")
        ]

    def __str__(self) -> str:
        return f"{self.item.number} {self.code}"


class ItemReference(Stamped):
    """The name that a customer, a vendor or a bar code gives to an item, its variant and unit."""

    class Type(models.TextChoices):
        NONE = "", _("–")
        CUSTOMER = "customer", _("Customer")
        VENDOR = "vendor", _("Vendor")
        BAR_CODE = "bar_code", _("Bar Code")

    item = models.ForeignKey(Item, models.CASCADE, related_name="references")
    variant_code = models.CharField(_("variant"), max_length=10, blank=True)
    unit = models.ForeignKey(
        "inventory.UnitOfMeasure", models.PROTECT, null=True, blank=True, related_name="+"
    )
    type = models.CharField(_("reference type"), max_length=10, choices=Type, blank=True)
    type_no = models.CharField(_("reference type no."), max_length=20, blank=True)
    reference_no = models.CharField(_("reference no."), max_length=50)
    description = models.CharField(_("description"), max_length=100, blank=True)
    description_2 = models.CharField(_("description 2"), max_length=50, blank=True)
    starting_date = models.DateField(_("starting date"), null=True, blank=True)
    ending_date = models.DateField(_("ending date"), null=True, blank=True)

    class Meta:
        verbose_name = _("item reference")
        verbose_name_plural = _("item references")
        ordering = ["reference_no"]
        constraints = [
            models.UniqueConstraint(
                fields=["item", "variant_code", "unit", "type", "type_no", "reference_no"],
                name="inventory_one_reference",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=(Q(type__in=["customer", "vendor"]) & ~Q(type_no=""))
                | (Q(type__in=["", "bar_code"]) & Q(type_no="")),
                name="inventory_reference_names_its_owner",
            ),
        ]
        indexes = [models.Index(fields=["reference_no"], name="inventory_reference_no")]

    def __str__(self) -> str:
        return self.reference_no
