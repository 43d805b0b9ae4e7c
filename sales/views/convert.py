"""Making an order of a quote or a blanket order, or an invoice of a quote."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from erp.kernel.errors import ErpError
from erp.kernel.views import Refusal, may, new_key, post_once, refusal_of, work_date
from sales.models import SalesDocument, SalesSetup
from sales.plans.quote import is_expired
from sales.quote_forms import ConvertForm
from sales.routines.call_off import call_off
from sales.routines.convert import make_invoice, make_order
from sales.views.finding import document_or_404
from sales.views.page import Rights, posting_form_of, show_document
from sales.views.posting import FormRefused, keep_quantities

Type = SalesDocument.Type


@may("sales.add_salesdocument", "sales.delete_salesdocument", "sales.sell_salesdocument")
def quote_make_order(request: HttpRequest, number: str) -> HttpResponse:
    return _convert(request, number, make_order, Type.ORDER)


@may("sales.add_salesdocument", "sales.delete_salesdocument", "sales.sell_salesdocument")
def quote_make_invoice(request: HttpRequest, number: str) -> HttpResponse:
    return _convert(request, number, make_invoice, Type.INVOICE)


def _convert(request: HttpRequest, number: str, convert: Callable, target: str) -> HttpResponse:
    """Ask, then do it."""
    if request.method != "POST":
        quote = document_or_404(Type.QUOTE, number)
        return _show(request, quote, _form_of(quote), target)
    form = quote = None

    def work() -> str:
        nonlocal form, quote
        quote = document_or_404(Type.QUOTE, number)
        form = _form_of(quote, request.POST)
        if not form.is_valid():
            raise FormRefused
        given = form.given()
        if given.get("create_customer") and not request.user.has_perm("customers.add_customer"):
            raise PermissionDenied
        at, today = timezone.now(), work_date(request)
        return convert(quote, by=request.user, at=at, on=today, **given).number

    typed = {name: value for name, value in request.POST.items() if name != "csrfmiddlewaretoken"}
    try:
        made = post_once(request, operation=f"sales.make_{target}", work=work, quote=number, typed=typed)
    except FormRefused:
        return _show(request, quote, form, target, refusal_of(form))
    except ErpError as error:
        quote = document_or_404(Type.QUOTE, number)
        return _show(request, quote, form, target, refusal_of(error))
    messages.success(request, _("Quote {quote} became this document.").format(quote=number))
    return redirect("sales:document", target, made)


def _form_of(quote: SalesDocument, data=None) -> ConvertForm:
    asks = SalesSetup.objects.get().archive_quotes == SalesSetup.ArchiveQuotes.QUESTION
    return ConvertForm(data, quote=quote, lines=quote.lines.order_by("line_no"), asks=asks)


def _show(
    request: HttpRequest,
    quote: SalesDocument,
    form: ConvertForm | None,
    target: str,
    refusal: Refusal | None = None,
) -> HttpResponse:
    context = {
        "document": quote,
        "form": form or _form_of(quote),
        "is_order": target == Type.ORDER,
        "is_expired": is_expired(quote, on=work_date(request)),
        "idempotency_key": new_key(),
        "refusal": refusal,
    }
    return render(request, "sales/quote/convert.html", context, status=refusal.status if refusal else 200)


@require_POST
@may("sales.view_salesdocument", "sales.add_salesdocument")
def blanket_make_order(request: HttpRequest, number: str) -> HttpResponse:
    """Keep the quantities that are called off; then make the order, or leave it at that."""
    form = blanket = None

    def work() -> str:
        nonlocal form, blanket
        blanket = document_or_404(Type.BLANKET_ORDER, number)
        rights = Rights(request.user, blanket)
        form = posting_form_of(
            blanket,
            list(blanket.lines.order_by("line_no")),
            rights,
            on=work_date(request),
            data=request.POST,
        )
        if not form.is_valid():
            raise FormRefused
        keep_quantities(request, blanket, form.quantities())
        if request.POST.get("do") == "keep":
            return ""
        return call_off(blanket, by=request.user, at=timezone.now(), on=work_date(request)).number

    typed = {name: value for name, value in request.POST.items() if name != "csrfmiddlewaretoken"}
    try:
        made = post_once(request, operation="sales.call_off", work=work, blanket=number, typed=typed)
    except (FormRefused, ErpError) as error:
        refusal = refusal_of(form if isinstance(error, FormRefused) else error)
        blanket = document_or_404(Type.BLANKET_ORDER, number)
        return show_document(request, blanket, refusal=refusal, posting_form=form)
    if not made:
        messages.success(request, _("Quantities are saved."))
        return redirect("sales:document", Type.BLANKET_ORDER, number)
    messages.success(request, _("This order was made of blanket order {number}.").format(number=number))
    return redirect("sales:document", Type.ORDER, made)
