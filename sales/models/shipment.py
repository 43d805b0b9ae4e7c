from django.db import models
from django.utils.translation import gettext_lazy as _

from erp.kernel.search import words_index
from sales.models.base import FOUND_BY, PostedLine, PostedPaper


class SalesShipment(PostedPaper):
    """Goods that left us on one day. Nobody owes anything for it yet."""

    class Meta(PostedPaper.Meta):
        verbose_name = _("posted sales shipment")
        verbose_name_plural = _("posted sales shipments")
        indexes = [
            models.Index(fields=["customer", "posting_date"], name="sales_shipment_customer"),
            models.Index(fields=["order_no"], name="sales_shipment_order"),
            models.Index(fields=["posting_date"], name="sales_shipment_date"),
            models.Index(fields=["sell_to_name"], name="sales_shipment_name"),
            models.Index(fields=["created_at"], name="sales_shipment_created"),
            models.Index(fields=["register_no"], name="sales_shipment_register"),
            words_index("sales_shipment_words", *FOUND_BY),
        ]


class SalesShipmentLine(PostedLine):
    """One line of a posted shipment; quantity zero where the order line was not part of it."""

    document = models.ForeignKey(SalesShipment, models.PROTECT, related_name="lines", db_index=False)
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
        verbose_name = _("posted sales shipment line")
        verbose_name_plural = _("posted sales shipment lines")
        constraints = [
            models.UniqueConstraint(
                fields=["document", "line_no"], name="sales_shipment_one_line_per_number"
            ),
            models.UniqueConstraint(
                fields=["document", "undoes_line_no"],
                condition=~models.Q(undoes_line_no=0),
                name="sales_shipment_line_undone_once",
            ),
        ]
        indexes = [
            models.Index(fields=["item"], name="sales_shipment_line_item"),
            models.Index(fields=["order_no", "order_line_no"], name="sales_shipment_line_order"),
            models.Index(
                fields=["undo_register_no"],
                condition=models.Q(undo_register_no__isnull=False),
                name="sales_shipment_line_register",
            ),
        ]
