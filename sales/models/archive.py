from django.db import models
from django.utils.translation import gettext_lazy as _

from erp.kernel.fields import AmountField
from sales.models.document import SalesDocument


class ArchivedDocument(models.Model):
    """One version of a working document as it was: head, lines, comments and charge assignments, whole and unchanged.

    `content` is JSON: {"head": {field: value}, "lines": [{field: value}], "comments": […], "charges": […],
    "progress": {…} or null}. A number that is used again by a later document counts up the occurrence.
    """

    class Reason(models.TextChoices):
        ASKED = "asked", _("Archived by hand")
        DELETED = "deleted", _("Deleted")
        CONVERTED = "converted", _("Made an order or invoice")
        POSTED = "posted", _("Posted")
        RESTORED = "restored", _("Replaced by an earlier version")
        REVISED = "revised", _("Revised")
        LOST = "lost", _("Lost or cancelled")

    type = models.CharField(_("document type"), max_length=16, choices=SalesDocument.Type)
    number = models.CharField(_("No."), max_length=20)
    occurrence = models.PositiveIntegerField(_("doc. no. occurrence"), default=1)
    version = models.PositiveIntegerField(_("version no."))
    reason = models.CharField(_("reason"), max_length=12, choices=Reason, default=Reason.ASKED)
    customer_no = models.CharField(_("customer no."), max_length=20, blank=True)
    sell_to_name = models.CharField(_("sell-to name"), max_length=100, blank=True)
    currency_code = models.CharField(_("currency"), max_length=10, blank=True)
    amount = AmountField(_("amount"))
    amount_including_vat = AmountField(_("amount including VAT"))
    archived_at = models.DateTimeField(_("archived at"))
    archived_by = models.CharField(_("archived by"), max_length=150, blank=True)
    content = models.JSONField()

    class Meta:
        verbose_name = _("archived sales document")
        verbose_name_plural = _("archived sales documents")
        ordering = ["-id"]
        default_permissions = ("add", "view", "delete")
        constraints = [
            models.UniqueConstraint(
                fields=["type", "number", "occurrence", "version"], name="sales_archive_one_version"
            ),
        ]
        indexes = [models.Index(fields=["type", "-id"], name="sales_archive_type")]

    def __str__(self) -> str:
        return f"{self.get_type_display()} {self.number} v{self.version}"
