"""The customer ledger and its details, the bank ledger. Insert only; what is open stands in OpenItem."""

from decimal import Decimal

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from erp.kernel.fields import AmountField, RateField
from erp.kernel.ledger import LedgerModel
from posting.models.entries import DocumentType


class CustomerLedgerEntry(LedgerModel):
    """One receivable document: invoice, credit memo, payment, refund. Its amounts are the sum of its details.

    The entry number is the number of the G/L entry on the receivables account.
    """

    entry_no = models.BigIntegerField(_("entry no."), primary_key=True)
    transaction_no = models.BigIntegerField(_("transaction no."))
    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="+", db_index=False)
    sell_to_customer_no = models.CharField(max_length=20, blank=True)
    customer_name = models.CharField(max_length=100, blank=True)
    posting_date = models.DateField(_("posting date"))
    document_date = models.DateField(_("document date"))
    due_date = models.DateField(_("due date"))
    document_type = models.CharField(max_length=20, choices=DocumentType, blank=True)
    document_no = models.CharField(_("document no."), max_length=20)
    external_document_no = models.CharField(max_length=35, blank=True)
    description = models.CharField(max_length=100, blank=True)
    your_reference = models.CharField(max_length=35, blank=True)
    currency_code = models.CharField(max_length=10, blank=True)
    original_currency_factor = RateField(default=Decimal(1))
    amount = AmountField(_("amount"))
    amount_lcy = AmountField(_("amount (LCY)"))
    customer_posting_group = models.ForeignKey(
        "customers.CustomerPostingGroup", models.PROTECT, related_name="+", db_index=False
    )
    salesperson_code = models.CharField(max_length=20, blank=True)
    payment_terms_code = models.CharField(max_length=10, blank=True)
    payment_method_code = models.CharField(max_length=10, blank=True)
    payment_reference = models.CharField(max_length=50, blank=True)
    balancing_account_no = models.CharField(max_length=20, blank=True)
    sales_lcy = AmountField(default=Decimal(0))
    profit_lcy = AmountField(default=Decimal(0))
    invoice_discount_lcy = AmountField(default=Decimal(0))
    payment_discount_date = models.DateField(null=True)
    payment_discount_tolerance_date = models.DateField(null=True)
    original_payment_discount_possible = AmountField(default=Decimal(0))
    max_payment_tolerance = AmountField(default=Decimal(0))
    source_code = models.CharField(max_length=10, blank=True)
    reason_code = models.CharField(max_length=10, blank=True)
    journal_batch = models.CharField(max_length=20, blank=True)
    created_by = models.CharField(max_length=150, blank=True)
    prepayment = models.BooleanField(default=False)
    reverses = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="reversals", db_index=False
    )

    class Meta:
        verbose_name = _("customer ledger entry")
        verbose_name_plural = _("customer ledger entries")
        ordering = ["entry_no"]
        default_permissions = ("view",)
        permissions = [
            ("post_payment", "Can post payments and refunds of customers"),
            ("apply_entries", "Can apply customer ledger entries"),
            ("unapply_entries", "Can unapply customer ledger entries"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["reverses"],
                condition=Q(reverses__isnull=False),
                name="receivables_entry_reversed_once",
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "posting_date"], name="receivables_cle_customer_date"),
            models.Index(fields=["document_no"], name="receivables_cle_document"),
            models.Index(fields=["transaction_no"], name="receivables_cle_transaction"),
        ]

    def __str__(self) -> str:
        return f"{self.get_document_type_display()} {self.document_no}"


