"""The head of a working document: changed on one page, which asks what a change wants answered."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.models import (
    Customer,
    PaymentMethod,
    PaymentTerms,
    ResponsibilityCenter,
    Salesperson,
    ShipmentMethod,
    ShippingAgent,
    ShippingAgentService,
)
from erp.kernel.errors import ErpError, Problem, ProblemsFound
from erp.kernel.numbering import related_series
from erp.kernel.views import may, refusal_of, work_date
from inventory.models import Location
from posting.models import Currency, GeneralBusinessGroup, VATBusinessGroup
from sales.head_form import HeadForm
from sales.models import ReasonCode, SalesDocument, SalesSetup
from sales.routines.change_customer import SAME, Same
from sales.routines.edit_head import edit_head
from sales.views.finding import customer_meant, document_or_404, offered_customers

QUESTIONS = ("confirmed", "recreate_lines", "update_rate", "convert_prices", "cascade")
# What is offered while one types: the table, and the column that says what a code means.
OFFERED = {
    "salesperson_code": (Salesperson, "name"),
    "responsibility_center_code": (ResponsibilityCenter, "name"),
    "location_code": (Location, "name"),
    "shipment_method_code": (ShipmentMethod, "description"),
    "shipping_agent_code": (ShippingAgent, "name"),
    "currency_code": (Currency, "name"),
    "payment_terms_code": (PaymentTerms, "description"),
    "payment_method_code": (PaymentMethod, "description"),
    "gen_bus_posting_group": (GeneralBusinessGroup, "description"),
    "vat_bus_posting_group": (VATBusinessGroup, "description"),
    "reason_code": (ReasonCode, "description"),
}


@may("sales.view_salesdocument", "sales.change_salesdocument")
def document_head(request: HttpRequest, type: str, number: str) -> HttpResponse:
    """The head, to be changed; where a change raises a question, the page is shown again with it."""
    document = document_or_404(type, number)
    offered = offered_codes(document)
    form = HeadForm(
        request.POST or None, document=document, addresses=addresses_of(document), offered=offered.keys()
    )
    refusal = question = None
    answers = {name: request.POST[name] == "yes" for name in QUESTIONS if name in request.POST}
    if request.method == "POST":
        try:
            if form.is_valid():
                _save(request, document, form, answers)
                return redirect("sales:document", type, number)
            refusal = refusal_of(form)
        except ErpError as error:
            question = question_of(error)
            refusal = None if question else refusal_of(error)
    context = {
        "document": document,
        "form": form,
        "sections": form.sections(),
        "offered": offered,
        "customers": offered_customers(),
        "question": question,
        "answers": [(name, "yes" if said else "no") for name, said in answers.items()] if question else [],
        "refusal": refusal,
    }
    return render(request, "sales/document/head.html", context, status=refusal.status if refusal else 200)


def _save(request: HttpRequest, document: SalesDocument, form: HeadForm, answers: dict[str, bool]) -> None:
    warnings: list[Problem] = []
    edit_head(
        document,
        by=request.user,
        at=timezone.now(),
        on=work_date(request),
        sell_to=customer_typed(form.typed("sell_to"), "sell_to"),
        bill_to=customer_typed(form.typed("bill_to"), "bill_to"),
        ship_to_code=form.typed("ship_to_code"),
        changes=form.changes(),
        answers=answers,
        warnings=warnings,
    )
    for warning in warnings:
        messages.warning(request, str(warning))


def question_of(error: ErpError) -> Problem | None:
    """The first thing to ask, where nothing but questions stands in the way."""
    problems = error.problems
    if all(problem.code.startswith("Q-") for problem in problems):
        return problems[0]
    return None


def customer_typed(text: str | None, field: str) -> Customer | Same | None:
    """Who was typed: None for nobody; what fits nobody, or several, is refused."""
    if text is None:
        return SAME
    if not text.strip():
        return None
    customer, choices = customer_meant(text)
    if customer is not None:
        return customer
    if choices:
        names = ", ".join(f"{choice.number} {choice.name}" for choice in choices)
        message = _("“{text}” fits several customers: type the number of one of {names}.")
        raise ProblemsFound([Problem("E-CU-SEVERAL", message.format(text=text, names=names), field=field)])
    message = _("Nobody is called “{text}”. Look for another spelling, or write a new customer card.")
    setup = "admin:customers_customer_add"
    raise ProblemsFound([Problem("E-CU-NONE", message.format(text=text), field=field, setup=setup)])


def addresses_of(document: SalesDocument) -> list[tuple[str, str]]:
    if document.customer is None:
        return []
    return list(document.customer.ship_to_addresses.order_by("code").values_list("code", "name"))


def offered_codes(document: SalesDocument) -> dict[str, list[tuple[str, str]]]:
    """Codes and their meaning, by the field that takes them."""
    offered = {
        name: list(model.objects.order_by("code").values_list("code", meaning))
        for name, (model, meaning) in OFFERED.items()
    }
    services = ShippingAgentService.objects.filter(agent__code=document.shipping_agent_code).order_by("code")
    offered["shipping_agent_service_code"] = list(services.values_list("code", "description"))
    traits = document.traits
    if traits.invoices:
        setup = SalesSetup.objects.get()
        for name, usual in (
            ("posting_no_series", traits.money_series),
            ("shipping_no_series", traits.goods_series),
        ):
            code = getattr(setup, usual)
            offered[name] = [(series, "") for series in (code, *related_series(code))]
    return offered
