from decimal import Decimal
from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from erp.kernel.fields import AmountField, DateFormulaField, PercentField
from erp.kernel.models import Stamped
from posting.models.currency import Currency


def account(label, **options):
    """A nullable account column: a missing account is an error only when a posting needs it."""
    return models.ForeignKey(
        "posting.GLAccount",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=label,
        **options,
    )


class GeneralLedgerSetup(Stamped):
    """The company, as its papers show it, and its accounting rules; exactly one row."""

    class VATSource(models.TextChoices):
        BILL_TO = "bill_to", _("Bill-to/Pay-to No.")
        SELL_TO = "sell_to", _("Sell-to/Buy-from No.")

    class VATDate(models.TextChoices):
        POSTING_DATE = "posting_date", _("Posting Date")
        DOCUMENT_DATE = "document_date", _("Document Date")

    class TolerancePosting(models.TextChoices):
        TOLERANCE = "tolerance", _("Payment Tolerance Accounts")
        DISCOUNT = "discount", _("Payment Discount Accounts")

    uuid = models.UUIDField(default=uuid4, editable=False)  # how others know the company
    company_name = models.CharField(_("company name"), max_length=100, blank=True)
    address = models.CharField(_("address"), max_length=100, blank=True)
    post_code = models.CharField(_("post code"), max_length=20, blank=True)
    city = models.CharField(_("city"), max_length=30, blank=True)
    phone_no = models.CharField(_("phone no."), max_length=30, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    home_page = models.CharField(_("home page"), max_length=80, blank=True)
    vat_registration_no = models.CharField(_("VAT registration no."), max_length=20, blank=True)
    registration_no = models.CharField(_("registration no."), max_length=20, blank=True)
    base_calendar = models.ForeignKey(
        "kernel.BaseCalendar",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("base calendar"),
    )
    calendar_horizon = DateFormulaField(_("cal. convergence time frame"), default="1Y")
    country_code = models.CharField(_("country/region"), max_length=2, default="NO")
    lcy_code = models.CharField(_("LCY code"), max_length=3, default="EUR")
    allow_posting_from = models.DateField(_("allow posting from"), null=True, blank=True)
    allow_posting_to = models.DateField(_("allow posting to"), null=True, blank=True)
    default_vat_date = models.CharField(max_length=16, choices=VATDate, default=VATDate.POSTING_DATE)
    amount_rounding_precision = models.DecimalField(max_digits=8, decimal_places=5, default=Decimal("0.01"))
    unit_amount_rounding_precision = models.DecimalField(
        max_digits=8, decimal_places=5, default=Decimal("0.00001")
    )
    invoice_rounding_precision = models.DecimalField(max_digits=8, decimal_places=5, default=Decimal("0.01"))
    invoice_rounding_type = models.CharField(
        max_length=8, choices=Currency.Rounding, default=Currency.Rounding.NEAREST
    )
    application_rounding_precision = models.DecimalField(max_digits=8, decimal_places=5, default=0)
    vat_rounding_type = models.CharField(
        max_length=8, choices=Currency.Rounding, default=Currency.Rounding.NEAREST
    )
    max_vat_difference_allowed = models.DecimalField(max_digits=8, decimal_places=2, default=0)
    payment_discount_excl_vat = models.BooleanField(_("pmt. disc. excl. VAT"), default=False)
    adjust_for_payment_discount = models.BooleanField(_("adjust for payment disc."), default=False)
    vat_tolerance_percent = PercentField(_("VAT tolerance %"), default=0)
    mark_credit_memos_as_corrections = models.BooleanField(default=False)
    payment_tolerance_percent = PercentField(_("payment tolerance %"), default=0)
    max_payment_tolerance_amount = AmountField(_("max. payment tolerance amount"), default=0)
    payment_discount_grace_period = DateFormulaField(_("payment discount grace period"), blank=True)
    payment_tolerance_posting = models.CharField(
        max_length=10, choices=TolerancePosting, default=TolerancePosting.TOLERANCE
    )
    payment_discount_tolerance_posting = models.CharField(
        max_length=10, choices=TolerancePosting, default=TolerancePosting.DISCOUNT
    )
    grant_late_discount_on_full_payment = models.BooleanField(default=True)
    bill_to_sell_to_vat_calculation = models.CharField(
        max_length=8, choices=VATSource, default=VATSource.BILL_TO
    )

    class Meta:
        verbose_name = _("general ledger setup")
        verbose_name_plural = _("general ledger setup")
        permissions = [("export_everything", "Can export lists of more than 10,000 rows")]
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="posting_one_general_ledger_setup"),
            models.CheckConstraint(
                condition=~Q(payment_discount_excl_vat=True, adjust_for_payment_discount=True),
                name="posting_discount_vat_options_exclude_each_other",
            ),
            models.CheckConstraint(
                condition=Q(allow_posting_from=None)
                | Q(allow_posting_to=None)
                | Q(allow_posting_from__lte=F("allow_posting_to")),
                name="posting_company_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.company_name or str(self._meta.verbose_name)


class GeneralPostingSetup(models.Model):
    """Which accounts a sale, purchase or stock movement of (business group × product group) reaches.

    The business group is empty for movements without a partner: adjustments, counts, revaluations.
    """

    gen_bus_posting_group = models.ForeignKey(
        "posting.GeneralBusinessGroup", models.PROTECT, null=True, blank=True, related_name="+"
    )
    gen_prod_posting_group = models.ForeignKey(
        "posting.GeneralProductGroup", models.PROTECT, related_name="+"
    )
    blocked = models.BooleanField(_("blocked"), default=False)
    sales_account = account(_("sales account"))
    sales_credit_memo_account = account(_("sales credit memo account"))
    sales_line_discount_account = account(_("sales line disc. account"))
    sales_invoice_discount_account = account(_("sales inv. disc. account"))
    sales_payment_discount_debit_account = account(_("sales pmt. disc. debit acc."))
    sales_payment_discount_credit_account = account(_("sales pmt. disc. credit acc."))
    sales_payment_tolerance_debit_account = account(_("sales pmt. tol. debit acc."))
    sales_payment_tolerance_credit_account = account(_("sales pmt. tol. credit acc."))
    sales_prepayments_account = account(_("sales prepayments account"))
    purchase_account = account(_("purchase account"))
    purchase_credit_memo_account = account(_("purch. credit memo account"))
    purchase_line_discount_account = account(_("purch. line disc. account"))
    cogs_account = account(_("COGS account"))
    cogs_interim_account = account(_("COGS account (interim)"))
    inventory_adjustment_account = account(_("inventory adjmt. account"))
    inventory_accrual_interim_account = account(_("invt. accrual acc. (interim)"))
    direct_cost_applied_account = account(_("direct cost applied account"))
    overhead_applied_account = account(_("overhead applied account"))
    purchase_variance_account = account(_("purchase variance account"))

    class Meta:
        verbose_name = _("general posting setup")
        verbose_name_plural = _("general posting setup")
        ordering = ["gen_bus_posting_group__code", "gen_prod_posting_group__code"]
        constraints = [
            models.UniqueConstraint(
                fields=["gen_bus_posting_group", "gen_prod_posting_group"],
                name="posting_one_general_setup_per_pair",
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.gen_bus_posting_group or '–'} × {self.gen_prod_posting_group}"


class VATClause(models.Model):
    """The sentence that the law wants on the paper when a sale is not taxed the usual way."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    description = models.CharField(_("description"), max_length=250)

    class Meta:
        verbose_name = _("VAT clause")
        verbose_name_plural = _("VAT clauses")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code


class VATPostingSetup(models.Model):
    """How a (VAT business group × VAT product group) pair is taxed, and where the tax is posted."""

    class Calculation(models.TextChoices):
        NORMAL = "normal", _("Normal VAT")
        REVERSE_CHARGE = "reverse_charge", _("Reverse Charge VAT")
        FULL = "full", _("Full VAT")

    vat_bus_posting_group = models.ForeignKey(
        "posting.VATBusinessGroup", models.PROTECT, null=True, blank=True, related_name="+"
    )
    vat_prod_posting_group = models.ForeignKey("posting.VATProductGroup", models.PROTECT, related_name="+")
    calculation_type = models.CharField(max_length=16, choices=Calculation, default=Calculation.NORMAL)
    vat_percent = PercentField(_("VAT %"), default=0)
    vat_identifier = models.CharField(_("VAT identifier"), max_length=20)
    sales_vat_account = account(_("sales VAT account"))
    purchase_vat_account = account(_("purchase VAT account"))
    reverse_charge_vat_account = account(_("reverse chrg. VAT acc."))
    eu_service = models.BooleanField(_("EU service"), default=False)
    adjust_for_payment_discount = models.BooleanField(_("adjust for payment discount"), default=False)
    vat_clause = models.ForeignKey(VATClause, models.PROTECT, null=True, blank=True, related_name="+")
    tax_category = models.CharField(_("tax category"), max_length=10, blank=True)
    blocked = models.BooleanField(_("blocked"), default=False)

    class Meta:
        verbose_name = _("VAT posting setup")
        verbose_name_plural = _("VAT posting setup")
        ordering = ["vat_bus_posting_group__code", "vat_prod_posting_group__code"]
        constraints = [
            models.UniqueConstraint(
                fields=["vat_bus_posting_group", "vat_prod_posting_group"],
                name="posting_one_vat_setup_per_pair",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(vat_percent__gte=0) & Q(vat_percent__lte=100), name="posting_vat_percent_range"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.vat_bus_posting_group or '–'} × {self.vat_prod_posting_group}"
