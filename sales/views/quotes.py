"""A quote with the customer: sent, accepted, revised, lost; its outlook, and the customer that a prospect becomes."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from erp.kernel.errors import ErpError
from erp.kernel.views import Refusal, may, new_key, post_once, refusal_of, work_date
from sales.models import SalesDocument
from sales.quote_forms import AssignForm, CloseForm, ExpiredForm, OutlookForm, ProspectForm, Stage
from sales.routines.delete_expired_quotes import delete_expired_quotes
from sales.routines.draft import draft
from sales.routines.quotes.accept import accept
from sales.routines.quotes.assign_customer import assign_customer
from sales.routines.quotes.close import cancel, lose
from sales.routines.quotes.revise import reopen_quote, revise
from sales.routines.quotes.send import send
from sales.routines.quotes.track import track
from sales.views.documents import nobody
from sales.views.finding import Choice, customer_meant, document_or_404, offered_customers
from sales.views.page import show_document

QUOTE = SalesDocument.Type.QUOTE
SHOWN = 200  # expired quotes on the page that deletes them; all of them go
CHANGE = ("sales.view_salesdocument", "sales.change_salesdocument")


@may("sales.add_salesdocument")
def quote_for_prospect(request: HttpRequest) -> HttpResponse:
    """A new quote for somebody who is no customer yet; the lines are written on its page."""
    form = ProspectForm(request.POST or None)
    if request.method != "POST":
        return _show_prospect(request, form)
    if not form.is_valid():
        return _show_prospect(request, form, refusal_of(form))

    def work() -> str:
        who = {"by": request.user, "at": timezone.now(), "on": work_date(request)}
        return draft(QUOTE, None, **who, **form.given()).number

    try:
        number = post_once(request, operation="sales.draft", work=work, type=QUOTE, given=form.given())
    except ErpError as error:
        return _show_prospect(request, form, refusal_of(error))
    return redirect("sales:document", QUOTE, number)


def _show_prospect(request: HttpRequest, form: ProspectForm, refusal: Refusal | None = None) -> HttpResponse:
    context = {"form": form, "refusal": refusal, "idempotency_key": new_key()}
    return render(request, "sales/quote/new.html", context, status=refusal.status if refusal else 200)


@require_POST
@may(*CHANGE)
def quote_send(request: HttpRequest, number: str) -> HttpResponse:
    return _move(request, number, send, _("{quote} is marked as sent."))


@require_POST
@may(*CHANGE)
def quote_accept(request: HttpRequest, number: str) -> HttpResponse:
    """Mark as accepted today, or take the mark away."""
    accepted = request.POST.get("accepted", "yes") == "yes"
    said = _("{quote} is marked as accepted.") if accepted else _("{quote} is no longer marked as accepted.")
    return _move(request, number, accept, said, accepted=accepted, on=work_date(request))


@require_POST
@may(*CHANGE)
def quote_revise(request: HttpRequest, number: str) -> HttpResponse:
    return _move(
        request, number, revise, _("{quote} can be changed; what the customer has is kept as a version.")
    )


@require_POST
@may(*CHANGE)
def quote_take_up(request: HttpRequest, number: str) -> HttpResponse:
    return _move(request, number, reopen_quote, _("{quote} is taken up again."))


def _move(request: HttpRequest, number: str, step: Callable, said: str, **given) -> HttpResponse:
    quote = document_or_404(QUOTE, number)
    try:
        step(quote, by=request.user, at=timezone.now(), **given)
    except ErpError as error:
        return show_document(request, document_or_404(QUOTE, number), refusal=refusal_of(error))
    messages.success(request, said.format(quote=quote))
    return redirect("sales:document", QUOTE, number)


@may(*CHANGE)
def quote_close(request: HttpRequest, number: str) -> HttpResponse:
    """Lost or cancelled, with a reason."""
    quote = document_or_404(QUOTE, number)
    form = CloseForm(request.POST or None)

    def close() -> None:
        typed, who = form.cleaned_data, {"by": request.user, "at": timezone.now()}
        if typed["what"] == Stage.CANCELLED:
            cancel(quote, reason=typed["reason"], remark=typed["remark"], **who)
        else:
            names = ("reason", "competitor", "remark")
            lose(quote, **{name: typed[name] for name in names}, **who)

    return _form_page(request, quote, form, close, title=_("Lost or cancelled"), button=_("Close the quote"))


@may(*CHANGE)
def quote_outlook(request: HttpRequest, number: str) -> HttpResponse:
    """Probability, follow-up, competitor."""
    quote = document_or_404(QUOTE, number)
    form = OutlookForm(request.POST or None, quote=quote)

    def keep() -> None:
        track(quote, by=request.user, at=timezone.now(), **form.changes())

    return _form_page(request, quote, form, keep, title=_("Outlook"), button=_("Save"))


def _form_page(
    request: HttpRequest, quote: SalesDocument, form: Form, act: Callable, *, title: str, button: str
) -> HttpResponse:
    """A page with one form: show it, or do what it says and go back to the quote."""
    refusal = None
    if request.method == "POST":
        try:
            if form.is_valid():
                act()
                return redirect("sales:document", QUOTE, quote.number)
            refusal = refusal_of(form)
        except ErpError as error:
            refusal = refusal_of(error)
    context = {"document": quote, "form": form, "refusal": refusal, "title": title, "button": button}
    return render(request, "sales/quote/form.html", context, status=refusal.status if refusal else 200)


@may(*CHANGE)
def quote_customer(request: HttpRequest, number: str) -> HttpResponse:
    """The prospect is a customer, or becomes one."""
    quote = document_or_404(QUOTE, number)
    form = AssignForm(request.POST or None)
    if request.method != "POST":
        return _show_assign(request, quote, form)
    if not form.is_valid():
        return _show_assign(request, quote, form, refusal_of(form))
    typed, customer = dict(form.cleaned_data), None
    text = request.POST.get("chosen", "").replace("\0", "") or typed.pop("customer")
    typed.pop("customer", None)
    if text:
        customer, choices = customer_meant(text)
        if customer is None:
            return _show_assign(request, quote, form, nobody(text, choices), choices)
    elif not request.user.has_perm("customers.add_customer"):
        raise PermissionDenied

    def work() -> str:
        at, today = timezone.now(), work_date(request)
        done = assign_customer(quote, customer, by=request.user, at=at, on=today, **typed)
        return done.customer.number

    what = {"quote": number, "customer": text, "typed": typed}
    try:
        made = post_once(request, operation="sales.assign_customer", work=work, **what)
    except ErpError as error:
        return _show_assign(request, quote, form, refusal_of(error))
    messages.success(request, _("{quote} is for customer {customer}.").format(quote=quote, customer=made))
    return redirect("sales:document", QUOTE, number)


def _show_assign(
    request: HttpRequest,
    quote: SalesDocument,
    form: AssignForm,
    refusal: Refusal | None = None,
    choices: tuple[Choice, ...] = (),
) -> HttpResponse:
    context = {
        "document": quote,
        "form": form,
        "refusal": refusal,
        "choices": choices,
        "customers": offered_customers(),
        "title": _("Customer of the prospect"),
        "button": _("Assign"),
        "idempotency_key": new_key(),
    }
    return render(request, "sales/quote/form.html", context, status=refusal.status if refusal else 200)


@may("sales.view_salesdocument", "sales.delete_salesdocument")
def expired_quotes(request: HttpRequest) -> HttpResponse:
    """Quotes whose day is past: first which ones, then, once confirmed, gone."""
    day, refusal = None, None
    expired = SalesDocument.objects.none()
    form = ExpiredForm(request.POST or {"before": work_date(request), "archive": "on"})
    if form.is_valid():
        day = form.cleaned_data["before"]
        expired = SalesDocument.objects.quotes().filter(valid_until__lt=day).order_by("valid_until", "id")
    else:
        refusal = refusal_of(form)
    if day and request.POST.get("do") == "delete" and request.POST.get("shown") == day.isoformat():
        who = {"by": request.user, "at": timezone.now()}
        done = delete_expired_quotes(on=day, archive=form.cleaned_data["archive"], **who)
        messages.success(request, _("{count} expired quotes are deleted.").format(count=len(done.deleted)))
        if done.kept:
            said = _("Waiting for approval, so they stay: {numbers}.")
            messages.warning(request, said.format(numbers=", ".join(done.kept)))
        return redirect("sales:documents", QUOTE)
    context = {
        "form": form,
        "day": day,
        "quotes": expired.with_totals()[:SHOWN],
        "count": expired.count(),
        "refusal": refusal,
    }
    return render(request, "sales/quote/expired.html", context, status=refusal.status if refusal else 200)
