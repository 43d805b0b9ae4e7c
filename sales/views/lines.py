"""The lines of a working document: add, change, remove."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from erp.kernel.errors import ErpError, Problem
from erp.kernel.views import Refusal, may, post_once, refusal_of, work_date
from sales.forms import LineForm, NewLineForm
from sales.masters import NewLine
from sales.models import SalesDocument, SalesLine
from sales.models.base import LineType
from sales.number_form import NumberForm
from sales.routines.add_lines import add_lines
from sales.routines.change_line import change_line
from sales.routines.remove_line import remove_line
from sales.selectors import return_reasons
from sales.views.explained import explained
from sales.views.finding import document_or_404, item_meant, line_or_404
from sales.views.fulfilment import tell_lines
from sales.views.grid_table import editable
from sales.views.page import Rights, line_form_of, show_document


@require_POST
@may("sales.change_salesdocument", "sales.add_salesline")
def line_add(request: HttpRequest, type: str, number: str) -> HttpResponse:
    document = document_or_404(type, number)
    form = line_form_of(document, data=request.POST)
    if not form.is_valid():
        return show_document(request, document, refusal=refusal_of(form), line_form=form)
    new, choices, refusal = _new_line(form, request.POST.get("chosen", "").replace("\0", ""))
    if new is None:
        return show_document(request, document, refusal=refusal, line_form=form, choices=choices)

    def work() -> list[int]:
        lines = add_lines(document, [new], by=request.user, at=timezone.now(), on=work_date(request))
        return [line.line_no for line in lines]

    try:
        what = {"type": type, "number": number, "line": new._asdict()}
        post_once(request, operation="sales.add_lines", work=work, **what)
    except ErpError as error:
        return show_document(request, document, refusal=refusal_of(error), line_form=form)
    return redirect(f"{_address(document)}#lines-end")


def _new_line(form: NewLineForm, chosen: str) -> tuple[NewLine | None, tuple, Refusal | None]:
    """The line that was typed; or the items to choose from; or why there is none."""
    typed = {name: value for name, value in form.cleaned_data.items() if value not in (None, "")}
    typed["quantity"] = typed.get("quantity", 0)
    if typed["type"] == LineType.COMMENT:
        named = {name: typed[name] for name in ("number", "description") if name in typed}
        return NewLine(type=LineType.COMMENT, **named), (), None
    if typed["type"] != LineType.ITEM:
        return NewLine(**typed), (), None
    text = chosen or typed.pop("number")
    meant = item_meant(text)
    if meant.number:
        name = "item_reference_no" if meant.is_reference else "number"
        return NewLine(**{**typed, "number": "", name: meant.number}), (), None
    if meant.choices:
        message = _("“{text}” fits several items: choose one.")
        code = "E-ITEM-SEVERAL"
    else:
        message = _("No item is called “{text}”.")
        code = "E-ITEM-NONE"
    return None, meant.choices, Refusal((Problem(code, message.format(text=text), field="number"),))


@may("sales.view_salesdocument")
def line_page(request: HttpRequest, type: str, number: str, line_no: int) -> HttpResponse:
    """One line and why it is so; changed by those who may: all of it, or only what is shipped or invoiced next."""
    document = document_or_404(type, number)
    line = line_or_404(document, line_no)
    fields = editable(Rights(request.user, document), line)
    if request.method != "POST":
        return _show(request, line, LineForm(line=line, fields=fields))
    if not fields:
        raise PermissionDenied
    form = LineForm(request.POST, line=line, fields=fields)
    if not form.is_valid():
        return _show(request, line, form, refusal_of(form))
    try:
        if form.changes():
            at, today = timezone.now(), work_date(request)
            change_line(line, by=request.user, at=at, on=today, **form.changes())
    except ErpError as error:
        return _show(request, line, form, refusal_of(error))
    return redirect(f"{_address(document)}#line-{line_no}")


def _show(
    request: HttpRequest, line: SalesLine, form: LineForm, refusal: Refusal | None = None
) -> HttpResponse:
    document = line.document
    tell_lines(document, [line])
    context = {
        "document": document,
        "line": line,
        "form": form,
        "refusal": refusal,
        "rights": Rights(request.user, document),
        "reasons": return_reasons(),
        "why": explained(line),
        "number_form": NumberForm(initial={"type": line.type}, auto_id="another-%s"),
    }
    return render(request, "sales/document/line.html", context, status=refusal.status if refusal else 200)


@require_POST
@may("sales.change_salesdocument", "sales.delete_salesline")
def line_remove(request: HttpRequest, type: str, number: str, line_no: int) -> HttpResponse:
    document = document_or_404(type, number)
    line = line_or_404(document, line_no)
    try:
        remove_line(line, by=request.user, at=timezone.now())
    except ErpError as error:
        return show_document(request, document, refusal=refusal_of(error))
    return redirect(f"{_address(document)}#lines-end")


def _address(document: SalesDocument) -> str:
    return reverse("sales:document", args=[document.type, document.number])
