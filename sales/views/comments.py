"""Remarks on papers and their lines, and the extended texts of a document."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from erp.kernel.errors import ErpError
from erp.kernel.views import may, post_once, refusal_of, work_date
from sales.comment_form import CommentForm
from sales.models import SalesComment
from sales.routines.comments import add_comment, remove_comment
from sales.routines.texts import insert_texts
from sales.views.finding import document_or_404
from sales.views.page import show_document
from sales.views.posted import paper_or_404


@require_POST
@may("sales.view_salesdocument", "sales.change_salesdocument")
def document_comment(request: HttpRequest, type: str, number: str) -> HttpResponse:
    """Remark something on a working document, or take a remark back."""
    document = document_or_404(type, number)
    return _write(request, document, type, redirect("sales:document", type, number))


@require_POST
@may("sales.change_salesdocument")
def posted_comment(request: HttpRequest, kind: str, number: str) -> HttpResponse:
    """The same on a posted paper."""
    paper = paper_or_404(request, kind, number)
    return _write(request, paper, f"posted_{kind}", redirect("sales:posted", kind, number))


def _write(request: HttpRequest, paper, kind: str, back: HttpResponse) -> HttpResponse:
    if (key := _whole(request.POST.get("remove", ""))) is not None:
        remarks = SalesComment.objects.filter(kind=kind, number=paper.number)
        remove_comment(get_object_or_404(remarks, pk=key), by=request.user)
        return back
    form = CommentForm(request.POST, lines=paper.lines.order_by("line_no"))
    if not form.is_valid():
        return _refuse(request, refusal_of(form).problems, back)
    typed = form.cleaned_data

    def work() -> int:
        remark = add_comment(
            kind,
            paper.number,
            typed["text"],
            line_no=typed["line_no"],
            by=request.user,
            at=timezone.now(),
            on=typed["date"] or work_date(request),
        )
        return remark.pk

    try:
        post_once(request, operation="sales.comment", work=work, kind=kind, number=paper.number, typed=typed)
    except ErpError as error:
        return _refuse(request, error.problems, back)
    return back


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _refuse(request: HttpRequest, problems, back: HttpResponse) -> HttpResponse:
    for problem in problems:
        messages.error(request, problem.message)
    return back


@require_POST
@may("sales.change_salesdocument", "sales.add_salesline")
def document_texts(request: HttpRequest, type: str, number: str) -> HttpResponse:
    """Insert Ext. Texts: under one line, or under all that have none."""
    document = document_or_404(type, number)
    line_no = _whole(request.POST.get("line_no", ""))
    asked = {} if line_no is None else {"line_no": line_no}
    try:
        at, today = timezone.now(), work_date(request)
        texts = insert_texts(document, by=request.user, at=at, on=today, **asked)
    except ErpError as error:
        return show_document(request, document_or_404(type, number), refusal=refusal_of(error))
    if texts:
        said = ngettext(
            "{count} line of text was inserted.", "{count} lines of text were inserted.", len(texts)
        )
        messages.success(request, said.format(count=len(texts)))
    else:
        messages.info(request, _("No line has an extended text that it does not show already."))
    return redirect("sales:document", type, number)
