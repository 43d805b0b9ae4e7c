"""Moving a working document on: release, reopen, make an order or an invoice of a quote."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from erp.kernel.errors import ErpError
from erp.kernel.views import may, post_once, refusal_of
from sales.models import SalesDocument
from sales.routines.convert import make_invoice, make_order
from sales.routines.release import release, reopen
from sales.views.finding import document_or_404
from sales.views.page import show_document


@require_POST
@may("sales.view_salesdocument", "sales.release_salesdocument")
def document_release(request: HttpRequest, type: str, number: str) -> HttpResponse:
    return _move(request, release, type, number)


@require_POST
@may("sales.view_salesdocument", "sales.release_salesdocument")
def document_reopen(request: HttpRequest, type: str, number: str) -> HttpResponse:
    return _move(request, reopen, type, number)


def _move(request: HttpRequest, move: Callable, type: str, number: str) -> HttpResponse:
    document = document_or_404(type, number)
    try:
        move(document, by=request.user, at=timezone.now())
    except ErpError as error:
        return show_document(request, document_or_404(type, number), refusal=refusal_of(error))
    return redirect("sales:document", type, number)


@require_POST
@may("sales.add_salesdocument", "sales.delete_salesdocument")
def quote_make_order(request: HttpRequest, number: str) -> HttpResponse:
    return _convert(request, number, make_order, SalesDocument.Type.ORDER)


@require_POST
@may("sales.add_salesdocument", "sales.delete_salesdocument")
def quote_make_invoice(request: HttpRequest, number: str) -> HttpResponse:
    return _convert(request, number, make_invoice, SalesDocument.Type.INVOICE)


def _convert(request: HttpRequest, number: str, convert: Callable, target: str) -> HttpResponse:
    def work() -> str:
        quote = document_or_404(SalesDocument.Type.QUOTE, number)
        at, today = timezone.now(), timezone.localdate()
        return convert(quote, by=request.user, at=at, on=today).number

    try:
        made = post_once(request, operation=f"sales.make_{target}", work=work, quote=number)
    except ErpError as error:
        quote = document_or_404(SalesDocument.Type.QUOTE, number)
        return show_document(request, quote, refusal=refusal_of(error))
    messages.success(request, _("Quote {quote} became this document.").format(quote=number))
    return redirect("sales:document", target, made)
