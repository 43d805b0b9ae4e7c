from decimal import Decimal
from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Round
from django.utils.translation import gettext_lazy as _

from erp.kernel.fields import QuantityField
from sales.models.base import LineType, PaperLine


class SalesLine(PaperLine):
    """One line of a working document. On return orders and credit memos "ship" reads "receive".

    `price_explanation` keeps why the line has its price and discount: the rules that won and that lost.
    """

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    document = models.ForeignKey("sales.SalesDocument", models.CASCADE, related_name="lines", db_index=False)
    item = models.ForeignKey("inventory.Item", models.PROTECT, null=True, blank=True, related_name="+")
    gl_account = models.ForeignKey(
        "posting.GLAccount", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    inventory_posting_group = models.CharField(max_length=20, blank=True)
    allow_line_discount = models.BooleanField(_("allow line disc."), default=True)
    allow_invoice_discount = models.BooleanField(_("allow invoice disc."), default=True)
    recalculate_invoice_discount = models.BooleanField(default=False)
    qty_to_ship = QuantityField(_("qty. to ship"), default=Decimal(0))
    quantity_shipped = QuantityField(_("quantity shipped"), default=Decimal(0))
    qty_to_invoice = QuantityField(_("qty. to invoice"), default=Decimal(0))
    quantity_invoiced = QuantityField(_("quantity invoiced"), default=Decimal(0))
    inv_discount_invoiced = models.DecimalField(max_digits=20, decimal_places=2, default=Decimal(0))
    outstanding_base = models.GeneratedField(
        expression=Round((F("quantity") - F("quantity_shipped")) * F("per_unit"), precision=5),
        output_field=QuantityField(),
        db_persist=True,
    )
    planned_shipment_date = models.DateField(null=True, blank=True)
    planned_delivery_date = models.DateField(null=True, blank=True)
    requested_delivery_date = models.DateField(null=True, blank=True)
    promised_delivery_date = models.DateField(null=True, blank=True)
    attached_to_line = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="attached_lines", db_index=False
    )
    system_created = models.BooleanField(default=False)
    price_explanation = models.JSONField(null=True, blank=True)

    class Meta:
        verbose_name = _("sales line")
        verbose_name_plural = _("sales lines")
        ordering = ["document", "line_no"]
        constraints = [
            models.UniqueConstraint(fields=["document", "line_no"], name="sales_one_line_per_number"),
            models.CheckConstraint(
                condition=(Q(type="item") & Q(item__isnull=False) & Q(gl_account=None))
                | (Q(type="gl_account") & Q(gl_account__isnull=False) & Q(item=None))
                | (Q(type="comment") & Q(item=None) & Q(gl_account=None) & Q(quantity=0)),
                name="sales_line_names_what_it_sells",
            ),
            models.CheckConstraint(
                condition=Q(line_discount_percent__gte=0) & Q(line_discount_percent__lte=100),
                name="sales_line_discount_range",
            ),
            models.CheckConstraint(condition=Q(per_unit__gt=0), name="sales_line_unit_holds_something"),
            models.CheckConstraint(
                condition=(
                    Q(quantity__gte=0) & Q(quantity_shipped__gte=0) & Q(quantity_shipped__lte=F("quantity"))
                )
                | (Q(quantity__lt=0) & Q(quantity_shipped__lte=0) & Q(quantity_shipped__gte=F("quantity"))),
                name="sales_never_ships_more_than_ordered",
            ),
        ]
        indexes = [
            models.Index(
                fields=["item", "shipment_date"],
                condition=~Q(outstanding_base=0),
                name="sales_line_outstanding",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line_no} {self.number}"

    @property
    def outstanding_quantity(self) -> Decimal:
        """What is still to be shipped (or received), in the line's unit."""
        return self.quantity - self.quantity_shipped

    @property
    def shipped_not_invoiced(self) -> Decimal:
        return self.quantity_shipped - self.quantity_invoiced

    @property
    def max_qty_to_invoice(self) -> Decimal:
        return self.quantity_shipped + self.qty_to_ship - self.quantity_invoiced

    @property
    def sells_something(self) -> bool:
        return self.type != LineType.COMMENT
