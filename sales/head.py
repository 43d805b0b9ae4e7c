"""What is wrong with values typed into a document's head: codes that nobody set up, and fields that exclude others."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from django.db import models
from django.utils.translation import gettext as _

from customers.errors import SalespersonBlocked
from customers.models import (
    Customer,
    CustomerPostingGroup,
    PaymentMethod,
    PaymentTerms,
    ResponsibilityCenter,
    Salesperson,
    ShipmentMethod,
    ShippingAgent,
    ShippingAgentService,
)
from erp.kernel.errors import ErpError, Problem
from erp.kernel.fields import DateFormulaField
from erp.kernel.numbering import check_related
from erp.kernel.periods import DateFormula
from inventory.models import Location
from posting.models import (
    Currency,
    GeneralBusinessGroup,
    GeneralLedgerSetup,
    GeneralProductGroup,
    VATBusinessGroup,
    VATProductGroup,
)
from sales.arithmetic.vat import check_vat_base_discount
from sales.models import ReasonCode, ReturnReason, SalesDocument, SalesSetup

# What the fields of heads and lines name.
CODES: dict[str, type[models.Model]] = {
    "currency_code": Currency,
    "location_code": Location,
    "payment_terms_code": PaymentTerms,
    "payment_method_code": PaymentMethod,
    "salesperson_code": Salesperson,
    "responsibility_center_code": ResponsibilityCenter,
    "shipment_method_code": ShipmentMethod,
    "shipping_agent_code": ShippingAgent,
    "reason_code": ReasonCode,
    "return_reason_code": ReturnReason,
    "customer_posting_group": CustomerPostingGroup,
    "gen_bus_posting_group": GeneralBusinessGroup,
    "vat_bus_posting_group": VATBusinessGroup,
    "gen_prod_posting_group": GeneralProductGroup,
    "vat_prod_posting_group": VATProductGroup,
}
PERCENTAGES = ("payment_discount_percent", "vat_base_discount_percent")
FORMULAS = tuple(
    field.name for field in SalesDocument._meta.concrete_fields if isinstance(field, DateFormulaField)
)
# The traits that name the set-up's series for a series of the document's own.
SERIES = {"posting_no_series": "money_series", "shipping_no_series": "goods_series"}
LEDGER_SETUP = "admin:posting_generalledgersetup_changelist"


def check_head(document: SalesDocument, typed: Mapping[str, object]) -> list[Problem]:
    """Why values cannot be typed into a head.

    document  as it stands; a new one knows its type
    typed     the new values by field; one query for every code among them
    returns   E-CODE-NONE, E-CU-SALESPERSON, E-NS-RELATED, E-HDR-SERIES, E-HDR-CHOICE, E-HDR-PERCENT, E-VATBASE-TOL,
              E-CUR-FACTOR, E-DF-…, E-TF, E-HDR-VALID, E-HDR-APPLY
    """
    problems = [
        *check_codes(typed),
        *check_service(typed, agent=typed.get("shipping_agent_code", document.shipping_agent_code)),
        *check_salesperson(typed.get("salesperson_code")),
        *_check_series(document, typed),
        *_check_advice(typed),
        *_check_percentages(typed),
        *_check_factor(document, typed),
        *check_formulas(typed),
        *_check_posting_group(document, typed),
    ]
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


def check_service(typed: Mapping[str, object], *, agent: object, line_no: int | None = None) -> list[Problem]:
    """A shipping agent service belongs to the agent, where one is known (E-CODE-NONE)."""
    code = typed.get("shipping_agent_service_code")
    if not code:
        return []
    services = ShippingAgentService.objects.filter(code=code)
    if (services.filter(agent__code=agent) if agent else services).exists():
        return []
    message = _("Shipping agent {agent} has no service {code}; choose one of the agent's services.")
    message = message.format(agent=agent or "–", code=code)
    setup = "admin:customers_shippingagent_changelist"
    return [Problem("E-CODE-NONE", message, line_no, "shipping_agent_service_code", setup)]


def check_formulas(typed: Mapping[str, object], *, line_no: int | None = None) -> list[Problem]:
    """Times that cannot be read as a date formula."""
    problems = []
    for name in FORMULAS:
        try:
            if typed.get(name):
                DateFormula.parse(str(typed[name]))
        except ErpError as error:
            problems.append(error.as_problem(line_no=line_no, field=name))
    return problems


def check_customer(customer: Customer, bill_to: Customer) -> list[Problem]:
    """Groups of sell-to and bill-to customer without which nothing can be posted later: asked for at once (E-TF)."""
    wanted = (
        (customer, "gen_bus_posting_group"),
        (customer, "vat_bus_posting_group"),
        (bill_to, "customer_posting_group"),
    )
    message = _("{field} of customer {customer} is empty; fill it in on the customer card.")
    return [
        Problem(
            "E-TF",
            message.format(field=owner._meta.get_field(name).verbose_name, customer=owner.number),
            field="customer",
            setup="admin:customers_customer_changelist",
        )
        for owner, name in wanted
        if getattr(owner, f"{name}_id") is None
    ]


def check_salesperson(code: object) -> list[Problem]:
    """Nobody new is assigned to a salesperson who left (E-CU-SALESPERSON); blank is nobody."""
    if not code or not Salesperson.objects.filter(code=code, blocked=True).exists():
        return []
    return [SalespersonBlocked(salesperson=code).as_problem(field="salesperson_code")]


def _check_series(document: SalesDocument, typed: Mapping[str, object]) -> list[Problem]:
    """A series of the document's own is one that may be chosen instead of the set-up's."""
    wanted = {name: typed[name] for name in SERIES if typed.get(name)}
    problems: list[Problem] = []
    setup = SalesSetup.objects.get() if wanted else None
    for name, chosen in wanted.items():
        usual = getattr(document.traits, SERIES[name])
        if usual:
            related = check_related(getattr(setup, usual), str(chosen))
            problems += [replace(problem, field=name) for problem in related]
        else:
            message = _("A {type} is not posted and has no {field}; leave it empty.").format(
                type=document.get_type_display(), field=document._meta.get_field(name).verbose_name
            )
            problems.append(Problem("E-HDR-SERIES", message, field=name))
    return problems


def _check_advice(typed: Mapping[str, object]) -> list[Problem]:
    choices = SalesDocument.ShippingAdvice
    advice = typed.get("shipping_advice", choices.PARTIAL)
    if advice in choices.values:
        return []
    message = _("{typed} is no Shipping Advice; use one of: {choices}.")
    message = message.format(typed=advice, choices=", ".join(choices.values))
    return [Problem("E-HDR-CHOICE", message, field="shipping_advice")]


def _check_percentages(typed: Mapping[str, object]) -> list[Problem]:
    message = _("{field} must be between 0 and 100; {typed} was entered.")
    problems = [
        Problem(
            "E-HDR-PERCENT",
            message.format(field=SalesDocument._meta.get_field(name).verbose_name, typed=typed[name]),
            field=name,
        )
        for name in PERCENTAGES
        if not 0 <= typed.get(name, Decimal(0)) <= 100
    ]
    if typed.get("vat_base_discount_percent") and not problems:
        tolerance = GeneralLedgerSetup.objects.values_list("vat_tolerance_percent", flat=True).get()
        found = check_vat_base_discount(typed["vat_base_discount_percent"], tolerance=tolerance)
        problems += [replace(problem, setup=LEDGER_SETUP) for problem in found]
    return problems


def _check_factor(document: SalesDocument, typed: Mapping[str, object]) -> list[Problem]:
    if "currency_factor" not in typed:
        return []
    factor, currency = typed["currency_factor"], typed.get("currency_code", document.currency_code)
    if currency and factor > 0:
        return []
    if currency:
        message = _("Currency Factor must be above 0; {typed} was entered.").format(typed=factor)
    else:
        message = _("A document in local currency has no Currency Factor; choose a currency first.")
    return [Problem("E-CUR-FACTOR", message, field="currency_factor")]


def _check_posting_group(document: SalesDocument, typed: Mapping[str, object]) -> list[Problem]:
    """Another receivables account than the customer's is for customers who may have several."""
    customer = document.bill_to_customer
    if "customer_posting_group" not in typed or customer is None or customer.allow_multiple_posting_groups:
        return []
    message = _("Customer {customer} has one posting group: let the card allow several to change it here.")
    message = message.format(customer=customer.number)
    return [Problem("E-TF", message, None, "customer_posting_group", "admin:customers_customer_changelist")]
