from decimal import Decimal
from uuid import uuid4

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q, Sum
from django.utils.translation import gettext_lazy as _

from erp.kernel.fields import AmountField, DateFormulaField, PercentField
from erp.kernel.search import words_index
from erp.kernel.workflow import FSMField, FSMModelMixin
from sales.models.base import FOUND_BY, Paper
from sales.traits import TRAITS, Traits


class _AnyOf(Func):
    """Whether a value is among those of an array."""

    template = "%(expressions)s)"
    arg_joiner = " = ANY("
    output_field = models.BooleanField()


class SalesDocumentQuerySet(models.QuerySet):
    def quotes(self):
        return self.filter(type=SalesDocument.Type.QUOTE)

    def orders(self):
        return self.filter(type=SalesDocument.Type.ORDER)

    def released(self):
        """Documents that the warehouse may rely on."""
        return self.filter(status=SalesDocument.Status.RELEASED)

    def late(self, *, on):
        """Released orders with goods still to ship on lines that should have left before `on`."""
        waiting = Q(lines__shipment_date__lt=on, lines__outstanding_base__gt=0)
        return self.orders().released().filter(waiting).distinct()

    def partly_shipped(self):
        """Documents of which something has left (or come back) and something is still to."""
        return self._with_line(~Q(quantity_shipped=0))._with_line(~Q(outstanding_base=0))

    def shipped_not_invoiced(self):
        """Documents of which something has left (or come back) and is not invoiced."""
        line = self.model._meta.get_field("lines").related_model
        # Few lines are, and an index holds just these: ask it first, or a million orders are asked one by one.
        waiting = line.objects.exclude(quantity_shipped=F("quantity_invoiced")).order_by()
        return self.filter(_AnyOf(F("pk"), ArraySubquery(waiting.values("document"))))

    def completely_shipped(self):
        """Documents of which nothing is still to ship (or to come back)."""
        return self._with_line(~Q(quantity=0)).exclude(self._line_exists(~Q(outstanding_base=0)))

    def invoiced(self):
        """Documents of which everything is shipped and invoiced, or the rest of it is cancelled."""
        left = self._line_exists(~Q(quantity=F("quantity_shipped")))
        unbilled = self._line_exists(~Q(quantity_shipped=F("quantity_invoiced")))
        return self._with_line(~Q(quantity_shipped=0)).exclude(left).exclude(unbilled)

    def cancelled(self):
        """Documents of which all that was ordered is cancelled."""
        return self._with_line(~Q(quantity_cancelled=0)).exclude(self._line_exists(~Q(quantity=0)))

    def ready_to_ship(self, *, on):
        """Released and not completely shipped, to leave on this day or later. Whether there is stock is not asked."""
        return self.released().filter(shipment_date__gte=on)._with_line(~Q(outstanding_base=0))

    def delayed(self, *, on):
        """Released, with goods still to ship that should have left before this day."""
        waiting = Q(shipment_date__lt=on) & ~Q(outstanding_base=0)
        return self.released()._with_line(waiting)

    def expiring(self, *, after, until):
        """Quotes that end between two days, both included."""
        return self.quotes().filter(valid_until__range=(after, until))

    def _with_line(self, *conditions):
        return self.filter(self._line_exists(*conditions))

    def _line_exists(self, *conditions):
        line = self.model._meta.get_field("lines").related_model
        return Exists(line.objects.filter(*conditions, document=OuterRef("pk")))

    def with_totals(self):
        """Annotate `total_amount` and `total_including_vat`, in the document's currency."""
        return self.annotate(
            total_amount=Sum("lines__amount", default=Decimal(0)),
            total_including_vat=Sum("lines__amount_including_vat", default=Decimal(0)),
        )


