from uuid import uuid4

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from erp.kernel.models import Stamped


class Country(Stamped):
    """A country or region that addresses name by its code, and how addresses are written there."""

    class AddressFormat(models.TextChoices):
        POST_CODE_CITY = "post_code_city", _("Post Code+City")
        CITY_POST_CODE = "city_post_code", _("City+Post Code")
        CITY_COUNTY_POST_CODE = "city_county_post_code", _("City+County+Post Code")
        BLANK_LINE_POST_CODE_CITY = "blank_post_code_city", _("Blank Line+Post Code+City")
        CITY_COUNTY_LINE_POST_CODE = "city_county_line_post_code", _("City+County+New Line+Post Code")

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    code = models.CharField(
        _("code"),
        max_length=10,
        unique=True,
        validators=[
            RegexValidator(r"^[A-Z]{2}\Z", _("A country has two capital letters (ISO 3166), as NO."))
        ],
    )
    name = models.CharField(_("name"), max_length=50)
    address_format = models.CharField(
        _("address format"), max_length=30, choices=AddressFormat, default=AddressFormat.POST_CODE_CITY
    )

    class Meta:
        verbose_name = _("country/region")
        verbose_name_plural = _("countries/regions")
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"
