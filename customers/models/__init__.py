"""Every table of the customers room."""

from customers.models.address import ShipToAddress
from customers.models.customer import BlockedFor, Customer
from customers.models.setup import CustomerPostingGroup, VATNumberFormat
from customers.models.template import CustomerTemplate
from customers.models.terms import (
    PaymentMethod,
    PaymentTerms,
    ResponsibilityCenter,
    Salesperson,
    ShipmentMethod,
    ShippingAgent,
    ShippingAgentService,
)

__all__ = [
    "BlockedFor",
    "Customer",
    "CustomerPostingGroup",
    "CustomerTemplate",
    "PaymentMethod",
    "PaymentTerms",
    "ResponsibilityCenter",
    "Salesperson",
    "ShipToAddress",
    "ShipmentMethod",
    "ShippingAgent",
    "ShippingAgentService",
    "VATNumberFormat",
]
