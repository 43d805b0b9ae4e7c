from django.db import models
from django.utils.translation import gettext_lazy as _


class SalesComment(models.Model):
    """A remark on a paper or one of its lines. It goes along with the paper: to its archive, and to what it posts.

    kind and number name the paper: a type of working document ("order"), or a posted one ("posted_invoice").
    """

    class Kind(models.TextChoices):
        QUOTE = "quote", _("Quote")
        ORDER = "order", _("Order")
        INVOICE = "invoice", _("Invoice")
        CREDIT_MEMO = "credit_memo", _("Credit Memo")
        BLANKET_ORDER = "blanket_order", _("Blanket Order")
        RETURN_ORDER = "return_order", _("Return Order")
        POSTED_SHIPMENT = "posted_shipment", _("Posted Shipment")
        POSTED_INVOICE = "posted_invoice", _("Posted Invoice")
        POSTED_CREDIT_MEMO = "posted_credit_memo", _("Posted Credit Memo")
        POSTED_RETURN_RECEIPT = "posted_return_receipt", _("Posted Return Receipt")

    kind = models.CharField(_("document type"), max_length=24, choices=Kind)
    number = models.CharField(_("No."), max_length=20)
    line_no = models.PositiveIntegerField(_("line no."), default=0, help_text=_("0: the whole paper"))
    date = models.DateField(_("date"))
    text = models.CharField(_("comment"), max_length=500)
    created_at = models.DateTimeField(_("created at"))
    created_by = models.CharField(_("created by"), max_length=150, blank=True)

    class Meta:
        verbose_name = _("sales comment")
        verbose_name_plural = _("sales comments")
        ordering = ["id"]
        indexes = [models.Index(fields=["kind", "number"], name="sales_comment_paper")]

    def __str__(self) -> str:
        return self.text
