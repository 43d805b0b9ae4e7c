"""Properties that customers and their templates have alike: how somebody is served and asked to pay."""

from typing import Any

from django.conf import settings
from django.db.models import BooleanField, Case, CharField, ExpressionWrapper, Q, Value, When

from customers.models import PaymentMethod, PaymentTerms, Salesperson, ShipmentMethod
from customers.models.customer import CustomerDefaults
from erp.kernel.odata.properties import Bool, Choice, Code, Guid, Property
from posting.api.codes import CurrencyCode
from posting.models import Currency, VATBusinessGroup

COMPANY, PERSON = CustomerDefaults.PartnerType.COMPANY.value, CustomerDefaults.PartnerType.PERSON.value
TYPES = {COMPANY: "Company", PERSON: "Person"}
LANGUAGES = {"": "", **{code: code for code, _name in settings.LANGUAGES}}
ADVICE = {"partial": "Partial", "complete": "Complete"}
RESERVE = {"never": "Never", "optional": "Optional", "always": "Always"}
TOLERANCE = "payment_tolerance"  # the card has it the other way round: tolerance is blocked


def type() -> Property:
    """Company or person; who is neither counts as a company."""
    place = Case(
        When(partner_type=PERSON, then=Value(PERSON)), default=Value(COMPANY), output_field=CharField()
    )
    return Choice("type", place, values=TYPES, type="ContactType", to="partner_type")


def salesperson() -> Property:
    return Code("salespersonCode", "salesperson__code", length=20, of=Salesperson, by="code", to="salesperson",
                nullable=True)  # fmt: skip


def tax_area() -> Property:
    """The VAT business posting group."""
    return Guid("taxAreaId", key="vat_bus_posting_group_id", of=VATBusinessGroup, to="vat_bus_posting_group",
                nullable=True)  # fmt: skip


def currency() -> tuple[Property, ...]:
    return (
        Guid("currencyId", "currency__uuid", of=Currency, to="currency", nullable=True),
        CurrencyCode("currencyCode", "currency__code", to="currency"),
    )


def terms() -> tuple[Property, ...]:
    """By which terms and method is paid, and how is shipped."""
    return (
        Guid("paymentTermsId", "payment_terms__uuid", of=PaymentTerms, to="payment_terms", nullable=True),
        Guid(
            "shipmentMethodId",
            "shipment_method__uuid",
            of=ShipmentMethod,
            to="shipment_method",
            nullable=True,
        ),
        Guid("paymentMethodId", "payment_method__uuid", of=PaymentMethod, to="payment_method", nullable=True),
    )


def defaults() -> tuple[Property, ...]:
    """What v2.0 lacks (api-v2, section 13.14)."""
    tolerated = ExpressionWrapper(Q(block_payment_tolerance=False), output_field=BooleanField())
    return (
        Choice("shippingAdvice", "shipping_advice", values=ADVICE),
        Code("customerPriceGroupCode", "price_group_code", length=10),
        Code("customerDiscountGroupCode", "discount_group_code", length=20),
        Bool("paymentTolerance", tolerated, to=TOLERANCE),
        Choice("languageCode", "language_code", values=LANGUAGES),
        Bool("combineShipments", "combine_shipments"),
        Choice("reservePolicy", "reserve", values=RESERVE),
    )


def fields(given: dict[str, Any]) -> dict[str, Any]:
    """What was given, as fields of the card."""
    found = dict(given)
    if TOLERANCE in found:
        found["block_payment_tolerance"] = not found.pop(TOLERANCE)
    return found
