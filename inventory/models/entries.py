"""The item ledger: quantities, their value, and which receipt feeds which issue. Insert only."""

from decimal import Decimal

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from erp.kernel.fields import AmountField, QuantityField, UnitAmountField
from erp.kernel.ledger import LedgerModel


class EntryType(models.TextChoices):
    PURCHASE = "purchase", _("Purchase")
    SALE = "sale", _("Sale")
    POSITIVE_ADJUSTMENT = "positive_adjustment", _("Positive Adjmt.")
    NEGATIVE_ADJUSTMENT = "negative_adjustment", _("Negative Adjmt.")
    TRANSFER = "transfer", _("Transfer")
    ASSEMBLY_CONSUMPTION = "assembly_consumption", _("Assembly Consumption")
    ASSEMBLY_OUTPUT = "assembly_output", _("Assembly Output")


class ItemDocumentType(models.TextChoices):
    """What kind of paper moved or valued the goods."""

    NONE = "", _("–")
    SALES_SHIPMENT = "sales_shipment", _("Sales Shipment")
    SALES_INVOICE = "sales_invoice", _("Sales Invoice")
    SALES_RETURN_RECEIPT = "sales_return_receipt", _("Sales Return Receipt")
    SALES_CREDIT_MEMO = "sales_credit_memo", _("Sales Credit Memo")
    PURCHASE_RECEIPT = "purchase_receipt", _("Purchase Receipt")
    PURCHASE_INVOICE = "purchase_invoice", _("Purchase Invoice")
    TRANSFER_SHIPMENT = "transfer_shipment", _("Transfer Shipment")
    TRANSFER_RECEIPT = "transfer_receipt", _("Transfer Receipt")


class ItemLedgerEntry(LedgerModel):
    """Goods that came (positive) or went (negative), in base units."""

    entry_no = models.BigIntegerField(_("entry no."), primary_key=True)
    item = models.ForeignKey("inventory.Item", models.PROTECT, related_name="+", db_index=False)
    variant_code = models.CharField(max_length=10, blank=True)
    location_code = models.CharField(max_length=10, blank=True)
    posting_date = models.DateField(_("posting date"))
    document_date = models.DateField(_("document date"))
    entry_type = models.CharField(max_length=24, choices=EntryType)
    document_type = models.CharField(max_length=24, choices=ItemDocumentType, blank=True)
    document_no = models.CharField(_("document no."), max_length=20)
    document_line_no = models.IntegerField(default=0)
    external_document_no = models.CharField(max_length=35, blank=True)
    description = models.CharField(max_length=100, blank=True)
    source_type = models.CharField(max_length=10, blank=True)
    source_no = models.CharField(max_length=20, blank=True)
    order_no = models.CharField(max_length=20, blank=True)
    order_line_no = models.IntegerField(default=0)
    quantity = QuantityField(_("quantity"))
    unit_code = models.CharField(max_length=10, blank=True)
    per_unit = QuantityField(default=Decimal(1))
    unit_cost = UnitAmountField(default=Decimal(0), help_text=_("for the part that no receipt covers yet"))
    serial_no = models.CharField(max_length=50, blank=True)
    lot_no = models.CharField(max_length=50, blank=True)
    applies_to = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    applies_from = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    drop_shipment = models.BooleanField(default=False)
    correction = models.BooleanField(default=False)
    return_reason_code = models.CharField(max_length=10, blank=True)
    source_code = models.CharField(max_length=10, blank=True)
    reverses = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="reversals", db_index=False
    )

    class Meta:
        verbose_name = _("item ledger entry")
        verbose_name_plural = _("item ledger entries")
        ordering = ["entry_no"]
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(condition=~Q(quantity=0), name="inventory_entries_move_something"),
            models.UniqueConstraint(
                fields=["reverses"], condition=Q(reverses__isnull=False), name="inventory_entry_reversed_once"
            ),
        ]
        indexes = [
            models.Index(fields=["item", "posting_date"], name="inventory_ile_item_date"),
            models.Index(fields=["document_no"], name="inventory_ile_document"),
            models.Index(
                fields=["applies_from"],
                condition=Q(applies_from__isnull=False),
                name="inventory_ile_applies_from",
            ),
        ]

    def __str__(self) -> str:
        return str(self.entry_no)


