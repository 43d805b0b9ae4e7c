"""Documents and posted papers as PDF, one or many in one file."""

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from erp.kernel.errors import ErpError, Problem
from erp.kernel.pdf import render_pdfs
from erp.kernel.views import may, refusal_of, work_date
from sales.models import SalesDocument
from sales.print import print_papers, sheet_of
from sales.print.papers import Printed, language_of, page_of_sheet, sheet_of_pro_forma
from sales.routines.pro_forma import pro_forma
from sales.traits import TRAITS
from sales.views.finding import document_or_404
from sales.views.posted import KINDS, paper_or_404

AT_ONCE = 200  # papers in one file


def sees_amounts(user) -> bool:
    """Whether somebody may see what things cost on papers: those who see invoices. The warehouse does not."""
    return user.has_perm("sales.view_salesinvoice")


@may("sales.view_salesdocument")
def document_pdf(request: HttpRequest, type: str, number: str) -> HttpResponse:
    """A document as its customer gets it; `?paper=pro-forma` or `draft`: as posting would write the invoice."""
    document = document_or_404(type, number)
    paper = request.GET.get("paper", "")
    if not paper:
        return pdf_answer(request, [document])
    if paper not in ("pro-forma", "draft") or not document.traits.invoices or document.traits.receives:
        raise Http404
    if not sees_amounts(request.user):
        raise PermissionDenied
    on, ship = work_date(request), request.GET.get("shipped") != "1"
    language = language_of(document, request.LANGUAGE_CODE)
    try:
        made = pro_forma(document, by=request.user, at=timezone.now(), on=on, ship=ship)
    except ErpError as error:
        return _refused(request, document, error)
    with translation.override(language):
        sheet = sheet_of_pro_forma(document, made, is_draft=paper == "draft")
    return _file(render_pdfs([page_of_sheet(sheet, language)]), sheet.file_name)


@may()
def posted_pdf(request: HttpRequest, kind: str, number: str) -> HttpResponse:
    """A posted paper as it was posted."""
    return pdf_answer(request, [paper_or_404(request, kind, number)])


@may("sales.view_salesdocument")
def documents_pdf(request: HttpRequest, type: str) -> HttpResponse:
    """The chosen documents (`?chosen=1001&chosen=1002`) in one file, in the order in which they were chosen."""
    if type not in TRAITS:
        raise Http404
    documents = SalesDocument.objects.filter(type=type).select_related("customer", "bill_to_customer")
    return _chosen(request, documents)


@may()
def posted_list_pdf(request: HttpRequest, kind: str) -> HttpResponse:
    """The chosen posted papers in one file."""
    if kind not in KINDS:
        raise Http404
    if not request.user.has_perm(KINDS[kind].permission):
        raise PermissionDenied
    return _chosen(request, KINDS[kind].model.objects.select_related("customer", "bill_to_customer"))


def pdf_answer(request: HttpRequest, papers: list[Printed]) -> HttpResponse:
    """Papers as the answer to a request: shown in the browser, saved under a name that says what they are."""
    with_amounts = sees_amounts(request.user)
    pdf = print_papers(papers, with_amounts=with_amounts, user_language=request.LANGUAGE_CODE)
    if len(papers) > 1:
        return _file(pdf, _("{count} papers.pdf").format(count=len(papers)))
    with translation.override(language_of(papers[0], request.LANGUAGE_CODE)):
        return _file(pdf, sheet_of(papers[0], with_amounts=with_amounts).file_name)


def _chosen(request: HttpRequest, papers: QuerySet) -> HttpResponse:
    numbers = [number.replace("\0", "") for number in request.GET.getlist("chosen")]
    found = {paper.number: paper for paper in papers.filter(number__in=numbers[:AT_ONCE])}
    chosen = [found[number] for number in dict.fromkeys(numbers) if number in found]
    if not chosen:
        raise Http404
    if len(numbers) > AT_ONCE:
        message = _("At most {count} papers go into one file; {chosen} were chosen.")
        problem = Problem("E-PRINT-MANY", message.format(count=AT_ONCE, chosen=len(numbers)))
        return _page(request, [problem])
    return pdf_answer(request, chosen)


def _refused(request: HttpRequest, document: SalesDocument, error: ErpError) -> HttpResponse:
    return _page(request, error, document=document)


def _page(request: HttpRequest, reason, **context) -> HttpResponse:
    refusal = refusal_of(reason)
    return render(request, "print/refused.html", {**context, "refusal": refusal}, status=refusal.status)


def _file(pdf: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(pdf, content_type="application/pdf")
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["Content-Disposition"] = content_disposition_header(False, name)
    return answer
