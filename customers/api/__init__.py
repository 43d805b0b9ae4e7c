"""The sets of the API that this room declares; `erp/api.py` composes them.

Customers themselves, their addresses and templates are declared in `receivables/api`: they show what is owed, and they
name locations, neither of which this room knows.
"""

from customers.api.people import SalespeoplePurchasers
from customers.api.shipping import ShippingAgents, ShippingAgentServices
from customers.api.terms import PaymentMethods, PaymentTermsSet, ShipmentMethods
from erp.kernel.odata.entity import register

register(
    PaymentMethods,
    PaymentTermsSet,
    SalespeoplePurchasers,
    ShipmentMethods,
    ShippingAgentServices,
    ShippingAgents,
)
