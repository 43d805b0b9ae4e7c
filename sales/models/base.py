"""What a working document and its posted papers have in common: the snapshot of who, where and how."""

from decimal import Decimal
from uuid import uuid4

from django.db import models
from django.utils.translation import gettext_lazy as _

from erp.kernel.fields import AmountField, PercentField, QuantityField, RateField, UnitAmountField
from erp.kernel.ledger import LedgerModel


class LineType(models.TextChoices):
    COMMENT = "comment", _("Comment")
    ITEM = "item", _("Item")
    GL_ACCOUNT = "gl_account", _("G/L Account")
    RESOURCE = "resource", _("Resource")
    CHARGE = "charge", _("Charge (Item)")


# The columns of a paper in which words are looked for.
FOUND_BY = ("number", "sell_to_name", "external_document_no")


class Paper(models.Model):
    """The facts on a sales paper's head, copied when it is made so that later changes of masters don't show."""

    sell_to_name = models.CharField(_("sell-to name"), max_length=100, blank=True)
    sell_to_name_2 = models.CharField(max_length=50, blank=True)
    sell_to_address = models.CharField(max_length=100, blank=True)
    sell_to_address_2 = models.CharField(max_length=50, blank=True)
    sell_to_post_code = models.CharField(max_length=20, blank=True)
    sell_to_city = models.CharField(max_length=30, blank=True)
    sell_to_county = models.CharField(max_length=30, blank=True)
    sell_to_country_code = models.CharField(max_length=2, blank=True)
    sell_to_contact = models.CharField(max_length=100, blank=True)
    sell_to_phone_no = models.CharField(max_length=30, blank=True)
    sell_to_email = models.CharField(max_length=80, blank=True)
    bill_to_name = models.CharField(_("bill-to name"), max_length=100, blank=True)
    bill_to_name_2 = models.CharField(max_length=50, blank=True)
    bill_to_address = models.CharField(max_length=100, blank=True)
    bill_to_address_2 = models.CharField(max_length=50, blank=True)
    bill_to_post_code = models.CharField(max_length=20, blank=True)
    bill_to_city = models.CharField(max_length=30, blank=True)
    bill_to_county = models.CharField(max_length=30, blank=True)
    bill_to_country_code = models.CharField(max_length=2, blank=True)
    bill_to_contact = models.CharField(max_length=100, blank=True)
    ship_to_code = models.CharField(_("ship-to code"), max_length=10, blank=True)
    ship_to_name = models.CharField(_("ship-to name"), max_length=100, blank=True)
    ship_to_name_2 = models.CharField(max_length=50, blank=True)
    ship_to_address = models.CharField(max_length=100, blank=True)
    ship_to_address_2 = models.CharField(max_length=50, blank=True)
    ship_to_post_code = models.CharField(max_length=20, blank=True)
    ship_to_city = models.CharField(max_length=30, blank=True)
    ship_to_county = models.CharField(max_length=30, blank=True)
    ship_to_country_code = models.CharField(max_length=2, blank=True)
    ship_to_contact = models.CharField(max_length=100, blank=True)
    order_date = models.DateField(_("order date"), null=True, blank=True)
    posting_date = models.DateField(_("posting date"), null=True, blank=True)
    document_date = models.DateField(_("document date"), null=True, blank=True)
    vat_date = models.DateField(_("VAT date"), null=True, blank=True)
    due_date = models.DateField(_("due date"), null=True, blank=True)
    shipment_date = models.DateField(_("shipment date"), null=True, blank=True)
    payment_discount_date = models.DateField(_("pmt. discount date"), null=True, blank=True)
    payment_discount_percent = PercentField(_("payment discount %"), default=Decimal(0))
    external_document_no = models.CharField(_("external document no."), max_length=35, blank=True)
    your_reference = models.CharField(_("your reference"), max_length=35, blank=True)
    posting_description = models.CharField(_("posting description"), max_length=100, blank=True)
    currency_code = models.CharField(_("currency"), max_length=10, blank=True)
    currency_factor = RateField(_("currency factor"), default=Decimal(1))
    prices_including_vat = models.BooleanField(_("prices including VAT"), default=False)
    customer_posting_group = models.CharField(max_length=20, blank=True)
    gen_bus_posting_group = models.CharField(max_length=20, blank=True)
    vat_bus_posting_group = models.CharField(max_length=20, blank=True)
    vat_registration_no = models.CharField(_("VAT registration no."), max_length=20, blank=True)
    vat_country_code = models.CharField(max_length=2, blank=True)
    eu_3_party_trade = models.BooleanField(_("EU 3-party trade"), default=False)
    payment_terms_code = models.CharField(_("payment terms"), max_length=10, blank=True)
    payment_method_code = models.CharField(_("payment method"), max_length=10, blank=True)
    shipment_method_code = models.CharField(_("shipment method"), max_length=10, blank=True)
    shipping_agent_code = models.CharField(_("shipping agent"), max_length=10, blank=True)
    shipping_agent_service_code = models.CharField(max_length=10, blank=True)
    package_tracking_no = models.CharField(_("package tracking no."), max_length=50, blank=True)
    salesperson_code = models.CharField(_("salesperson"), max_length=20, blank=True)
    location_code = models.CharField(_("location"), max_length=10, blank=True)
    reason_code = models.CharField(max_length=10, blank=True)
    campaign_no = models.CharField(_("campaign no."), max_length=20, blank=True)
    responsibility_center_code = models.CharField(_("responsibility center"), max_length=10, blank=True)
    work_description = models.TextField(_("work description"), blank=True)
    free_text = models.BooleanField(_("free text invoice"), default=False)
    language_code = models.CharField(max_length=10, blank=True)

    class Meta:
        abstract = True