class ValueEntry(LedgerModel):
    """A value that one item ledger entry got: expected, actual, or an adjustment of either."""

    class Type(models.TextChoices):
        DIRECT_COST = "direct_cost", _("Direct Cost")
        INDIRECT_COST = "indirect_cost", _("Indirect Cost")
        VARIANCE = "variance", _("Variance")
        REVALUATION = "revaluation", _("Revaluation")
        ROUNDING = "rounding", _("Rounding")

    entry_no = models.BigIntegerField(_("entry no."), primary_key=True)
    item_entry = models.ForeignKey(ItemLedgerEntry, models.PROTECT, related_name="values", db_index=False)
    item = models.ForeignKey("inventory.Item", models.PROTECT, related_name="+", db_index=False)
    variant_code = models.CharField(max_length=10, blank=True)
    location_code = models.CharField(max_length=10, blank=True)
    posting_date = models.DateField(_("posting date"))
    valuation_date = models.DateField(_("valuation date"))
    type = models.CharField(max_length=16, choices=Type, default=Type.DIRECT_COST)
    item_entry_type = models.CharField(max_length=24, choices=EntryType)
    document_type = models.CharField(max_length=24, choices=ItemDocumentType, blank=True)
    document_no = models.CharField(_("document no."), max_length=20)
    document_line_no = models.IntegerField(default=0)
    source_type = models.CharField(max_length=10, blank=True)
    source_no = models.CharField(max_length=20, blank=True)
    salesperson_code = models.CharField(max_length=20, blank=True)
    item_entry_quantity = QuantityField(
        default=Decimal(0), help_text=_("only the first value of an entry has it")
    )
    valued_quantity = QuantityField(default=Decimal(0))
    invoiced_quantity = QuantityField(default=Decimal(0))
    cost_per_unit = UnitAmountField(default=Decimal(0))
    cost_amount_actual = AmountField(default=Decimal(0))
    cost_amount_expected = AmountField(default=Decimal(0))
    cost_amount_non_inventoriable = AmountField(default=Decimal(0))
    cost_posted_to_gl = AmountField(default=Decimal(0))
    expected_cost_posted_to_gl = AmountField(default=Decimal(0))
    sales_amount_actual = AmountField(default=Decimal(0))
    sales_amount_expected = AmountField(default=Decimal(0))
    purchase_amount_actual = AmountField(default=Decimal(0))
    purchase_amount_expected = AmountField(default=Decimal(0))
    discount_amount = AmountField(default=Decimal(0))
    expected_cost = models.BooleanField(default=False)
    adjustment = models.BooleanField(default=False)
    inventoriable = models.BooleanField(default=True)
    valued_by_average = models.BooleanField(default=False)
    drop_shipment = models.BooleanField(default=False)
    item_charge_no = models.CharField(_("item charge no."), max_length=20, blank=True)
    applies_to = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    gen_bus_posting_group = models.CharField(max_length=20, blank=True)
    gen_prod_posting_group = models.CharField(max_length=20, blank=True)
    inventory_posting_group = models.CharField(max_length=20, blank=True)
    source_code = models.CharField(max_length=10, blank=True)

    class Meta:
        verbose_name = _("value entry")
        verbose_name_plural = _("value entries")
        ordering = ["entry_no"]
        default_permissions = ("view",)
        indexes = [
            models.Index(fields=["item_entry"], name="inventory_ve_item_entry"),
            models.Index(fields=["item", "valuation_date"], name="inventory_ve_item_date"),
            BrinIndex(
                fields=["posting_date"],
                pages_per_range=32,
                autosummarize=True,
                name="inventory_ve_posting_date",
            ),
            models.Index(fields=["document_no"], name="inventory_ve_document"),
        ]

    def __str__(self) -> str:
        return str(self.entry_no)


