from django.db import models
from django.utils.translation import gettext_lazy as _

from erp.kernel.search import words_index
from sales.models.base import FOUND_BY, PostedLine, PostedPaper


class ReturnReceipt(PostedPaper):
    """Goods that came back to us on one day."""

    class Meta(PostedPaper.Meta):
        verbose_name = _("posted return receipt")
        verbose_name_plural = _("posted return receipts")
        indexes = [
            models.Index(fields=["customer", "posting_date"], name="sales_receipt_customer"),
            models.Index(fields=["order_no"], name="sales_receipt_order"),
            models.Index(fields=["posting_date"], name="sales_receipt_date"),
            models.Index(fields=["sell_to_name"], name="sales_receipt_name"),
            models.Index(fields=["created_at"], name="sales_receipt_created"),
            models.Index(fields=["register_no"], name="sales_receipt_register"),
            words_index("sales_receipt_words", *FOUND_BY),
        ]


class ReturnReceiptLine(PostedLine):
    """One line of a posted return receipt."""

    document = models.ForeignKey(ReturnReceipt, models.PROTECT, related_name="lines", db_index=False)
    item_entry_no = models.BigIntegerField(_("item entry no."), null=True)
    undoes_line_no = models.PositiveIntegerField(
        _("undoes line no."), default=0, help_text=_("of the same paper; 0: it undoes nothing")
    )
    undo_register_no = models.BigIntegerField(
        _("register no."),
        null=True,
        help_text=_("of the undoing that wrote this line; blank: that of the paper"),
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
            models.Index(
                fields=["undo_register_no"],
                condition=models.Q(undo_register_no__isnull=False),
                name="sales_receipt_line_register",
            ),
        ]
