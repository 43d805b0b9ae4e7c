"""Working documents: lists, new ones, the page, and throwing one away."""

from datetime import timedelta

from django.contrib import messages
from django.db.models import Q, QuerySet, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from erp.kernel.errors import ErpError, Problem
from erp.kernel.views import Refusal, may, new_key, page_of, post_once, refusal_of
from sales.forms import NewDocumentForm
from sales.models import SalesDocument, SalesLine
from sales.plans.fulfilment import Fulfilment, with_fulfilment
from sales.plans.quote import CLOSED, Stage
from sales.routines.delete import delete
from sales.routines.draft import draft
from sales.selectors import job_states
from sales.traits import TRAITS
from sales.views.figures import in_lcy
from sales.views.finding import Choice, customer_meant, document_or_404, offered_customers
from sales.views.fulfilment import reached
from sales.views.page import show_document

Type, Status = SalesDocument.Type, SalesDocument.Status
TITLES = {
    Type.QUOTE: gettext_lazy("Sales quotes"),
    Type.ORDER: gettext_lazy("Sales orders"),
    Type.INVOICE: gettext_lazy("Sales invoices"),
    Type.CREDIT_MEMO: gettext_lazy("Sales credit memos"),
    Type.BLANKET_ORDER: gettext_lazy("Blanket orders"),
    Type.RETURN_ORDER: gettext_lazy("Return orders"),
}


@may("sales.view_salesdocument")
def document_list(request: HttpRequest, type: str) -> HttpResponse:
    """Documents of a type, the newest first, with what those on the page come to."""
    if type not in TRAITS:
        raise Http404
    view = request.GET.get("view", "all")
    text = request.GET.get("q", "").replace("\0", "").strip()[:100]
    documents = SalesDocument.objects.filter(type=type).select_related("customer", "progress")
    if TRAITS[type].in_steps:
        documents = with_fulfilment(documents)
    documents = _search(_in_view(documents, view), text)
    page = page_of(documents, request)
    worth = _worth([document.pk for document in page])
    jobs = job_states([document.pk for document in page])
    for document in page:
        document.net, document.gross = worth.get(document.pk, (0, 0))
        document.job = jobs.get(document.pk)
        if TRAITS[type].in_steps:
            document.reached = reached(document.fulfilment, receives=TRAITS[type].receives)
    context = {
        "type": type,
        "title": TITLES[Type(type)],
        "type_name": Type(type).label,
        "traits": TRAITS[type],
        "view": view,
        "views": _views_of(type),
        "text": text,
        "page": page,
        "may_post": _may_post(request.user, type),
        "net": sum(in_lcy(document.net, document) for document in page),
        "gross": sum(in_lcy(document.gross, document) for document in page),
    }
    return render(request, "sales/document/list.html", context)


def _may_post(user, type: str) -> bool:
    """Whether documents of this type can be chosen on the list, to be posted together."""
    rights = ("sales.ship_salesdocument", "sales.invoice_salesdocument")
    return TRAITS[type].invoices and any(user.has_perm(right) for right in rights)


def _views_of(type: str) -> list[tuple[str, str]]:
    labels = [("all", _("All")), ("open", _("Open")), ("released", _("Released"))]
    if TRAITS[type].in_steps:
        received = TRAITS[type].receives
        labels.append(("partly_shipped", _("Partly received") if received else _("Partly shipped")))
        labels.append(("to_invoice", _("Received, not credited") if received else _("Shipped, not invoiced")))
        labels.append((Fulfilment.INVOICED, _("Credited") if received else _("Invoiced")))
        labels.append((Fulfilment.CANCELLED, _("Cancelled")))
    if type == Type.QUOTE:
        labels += [("sent", _("Sent")), ("closed", _("Lost or cancelled"))]
        labels.append(("expiring", _("Expiring this week")))
    return labels


def _in_view(documents: QuerySet, view: str) -> QuerySet:
    if view in (Status.OPEN, Status.RELEASED):
        return documents.filter(status=view)
    if view == "partly_shipped":
        return documents.partly_shipped()
    if view in (Fulfilment.INVOICED, Fulfilment.CANCELLED) and "fulfilment" in documents.query.annotations:
        return documents.filter(fulfilment=view)
    if view == "to_invoice":
        return documents.shipped_not_invoiced()
    if view == "sent":
        return documents.filter(progress__stage=Stage.SENT)
    if view == "closed":
        return documents.filter(progress__stage__in=CLOSED)
    if view == "expiring":
        today = timezone.localdate()
        return documents.expiring(after=today, until=today + timedelta(days=7))
    return documents


def _search(documents: QuerySet, text: str) -> QuerySet:
    if not text:
        return documents
    found = Q(number__istartswith=text) | Q(external_document_no__istartswith=text)
    found |= Q(sell_to_name__icontains=text) | Q(customer__number__iexact=text)
    return documents.filter(found)


def _worth(ids: list[int]) -> dict[int, tuple]:
    """Net and gross of some documents."""
    rows = SalesLine.objects.filter(document_id__in=ids).order_by().values_list("document_id")
    return {
        document_id: (net, gross)
        for document_id, net, gross in rows.annotate(Sum("amount"), Sum("amount_including_vat"))
    }


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
        today = timezone.localdate()
        return draft(type, customer, by=request.user, at=timezone.now(), on=today, **given).number

    try:
        what = {"type": type, "customer": customer.number, "given": given}
        number = post_once(request, operation="sales.draft", work=work, **what)
    except ErpError as error:
        return _show_new(request, type, form, refusal_of(error))
    return redirect("sales:document", type, number)


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
        "idempotency_key": new_key(),
    }
    return render(request, "sales/document/new.html", context, status=refusal.status if refusal else 200)


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