class ItemApplicationEntry(LedgerModel):
    """Which receipt an issue took its goods from: quantity positive for the receipt's own row, negative per match."""

    entry_no = models.BigIntegerField(_("entry no."), primary_key=True)
    item_entry = models.ForeignKey(ItemLedgerEntry, models.PROTECT, related_name="+", db_index=False)
    inbound_entry = models.ForeignKey(
        ItemLedgerEntry, models.PROTECT, null=True, related_name="+", db_index=False
    )
    outbound_entry = models.ForeignKey(
        ItemLedgerEntry, models.PROTECT, null=True, related_name="+", db_index=False
    )
    quantity = QuantityField(_("quantity"))
    posting_date = models.DateField(_("posting date"))
    transferred_from = models.ForeignKey(
        ItemLedgerEntry, models.PROTECT, null=True, related_name="+", db_index=False
    )
    cost_application = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("item application entry")
        verbose_name_plural = _("item application entries")
        ordering = ["entry_no"]
        default_permissions = ("view",)
        indexes = [
            models.Index(fields=["inbound_entry"], name="inventory_iae_inbound"),
            models.Index(fields=["outbound_entry"], name="inventory_iae_outbound"),
            models.Index(
                fields=["transferred_from"],
                condition=Q(transferred_from__isnull=False),
                name="inventory_iae_transferred_from",
            ),
        ]

    def __str__(self) -> str:
        return str(self.entry_no)


class ItemEntryState(models.Model):
    """Projection: what changes about an item ledger entry after it was posted, and what it costs by now.

    Is not a ledger: every column follows from the item, value and application entries, and can be rebuilt.
    """

    entry = models.OneToOneField(ItemLedgerEntry, models.PROTECT, primary_key=True, related_name="state")
    item = models.ForeignKey("inventory.Item", models.PROTECT, related_name="+", db_index=False)
    variant_code = models.CharField(max_length=10, blank=True)
    location_code = models.CharField(max_length=10, blank=True)
    drop_shipment = models.BooleanField(default=False)
    posting_date = models.DateField()
    valuation_date = models.DateField(
        help_text=_("for an issue the latest of its own and its receipts' dates")
    )
    serial_no = models.CharField(max_length=50, blank=True)
    lot_no = models.CharField(max_length=50, blank=True)
    quantity = QuantityField()
    remaining_quantity = QuantityField()
    invoiced_quantity = QuantityField(default=Decimal(0))
    returned_quantity = QuantityField(default=Decimal(0), help_text=_("sent back to exactly this entry"))
    unit_cost = UnitAmountField(default=Decimal(0))
    cost_amount_actual = AmountField(default=Decimal(0))
    cost_amount_expected = AmountField(default=Decimal(0))
    expected_cost_total = AmountField(
        default=Decimal(0), help_text=_("expected before anything was invoiced")
    )
    cost_forwarded = AmountField(default=Decimal(0), help_text=_("what the issues took from this receipt"))
    rounding_amount = AmountField(default=Decimal(0), help_text=_("of the cost, what only rounds"))

    class Meta:
        verbose_name = _("state of an item entry")
        verbose_name_plural = _("states of item entries")
        default_permissions = ("view",)
        indexes = [
            models.Index(
                fields=["item", "variant_code", "location_code", "posting_date", "entry"],
                condition=~Q(remaining_quantity=0),
                name="inventory_open_by_key",
            ),
            models.Index(
                fields=["item"], condition=Q(remaining_quantity__lt=0), name="inventory_waiting_issues"
            ),
            models.Index(fields=["item", "valuation_date"], name="inventory_state_by_value_date"),
        ]

    def __str__(self) -> str:
        return str(self.entry_id)


class Stock(models.Model):
    """Projection: what lies at one (item, variant, location), and what it cost, expected cost included."""

    item = models.ForeignKey("inventory.Item", models.PROTECT, related_name="stock", db_index=False)
    variant_code = models.CharField(max_length=10, blank=True)
    location_code = models.CharField(max_length=10, blank=True)
    quantity = QuantityField(default=Decimal(0))
    invoiced_quantity = QuantityField(default=Decimal(0))
    cost_amount_actual = AmountField(default=Decimal(0))
    cost_amount_expected = AmountField(default=Decimal(0))

    class Meta:
        verbose_name = _("stock")
        verbose_name_plural = _("stock")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["item", "variant_code", "location_code"], name="inventory_one_stock_per_key"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.variant_code} {self.location_code}".strip()


