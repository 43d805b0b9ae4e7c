from django.db import models
from django.utils.translation import gettext_lazy as _


class CancelledDocument(models.Model):
    """Which posted paper cancelled which: the credit memo of an invoice, or the invoice that took it back again."""

    class Kind(models.TextChoices):
        INVOICE = "invoice", _("Posted Invoice")
        CREDIT_MEMO = "credit_memo", _("Posted Credit Memo")

    kind = models.CharField(_("cancelled"), max_length=12, choices=Kind)
    cancelled_no = models.CharField(_("cancelled doc. no."), max_length=20)
    cancelled_by_no = models.CharField(_("cancelled by doc. no."), max_length=20)
    created_at = models.DateTimeField(_("cancelled at"))
    created_by = models.CharField(_("cancelled by"), max_length=150, blank=True)

    class Meta:
        verbose_name = _("cancelled document")
        verbose_name_plural = _("cancelled documents")
        ordering = ["id"]
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["kind", "cancelled_no"], name="sales_cancelled_once"),
            models.UniqueConstraint(fields=["kind", "cancelled_by_no"], name="sales_cancels_one"),
        ]

    def __str__(self) -> str:
        return f"{self.cancelled_no} by {self.cancelled_by_no}"