class DetailedCustomerLedgerEntry(LedgerModel):
    """One movement of a customer ledger entry; all its amounts are sums of these."""

    class Type(models.TextChoices):
        INITIAL_ENTRY = "initial_entry", _("Initial Entry")
        APPLICATION = "application", _("Application")
        UNREALIZED_LOSS = "unrealized_loss", _("Unrealized Loss")
        UNREALIZED_GAIN = "unrealized_gain", _("Unrealized Gain")
        REALIZED_LOSS = "realized_loss", _("Realized Loss")
        REALIZED_GAIN = "realized_gain", _("Realized Gain")
        PAYMENT_DISCOUNT = "payment_discount", _("Payment Discount")
        PAYMENT_DISCOUNT_VAT_EXCL = "payment_discount_vat_excl", _("Payment Discount (VAT Excl.)")
        PAYMENT_DISCOUNT_VAT_ADJUSTMENT = (
            "payment_discount_vat_adjustment",
            _("Payment Discount (VAT Adjustment)"),
        )
        APPLICATION_ROUNDING = "application_rounding", _("Appln. Rounding")
        CORRECTION_OF_REMAINING_AMOUNT = "correction_of_remaining_amount", _("Correction of Remaining Amount")
        PAYMENT_TOLERANCE = "payment_tolerance", _("Payment Tolerance")
        PAYMENT_DISCOUNT_TOLERANCE = "payment_discount_tolerance", _("Payment Discount Tolerance")
        PAYMENT_TOLERANCE_VAT_EXCL = "payment_tolerance_vat_excl", _("Payment Tolerance (VAT Excl.)")
        PAYMENT_TOLERANCE_VAT_ADJUSTMENT = (
            "payment_tolerance_vat_adjustment",
            _("Payment Tolerance (VAT Adjustment)"),
        )
        PAYMENT_DISCOUNT_TOLERANCE_VAT_EXCL = (
            "payment_discount_tolerance_vat_excl",
            _("Payment Discount Tolerance (VAT Excl.)"),
        )
        PAYMENT_DISCOUNT_TOLERANCE_VAT_ADJUSTMENT = (
            "payment_discount_tolerance_vat_adjustment",
            _("Payment Discount Tolerance (VAT Adjustment)"),
        )

    entry_no = models.BigIntegerField(_("entry no."), primary_key=True)
    customer_entry = models.ForeignKey(
        CustomerLedgerEntry, models.PROTECT, related_name="details", db_index=False
    )
    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="+", db_index=False)
    type = models.CharField(_("entry type"), max_length=44, choices=Type)
    posting_date = models.DateField(_("posting date"))
    document_type = models.CharField(max_length=20, choices=DocumentType, blank=True)
    document_no = models.CharField(_("document no."), max_length=20)
    amount = AmountField(_("amount"), default=Decimal(0))
    amount_lcy = AmountField(_("amount (LCY)"), default=Decimal(0))
    correction = models.BooleanField(default=False)
    currency_code = models.CharField(max_length=10, blank=True)
    transaction_no = models.BigIntegerField(
        default=0, help_text=_("0 when the application posted nothing to the G/L")
    )
    application_no = models.BigIntegerField(
        default=0, help_text=_("number of the first detail of the application; 0 for initial entries")
    )
    applied_entry = models.ForeignKey(
        CustomerLedgerEntry, models.PROTECT, null=True, related_name="+", db_index=False
    )
    initial_entry_due_date = models.DateField()
    initial_document_type = models.CharField(max_length=20, choices=DocumentType, blank=True)
    customer_posting_group = models.ForeignKey(
        "customers.CustomerPostingGroup", models.PROTECT, related_name="+", db_index=False
    )
    gen_bus_posting_group = models.CharField(max_length=20, blank=True)
    gen_prod_posting_group = models.CharField(max_length=20, blank=True)
    vat_bus_posting_group = models.CharField(max_length=20, blank=True)
    vat_prod_posting_group = models.CharField(max_length=20, blank=True)
    gl_entry_no = models.BigIntegerField(
        _("G/L entry no."), null=True, help_text=_("the entry on the other side: discount, gain, rounding")
    )
    # What the application found, so that unapplying it brings everything back.
    remaining_payment_discount_before = AmountField(default=Decimal(0))
    max_payment_tolerance_before = AmountField(default=Decimal(0))
    payment_discount_date_before = models.DateField(null=True)
    payment_discount_tolerance_date_before = models.DateField(null=True)
    on_hold_before = models.CharField(max_length=3, blank=True)
    reminder_level_before = models.PositiveSmallIntegerField(default=0)
    source_code = models.CharField(max_length=10, blank=True)
    reverses = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="reversals", db_index=False
    )

    class Meta:
        verbose_name = _("detailed customer ledger entry")
        verbose_name_plural = _("detailed customer ledger entries")
        ordering = ["entry_no"]
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["reverses"],
                condition=Q(reverses__isnull=False),
                name="receivables_detail_unapplied_once",
            ),
        ]
        indexes = [
            models.Index(fields=["customer_entry"], name="receivables_detail_entry"),
            BrinIndex(
                fields=["posting_date"],
                pages_per_range=32,
                autosummarize=True,
                name="receivables_detail_date",
            ),
            models.Index(
                fields=["customer", "posting_date"],
                include=["amount_lcy"],
                name="receivables_detail_customer",
            ),
            models.Index(
                fields=["application_no"],
                condition=~Q(application_no=0),
                name="receivables_detail_application",
            ),
            models.Index(fields=["document_no"], name="receivables_detail_document"),
            models.Index(
                fields=["transaction_no"], condition=~Q(transaction_no=0), name="receivables_detail_trans"
            ),
        ]

    def __str__(self) -> str:
        return str(self.entry_no)


