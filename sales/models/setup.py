from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from erp.kernel.fields import DateFormulaField
from erp.kernel.models import Stamped
from sales.traits import Traits

PERCENT = (MinValueValidator(0), MaxValueValidator(100))


class SalesSetup(models.Model):
    """How this company sells; exactly one row. Number series are named by their code."""

    class DiscountPosting(models.TextChoices):
        NONE = "no_discounts", _("No Discounts")
        INVOICE = "invoice_discounts", _("Invoice Discounts")
        LINE = "line_discounts", _("Line Discounts")
        ALL = "all_discounts", _("All Discounts")

    class CreditWarnings(models.TextChoices):
        BOTH = "both", _("Both Warnings")
        CREDIT_LIMIT = "credit_limit", _("Credit Limit")
        OVERDUE_BALANCE = "overdue_balance", _("Overdue Balance")
        NONE = "none", _("No Warning")

    class DefaultPostingDate(models.TextChoices):
        WORK_DATE = "work_date", _("Work Date")
        NO_DATE = "no_date", _("No Date")

    class DefaultQuantityToShip(models.TextChoices):
        REMAINDER = "remainder", _("Remainder")
        BLANK = "blank", _("Blank")

    class ArchiveQuotes(models.TextChoices):
        NEVER = "never", _("Never")
        QUESTION = "question", _("Question")
        ALWAYS = "always", _("Always")

    class LineType(models.TextChoices):
        ITEM = "item", _("Item")
        GL_ACCOUNT = "gl_account", _("G/L Account")
        RESOURCE = "resource", _("Resource")

    quote_nos = models.CharField(_("quote nos."), max_length=20, blank=True)
    order_nos = models.CharField(_("order nos."), max_length=20, blank=True)
    invoice_nos = models.CharField(_("invoice nos."), max_length=20, blank=True)
    credit_memo_nos = models.CharField(_("credit memo nos."), max_length=20, blank=True)
    blanket_order_nos = models.CharField(_("blanket order nos."), max_length=20, blank=True)
    return_order_nos = models.CharField(_("return order nos."), max_length=20, blank=True)
    posted_shipment_nos = models.CharField(_("posted shipment nos."), max_length=20, blank=True)
    posted_invoice_nos = models.CharField(_("posted invoice nos."), max_length=20, blank=True)
    posted_credit_memo_nos = models.CharField(_("posted credit memo nos."), max_length=20, blank=True)
    posted_return_receipt_nos = models.CharField(_("posted return receipt nos."), max_length=20, blank=True)
    discount_posting = models.CharField(max_length=20, choices=DiscountPosting, default=DiscountPosting.NONE)
    credit_warnings = models.CharField(max_length=16, choices=CreditWarnings, default=CreditWarnings.BOTH)
    stockout_warning = models.BooleanField(_("stockout warning"), default=True)
    shipment_on_invoice = models.BooleanField(_("shipment on invoice"), default=True)
    return_receipt_on_credit_memo = models.BooleanField(_("return receipt on credit memo"), default=True)
    invoice_rounding = models.BooleanField(_("invoice rounding"), default=False)
    external_document_no_mandatory = models.BooleanField(_("ext. doc. no. mandatory"), default=False)
    calc_invoice_discount = models.BooleanField(_("calc. inv. discount"), default=False)
    calc_invoice_discount_per_vat_id = models.BooleanField(_("calc. inv. disc. per VAT ID"), default=False)
    allow_vat_difference = models.BooleanField(_("allow VAT difference"), default=False)
    default_posting_date = models.CharField(
        max_length=10, choices=DefaultPostingDate, default=DefaultPostingDate.WORK_DATE
    )
    default_quantity_to_ship = models.CharField(
        max_length=10, choices=DefaultQuantityToShip, default=DefaultQuantityToShip.REMAINDER
    )
    link_document_date_to_posting_date = models.BooleanField(default=True)
    exact_cost_reversing_mandatory = models.BooleanField(default=False)
    quote_validity_calculation = DateFormulaField(_("quote validity calculation"), blank=True)
    default_item_quantity = models.BooleanField(_("default item quantity"), default=False)
    default_gl_account_quantity = models.BooleanField(_("default G/L account quantity"), default=False)
    default_line_type = models.CharField(
        _("document default line type"), max_length=10, choices=LineType, default=LineType.ITEM
    )
    copy_line_description_to_gl_entry = models.BooleanField(default=False)
    posting_date_check = models.BooleanField(_("posting date check on posting"), default=False)
    archive_quotes = models.CharField(
        _("archive quotes"), max_length=8, choices=ArchiveQuotes, default=ArchiveQuotes.NEVER
    )
    archive_orders = models.BooleanField(_("archive orders"), default=False)
    archive_blanket_orders = models.BooleanField(_("archive blanket orders"), default=False)
    archive_return_orders = models.BooleanField(_("archive return orders"), default=False)
    copy_comments_to_order = models.BooleanField(_("copy comments blanket to order"), default=True)
    copy_comments_to_shipment = models.BooleanField(_("copy comments order to shipment"), default=True)
    copy_comments_to_invoice = models.BooleanField(_("copy comments order to invoice"), default=True)
    copy_comments_to_return_receipt = models.BooleanField(
        _("copy comments ret. order to ret. receipt"), default=True
    )
    copy_comments_to_credit_memo = models.BooleanField(
        _("copy comments ret. order to credit memo"), default=True
    )
    post_in_background = models.BooleanField(_("post in the background"), default=False)
    keep_invoice_discount_amount = models.BooleanField(
        _("keep invoice discount amount"),
        default=False,
        help_text=_(
            "an invoice discount typed as an amount stays whole when lines change, and is shared anew"
        ),
    )

    class Meta:
        verbose_name = _("sales & receivables setup")
        verbose_name_plural = _("sales & receivables setup")
        constraints = [models.CheckConstraint(condition=Q(id=1), name="sales_one_setup")]

    def __str__(self) -> str:
        return str(self._meta.verbose_name)

    def keeps_number(self, traits: Traits) -> bool:
        """Whether a posted paper carries its draft's number, because both come from one series."""
        return traits.at_once and getattr(self, traits.money_series) == getattr(self, traits.number_series)


