from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from erp.kernel.fields import AmountField, PercentField, QuantityField, UnitAmountField
from erp.kernel.models import Stamped


class PriceList(Stamped):
    """A set of sales prices and discounts that is switched on as a whole."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        ACTIVE = "active", _("Active")
        INACTIVE = "inactive", _("Inactive")

    code = models.CharField(_("code"), max_length=20, unique=True)
    description = models.CharField(_("description"), max_length=250, blank=True)
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.DRAFT)

    class Meta:
        verbose_name = _("sales price list")
        verbose_name_plural = _("sales price lists")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code


class PriceListLine(Stamped):
    """One price or discount: for whom, of what, from how many, in which currency and unit, and when."""

    class Source(models.TextChoices):
        ALL_CUSTOMERS = "all_customers", _("All Customers")
        CUSTOMER = "customer", _("Customer")
        CUSTOMER_PRICE_GROUP = "customer_price_group", _("Customer Price Group")
        CUSTOMER_DISCOUNT_GROUP = "customer_discount_group", _("Customer Disc. Group")
        CAMPAIGN = "campaign", _("Campaign")

    class Asset(models.TextChoices):
        ITEM = "item", _("Item")
        ITEM_DISCOUNT_GROUP = "item_discount_group", _("Item Disc. Group")
        RESOURCE = "resource", _("Resource")
        ALL_ITEMS = "all_items", _("All Items")

    class AmountType(models.TextChoices):
        PRICE = "price", _("Price")
        DISCOUNT = "discount", _("Discount")
        BOTH = "price_and_discount", _("Price & Discount")

    price_list = models.ForeignKey(PriceList, models.CASCADE, related_name="lines")
    source_type = models.CharField(max_length=24, choices=Source, default=Source.ALL_CUSTOMERS)
    source_no = models.CharField(_("assign-to no."), max_length=20, blank=True)
    asset_type = models.CharField(max_length=20, choices=Asset, default=Asset.ITEM)
    asset_no = models.CharField(_("product no."), max_length=20, blank=True)
    variant_code = models.CharField(max_length=10, blank=True)
    unit_code = models.CharField(max_length=10, blank=True)
    currency_code = models.CharField(max_length=10, blank=True)
    starting_date = models.DateField(null=True, blank=True)
    ending_date = models.DateField(null=True, blank=True)
    minimum_quantity = QuantityField(default=Decimal(0))
    amount_type = models.CharField(max_length=20, choices=AmountType, default=AmountType.PRICE)
    unit_price = UnitAmountField(default=Decimal(0))
    line_discount_percent = PercentField(default=Decimal(0))
    allow_line_discount = models.BooleanField(default=True)
    allow_invoice_discount = models.BooleanField(default=True)
    price_includes_vat = models.BooleanField(default=False)
    vat_bus_posting_group_price = models.ForeignKey(
        "posting.VATBusinessGroup", models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("price list line")
        verbose_name_plural = _("price list lines")
        ordering = ["price_list", "asset_no", "source_type", "source_no", "minimum_quantity"]
        constraints = [
            models.CheckConstraint(
                condition=Q(starting_date=None)
                | Q(ending_date=None)
                | Q(starting_date__lte=F("ending_date")),
                name="sales_price_dates_in_order",
            ),
            models.CheckConstraint(
                condition=Q(line_discount_percent__gte=0) & Q(line_discount_percent__lte=100),
                name="sales_price_discount_range",
            ),
            models.CheckConstraint(condition=Q(unit_price__gte=0), name="sales_price_positive"),
        ]
        indexes = [models.Index(fields=["asset_type", "asset_no"], name="sales_price_asset")]

    def __str__(self) -> str:
        return f"{self.price_list} {self.asset_no}"


class CustomerInvoiceDiscount(models.Model):
    """From this amount on an invoice earns a discount, or pays a service charge."""

    code = models.CharField(_("code"), max_length=20)
    currency_code = models.CharField(_("currency"), max_length=10, blank=True)
    minimum_amount = AmountField(_("minimum amount"), default=Decimal(0))
    discount_percent = PercentField(_("discount %"), default=Decimal(0))
    service_charge = AmountField(_("service charge"), default=Decimal(0))

    class Meta:
        verbose_name = _("customer invoice discount")
        verbose_name_plural = _("customer invoice discounts")
        ordering = ["code", "currency_code", "minimum_amount"]
        constraints = [
            models.UniqueConstraint(
                fields=["code", "currency_code", "minimum_amount"], name="sales_one_invoice_discount_step"
            ),
            models.CheckConstraint(
                condition=Q(minimum_amount__gte=0)
                & Q(service_charge__gte=0)
                & Q(discount_percent__gte=0)
                & Q(discount_percent__lte=100),
                name="sales_invoice_discount_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} ≥ {self.minimum_amount}"
