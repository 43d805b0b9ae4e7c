from decimal import Decimal
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from erp.kernel.fields import RateField
from erp.kernel.models import Stamped


class Currency(Stamped):
    """A foreign currency: how its amounts are rounded and where its gains and losses are posted.

    The local currency is no row here: it is the empty code everywhere, named in the general ledger setup.
    """

    class Rounding(models.TextChoices):
        NEAREST = "nearest", _("Nearest")
        UP = "up", _("Up")
        DOWN = "down", _("Down")

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    code = models.CharField(_("code"), max_length=10, unique=True)
    name = models.CharField(_("description"), max_length=50)
    symbol = models.CharField(_("symbol"), max_length=10, blank=True)
    amount_rounding_precision = models.DecimalField(max_digits=8, decimal_places=5, default=Decimal("0.01"))
    unit_amount_rounding_precision = models.DecimalField(
        max_digits=8, decimal_places=5, default=Decimal("0.00001")
    )
    invoice_rounding_precision = models.DecimalField(max_digits=8, decimal_places=5, default=Decimal("0.01"))
    invoice_rounding_type = models.CharField(max_length=8, choices=Rounding, default=Rounding.NEAREST)
    application_rounding_precision = models.DecimalField(max_digits=8, decimal_places=5, default=0)
    vat_rounding_type = models.CharField(max_length=8, choices=Rounding, default=Rounding.NEAREST)
    max_vat_difference_allowed = models.DecimalField(max_digits=8, decimal_places=2, default=0)
    payment_tolerance_percent = models.DecimalField(max_digits=9, decimal_places=5, default=0)
    max_payment_tolerance_amount = models.DecimalField(max_digits=20, decimal_places=2, default=0)
    realized_gains_account = models.ForeignKey(
        "posting.GLAccount", models.PROTECT, null=True, blank=True, related_name="+"
    )
    realized_losses_account = models.ForeignKey(
        "posting.GLAccount", models.PROTECT, null=True, blank=True, related_name="+"
    )
    unrealized_gains_account = models.ForeignKey(
        "posting.GLAccount", models.PROTECT, null=True, blank=True, related_name="+"
    )
    unrealized_losses_account = models.ForeignKey(
        "posting.GLAccount", models.PROTECT, null=True, blank=True, related_name="+"
    )
    conversion_rounding_account = models.ForeignKey(
        "posting.GLAccount", models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("currency")
        verbose_name_plural = _("currencies")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code


class ExchangeRate(Stamped):
    """From this day on `exchange_amount` of the currency is worth `relational_amount` in local currency.

    100 USD = 125 EUR is exchange amount 100, relational amount 125; the factor is 0.8 USD per EUR.
    """

    currency = models.ForeignKey(Currency, models.CASCADE, related_name="rates")
    starting_date = models.DateField(_("starting date"))
    exchange_amount = RateField(_("exchange rate amount"))
    relational_amount = RateField(_("relational exch. rate amount"))
    adjustment_exchange_amount = RateField(_("adjustment exch. rate amount"), null=True, blank=True)
    adjustment_relational_amount = RateField(_("relational adjmt. exch. rate amount"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=50, blank=True)

    class Meta:
        verbose_name = _("exchange rate")
        verbose_name_plural = _("exchange rates")
        ordering = ["currency", "-starting_date"]
        constraints = [
            models.UniqueConstraint(fields=["currency", "starting_date"], name="posting_one_rate_a_day"),
            models.CheckConstraint(
                condition=Q(exchange_amount__gt=0) & Q(relational_amount__gt=0),
                name="posting_rates_are_positive",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.starting_date}"