class PaperLine(models.Model):
    """The facts of one line: what, how much, at which price, taxed how. Amounts in the document's currency.

    `price_explanation` keeps why it has its price and discount, `posting_explanation` why its VAT and account: the
    rules that won and those that lost. Weights and volume are those of one base unit.
    """

    line_no = models.PositiveIntegerField(_("line no."))
    type = models.CharField(_("type"), max_length=10, choices=LineType, default=LineType.ITEM)
    number = models.CharField(_("No."), max_length=20, blank=True)
    variant_code = models.CharField(_("variant"), max_length=10, blank=True)
    item_reference_no = models.CharField(_("item reference no."), max_length=50, blank=True)
    description = models.CharField(_("description"), max_length=100, blank=True)
    description_2 = models.CharField(_("description 2"), max_length=50, blank=True)
    location_code = models.CharField(_("location"), max_length=10, blank=True)
    unit_code = models.CharField(_("unit of measure"), max_length=10, blank=True)
    per_unit = QuantityField(_("qty. per unit of measure"), default=Decimal(1))
    quantity = QuantityField(_("quantity"), default=Decimal(0))
    quantity_base = QuantityField(_("quantity (base)"), default=Decimal(0))
    unit_price = UnitAmountField(_("unit price"), default=Decimal(0))
    unit_cost_lcy = UnitAmountField(_("unit cost (LCY)"), default=Decimal(0))
    line_discount_percent = PercentField(_("line discount %"), default=Decimal(0))
    line_discount_amount = AmountField(_("line discount amount"), default=Decimal(0))
    line_amount = AmountField(_("line amount"), default=Decimal(0))
    inv_discount_amount = AmountField(_("inv. discount amount"), default=Decimal(0))
    amount = AmountField(_("amount"), default=Decimal(0))
    vat_base_amount = AmountField(_("VAT base amount"), default=Decimal(0))
    amount_including_vat = AmountField(_("amount including VAT"), default=Decimal(0))
    vat_difference = AmountField(_("VAT difference"), default=Decimal(0))
    vat_percent = PercentField(_("VAT %"), default=Decimal(0))
    vat_identifier = models.CharField(max_length=20, blank=True)
    vat_calculation_type = models.CharField(max_length=16, blank=True)
    vat_clause_code = models.CharField(_("VAT clause"), max_length=20, blank=True)
    gen_bus_posting_group = models.CharField(max_length=20, blank=True)
    gen_prod_posting_group = models.CharField(max_length=20, blank=True)
    vat_bus_posting_group = models.CharField(max_length=20, blank=True)
    vat_prod_posting_group = models.CharField(max_length=20, blank=True)
    shipment_date = models.DateField(_("shipment date"), null=True, blank=True)
    shipping_agent_code = models.CharField(_("shipping agent"), max_length=10, blank=True)
    shipping_agent_service_code = models.CharField(max_length=10, blank=True)
    package_tracking_no = models.CharField(_("package tracking no."), max_length=50, blank=True)
    gross_weight = QuantityField(_("gross weight"), default=Decimal(0))
    net_weight = QuantityField(_("net weight"), default=Decimal(0))
    unit_volume = QuantityField(_("unit volume"), default=Decimal(0))
    units_per_parcel = QuantityField(_("units per parcel"), default=Decimal(0))
    blanket_order_no = models.CharField(_("blanket order no."), max_length=20, blank=True)
    blanket_order_line_no = models.PositiveIntegerField(default=0)
    restores_order = models.BooleanField(
        default=False, help_text=_("takes back, or repeats, what its order line has shipped and invoiced")
    )
    price_explanation = models.JSONField(null=True, blank=True)
    posting_explanation = models.JSONField(null=True, blank=True)
    return_reason_code = models.CharField(_("return reason"), max_length=10, blank=True)
    applies_to_item_entry = models.BigIntegerField(_("appl.-to item entry"), null=True, blank=True)
    applies_from_item_entry = models.BigIntegerField(_("appl.-from item entry"), null=True, blank=True)

    class Meta:
        abstract = True


