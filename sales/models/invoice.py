from django.db import models
from django.utils.translation import gettext_lazy as _

from erp.kernel.search import words_index
from sales.models.base import FOUND_BY, PostedLine, PostedMoney


class SalesInvoice(PostedMoney):
    """What a customer was asked to pay. It is corrected by a credit memo, never changed."""

    quote_no = models.CharField(_("quote no."), max_length=20, blank=True)

    class Meta(PostedMoney.Meta):
        verbose_name = _("posted sales invoice")
        verbose_name_plural = _("posted sales invoices")
        indexes = [
            models.Index(fields=["customer", "posting_date"], name="sales_invoice_customer"),
            models.Index(fields=["order_no"], name="sales_invoice_order"),
            models.Index(fields=["posting_date"], name="sales_invoice_date"),
            models.Index(fields=["sell_to_name"], name="sales_invoice_name"),
            models.Index(fields=["created_at"], name="sales_invoice_created"),
            models.Index(fields=["register_no"], name="sales_invoice_register"),
            models.Index(
                fields=["order_uuid"],
                condition=models.Q(order_uuid__isnull=False),
                name="sales_invoice_order_uuid",
            ),
            words_index("sales_invoice_words", *FOUND_BY),
        ]


class SalesInvoiceLine(PostedLine):
    """One line of a posted invoice; the shipment is named where the goods left on one shipment."""

    document = models.ForeignKey(SalesInvoice, models.PROTECT, related_name="lines", db_index=False)
    shipment_no = models.CharField(_("shipment no."), max_length=20, blank=True)
    shipment_line_no = models.PositiveIntegerField(default=0)

    class Meta(PostedLine.Meta):
        verbose_name = _("posted sales invoice line")
        verbose_name_plural = _("posted sales invoice lines")
        constraints = [
            models.UniqueConstraint(fields=["document", "line_no"], name="sales_invoice_one_line_per_number"),
        ]
        indexes = [
            models.Index(fields=["item"], name="sales_invoice_line_item"),
            models.Index(fields=["order_no", "order_line_no"], name="sales_invoice_line_order"),
        ]