class OpenItem(models.Model):
    """Projection: a customer ledger entry that is not settled yet, with what a user may still change on it.

    The row goes when nothing is left; unapplying brings it back.
    """

    entry = models.OneToOneField(
        CustomerLedgerEntry, models.PROTECT, primary_key=True, related_name="open_item"
    )
    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="+", db_index=False)
    due_date = models.DateField(_("due date"))
    currency_code = models.CharField(max_length=10, blank=True)
    positive = models.BooleanField()
    remaining_amount = AmountField(_("remaining amount"))
    remaining_amount_lcy = AmountField(_("remaining amount (LCY)"))
    adjusted_currency_factor = RateField(default=Decimal(1))
    payment_discount_date = models.DateField(null=True, blank=True)
    payment_discount_tolerance_date = models.DateField(null=True, blank=True)
    remaining_payment_discount = AmountField(_("remaining pmt. disc. possible"), default=Decimal(0))
    max_payment_tolerance = AmountField(default=Decimal(0))
    on_hold = models.CharField(_("on hold"), max_length=3, blank=True)
    applies_to_id = models.CharField(_("applies-to ID"), max_length=50, blank=True)
    amount_to_apply = AmountField(_("amount to apply"), default=Decimal(0))
    last_issued_reminder_level = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("open item")
        verbose_name_plural = _("open items")
        default_permissions = ("view", "change")
        indexes = [
            models.Index(fields=["customer", "due_date"], name="receivables_open_customer_due"),
            models.Index(fields=["due_date"], name="receivables_open_due"),
        ]

    def __str__(self) -> str:
        return str(self.entry_id)


class CustomerBalance(models.Model):
    """Projection: what a customer owes, per currency (empty code: local currency)."""

    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="+", db_index=False)
    currency_code = models.CharField(max_length=10, blank=True)
    amount = AmountField(default=Decimal(0))
    amount_lcy = AmountField(default=Decimal(0))

    class Meta:
        verbose_name = _("customer balance")
        verbose_name_plural = _("customer balances")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "currency_code"], name="receivables_one_balance_per_currency"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.currency_code}".strip()


class BankLedgerEntry(LedgerModel):
    """Money that came in (positive) or went out (negative) on a bank account of ours."""

    entry_no = models.BigIntegerField(_("entry no."), primary_key=True)
    transaction_no = models.BigIntegerField()
    gl_entry_no = models.BigIntegerField()
    bank_account = models.ForeignKey(
        "receivables.BankAccount", models.PROTECT, related_name="+", db_index=False
    )
    posting_date = models.DateField()
    document_type = models.CharField(max_length=20, choices=DocumentType, blank=True)
    document_no = models.CharField(max_length=20)
    external_document_no = models.CharField(max_length=35, blank=True)
    description = models.CharField(max_length=100, blank=True)
    currency_code = models.CharField(max_length=10, blank=True)
    amount = AmountField()
    amount_lcy = AmountField()
    source_code = models.CharField(max_length=10, blank=True)
    reverses = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="reversals", db_index=False
    )

    class Meta:
        verbose_name = _("bank account ledger entry")
        verbose_name_plural = _("bank account ledger entries")
        ordering = ["entry_no"]
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["reverses"],
                condition=Q(reverses__isnull=False),
                name="receivables_bank_reversed_once",
            ),
            models.UniqueConstraint(fields=["gl_entry_no"], name="receivables_bank_one_per_gl_entry"),
        ]
        indexes = [
            models.Index(fields=["bank_account", "posting_date"], name="receivables_bank_date"),
            models.Index(fields=["document_no"], name="receivables_bank_document"),
        ]

    def __str__(self) -> str:
        return str(self.entry_no)
