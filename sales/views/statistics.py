"""Statistics of documents: what they come to, VAT by group, cost and profit; discount and VAT may be typed here."""

from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from customers.selectors import credit_situation
from erp.kernel.errors import ErpError
from erp.kernel.views import Refusal, may, refusal_of, work_date
from receivables.selectors import statistics as customer_statistics
from sales.margins import document_statistics, posted_statistics
from sales.models import SalesDocument
from sales.routines.discount import type_invoice_discount
from sales.routines.type_vat import type_vat
from sales.statistics_form import DiscountForm, VATForm
from sales.values import SalesValues
from sales.views.finding import document_or_404
from sales.views.page import Rights
from sales.views.posted import KINDS, paper_or_404

MONEY = ("receivables.view_customerbalance", "receivables.view_openitem")


@may("sales.view_salesdocument")
def document_page(request: HttpRequest, type: str, number: str) -> HttpResponse:
    return _show(request, document_or_404(type, number))


@require_POST
@may("sales.view_salesdocument", "sales.change_salesdocument", "sales.change_salesline")
def document_discount(request: HttpRequest, type: str, number: str) -> HttpResponse:
    """Type the invoice discount of the whole document."""
    document = document_or_404(type, number)
    form = DiscountForm(request.POST)

    def work() -> None:
        values = SalesValues.load(document.currency_code)
        amount = form.cleaned_data["inv_discount"]
        type_invoice_discount(document, amount, values=values, at=timezone.now(), by=request.user)

    return _type(request, document, form, work, discount_form=form)


@require_POST
@may("sales.view_salesdocument", "sales.change_salesdocument", "sales.change_salesline")
def document_vat(request: HttpRequest, type: str, number: str) -> HttpResponse:
    """Type the VAT of its groups, all or none."""
    document = document_or_404(type, number)
    form = VATForm(request.POST, groups=document_statistics(document).general.groups)

    def work() -> None:
        for group, amount in form.changes():
            type_vat(
                document,
                amount,
                vat_identifier=group.key.identifier,
                percent=group.key.percent,
                calculation_type=group.key.calculation_type,
                positive=group.positive,
                by=request.user,
                at=timezone.now(),
            )

    return _type(request, document, form, work, vat_form=form)


def _type(request: HttpRequest, document: SalesDocument, form: Form, work, **shown) -> HttpResponse:
    if not form.is_valid():
        return _show(request, document, refusal=refusal_of(form), **shown)
    try:
        with transaction.atomic():
            work()
    except ErpError as error:
        again = document_or_404(document.type, document.number)
        return _show(request, again, refusal=refusal_of(error), **shown)
    return redirect("sales:document-statistics", document.type, document.number)


def _show(
    request: HttpRequest,
    document: SalesDocument,
    *,
    refusal: Refusal | None = None,
    discount_form: DiscountForm | None = None,
    vat_form: VATForm | None = None,
) -> HttpResponse:
    tabs = _tabs(request, document)
    tab = request.GET.get("tab", "general")
    if tab not in dict(tabs):
        raise Http404
    rights = Rights(request.user, document)
    context = {
        "document": document,
        "crumb": document,
        "back": reverse("sales:document", args=[document.type, document.number]),
        "tabs": tabs,
        "tab": tab,
        "refusal": refusal,
        "currency_code": document.currency_code,
        "may_type": tab == "general" and rights.is_open and rights.may_edit_lines,
        "sees_cost": request.user.has_perm("inventory.view_valueentry"),
    }
    if tab == "customer":
        context |= _customer(document, today=work_date(request))
    else:
        figures = getattr(document_statistics(document), tab)
        context["figures"] = figures
        context["vat_form"] = vat_form or VATForm(groups=figures.groups)
        initial = {"inv_discount": figures.inv_discount}
        context["discount_form"] = discount_form or DiscountForm(initial=initial)
    status = refusal.status if refusal else 200
    return render(request, "sales/statistics/page.html", context, status=status)


def _tabs(request: HttpRequest, document: SalesDocument) -> list[tuple[str, str]]:
    tabs = [("general", _("General"))]
    if document.traits.in_steps:
        tabs.append(("invoicing", _("To credit") if document.traits.receives else _("To invoice")))
        tabs.append(("shipping", _("To receive") if document.traits.receives else _("To ship")))
    if document.bill_to_customer_id and request.user.has_perms(MONEY):
        tabs.append(("customer", _("Customer")))
    return tabs


def _customer(document: SalesDocument, *, today: date) -> dict:
    """Who pays: what is owed and agreed, and the business of this year and the last."""
    customer = document.bill_to_customer
    return {
        "customer": customer,
        "credit": credit_situation(customer, on=today),
        "business": customer_statistics(customer, on=today),
    }


@may()
def posted_page(request: HttpRequest, kind: str, number: str) -> HttpResponse:
    """A posted invoice or credit memo: what it came to, and what its goods cost by now."""
    if kind not in KINDS or not KINDS[kind].has_amounts:
        raise Http404
    if not request.user.has_perm(KINDS[kind].permission):
        raise PermissionDenied
    paper = paper_or_404(request, kind, number)
    context = {
        "crumb": f"{KINDS[kind].name} {paper.number}",
        "back": reverse("sales:posted", args=[kind, paper.number]),
        "tabs": [("general", _("General"))],
        "tab": "general",
        "figures": posted_statistics(paper),
        "currency_code": paper.currency_code,
        "sees_cost": request.user.has_perm("inventory.view_valueentry"),
        "is_posted": True,
    }
    return render(request, "sales/statistics/page.html", context)