class UserSalesSetup(models.Model):
    """What one user may choose when posting, and whose sales the user makes."""

    class PostingPolicy(models.TextChoices):
        ALLOWED = "allowed", _("Allowed")
        PROHIBITED = "prohibited", _("Prohibited")
        MANDATORY = "mandatory", _("Mandatory")

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="sales_setup")
    invoice_posting_policy = models.CharField(
        max_length=10, choices=PostingPolicy, default=PostingPolicy.ALLOWED
    )
    salesperson = models.ForeignKey(
        "customers.Salesperson", models.PROTECT, null=True, blank=True, related_name="+"
    )
    responsibility_center = models.ForeignKey(
        "customers.ResponsibilityCenter", models.PROTECT, null=True, blank=True, related_name="+"
    )
    max_line_discount = models.DecimalField(
        _("line discount up to %"),
        max_digits=8,
        decimal_places=5,
        null=True,
        blank=True,
        validators=PERCENT,
        help_text=_("what this user may give by typing it; empty: what the user's roles say"),
    )
    hidden_warnings = ArrayField(
        models.CharField(max_length=20),
        default=list,
        blank=True,
        help_text=_("codes of warnings that this user does not want to see, as W-STOCK"),
    )

    class Meta:
        verbose_name = _("sales setup of a user")
        verbose_name_plural = _("sales setup of users")

    def __str__(self) -> str:
        return str(self.user)


class RoleSalesSetup(models.Model):
    """What the holders of a role may give away by typing it; roles without a row say nothing about it."""

    role = models.OneToOneField("auth.Group", models.CASCADE, related_name="sales_setup")
    max_line_discount = models.DecimalField(
        _("line discount up to %"), max_digits=8, decimal_places=5, validators=PERCENT
    )

    class Meta:
        verbose_name = _("sales setup of a role")
        verbose_name_plural = _("sales setup of roles")

    def __str__(self) -> str:
        return str(self.role)


class ReturnReason(Stamped):
    """Why goods come back, where they go, and whether they are worth anything."""

    code = models.CharField(_("code"), max_length=10, unique=True)
    description = models.CharField(_("description"), max_length=100, blank=True)
    default_location_code = models.CharField(_("default location"), max_length=10, blank=True)
    inventory_value_zero = models.BooleanField(_("inventory value zero"), default=False)

    class Meta:
        verbose_name = _("return reason")
        verbose_name_plural = _("return reasons")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code


class ReasonCode(Stamped):
    """Why something was done that asks for a reason: a quote lost, a document posted by way of exception."""

    code = models.CharField(_("code"), max_length=10, unique=True)
    description = models.CharField(_("description"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("reason code")
        verbose_name_plural = _("reason codes")
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {self.description}".strip()
