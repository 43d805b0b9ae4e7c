"""What is wrong with values typed into a document's head: codes that nobody set up, and fields that exclude others."""

from collections.abc import Mapping
from decimal import Decimal

from django.db import models
from django.utils.translation import gettext as _

from customers.models import PaymentMethod, PaymentTerms, Salesperson, ShipmentMethod, ShippingAgent
from erp.kernel.errors import Problem
from inventory.models import Location
from posting.models import Currency
from sales.models import SalesDocument

CODES: dict[str, type[models.Model]] = {
    "currency_code": Currency,
    "location_code": Location,
    "payment_terms_code": PaymentTerms,
    "payment_method_code": PaymentMethod,
    "salesperson_code": Salesperson,
    "shipment_method_code": ShipmentMethod,
    "shipping_agent_code": ShippingAgent,
}


def check_head(document: SalesDocument, typed: Mapping[str, object]) -> list[Problem]:
    """Why values cannot be typed into a head: E-CODE-NONE, E-HDR-CHOICE, E-HDR-VALID, E-HDR-APPLY, E-HDR-PERCENT.

    document  as it stands; a new one knows its type
    typed     the new values by field; one query for every code among them
    """
    problems = [*check_codes(typed), *_check_advice(typed), *_check_percent(typed)]
    if typed.get("valid_until") and document.type != SalesDocument.Type.QUOTE:
        message = _("Only a quote is valid until a day; {document} is a {type}. Leave the field empty.")
        message = message.format(document=document, type=document.get_type_display())
        problems.append(Problem("E-HDR-VALID", message, field="valid_until"))
    by_number, by_id = (
        typed.get(name, getattr(document, name)) for name in ("applies_to_document_no", "applies_to_id")
    )
    if by_number and by_id:
        message = _("Apply to document {number} or to what is marked {id}, not to both: empty one of them.")
        message = message.format(number=by_number, id=by_id)
        problems.append(Problem("E-HDR-APPLY", message, field="applies_to_id"))
    return problems


def check_codes(typed: Mapping[str, object], *, line_no: int | None = None) -> list[Problem]:
    """Codes among typed values that nobody set up (E-CODE-NONE); blank is no code. One query for each."""
    message = _("There is no {noun} {code}; choose one that is set up.")
    return [
        Problem(
            "E-CODE-NONE",
            message.format(noun=model._meta.verbose_name, code=typed[name]),
            line_no=line_no,
            field=name,
            setup=page,
        )
        for name, model in CODES.items()
        if typed.get(name) and not model.objects.filter(code=typed[name]).exists()
        for page in [f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"]
    ]


def _check_advice(typed: Mapping[str, object]) -> list[Problem]:
    choices = SalesDocument.ShippingAdvice
    advice = typed.get("shipping_advice", choices.PARTIAL)
    if advice in choices.values:
        return []
    message = _("{typed} is no Shipping Advice; use one of: {choices}.")
    message = message.format(typed=advice, choices=", ".join(choices.values))
    return [Problem("E-HDR-CHOICE", message, field="shipping_advice")]


def _check_percent(typed: Mapping[str, object]) -> list[Problem]:
    percent = typed.get("payment_discount_percent", Decimal(0))
    if 0 <= percent <= 100:
        return []
    message = _("Payment Discount % must be between 0 and 100; {typed} was entered.").format(typed=percent)
    return [Problem("E-HDR-PERCENT", message, field="payment_discount_percent")]
