from decimal import Decimal
from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Round
from django.utils.translation import gettext_lazy as _

from erp.kernel.fields import DateFormulaField, QuantityField
from sales.models.base import LineType, PaperLine


def _names(type: str, field: str | None = "") -> Q:
    """The condition that a line of a type names what it sells, and nothing else."""
    named = type if field == "" else field
    masters = ("item", "gl_account", "resource", "item_charge")
    return Q(type=type, **{f"{name}__isnull": name != named for name in masters})


class SalesLine(PaperLine):
    """One line of a working document. On return orders and credit memos "ship" reads "receive".

    A line may stand for goods that another paper moved: `shipment_no` and its line name the posted shipment (or
    return receipt) that is invoiced here. `order_no` and its line name the order whose quantities posting moves on.
    """

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    document = models.ForeignKey("sales.SalesDocument", models.CASCADE, related_name="lines", db_index=False)
    item = models.ForeignKey("inventory.Item", models.PROTECT, null=True, blank=True, related_name="+")
    gl_account = models.ForeignKey(
        "posting.GLAccount", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    resource = models.ForeignKey(
        "inventory.Resource", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    item_charge = models.ForeignKey(
        "inventory.ItemCharge", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    shipment_no = models.CharField(_("shipment no."), max_length=20, blank=True)
    shipment_line_no = models.PositiveIntegerField(default=0)
    order_no = models.CharField(_("order no."), max_length=20, blank=True)
    order_line_no = models.PositiveIntegerField(default=0)
    inventory_posting_group = models.CharField(max_length=20, blank=True)
    allow_line_discount = models.BooleanField(_("allow line disc."), default=True)
    allow_invoice_discount = models.BooleanField(_("allow invoice disc."), default=True)
    recalculate_invoice_discount = models.BooleanField(default=False)
    qty_to_ship = QuantityField(_("qty. to ship"), default=Decimal(0))
    quantity_shipped = QuantityField(_("quantity shipped"), default=Decimal(0))
    qty_to_invoice = QuantityField(_("qty. to invoice"), default=Decimal(0))
    quantity_invoiced = QuantityField(_("quantity invoiced"), default=Decimal(0))
    quantity_cancelled = QuantityField(_("quantity cancelled"), default=Decimal(0))
    inv_discount_invoiced = models.DecimalField(max_digits=20, decimal_places=2, default=Decimal(0))
    outstanding_base = models.GeneratedField(
        expression=Round((F("quantity") - F("quantity_shipped")) * F("per_unit"), precision=5),
        output_field=QuantityField(),
        db_persist=True,
    )
    shipping_time = DateFormulaField(_("shipping time"), blank=True)
    outbound_handling_time = DateFormulaField(_("outbound whse. handling time"), blank=True)
    planned_shipment_date = models.DateField(_("planned shipment date"), null=True, blank=True)
    planned_delivery_date = models.DateField(_("planned delivery date"), null=True, blank=True)
    requested_delivery_date = models.DateField(_("requested delivery date"), null=True, blank=True)
    promised_delivery_date = models.DateField(_("promised delivery date"), null=True, blank=True)
    attached_to_line = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="attached_lines", db_index=False
    )
    system_created = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("sales line")
        verbose_name_plural = _("sales lines")
        ordering = ["document", "line_no"]
        constraints = [
            models.UniqueConstraint(fields=["document", "line_no"], name="sales_one_line_per_number"),
            models.CheckConstraint(
                condition=_names("item")
                | _names("gl_account")
                | _names("resource")
                | _names("charge", "item_charge")
                | (_names("comment", None) & Q(quantity=0)),
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
            # The database asks for it whenever a line goes: without, it reads every line there is.
            models.Index(
                fields=["attached_to_line"],
                condition=Q(attached_to_line__isnull=False),
                name="sales_line_attached",
            ),
            models.Index(
                fields=["item", "shipment_date"],
                condition=~Q(outstanding_base=0),
                name="sales_line_outstanding",
            ),
            models.Index(
                fields=["document"],
                condition=~Q(quantity_shipped=F("quantity_invoiced")),
                name="sales_line_not_invoiced",
            ),
            models.Index(fields=["document"], condition=~Q(quantity_shipped=0), name="sales_line_shipped"),
            models.Index(
                fields=["shipment_date", "document"], condition=~Q(outstanding_base=0), name="sales_line_late"
            ),
            models.Index(
                fields=["document"], condition=~Q(quantity_cancelled=0), name="sales_line_cancelled"
            ),
            models.Index(
                fields=["shipment_no", "shipment_line_no"],
                condition=~Q(shipment_no=""),
                name="sales_line_shipment",
            ),
            models.Index(
                fields=["order_no", "order_line_no"], condition=~Q(order_no=""), name="sales_line_order"
            ),
            models.Index(
                fields=["blanket_order_no", "blanket_order_line_no"],
                condition=~Q(blanket_order_no=""),
                name="sales_line_blanket",
            ),
        ]

    @classmethod
    def from_db(cls, db, field_names, values):
        """As usual; Django looks each column up among the names, and in a list of eighty that takes longest."""
        return super().from_db(db, frozenset(field_names), values)

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
    def is_fetched(self) -> bool:
        """The line invoices goods of a posted shipment (or return receipt); nothing moves when it is posted."""
        return bool(self.shipment_no)

    @property
    def sells_something(self) -> bool:
        return self.type != LineType.COMMENT