class SalesDocument(FSMModelMixin, Paper):
    """A sales document being worked on; whatever has been posted lives in SalesInvoice and its siblings.

    Quantities and amounts are positive on orders and invoices and on return orders and credit memos alike;
    posting turns the sign of the latter. An order is gone once every line is invoiced.
    """

    class Type(models.TextChoices):
        QUOTE = "quote", _("Quote")
        ORDER = "order", _("Order")
        INVOICE = "invoice", _("Invoice")
        CREDIT_MEMO = "credit_memo", _("Credit Memo")
        BLANKET_ORDER = "blanket_order", _("Blanket Order")
        RETURN_ORDER = "return_order", _("Return Order")

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        PENDING_APPROVAL = "pending_approval", _("Pending Approval")
        PENDING_PREPAYMENT = "pending_prepayment", _("Pending Prepayment")
        RELEASED = "released", _("Released")

    class InvoiceDiscountCalculation(models.TextChoices):
        NONE = "", _("None")
        PERCENT = "percent", _("%")
        AMOUNT = "amount", _("Amount")

    class ShippingAdvice(models.TextChoices):
        PARTIAL = "partial", _("Partial")
        COMPLETE = "complete", _("Complete")

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    type = models.CharField(_("document type"), max_length=16, choices=Type)
    number = models.CharField(_("No."), max_length=20)
    customer = models.ForeignKey(
        "customers.Customer",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("sell-to customer"),
    )
    bill_to_customer = models.ForeignKey(
        "customers.Customer",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("bill-to customer"),
    )
    customer_template = models.ForeignKey(
        "customers.CustomerTemplate",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("customer template"),
    )
    occurrence = models.PositiveIntegerField(_("doc. no. occurrence"), default=1)
    posting_no_series = models.CharField(_("posting no. series"), max_length=20, blank=True)
    shipping_no_series = models.CharField(_("shipping no. series"), max_length=20, blank=True)
    shipping_time = DateFormulaField(_("shipping time"), blank=True)
    outbound_handling_time = DateFormulaField(_("outbound whse. handling time"), blank=True)
    combine_shipments = models.BooleanField(_("combine shipments"), default=False)
    status = FSMField(_("status"), max_length=20, choices=Status.choices, default=Status.OPEN, protected=True)
    quote_no = models.CharField(_("quote no."), max_length=20, blank=True)
    valid_until = models.DateField(_("quote valid until"), null=True, blank=True)
    requested_delivery_date = models.DateField(_("requested delivery date"), null=True, blank=True)
    promised_delivery_date = models.DateField(_("promised delivery date"), null=True, blank=True)
    shipping_advice = models.CharField(max_length=8, choices=ShippingAdvice, default=ShippingAdvice.PARTIAL)
    price_group_code = models.CharField(_("customer price group"), max_length=10, blank=True)
    discount_group_code = models.CharField(_("customer disc. group"), max_length=20, blank=True)
    invoice_discount_code = models.CharField(_("invoice disc. code"), max_length=20, blank=True)
    invoice_discount_calculation = models.CharField(
        max_length=8, choices=InvoiceDiscountCalculation, blank=True
    )
    invoice_discount_value = AmountField(_("invoice discount value"), default=Decimal(0))
    allow_line_discount = models.BooleanField(_("allow line disc."), default=True)
    vat_base_discount_percent = PercentField(_("VAT base discount %"), default=Decimal(0))
    applies_to_document_type = models.CharField(_("applies-to doc. type"), max_length=20, blank=True)
    applies_to_document_no = models.CharField(_("applies-to doc. no."), max_length=20, blank=True)
    applies_to_id = models.CharField(_("applies-to ID"), max_length=50, blank=True)
    correction = models.BooleanField(_("correction"), default=False)
    last_shipping_no = models.CharField(max_length=20, blank=True)
    last_posting_no = models.CharField(max_length=20, blank=True)
    created_at = models.DateTimeField(_("created at"))
    created_by = models.CharField(_("created by"), max_length=150, blank=True)
    modified_at = models.DateTimeField(_("modified at"))

    objects = SalesDocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("sales document")
        verbose_name_plural = _("sales documents")
        ordering = ["-id"]
        permissions = [
            ("sell_salesdocument", "Can write quotes, orders and return orders"),
            ("release_salesdocument", "Can release sales documents"),
            ("reopen_salesdocument", "Can reopen sales documents"),
            ("ship_salesdocument", "Can post shipments"),
            ("invoice_salesdocument", "Can post invoices"),
            ("credit_salesdocument", "Can post credit memos"),
            ("receive_returnorder", "Can receive what comes back on return orders"),
            ("credit_returnorder", "Can credit what came back on return orders"),
            ("correct_posted", "Can cancel and correct posted invoices and credit memos"),
            ("undo_posted", "Can undo posted shipments and return receipts"),
            ("undo_posted_today", "Can undo shipments and return receipts of the same day"),
            ("send_salesdocument", "Can send documents by e-mail"),
            ("lower_price", "Can sell below the price of the price lists"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["type", "number"], name="sales_number_unique_within_type"),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(type="quote"), name="sales_only_quotes_expire"
            ),
            models.CheckConstraint(
                condition=Q(quote_no="") | Q(type__in=["order", "invoice"]),
                name="sales_only_orders_and_invoices_come_from_quotes",
            ),
            models.CheckConstraint(
                condition=Q(applies_to_document_no="") | Q(applies_to_id=""), name="sales_one_way_to_apply"
            ),
            models.CheckConstraint(
                condition=Q(payment_discount_percent__gte=0) & Q(payment_discount_percent__lte=100),
                name="sales_payment_discount_range",
            ),
            models.CheckConstraint(condition=Q(currency_factor__gt=0), name="sales_currency_factor_positive"),
            models.CheckConstraint(
                condition=Q(customer__isnull=False, bill_to_customer__isnull=False)
                | Q(type="quote", customer=None, bill_to_customer=None, customer_template__isnull=False),
                name="sales_only_quotes_go_to_prospects",
            ),
            models.CheckConstraint(
                condition=Q(free_text=False) | Q(type="invoice"), name="sales_only_invoices_are_free_text"
            ),
        ]
        indexes = [
            models.Index(fields=["type", "-id"], name="sales_document_type"),
            models.Index(fields=["customer", "type"], name="sales_document_customer"),
            models.Index(fields=["type", "status", "id"], name="sales_document_by_status"),
            models.Index(fields=["type", "sell_to_name", "id"], name="sales_document_by_name"),
            models.Index(fields=["type", "order_date", "id"], name="sales_document_by_order_date"),
            models.Index(fields=["type", "shipment_date", "id"], name="sales_document_by_shipment"),
            models.Index(fields=["type", "external_document_no", "id"], name="sales_document_by_external"),
            models.Index(fields=["external_document_no"], name="sales_document_external"),
            models.Index(fields=["type", "modified_at"], name="sales_document_by_modified"),
            words_index("sales_document_words", *FOUND_BY),
        ]

    def __str__(self) -> str:
        return f"{self.get_type_display()} {self.number}"

    @property
    def customer_number(self) -> str:
        """The sell-to customer's number; blank while there is only a prospect."""
        return self.customer.number if self.customer else ""

    @property
    def is_for_prospect(self) -> bool:
        """A quote for somebody who is no customer yet: a template says how they would be served."""
        return self.customer_id is None

    @property
    def traits(self) -> Traits:
        """What this type of document may do; routines ask here, never for the type itself."""
        return TRAITS[self.type]
