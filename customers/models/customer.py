from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from erp.kernel.fields import AmountField, DateFormulaField, PercentField
from erp.kernel.search import words_index

# The columns in which words are looked for.
FOUND_BY = ("number", "name", "search_name", "city", "phone_no", "vat_registration_no")


class BlockedFor(models.TextChoices):
    """What may no longer happen with a customer."""

    NOTHING = "", _("–")
    SHIP = "ship", _("Ship")
    INVOICE = "invoice", _("Invoice")
    ALL = "all", _("All")


class CustomerDefaults(models.Model):
    """What a customer passes on to every new document; a template carries the same fields."""

    class ApplicationMethod(models.TextChoices):
        MANUAL = "manual", _("Manual")
        APPLY_TO_OLDEST = "apply_to_oldest", _("Apply to Oldest")

    class Reserve(models.TextChoices):
        NEVER = "never", _("Never")
        OPTIONAL = "optional", _("Optional")
        ALWAYS = "always", _("Always")

    class ShippingAdvice(models.TextChoices):
        PARTIAL = "partial", _("Partial")
        COMPLETE = "complete", _("Complete")

    class PartnerType(models.TextChoices):
        NONE = "", _("–")
        COMPANY = "company", _("Company")
        PERSON = "person", _("Person")

    country_code = models.CharField(_("country/region"), max_length=2, blank=True)
    language_code = models.CharField(_("language"), max_length=10, blank=True)
    currency = models.ForeignKey(
        "posting.Currency",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("currency"),
    )
    customer_posting_group = models.ForeignKey(
        "customers.CustomerPostingGroup", models.PROTECT, null=True, blank=True, related_name="+"
    )
    gen_bus_posting_group = models.ForeignKey(
        "posting.GeneralBusinessGroup", models.PROTECT, null=True, blank=True, related_name="+"
    )
    vat_bus_posting_group = models.ForeignKey(
        "posting.VATBusinessGroup", models.PROTECT, null=True, blank=True, related_name="+"
    )
    allow_multiple_posting_groups = models.BooleanField(default=False)
    price_group_code = models.CharField(_("customer price group"), max_length=10, blank=True)
    discount_group_code = models.CharField(_("customer disc. group"), max_length=20, blank=True)
    prices_including_vat = models.BooleanField(_("prices including VAT"), default=False)
    allow_line_discount = models.BooleanField(_("allow line disc."), default=True)
    prepayment_percent = PercentField(_("prepayment %"), default=0)
    payment_terms = models.ForeignKey(
        "customers.PaymentTerms", models.PROTECT, null=True, blank=True, related_name="+"
    )
    payment_method = models.ForeignKey(
        "customers.PaymentMethod", models.PROTECT, null=True, blank=True, related_name="+"
    )
    application_method = models.CharField(
        max_length=16, choices=ApplicationMethod, default=ApplicationMethod.MANUAL
    )
    partner_type = models.CharField(max_length=8, choices=PartnerType, blank=True)
    print_statements = models.BooleanField(_("print statements"), default=False)
    block_payment_tolerance = models.BooleanField(_("block payment tolerance"), default=False)
    location_code = models.CharField(_("location"), max_length=10, blank=True)
    shipment_method = models.ForeignKey(
        "customers.ShipmentMethod", models.PROTECT, null=True, blank=True, related_name="+"
    )
    shipping_agent = models.ForeignKey(
        "customers.ShippingAgent", models.PROTECT, null=True, blank=True, related_name="+"
    )
    shipping_agent_service = models.ForeignKey(
        "customers.ShippingAgentService", models.PROTECT, null=True, blank=True, related_name="+"
    )
    shipping_time = DateFormulaField(_("shipping time"), blank=True)
    shipping_advice = models.CharField(max_length=8, choices=ShippingAdvice, default=ShippingAdvice.PARTIAL)
    combine_shipments = models.BooleanField(_("combine shipments"), default=False)
    reserve = models.CharField(max_length=8, choices=Reserve, default=Reserve.OPTIONAL)

    class Meta:
        abstract = True


