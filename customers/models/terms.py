from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from erp.kernel.fields import DateFormulaField, PercentField
from erp.kernel.models import Stamped


class PaymentTerms(Stamped):
    """When an invoice is due, and what the customer may deduct for paying early."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    code = models.CharField(_("code"), max_length=10, unique=True)
    description = models.CharField(_("description"), max_length=100, blank=True)
    due_date_calculation = DateFormulaField(_("due date calculation"), blank=True)
    discount_date_calculation = DateFormulaField(_("discount date calculation"), blank=True)
    discount_percent = PercentField(_("discount %"), default=0)
    calc_pmt_disc_on_credit_memos = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("payment terms")
        verbose_name_plural = _("payment terms")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(discount_percent__gte=0) & Q(discount_percent__lte=100),
                name="customers_terms_discount_range",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class PaymentMethod(Stamped):
    """How a customer pays; with a balancing account the invoice is paid the moment it is posted (cash sale)."""

    class BalancingAccount(models.TextChoices):
        GL_ACCOUNT = "gl_account", _("G/L Account")
        BANK_ACCOUNT = "bank_account", _("Bank Account")

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    code = models.CharField(_("code"), max_length=10, unique=True)
    description = models.CharField(_("description"), max_length=100, blank=True)
    balancing_account_type = models.CharField(
        max_length=12, choices=BalancingAccount, default=BalancingAccount.GL_ACCOUNT
    )
    balancing_account_no = models.CharField(max_length=20, blank=True)

    class Meta:
        verbose_name = _("payment method")
        verbose_name_plural = _("payment methods")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code


class ShipmentMethod(Stamped):
    """Who pays and risks the transport (CIF, EXW …)."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    code = models.CharField(_("code"), max_length=10, unique=True)
    description = models.CharField(_("description"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("shipment method")
        verbose_name_plural = _("shipment methods")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code


class ShippingAgent(Stamped):
    """A carrier."""

    code = models.CharField(_("code"), max_length=10, unique=True)
    name = models.CharField(_("name"), max_length=50)
    tracking_url = models.URLField(_("tracking address"), blank=True, help_text=_("%1 stands for the number"))

    class Meta:
        verbose_name = _("shipping agent")
        verbose_name_plural = _("shipping agents")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code


class ShippingAgentService(Stamped):
    """One product of a carrier and how long it takes."""

    agent = models.ForeignKey(ShippingAgent, models.CASCADE, related_name="services")
    code = models.CharField(_("code"), max_length=10)
    description = models.CharField(_("description"), max_length=100, blank=True)
    shipping_time = DateFormulaField(_("shipping time"), blank=True)
    base_calendar = models.ForeignKey(
        "kernel.BaseCalendar",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("base calendar"),
    )

    class Meta:
        verbose_name = _("shipping agent service")
        verbose_name_plural = _("shipping agent services")
        ordering = ["agent", "code"]
        constraints = [
            models.UniqueConstraint(fields=["agent", "code"], name="customers_one_service_per_code")
        ]

    def __str__(self) -> str:
        return f"{self.agent} {self.code}"


class Salesperson(Stamped):
    """Who sold it."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=50)
    email = models.EmailField(_("e-mail"), blank=True)
    phone_no = models.CharField(_("phone no."), max_length=30, blank=True)
    commission_percent = PercentField(_("commission %"), default=0)
    blocked = models.BooleanField(_("blocked"), default=False)

    class Meta:
        verbose_name = _("salesperson")
        verbose_name_plural = _("salespeople")
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class ResponsibilityCenter(Stamped):
    """A part of the company that looks after some customers, and ships from its own location."""

    code = models.CharField(_("code"), max_length=10, unique=True)
    name = models.CharField(_("name"), max_length=100, blank=True)
    location_code = models.CharField(_("location"), max_length=10, blank=True)

    class Meta:
        verbose_name = _("responsibility center")
        verbose_name_plural = _("responsibility centers")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code
