"""Countries and regions that addresses name."""

from typing import Any

from erp.kernel.odata.asking import Asking
from erp.kernel.odata.entity import ALL, EntitySet
from erp.kernel.odata.properties import Choice, Code, Guid, Moment, Text
from erp.kernel.odata.writing import keep
from posting.models import Country

FORMATS = {
    Country.AddressFormat.POST_CODE_CITY: "Post Code+City",
    Country.AddressFormat.CITY_POST_CODE: "City+Post Code",
    Country.AddressFormat.CITY_COUNTY_POST_CODE: "City+County+Post Code",
    Country.AddressFormat.BLANK_LINE_POST_CODE_CITY: "Blank Line+Post Code+City",
    Country.AddressFormat.CITY_COUNTY_LINE_POST_CODE: "City+County+New Line+Post Code",
}


class CountriesRegions(EntitySet):
    """The countries that customers, addresses and papers may name."""

    name, entity, model = "countriesRegions", "countryRegion", Country
    verbs = ALL
    properties = (
        Guid("id", "uuid", read_only=True),
        Code("code", "code", length=10, required=True, sortable=True, example="NO"),
        Text("displayName", "name", length=50),
        Choice("addressFormat", "address_format", values=FORMATS, type="AddressFormat"),
        Moment("lastModifiedDateTime", "modified_at", read_only=True, sortable=True),
    )

    def change(self, asking: Asking, record: Country, given: dict[str, Any]) -> None:
        """Everything but the code, by which addresses name it."""
        keep(self, record, given, "code")
        super().change(asking, record, given)
