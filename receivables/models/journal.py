"""Journals being typed: batches and their lines. Drafts; what is posted lives in the ledgers."""

from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from erp.kernel.fields import AmountField, PercentField
from erp.kernel.models import Stamped
from posting.models.entries import DocumentType, GenPostingType


class AccountType(models.TextChoices):
    GL = "gl", _("G/L Account")
    CUSTOMER = "customer", _("Customer")
    BANK = "bank", _("Bank Account")


class JournalBatch(Stamped):
    """A pad of journal lines that are posted together; afterwards it is empty and starts again."""

    class Kind(models.TextChoices):
        CASH_RECEIPTS = "cash_receipts", _("Cash receipt journal")
        SALES = "sales", _("Sales journal")
        GENERAL = "general", _("General journal")

    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    name = models.CharField(_("name"), max_length=20)
    description = models.CharField(_("description"), max_length=100, blank=True)
    number_series = models.CharField(
        _("number series"), max_length=20, blank=True, help_text=_("numbers of documents, drawn at posting")
    )
    bal_account_type = models.CharField(
        _("bal. account type"), max_length=10, choices=AccountType, default=AccountType.GL
    )
    bal_account_no = models.CharField(
        _("bal. account no."), max_length=20, blank=True, help_text=_("copied to each new line")
    )
    last_register_no = models.BigIntegerField(_("last register"), null=True, blank=True, editable=False)
    last_posted_at = models.DateTimeField(_("last posted at"), null=True, blank=True, editable=False)
    last_posted_by = models.CharField(_("last posted by"), max_length=150, blank=True, editable=False)

    class Meta:
        verbose_name = _("journal batch")
        verbose_name_plural = _("journal batches")
        ordering = ["kind", "name"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "name"], name="receivables_batch_unique_within_kind"),
            models.CheckConstraint(condition=~Q(name=""), name="receivables_batch_has_a_name"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.name}"


class JournalLine(Stamped):
    """A line as it stands, right or wrong: accounts are numbers as typed, and checks tell what is wrong with them.

    Debit is positive, as in the ledgers: a customer's payment is negative on the customer's line. Without a document
    number the line gets the next one of the batch's series when it is posted.
    """

    batch = models.ForeignKey(JournalBatch, models.CASCADE, related_name="lines")
    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    line_no = models.PositiveIntegerField(_("line no."))
    posting_date = models.DateField(_("posting date"), null=True, blank=True)
    document_date = models.DateField(_("document date"), null=True, blank=True)
    document_type = models.CharField(_("document type"), max_length=20, choices=DocumentType, blank=True)
    document_no = models.CharField(_("document no."), max_length=20, blank=True)
    external_document_no = models.CharField(_("external document no."), max_length=35, blank=True)
    account_type = models.CharField(
        _("account type"), max_length=10, choices=AccountType, default=AccountType.GL
    )
    account_no = models.CharField(_("account no."), max_length=20, blank=True)
    description = models.CharField(_("description"), max_length=100, blank=True)
    currency_code = models.CharField(_("currency"), max_length=10, blank=True)
    amount = AmountField(_("amount"))
    bal_account_type = models.CharField(
        _("bal. account type"), max_length=10, choices=AccountType, default=AccountType.GL
    )
    bal_account_no = models.CharField(_("bal. account no."), max_length=20, blank=True)
    applies_to_document_type = models.CharField(
        _("applies-to doc. type"), max_length=20, choices=DocumentType, blank=True
    )
    applies_to_document_no = models.CharField(_("applies-to doc. no."), max_length=20, blank=True)
    applies_to_id = models.CharField(_("applies-to ID"), max_length=50, blank=True)
    due_date = models.DateField(_("due date"), null=True, blank=True)
    payment_terms_code = models.CharField(_("payment terms"), max_length=10, blank=True)
    payment_discount_date = models.DateField(_("pmt. discount date"), null=True, blank=True)
    payment_discount_percent = PercentField(_("pmt. discount %"), null=True, blank=True)
    on_hold = models.CharField(_("on hold"), max_length=3, blank=True)
    salesperson_code = models.CharField(_("salesperson"), max_length=20, blank=True)
    reason_code = models.CharField(_("reason code"), max_length=10, blank=True)
    gen_posting_type = models.CharField(
        _("gen. posting type"), max_length=10, choices=GenPostingType, blank=True
    )
    gen_bus = models.CharField(_("gen. bus. posting group"), max_length=20, blank=True)
    gen_prod = models.CharField(_("gen. prod. posting group"), max_length=20, blank=True)
    vat_bus = models.CharField(_("VAT bus. posting group"), max_length=20, blank=True)
    vat_prod = models.CharField(_("VAT prod. posting group"), max_length=20, blank=True)
    correction = models.BooleanField(_("correction"), default=False)

    class Meta:
        verbose_name = _("journal line")
        verbose_name_plural = _("journal lines")
        ordering = ["batch", "line_no"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "line_no"], name="receivables_line_unique_in_batch"),
        ]

    def __str__(self) -> str:
        return f"{self.line_no}"
