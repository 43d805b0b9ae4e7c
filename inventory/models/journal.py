"""Item journals being typed: batches and their lines. Drafts; what is posted lives in the item ledger."""

from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from erp.kernel.fields import AmountField, QuantityField, UnitAmountField
from inventory.models.entries import EntryType

# What a journal may post; transfers and assemblies have routines of their own.
ENTRY_TYPES = [
    (kind.value, kind.label)
    for kind in (
        EntryType.PURCHASE,
        EntryType.SALE,
        EntryType.POSITIVE_ADJUSTMENT,
        EntryType.NEGATIVE_ADJUSTMENT,
    )
]


class ItemJournalBatch(models.Model):
    """A pad of item journal lines that are posted together; afterwards it is empty and starts again."""

    name = models.CharField(_("name"), max_length=20, unique=True)
    description = models.CharField(_("description"), max_length=100, blank=True)
    number_series = models.CharField(
        _("number series"), max_length=20, blank=True, help_text=_("numbers of documents, drawn at posting")
    )
    location_code = models.CharField(
        _("location"), max_length=10, blank=True, help_text=_("copied to each new line")
    )
    last_register_no = models.BigIntegerField(_("last register"), null=True, blank=True, editable=False)
    last_posted_at = models.DateTimeField(_("last posted at"), null=True, blank=True, editable=False)
    last_posted_by = models.CharField(_("last posted by"), max_length=150, blank=True, editable=False)

    class Meta:
        verbose_name = _("item journal batch")
        verbose_name_plural = _("item journal batches")
        ordering = ["name"]
        permissions = [("post_item_journal", "Can post item journals")]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="inventory_batch_has_a_name"),
        ]

    def __str__(self) -> str:
        return f"{_('Item journal')} {self.name}"


class ItemJournalLine(models.Model):
    """A line as it stands, right or wrong: items and codes are as typed, and checks tell what is wrong with them.

    A negative quantity turns the direction round. Without a document number the line gets the next one of the
    batch's series when it is posted.
    """

    batch = models.ForeignKey(ItemJournalBatch, models.CASCADE, related_name="lines")
    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    line_no = models.PositiveIntegerField(_("line no."))
    posting_date = models.DateField(_("posting date"), null=True, blank=True)
    document_date = models.DateField(_("document date"), null=True, blank=True)
    document_no = models.CharField(_("document no."), max_length=20, blank=True)
    external_document_no = models.CharField(_("external document no."), max_length=35, blank=True)
    entry_type = models.CharField(
        _("entry type"), max_length=24, choices=ENTRY_TYPES, default=EntryType.POSITIVE_ADJUSTMENT
    )
    item_no = models.CharField(_("item no."), max_length=20, blank=True)
    variant_code = models.CharField(_("variant"), max_length=10, blank=True)
    description = models.CharField(_("description"), max_length=100, blank=True)
    location_code = models.CharField(_("location"), max_length=10, blank=True)
    quantity = QuantityField(_("quantity"), default=0)
    unit_code = models.CharField(_("unit"), max_length=10, blank=True)
    unit_amount = UnitAmountField(
        _("unit amount"), null=True, blank=True, help_text=_("empty: as the item's card says")
    )
    discount = AmountField(_("discount amount"))
    applies_to = models.BigIntegerField(_("applies-to entry"), null=True, blank=True)
    applies_from = models.BigIntegerField(_("applies-from entry"), null=True, blank=True)
    salesperson_code = models.CharField(_("salesperson"), max_length=20, blank=True)
    gen_bus = models.CharField(_("gen. bus. posting group"), max_length=20, blank=True)
    gen_prod = models.CharField(_("gen. prod. posting group"), max_length=20, blank=True)
    serial_no = models.CharField(_("serial no."), max_length=50, blank=True)
    lot_no = models.CharField(_("lot no."), max_length=50, blank=True)

    class Meta:
        verbose_name = _("item journal line")
        verbose_name_plural = _("item journal lines")
        ordering = ["batch", "line_no"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "line_no"], name="inventory_line_unique_in_batch"),
        ]

    def __str__(self) -> str:
        return f"{self.line_no}"