class CustomerQuerySet(models.QuerySet):
    def sellable(self):
        """Customers to whom a new order may be written."""
        return self.filter(blocked=BlockedFor.NOTHING, privacy_blocked=False).order_by("number")


class Customer(CustomerDefaults):
    """Who we sell to. Balances live in receivables; this card is what the next document starts from."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    number = models.CharField(_("No."), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=100)
    name_2 = models.CharField(_("name 2"), max_length=50, blank=True)
    search_name = models.CharField(_("search name"), max_length=100, blank=True)
    address = models.CharField(_("address"), max_length=100, blank=True)
    address_2 = models.CharField(_("address 2"), max_length=50, blank=True)
    post_code = models.CharField(_("post code"), max_length=20, blank=True)
    city = models.CharField(_("city"), max_length=30, blank=True)
    county = models.CharField(_("county"), max_length=30, blank=True)
    contact = models.CharField(_("contact"), max_length=100, blank=True)
    phone_no = models.CharField(_("phone no."), max_length=30, blank=True)
    mobile_phone_no = models.CharField(_("mobile phone no."), max_length=30, blank=True)
    email = models.CharField(_("e-mail"), max_length=80, blank=True)
    home_page = models.CharField(_("home page"), max_length=255, blank=True)
    blocked = models.CharField(_("blocked"), max_length=8, choices=BlockedFor, blank=True)
    privacy_blocked = models.BooleanField(_("privacy blocked"), default=False)
    salesperson = models.ForeignKey(
        "customers.Salesperson", models.PROTECT, null=True, blank=True, related_name="+"
    )
    credit_limit = AmountField(_("credit limit (LCY)"), default=0, help_text=_("0 = unlimited"))
    bill_to_customer = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="pays_for"
    )
    vat_registration_no = models.CharField(_("VAT registration no."), max_length=20, blank=True)
    registration_no = models.CharField(_("registration number"), max_length=20, blank=True)
    eori_no = models.CharField(_("EORI number"), max_length=40, blank=True)
    gln = models.CharField(_("GLN"), max_length=13, blank=True)
    invoice_discount_code = models.CharField(_("invoice disc. code"), max_length=20, blank=True)
    disable_search_by_name = models.BooleanField(_("disable search by name"), default=False)
    ship_to_code = models.CharField(_("default ship-to code"), max_length=10, blank=True)
    base_calendar = models.ForeignKey(
        "kernel.BaseCalendar",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("base calendar"),
    )
    responsibility_center = models.ForeignKey(
        "customers.ResponsibilityCenter",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("responsibility center"),
    )
    modified_at = models.DateTimeField(_("last modified"), auto_now=True)

    objects = CustomerQuerySet.as_manager()

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        ordering = ["number"]
        permissions = [
            ("change_credit_limit", "Can change the credit limit of customers"),
            ("change_payment_conditions", "Can change payment terms and methods of customers"),
            ("change_customer_posting", "Can change the posting groups of customers"),
            ("block_customer", "Can block and unblock customers"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(credit_limit__gte=0), name="customers_credit_limit_positive"),
            models.CheckConstraint(
                condition=Q(privacy_blocked=False) | Q(blocked="all"), name="customers_privacy_blocks_all"
            ),
            models.CheckConstraint(
                condition=Q(prepayment_percent__gte=0) & Q(prepayment_percent__lte=100),
                name="customers_prepayment_range",
            ),
        ]
        indexes = [
            models.Index(fields=["search_name"], name="customers_search_name"),
            models.Index(fields=["modified_at"], name="customers_modified"),
            words_index("customers_customer_words", *FOUND_BY),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"

    @property
    def bill_to(self) -> "Customer":
        """Who receives the invoice and owes the money. Chains are not followed."""
        return self.bill_to_customer or self
