from django.db import models
from django.utils.translation import gettext_lazy as _

from erp.kernel.search import words_index
from sales.models.base import FOUND_BY, PostedLine, PostedMoney


class SalesCreditMemo(PostedMoney):
    """What we owe a customer back: goods returned or an invoice corrected."""

    class Meta(PostedMoney.Meta):
        verbose_name = _("posted sales credit memo")
        verbose_name_plural = _("posted sales credit memos")
        indexes = [
            models.Index(fields=["customer", "posting_date"], name="sales_credit_customer"),
            models.Index(fields=["order_no"], name="sales_credit_order"),
            models.Index(fields=["posting_date"], name="sales_credit_date"),
            models.Index(fields=["sell_to_name"], name="sales_credit_name"),
            models.Index(fields=["created_at"], name="sales_credit_created"),
            models.Index(fields=["register_no"], name="sales_credit_register"),
            words_index("sales_credit_words", *FOUND_BY),
        ]


class SalesCreditMemoLine(PostedLine):
    """One line of a posted credit memo."""

    document = models.ForeignKey(SalesCreditMemo, models.PROTECT, related_name="lines", db_index=False)
    return_receipt_no = models.CharField(_("return receipt no."), max_length=20, blank=True)
    return_receipt_line_no = models.PositiveIntegerField(default=0)

    class Meta(PostedLine.Meta):
        verbose_name = _("posted sales credit memo line")
        verbose_name_plural = _("posted sales credit memo lines")
        constraints = [
            models.UniqueConstraint(fields=["document", "line_no"], name="sales_credit_one_line_per_number"),
        ]
        indexes = [
            models.Index(fields=["item"], name="sales_credit_line_item"),
            models.Index(fields=["order_no", "order_line_no"], name="sales_credit_line_order"),
        ]
