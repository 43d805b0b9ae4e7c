"""The blanket order that a line counts on."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from erp.kernel.errors import ErpError
from erp.kernel.views import may, refusal_of
from sales.quote_forms import BlanketForm
from sales.routines.link_blanket_order import link_blanket_order
from sales.views.finding import document_or_404, line_or_404
from sales.views.page import show_document


@require_POST
@may("sales.change_salesdocument", "sales.change_salesline")
def line_blanket(request: HttpRequest, type: str, number: str, line_no: int) -> HttpResponse:
    """Link the line, or with a blank number take the link away."""
    document = document_or_404(type, number)
    line = line_or_404(document, line_no)
    form = BlanketForm(request.POST)
    if not form.is_valid():
        return show_document(request, document, refusal=refusal_of(form))
    try:
        link_blanket_order(line, by=request.user, at=timezone.now(), **form.given())
    except ErpError as error:
        return show_document(request, document, refusal=refusal_of(error))
    return redirect("sales:line", type, number, line_no)
