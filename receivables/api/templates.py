"""What a new customer starts with. v2.0 does not show templates."""

from typing import Any

from customers.models import CustomerPostingGroup, CustomerTemplate
from erp.kernel.models import NumberSeries
from erp.kernel.odata.asking import Asking
from erp.kernel.odata.entity import ALL, EntitySet, One
from erp.kernel.odata.properties import Bool, Code, Dec, Guid, GuidOfCode, Text
from inventory.models import Location
from posting.api.codes import country_code
from posting.models import GeneralBusinessGroup
from receivables.api import card


class CustomerTemplates(EntitySet):
    """Groups, terms and number series of new customers; `customers` names one as customerTemplateCode."""

    name, entity, model = "customerTemplates", "customerTemplate", CustomerTemplate
    is_extension = True
    verbs = ALL
    properties = (
        Guid("id", key="pk", of=CustomerTemplate, read_only=True),
        Code("code", "code", length=20, required=True, sortable=True),
        Text("displayName", "description", length=100),
        Code("numberSeries", "number_series", length=20, of=NumberSeries, by="code", gives="code"),
        card.type(),
        country_code("country"),
        card.tax_area(),
        Code("customerPostingGroupCode", "customer_posting_group__code", length=20, of=CustomerPostingGroup, by="code",
             to="customer_posting_group", nullable=True),
        Code("generalBusinessPostingGroupCode", "gen_bus_posting_group__code", length=20, of=GeneralBusinessGroup,
             by="code", to="gen_bus_posting_group", nullable=True),
        *card.currency(),
        *card.terms(),
        GuidOfCode("locationId", "location_code", of=Location),
        *card.defaults(),
        Bool("pricesIncludeTax", "prices_including_vat"),
        Bool("allowLineDiscount", "allow_line_discount"),
        Dec("prepaymentPercent", "prepayment_percent"),
    )  # fmt: skip
    navigation = (
        One("currency", to="currencies", key="currencyId", path="currency"),
        One("paymentTerm", to="paymentTerms", key="paymentTermsId", path="payment_terms"),
        One("shipmentMethod", to="shipmentMethods", key="shipmentMethodId", path="shipment_method"),
        One("paymentMethod", to="paymentMethods", key="paymentMethodId", path="payment_method"),
    )

    def create(self, asking: Asking, given: dict[str, Any]) -> Any:
        return super().create(asking, card.fields(given))

    def change(self, asking: Asking, record: CustomerTemplate, given: dict[str, Any]) -> None:
        super().change(asking, record, card.fields(given))