class PostedPaper(Paper, LedgerModel):
    """The head of a posted paper: written once, with the number of its register."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    number = models.CharField(_("No."), max_length=20, unique=True)
    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="+", db_index=False)
    bill_to_customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, related_name="+", db_index=False
    )
    order_no = models.CharField(_("order no."), max_length=20, blank=True)
    # How others knew the order, which is gone once it is invoiced.
    order_uuid = models.UUIDField(null=True, editable=False)
    register_no = models.BigIntegerField(_("register no."))
    created_at = models.DateTimeField(_("posted at"))
    created_by = models.CharField(_("posted by"), max_length=150, blank=True)

    class Meta:
        abstract = True
        ordering = ["-id"]
        default_permissions = ("view",)

    def __str__(self) -> str:
        return self.number


class PostedMoney(PostedPaper):
    """A posted paper that somebody owes for; amounts in its currency, positive."""

    draft_no = models.CharField(_("pre-assigned no."), max_length=20, blank=True)
    customer_entry_no = models.BigIntegerField(_("cust. ledger entry no."))
    amount = AmountField(_("amount"))
    amount_including_vat = AmountField(_("amount including VAT"))
    inv_discount_amount = AmountField(_("invoice discount amount"))

    class Meta(PostedPaper.Meta):
        abstract = True


class PostedLine(PaperLine, LedgerModel):
    """A line of a posted paper, and the order line that it came from."""

    item = models.ForeignKey("inventory.Item", models.PROTECT, null=True, related_name="+", db_index=False)
    gl_account = models.ForeignKey(
        "posting.GLAccount", models.PROTECT, null=True, related_name="+", db_index=False
    )
    resource = models.ForeignKey(
        "inventory.Resource", models.PROTECT, null=True, related_name="+", db_index=False
    )
    item_charge = models.ForeignKey(
        "inventory.ItemCharge", models.PROTECT, null=True, related_name="+", db_index=False
    )
    order_no = models.CharField(max_length=20, blank=True)
    order_line_no = models.PositiveIntegerField(default=0)

    class Meta:
        abstract = True
        ordering = ["document", "line_no"]
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"{self.line_no} {self.number}"