class LateCostPosting(models.Model):
    """Cost of a value entry that reached the general ledger after the entry was posted. Insert only.

    A value entry never changes: what it posted by itself stands in its own columns, what came later stands here.
    """

    value_entry = models.ForeignKey(ValueEntry, models.PROTECT, related_name="late_postings", db_index=False)
    register_no = models.BigIntegerField(_("register no."))
    cost_amount = AmountField(_("actual cost"))
    expected_cost_amount = AmountField(_("expected cost"))

    class Meta:
        verbose_name = _("late cost posting")
        verbose_name_plural = _("late cost postings")
        default_permissions = ("view",)
        indexes = [
            models.Index(fields=["value_entry"], name="inventory_late_cost_entry"),
            models.Index(fields=["register_no"], name="inventory_late_cost_register"),
        ]

    def __str__(self) -> str:
        return f"{self.value_entry_id}: {self.cost_amount}"


class PhysicalInventoryEntry(models.Model):
    """One counted line as it was posted, also where nothing was missing. Insert only."""

    item = models.ForeignKey("inventory.Item", models.PROTECT, related_name="+", db_index=False)
    variant_code = models.CharField(max_length=10, blank=True)
    location_code = models.CharField(max_length=10, blank=True)
    posting_date = models.DateField(_("posting date"))
    document_no = models.CharField(_("document no."), max_length=20)
    line_no = models.IntegerField(default=0)
    description = models.CharField(max_length=100, blank=True)
    quantity_calculated = QuantityField(_("qty. calculated"))
    quantity_counted = QuantityField(_("qty. counted"))
    difference = QuantityField(_("difference"))
    unit_cost = UnitAmountField(_("unit cost"))
    amount = AmountField(_("amount"))
    last_item_entry_no = models.BigIntegerField(default=0)
    created_by = models.CharField(_("user"), max_length=150)

    class Meta:
        verbose_name = _("physical inventory entry")
        verbose_name_plural = _("physical inventory entries")
        ordering = ["id"]
        default_permissions = ("view",)
        indexes = [models.Index(fields=["item", "posting_date"], name="inventory_count_item_date")]

    def __str__(self) -> str:
        return f"{self.document_no} {self.item_id}"


class ResourceLedgerEntry(LedgerModel):
    """Time of a resource that was sold (negative) or taken back (positive), in its base unit. Insert only."""

    resource = models.ForeignKey("inventory.Resource", models.PROTECT, related_name="+", db_index=False)
    register_no = models.BigIntegerField(_("register no."))
    posting_date = models.DateField(_("posting date"))
    document_type = models.CharField(max_length=24, choices=ItemDocumentType, blank=True)
    document_no = models.CharField(_("document no."), max_length=20)
    document_line_no = models.IntegerField(default=0)
    external_document_no = models.CharField(max_length=35, blank=True)
    description = models.CharField(max_length=100, blank=True)
    source_type = models.CharField(max_length=10, blank=True)
    source_no = models.CharField(max_length=20, blank=True)
    unit_code = models.CharField(max_length=10, blank=True)
    per_unit = QuantityField(default=Decimal(1))
    quantity = QuantityField(_("quantity"))
    unit_cost = UnitAmountField(default=Decimal(0))
    total_cost = AmountField(default=Decimal(0))
    unit_price = UnitAmountField(default=Decimal(0))
    total_price = AmountField(default=Decimal(0))
    gen_bus_posting_group = models.CharField(max_length=20, blank=True)
    gen_prod_posting_group = models.CharField(max_length=20, blank=True)
    source_code = models.CharField(max_length=10, blank=True)

    class Meta:
        verbose_name = _("resource ledger entry")
        verbose_name_plural = _("resource ledger entries")
        ordering = ["id"]
        default_permissions = ("view",)
        indexes = [
            models.Index(fields=["resource", "posting_date"], name="inventory_rle_resource_date"),
            models.Index(fields=["document_no"], name="inventory_rle_document"),
            models.Index(fields=["register_no"], name="inventory_rle_register"),
        ]

    def __str__(self) -> str:
        return str(self.pk)
