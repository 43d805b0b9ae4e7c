from django.db import models
from django.utils.translation import gettext_lazy as _

from sales.models.base import PostedLine, PostedPaper


class ReturnReceipt(PostedPaper):
    """Goods that came back to us on one day."""

    class Meta(PostedPaper.Meta):
        verbose_name = _("posted return receipt")
        verbose_name_plural = _("posted return receipts")
        indexes = [
            models.Index(fields=["customer", "posting_date"], name="sales_receipt_customer"),
            models.Index(fields=["order_no"], name="sales_receipt_order"),
            models.Index(fields=["posting_date"], name="sales_receipt_date"),
        ]


class ReturnReceiptLine(PostedLine):
    """One line of a posted return receipt."""

    document = models.ForeignKey(ReturnReceipt, models.PROTECT, related_name="lines", db_index=False)
    item_entry_no = models.BigIntegerField(_("item entry no."), null=True)
    undoes_line_no = models.PositiveIntegerField(
        _("undoes line no."), default=0, help_text=_("of the same paper; 0: it undoes nothing")
    )

    class Meta(PostedLine.Meta):
        verbose_name = _("posted return receipt line")
        verbose_name_plural = _("posted return receipt lines")
        constraints = [
            models.UniqueConstraint(fields=["document", "line_no"], name="sales_receipt_one_line_per_number"),
            models.UniqueConstraint(
                fields=["document", "undoes_line_no"],
                condition=~models.Q(undoes_line_no=0),
                name="sales_receipt_line_undone_once",
            ),
        ]
        indexes = [
            models.Index(fields=["item"], name="sales_receipt_line_item"),
            models.Index(fields=["order_no", "order_line_no"], name="sales_receipt_line_order"),
        ]
