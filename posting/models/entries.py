"""The general ledger, the VAT ledger and the register of every posting run. Insert only."""

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from erp.kernel.fields import AmountField, PercentField, QuantityField
from erp.kernel.ledger import LedgerModel
from posting.values import debit_and_credit


class DocumentType(models.TextChoices):
    """What kind of paper stands behind an entry."""

    NONE = "", _("–")
    PAYMENT = "payment", _("Payment")
    INVOICE = "invoice", _("Invoice")
    CREDIT_MEMO = "credit_memo", _("Credit Memo")
    FINANCE_CHARGE_MEMO = "finance_charge_memo", _("Finance Charge Memo")
    REMINDER = "reminder", _("Reminder")
    REFUND = "refund", _("Refund")


class SourceType(models.TextChoices):
    """Whose sub-ledger an entry belongs to."""

    NONE = "", _("–")
    CUSTOMER = "customer", _("Customer")
    VENDOR = "vendor", _("Vendor")
    BANK = "bank", _("Bank Account")
    ITEM = "item", _("Item")


class GenPostingType(models.TextChoices):
    NONE = "", _("–")
    PURCHASE = "purchase", _("Purchase")
    SALE = "sale", _("Sale")
    SETTLEMENT = "settlement", _("Settlement")


class Register(LedgerModel):
    """One posting run: who, when, and the range of entry numbers that it wrote in each ledger.

    A range is empty (both ends null) where the run wrote nothing. At commit the database checks that the
    general ledger entries of the range sum to zero per transaction and posting date.
    """

    register_no = models.BigIntegerField(_("register no."), primary_key=True)
    created_at = models.DateTimeField(_("created at"))
    created_by = models.CharField(_("user"), max_length=150)
    source_code = models.CharField(_("source code"), max_length=10)
    journal_batch = models.CharField(_("journal batch"), max_length=20, blank=True)
    reverses = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="reversals", db_index=False
    )
    from_gl_entry_no = models.BigIntegerField(null=True)
    to_gl_entry_no = models.BigIntegerField(null=True)
    from_vat_entry_no = models.BigIntegerField(null=True)
    to_vat_entry_no = models.BigIntegerField(null=True)
    from_customer_detail_no = models.BigIntegerField(null=True)
    to_customer_detail_no = models.BigIntegerField(null=True)
    from_bank_entry_no = models.BigIntegerField(null=True)
    to_bank_entry_no = models.BigIntegerField(null=True)
    from_item_entry_no = models.BigIntegerField(null=True)
    to_item_entry_no = models.BigIntegerField(null=True)
    from_value_entry_no = models.BigIntegerField(null=True)
    to_value_entry_no = models.BigIntegerField(null=True)
    from_item_application_no = models.BigIntegerField(null=True)
    to_item_application_no = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = _("register")
        verbose_name_plural = _("registers")
        ordering = ["-register_no"]
        default_permissions = ("view",)
        permissions = [
            ("post_journal", "Can post sales and general journals"),
            ("reverse_entries", "Can reverse what a journal posted"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["reverses"],
                condition=Q(reverses__isnull=False),
                name="posting_register_reversed_once",
            ),
            models.UniqueConstraint(fields=["to_gl_entry_no"], name="posting_register_ends_alone"),
        ]
        indexes = [models.Index(fields=["created_at", "register_no"], name="posting_register_created")]

    def __str__(self) -> str:
        return str(self.register_no)


class GLEntry(LedgerModel):
    """One amount on one general ledger account, in local currency, debit positive.

    A correction shows on the other side with a negative sign, so that turnover is undone, not inflated. The entries
    of a register are written before it, and none can join them afterwards.
    """

    entry_no = models.BigIntegerField(_("entry no."), primary_key=True)
    register = models.ForeignKey(Register, models.PROTECT, related_name="+", db_index=False)
    transaction_no = models.BigIntegerField(_("transaction no."))
    account = models.ForeignKey(
        "posting.GLAccount", models.PROTECT, related_name="+", db_index=False, verbose_name=_("account")
    )
    posting_date = models.DateField(_("posting date"))
    vat_date = models.DateField(_("VAT date"))
    document_date = models.DateField(_("document date"))
    document_type = models.CharField(max_length=20, choices=DocumentType, blank=True)
    document_no = models.CharField(_("document no."), max_length=20)
    external_document_no = models.CharField(max_length=35, blank=True)
    description = models.CharField(_("description"), max_length=100, blank=True)
    amount = AmountField(_("amount"))
    correction = models.BooleanField(_("correction"), default=False)
    source_currency_code = models.CharField(max_length=10, blank=True)
    source_currency_amount = AmountField(default=Decimal(0))
    gen_posting_type = models.CharField(max_length=10, choices=GenPostingType, blank=True)
    gen_bus_posting_group = models.CharField(max_length=20, blank=True)
    gen_prod_posting_group = models.CharField(max_length=20, blank=True)
    vat_bus_posting_group = models.CharField(max_length=20, blank=True)
    vat_prod_posting_group = models.CharField(max_length=20, blank=True)
    vat_amount = AmountField(default=Decimal(0))
    quantity = QuantityField(default=Decimal(0))
    source_type = models.CharField(max_length=10, choices=SourceType, blank=True)
    source_no = models.CharField(max_length=20, blank=True)
    source_code = models.CharField(max_length=10, blank=True)
    journal_batch = models.CharField(max_length=20, blank=True)
    reason_code = models.CharField(max_length=10, blank=True)
    system_created = models.BooleanField(default=True)
    prior_year = models.BooleanField(default=False)
    closing = models.BooleanField(_("closing date"), default=False)
    reverses = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="reversals", db_index=False
    )

    class Meta:
        verbose_name = _("G/L entry")
        verbose_name_plural = _("G/L entries")
        ordering = ["entry_no"]
        default_permissions = ("view",)
        indexes = [
            models.Index(
                fields=["account", "posting_date"], include=["amount"], name="posting_gl_account_date"
            ),
            models.Index(fields=["document_no"], name="posting_gl_document"),
            models.Index(fields=["posting_date", "entry_no"], name="posting_gl_date"),
            models.Index(fields=["transaction_no"], name="posting_gl_transaction"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["reverses"],
                condition=Q(reverses__isnull=False),
                name="posting_gl_entry_reversed_once",
            ),
        ]

    def __str__(self) -> str:
        return str(self.entry_no)

    @property
    def debit_amount(self) -> Decimal:
        """The debit column: positive amounts, and negative ones that correct a debit."""
        return debit_and_credit(self.amount, correction=self.correction)[0]

    @property
    def credit_amount(self) -> Decimal:
        """The credit column, with its sign turned: negative amounts, and positive ones that correct a credit."""
        return debit_and_credit(self.amount, correction=self.correction)[1]


