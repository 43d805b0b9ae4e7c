"""Moving a working document on: release, reopen."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from erp.kernel.errors import ErpError
from erp.kernel.views import may, refusal_of
from sales.routines.release import release, reopen
from sales.views.finding import document_or_404
from sales.views.page import show_document


@require_POST
@may("sales.view_salesdocument", "sales.release_salesdocument")
def document_release(request: HttpRequest, type: str, number: str) -> HttpResponse:
    return _move(request, release, type, number)


@require_POST
@may("sales.view_salesdocument", "sales.reopen_salesdocument")
def document_reopen(request: HttpRequest, type: str, number: str) -> HttpResponse:
    return _move(request, reopen, type, number)


def _move(request: HttpRequest, move: Callable, type: str, number: str) -> HttpResponse:
    document = document_or_404(type, number)
    try:
        move(document, by=request.user, at=timezone.now())
    except ErpError as error:
        return show_document(request, document_or_404(type, number), refusal=refusal_of(error))
    return redirect("sales:document", type, number)
