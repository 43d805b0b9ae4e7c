"""Small tables that say how a customer is served."""

from customers.models import PaymentMethod, PaymentTerms, ShipmentMethod
from erp.kernel.odata.entity import ALL, EntitySet
from erp.kernel.odata.properties import Bool, Code, Dec, Formula, Guid, Moment, Text


class PaymentTermsSet(EntitySet):
    """When an invoice is due, and what paying early is worth."""

    name, entity, model = "paymentTerms", "paymentTerm", PaymentTerms
    verbs = ALL
    properties = (
        Guid("id", "uuid", read_only=True),
        Code("code", "code", length=10, required=True, sortable=True),
        Text("displayName", "description", length=100),
        Formula("dueDateCalculation", "due_date_calculation"),
        Formula("discountDateCalculation", "discount_date_calculation"),
        Dec("discountPercent", "discount_percent"),
        Bool("calculateDiscountOnCreditMemos", "calc_pmt_disc_on_credit_memos"),
        Moment("lastModifiedDateTime", "modified_at", read_only=True, sortable=True),
    )


def code_and_name() -> tuple:
    """The properties of a table that has a code and what it means, and no more."""
    return (
        Guid("id", "uuid", read_only=True),
        Code("code", "code", length=10, required=True, sortable=True),
        Text("displayName", "description", length=100),
        Moment("lastModifiedDateTime", "modified_at", read_only=True, sortable=True),
    )


class PaymentMethods(EntitySet):
    """How a customer pays."""

    name, entity, model = "paymentMethods", "paymentMethod", PaymentMethod
    verbs = ALL
    properties = code_and_name()


class ShipmentMethods(EntitySet):
    """Who pays and risks the transport."""

    name, entity, model = "shipmentMethods", "shipmentMethod", ShipmentMethod
    verbs = ALL
    properties = code_and_name()
