"""Where goods go: other addresses of customers, and the responsibility centers that send them. v2.0 has neither."""

from typing import Any

from customers.models import (
    Customer,
    ResponsibilityCenter,
    ShipmentMethod,
    ShippingAgent,
    ShippingAgentService,
    ShipToAddress,
)
from customers.routines.ship_to import delete_ship_to, rename_ship_to
from customers.validations import check_email, check_gln, check_phone
from erp.kernel.errors import raise_problems
from erp.kernel.odata.asking import Asking
from erp.kernel.odata.entity import ALL, EntitySet, One
from erp.kernel.odata.properties import Code, Guid, Moment, Number, Property, Text
from erp.kernel.odata.writing import keep
from inventory.models import Location
from posting.api.codes import country_code
from receivables.api import card


def location() -> Property:
    return Code("locationCode", "location_code", length=10, of=Location, by="code", gives="code")


class ShipToAddresses(EntitySet):
    """Other places of a customer to which goods go."""

    name, entity, model = "shipToAddresses", "shipToAddress", ShipToAddress
    is_extension = True
    scope = "customers"
    verbs = ALL
    properties = (
        Guid("id", key="pk", of=ShipToAddress, read_only=True),
        Guid("customerId", "customer__uuid", of=Customer, to="customer", required=True),
        Number("customerNumber", "customer__number", length=20, of=Customer, by="number", to="customer"),
        Code("code", "code", length=10, required=True),
        Text("displayName", "name", length=100),
        Text("displayName2", "name_2", length=50),
        Text("addressLine1", "address", length=100),
        Text("addressLine2", "address_2", length=50),
        Text("city", "city", length=30),
        Text("state", "county", length=30),
        country_code("country"),
        Text("postalCode", "post_code", length=20),
        Text("contact", "contact", length=100),
        Text("phoneNumber", "phone_no", length=30),
        Text("email", "email", length=80),
        Text("gln", "gln", length=13),
        location(),
        card.salesperson(),
        Guid("shipmentMethodId", "shipment_method__uuid", of=ShipmentMethod, to="shipment_method", nullable=True),
        Guid("shippingAgentId", key="shipping_agent_id", of=ShippingAgent, to="shipping_agent", nullable=True),
        Guid("shippingAgentServiceId", key="shipping_agent_service_id", of=ShippingAgentService,
             to="shipping_agent_service", nullable=True),
        Moment("lastModifiedDateTime", "modified_at", read_only=True),
    )  # fmt: skip
    navigation = (
        One("customer", to="customers", key="customerId", path="customer"),
        One("shipmentMethod", to="shipmentMethods", key="shipmentMethodId", path="shipment_method"),
        One("shippingAgent", to="shippingAgents", key="shippingAgentId", path="shipping_agent"),
    )

    def create(self, asking: Asking, given: dict[str, Any]) -> Any:
        """Make one; without a name it is called as its customer."""
        _check(given)
        given["name"] = given.get("name") or given["customer"].name
        return super().create(asking, given)

    def change(self, asking: Asking, record: ShipToAddress, given: dict[str, Any]) -> None:
        """Everything but whose it is; a customer's default follows another code."""
        keep(self, record, given, "customer")
        _check(given)
        code = given.pop("code", record.code)
        super().change(asking, record, given)
        if code != record.code:
            before, record.code = record.code, code
            record.full_clean()
            record.code = before
            rename_ship_to(record, code=code)

    def remove(self, asking: Asking, record: ShipToAddress) -> None:
        """Take it away; it is then nobody's default."""
        delete_ship_to(record)


def _check(given: dict[str, Any]) -> None:
    found = check_phone(given.get("phone_no", ""))
    found += check_email(given.get("email", ""))
    found += check_gln(given.get("gln", ""))
    raise_problems(given.get("code", ""), found)


class ResponsibilityCenters(EntitySet):
    """Parts of the company that look after some customers, and ship from their own location."""

    name, entity, model = "responsibilityCenters", "responsibilityCenter", ResponsibilityCenter
    is_extension = True
    verbs = ALL
    properties = (
        Guid("id", key="pk", of=ResponsibilityCenter, read_only=True),
        Code("code", "code", length=10, required=True, sortable=True),
        Text("displayName", "name", length=100),
        location(),
        Moment("lastModifiedDateTime", "modified_at", read_only=True, sortable=True),
    )
