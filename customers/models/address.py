from django.db import models
from django.utils.translation import gettext_lazy as _

from erp.kernel.models import Stamped


class ShipToAddress(Stamped):
    """Another place of a customer to which goods go."""

    customer = models.ForeignKey("customers.Customer", models.CASCADE, related_name="ship_to_addresses")
    code = models.CharField(_("code"), max_length=10)
    name = models.CharField(_("name"), max_length=100)
    name_2 = models.CharField(_("name 2"), max_length=50, blank=True)
    address = models.CharField(_("address"), max_length=100, blank=True)
    address_2 = models.CharField(_("address 2"), max_length=50, blank=True)
    post_code = models.CharField(_("post code"), max_length=20, blank=True)
    city = models.CharField(_("city"), max_length=30, blank=True)
    county = models.CharField(_("county"), max_length=30, blank=True)
    country_code = models.CharField(_("country/region"), max_length=2, blank=True)
    contact = models.CharField(_("contact"), max_length=100, blank=True)
    phone_no = models.CharField(_("phone no."), max_length=30, blank=True)
    email = models.CharField(_("e-mail"), max_length=80, blank=True)
    gln = models.CharField(_("GLN"), max_length=13, blank=True)
    location_code = models.CharField(_("location"), max_length=10, blank=True)
    salesperson = models.ForeignKey(
        "customers.Salesperson", models.PROTECT, null=True, blank=True, related_name="+"
    )
    shipment_method = models.ForeignKey(
        "customers.ShipmentMethod", models.PROTECT, null=True, blank=True, related_name="+"
    )
    shipping_agent = models.ForeignKey(
        "customers.ShippingAgent", models.PROTECT, null=True, blank=True, related_name="+"
    )
    shipping_agent_service = models.ForeignKey(
        "customers.ShippingAgentService", models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("ship-to address")
        verbose_name_plural = _("ship-to addresses")
        ordering = ["customer", "code"]
        constraints = [
            models.UniqueConstraint(fields=["customer", "code"], name="customers_one_ship_to_per_code"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"
