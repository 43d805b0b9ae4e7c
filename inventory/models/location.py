from uuid import uuid4

from django.db import models
from django.utils.translation import gettext_lazy as _

from erp.kernel.fields import DateFormulaField
from erp.kernel.models import Stamped


class Location(Stamped):
    """A place where stock is kept. Stock without a location is a place of its own."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    code = models.CharField(_("code"), max_length=10, unique=True)
    name = models.CharField(_("name"), max_length=100, blank=True)
    address = models.CharField(_("address"), max_length=100, blank=True)
    post_code = models.CharField(_("post code"), max_length=20, blank=True)
    city = models.CharField(_("city"), max_length=30, blank=True)
    country_code = models.CharField(_("country/region"), max_length=2, blank=True)
    contact = models.CharField(_("contact"), max_length=100, blank=True)
    phone_no = models.CharField(_("phone no."), max_length=30, blank=True)
    email = models.CharField(_("e-mail"), max_length=80, blank=True)
    use_as_in_transit = models.BooleanField(_("use as in-transit"), default=False)
    outbound_handling_time = DateFormulaField(_("outbound whse. handling time"), blank=True)
    base_calendar = models.ForeignKey(
        "kernel.BaseCalendar",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("base calendar"),
    )
    inbound_handling_time = DateFormulaField(_("inbound whse. handling time"), blank=True)

    class Meta:
        verbose_name = _("location")
        verbose_name_plural = _("locations")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code
