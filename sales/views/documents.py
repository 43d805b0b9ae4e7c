"""Working documents: new ones, the page, and throwing one away."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from erp.kernel.errors import ErpError, Problem
from erp.kernel.views import Refusal, may, new_key, post_once, refusal_of, work_date
from sales.forms import NewDocumentForm
from sales.models import SalesDocument
from sales.routines.delete import delete
from sales.routines.draft import draft
from sales.traits import TRAITS
from sales.views.finding import Choice, customer_meant, document_or_404, offered_customers
from sales.views.lists import TITLES
from sales.views.optional import address_of
from sales.views.page import show_document

Type, Status = SalesDocument.Type, SalesDocument.Status


@may("sales.add_salesdocument")
def document_new(request: HttpRequest, type: str) -> HttpResponse:
    """The head of a new document; the lines are written on its page."""
    if type not in TRAITS:
        raise Http404
    if request.method != "POST":
        initial = {"customer": request.GET.get("customer", "").replace("\0", "")}
        return _show_new(request, type, NewDocumentForm(type=type, initial=initial))
    form = NewDocumentForm(request.POST, type=type)
    if not form.is_valid():
        return _show_new(request, type, form, refusal_of(form))
    text = request.POST.get("chosen", "").replace("\0", "") or form.cleaned_data["customer"]
    customer, choices = customer_meant(text)
    if customer is None:
        return _show_new(request, type, form, nobody(text, choices), choices)

    given = form.given() | ({"free_text": True} if _is_free_text(request, type) else {})

    def work() -> str:
        today = work_date(request)
        return draft(type, customer, by=request.user, at=timezone.now(), on=today, **given).number

    try:
        what = {"type": type, "customer": customer.number, "given": given}
        number = post_once(request, operation="sales.draft", work=work, **what)
    except ErpError as error:
        return _show_new(request, type, form, refusal_of(error))
    return redirect(f"{reverse('sales:document', args=[type, number])}?new=1")


def _title_of_new(request: HttpRequest, type: str) -> str:
    if _is_free_text(request, type):
        return _("New free text invoice")
    return _("New {type}").format(type=Type(type).label.lower())


def _is_free_text(request: HttpRequest, type: str) -> bool:
    """Whether the new invoice is one of free text: it has an entry of its own beside that for goods."""
    return type == Type.INVOICE and request.GET.get("free_text") == "1"


def nobody(text: str, choices: tuple[Choice, ...]) -> Refusal:
    if choices:
        message = _("“{text}” fits several customers: choose one.").format(text=text)
        return Refusal((Problem("E-CU-SEVERAL", message, field="customer"),))
    message = _("Nobody is called “{text}”. Look for another spelling, or write a new customer card.")
    problem = Problem(
        "E-CU-NONE", message.format(text=text), field="customer", setup="admin:customers_customer_add"
    )
    return Refusal((problem,))


def _show_new(
    request: HttpRequest,
    type: str,
    form: NewDocumentForm,
    refusal: Refusal | None = None,
    choices: tuple[Choice, ...] = (),
) -> HttpResponse:
    context = {
        "type": type,
        "title": _title_of_new(request, type),
        "list_title": TITLES[Type(type)],
        "form": form,
        "refusal": refusal,
        "choices": choices,
        "customers": offered_customers(),
        "new_customer": _new_customer(request, form) if refusal and not choices else "",
        "idempotency_key": new_key(),
    }
    return render(request, "sales/document/new.html", context, status=refusal.status if refusal else 200)


def _new_customer(request: HttpRequest, form: NewDocumentForm) -> str:
    """Where the customer that nobody knows yet can be written down; nothing for who may not."""
    if not request.user.has_perm("customers.add_customer"):
        return ""
    address = address_of("sales:customer-new")
    if not address and request.user.is_staff:
        address = address_of("admin:customers_customer_add")
    return f"{address}?{urlencode({'name': form['customer'].value() or ''})}" if address else ""


@may("sales.view_salesdocument")
def document_page(request: HttpRequest, type: str, number: str) -> HttpResponse:
    return show_document(request, document_or_404(type, number))


@require_POST
@may("sales.delete_salesdocument")
def document_delete(request: HttpRequest, type: str, number: str) -> HttpResponse:
    document = document_or_404(type, number)
    try:
        answer = {"yes": True, "no": False}.get(request.POST.get("archive", ""))
        delete(document, by=request.user, at=timezone.now(), archive=answer)
    except ErpError as error:
        if error.code == "Q-ARCH":
            context = {"document": document, "question": error.problems[0]}
            return render(request, "sales/quote/delete.html", context)
        return show_document(request, document, refusal=refusal_of(error))
    messages.success(request, _("{document} is deleted.").format(document=document))
    return redirect("sales:documents", type)
