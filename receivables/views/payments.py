"""Receiving a payment: preview and post."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.models import Customer
from customers.resolve import resolve
from erp.kernel.errors import ErpError, Problem
from erp.kernel.views import Refusal, may, new_key, post_once, refusal_of, work_date
from receivables import selectors
from receivables.forms import PaymentForm
from receivables.ledger import ApplyRequest
from receivables.routines.receive_payment import preview_payment, receive_payment
from receivables.views.planned import planned_entries

OFFERED = 200


@may("receivables.post_payment", "receivables.view_customerledgerentry")
def payment_new(request: HttpRequest) -> HttpResponse:
    """First whose money it is, then how much and what for."""
    text = (request.POST if request.method == "POST" else request.GET).get("customer", "")
    text = text.replace("\0", "").strip()[:100]
    if not text:
        return _ask_customer(request)
    found = resolve(text)
    if found.customer is None:
        return _ask_customer(request, text, found.candidates)
    customer = found.customer
    entries = selectors.open_entries(customer)
    if request.method != "POST":
        initial = {"on": work_date(request), "apply": "chosen" if entries else "none"}
        return _show(request, customer, PaymentForm(entries=entries, initial=initial))
    form = PaymentForm(request.POST, entries=entries)
    if request.POST.get("do") == "post":
        return _post(request, customer, form)
    if not form.is_valid():
        return _show(request, customer, form, refusal=refusal_of(form))
    try:
        plan = preview_payment(by=request.user, **_given(customer, form))
    except ErpError as error:
        return _show(request, customer, form, refusal=refusal_of(error))
    if plan.problems:
        return _show(request, customer, form, refusal=refusal_of(plan.problems))
    return _show(request, customer, form, planned=planned_entries(plan.transactions, [plan.entry]))


def _post(request: HttpRequest, customer: Customer, form: PaymentForm) -> HttpResponse:
    """Post once: the key is asked before the form, whose open entries may be settled by the first try."""

    def work() -> dict:
        if not form.is_valid():
            raise FormRefused
        receipt = receive_payment(by=request.user, at=timezone.now(), **_given(customer, form))
        return {"document_no": receipt.document_no, "entry_no": receipt.entry_no}

    typed = {name: value for name, value in request.POST.items() if name != "csrfmiddlewaretoken"}
    try:
        done = post_once(request, operation="receivables.payment", work=work, typed=typed)
    except FormRefused:
        return _show(request, customer, form, refusal=refusal_of(form))
    except ErpError as error:
        return _show(request, customer, form, refusal=refusal_of(error))
    messages.success(request, _("Posted: {document}.").format(document=done["document_no"]))
    return redirect("receivables:entry", done["entry_no"])


class FormRefused(Exception):
    """The form could not be read."""


def _given(customer: Customer, form: PaymentForm) -> dict:
    typed = form.cleaned_data
    bank = typed["bank"]
    given = {
        "customer": customer,
        "amount": typed["amount"],
        "on": typed["on"],
        "bank": bank,
        "currency_code": None,
        "refund": typed["refund"],
        "external_document_no": typed["external_document_no"],
    }
    if bank is None or bank.currency_id is None:
        given["currency_code"] = customer.currency.code if customer.currency_id else ""
    if typed["apply"] == "oldest":
        given["apply"] = ApplyRequest.oldest()
    elif typed["apply"] == "chosen" and form.chosen():
        given["apply"] = ApplyRequest.to_entries(form.chosen())
    return given


def _ask_customer(request: HttpRequest, text: str = "", choices=()) -> HttpResponse:
    refusal = None
    if choices:
        message = _("“{text}” fits several customers: choose one.").format(text=text)
        refusal = Refusal((Problem("E-CU-SEVERAL", message, field="customer"),))
    elif text:
        message = _("Nobody is called “{text}”.").format(text=text)
        refusal = Refusal((Problem("E-CU-NONE", message, field="customer"),))
    context = {
        "text": text,
        "choices": choices,
        "refusal": refusal,
        "customers": Customer.objects.order_by("number").values_list("number", "name")[:OFFERED],
    }
    status = refusal.status if refusal else 200
    return render(request, "receivables/payment_customer.html", context, status=status)


def _show(
    request: HttpRequest,
    customer: Customer,
    form: PaymentForm,
    *,
    refusal: Refusal | None = None,
    planned=None,
) -> HttpResponse:
    context = {
        "customer": customer,
        "form": form,
        "refusal": refusal,
        "planned": planned,
        "idempotency_key": new_key(),
        "balance": selectors.balance(customer.pk),
        "total": sum(entry.remaining_lcy for entry in form.entries),
    }
    status = refusal.status if refusal else 200
    return render(request, "receivables/payment.html", context, status=status)