class VATEntry(LedgerModel):
    """The tax on one compressed invoice line: a sale is negative (credit), a purchase positive."""

    entry_no = models.BigIntegerField(_("entry no."), primary_key=True)
    transaction_no = models.BigIntegerField(_("transaction no."))
    gl_entry_no = models.BigIntegerField(_("base G/L entry no."), null=True)
    posting_date = models.DateField(_("posting date"))
    vat_date = models.DateField(_("VAT date"))
    document_date = models.DateField(_("document date"))
    document_type = models.CharField(max_length=20, choices=DocumentType, blank=True)
    document_no = models.CharField(_("document no."), max_length=20)
    external_document_no = models.CharField(max_length=35, blank=True)
    type = models.CharField(max_length=10, choices=GenPostingType)
    base = AmountField(_("base"))
    base_before_discount = AmountField(
        _("base before payment discount"), help_text=_("The amount of the G/L entry that carries the base.")
    )
    amount = AmountField(_("amount"))
    vat_difference = AmountField(_("VAT difference"), default=Decimal(0))
    vat_percent = PercentField(_("VAT %"))
    vat_identifier = models.CharField(max_length=20, blank=True)
    calculation_type = models.CharField(max_length=16)
    vat_account = models.ForeignKey(
        "posting.GLAccount", models.PROTECT, null=True, related_name="+", db_index=False
    )
    reverse_charge_account = models.ForeignKey(
        "posting.GLAccount", models.PROTECT, null=True, related_name="+", db_index=False
    )
    vat_bus_posting_group = models.CharField(max_length=20, blank=True)
    vat_prod_posting_group = models.CharField(max_length=20, blank=True)
    gen_bus_posting_group = models.CharField(max_length=20, blank=True)
    gen_prod_posting_group = models.CharField(max_length=20, blank=True)
    tax_category = models.CharField(max_length=10, blank=True)
    bill_to_no = models.CharField(_("bill-to/pay-to no."), max_length=20, blank=True)
    country_code = models.CharField(max_length=2, blank=True)
    vat_registration_no = models.CharField(max_length=20, blank=True)
    eu_3_party_trade = models.BooleanField(default=False)
    eu_service = models.BooleanField(default=False)
    source_code = models.CharField(max_length=10, blank=True)
    reverses = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="reversals", db_index=False
    )

    class Meta:
        verbose_name = _("VAT entry")
        verbose_name_plural = _("VAT entries")
        ordering = ["entry_no"]
        default_permissions = ("view",)
        indexes = [
            models.Index(fields=["vat_date", "vat_identifier"], name="posting_vat_date"),
            models.Index(fields=["document_no"], name="posting_vat_document"),
            models.Index(fields=["posting_date", "entry_no"], name="posting_vat_posting_date"),
            models.Index(fields=["transaction_no"], name="posting_vat_transaction"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["reverses"],
                condition=Q(reverses__isnull=False),
                name="posting_vat_entry_reversed_once",
            ),
        ]

    def __str__(self) -> str:
        return str(self.entry_no)


class GLBalance(models.Model):
    """Projection: what one account moved on one day. The trial balance reads this, not the entries."""

    account = models.ForeignKey("posting.GLAccount", models.PROTECT, related_name="+", db_index=False)
    posting_date = models.DateField()
    closing = models.BooleanField(default=False)
    debit_amount = AmountField(default=Decimal(0))
    credit_amount = AmountField(default=Decimal(0))

    class Meta:
        verbose_name = _("G/L balance of a day")
        verbose_name_plural = _("G/L balances by day")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["account", "posting_date", "closing"], name="posting_one_balance_a_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.posting_date}"
