"""A line that shall sell something else."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from erp.kernel.errors import ErpError, Problem
from erp.kernel.views import Refusal, may, refusal_of, work_date
from sales.masters import NewLine
from sales.models.base import LineType
from sales.number_form import NumberForm
from sales.routines.change_number import change_number
from sales.views.finding import document_or_404, item_meant, line_or_404
from sales.views.page import show_document


@require_POST
@may("sales.view_salesdocument", "sales.change_salesdocument", "sales.change_salesline")
def line_number(request: HttpRequest, type: str, number: str, line_no: int) -> HttpResponse:
    """Type another type or number into a line."""
    document = document_or_404(type, number)
    line = line_or_404(document, line_no)
    form = NumberForm(request.POST)
    if not form.is_valid():
        return show_document(request, document, refusal=refusal_of(form))
    new = _new_line(form)
    if new is None:
        message = _("“{text}” is no item, or several: type its number.")
        problem = Problem("E-ITEM-NONE", message.format(text=form.cleaned_data["number"]), field="number")
        return show_document(request, document, refusal=Refusal((problem,)))
    try:
        change_number(line, new, by=request.user, at=timezone.now(), on=work_date(request))
    except ErpError as error:
        return show_document(request, document_or_404(type, number), refusal=refusal_of(error))
    return redirect(f"{reverse('sales:document', args=[type, number])}#line-{line_no}")


def _new_line(form: NumberForm) -> NewLine | None:
    """The line that is meant; items by number, reference, bar code or a part of their name."""
    typed = form.cleaned_data | {"quantity": form.cleaned_data["quantity"] or 0}
    if typed["type"] != LineType.ITEM:
        return NewLine(**typed)
    meant = item_meant(typed.pop("number"))
    if not meant.number:
        return None
    return NewLine(**typed, **{"item_reference_no" if meant.is_reference else "number": meant.number})
