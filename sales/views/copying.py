"""Copying a document: to one that is open, with a look at what would come, or to a new one."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from erp.kernel.errors import ErpError, Problem
from erp.kernel.views import Refusal, may, new_key, post_once, refusal_of, work_date
from sales.copying_forms import CopyForm
from sales.models import SalesDocument
from sales.plans.copying import Copied
from sales.routines.copy_document import copy_document, preview_copy
from sales.routines.copy_to_new import copy_to_new
from sales.traits import TRAITS
from sales.views.finding import document_or_404
from sales.views.sources import is_kind, offered_papers, source_meant

TOLD = 20  # how many lines that were left out are told one by one


@may("sales.view_salesdocument", "sales.change_salesdocument", "sales.add_salesline")
def document_copy(request: HttpRequest, type: str, number: str) -> HttpResponse:
    """What to copy to this document; the preview shows the lines that would come, and those that would not."""
    document = document_or_404(type, number)
    form = CopyForm(request.POST or None)
    refusal: Refusal | None = None
    question: Problem | None = None
    seen: Copied | None = None
    if request.method == "POST":
        try:
            if not form.is_valid():
                refusal = refusal_of(form)
            elif request.POST.get("do") == "preview":
                seen = _preview(request, document, form)
            elif request.POST.get("delete_lines") != "no":
                _copy(request, document, form)
                return redirect("sales:document", type, number)
        except ErpError as error:
            question = next((each for each in error.problems if each.code == "Q-COPY-DEL"), None)
            refusal = None if question else refusal_of(error)
    context = {
        "document": document,
        "form": form,
        "papers": offered_papers(request, document),
        "seen": seen,
        "question": question,
        "refusal": refusal,
        "idempotency_key": new_key(),
    }
    status = refusal.status if refusal else 200
    return render(request, "sales/copying/copy.html", context, status=status)


def _options(request: HttpRequest, form: CopyForm) -> dict:
    return {
        "include_header": form.cleaned_data["include_header"],
        "recalculate_lines": form.cleaned_data["recalculate_lines"],
        "by": request.user,
        "at": timezone.now(),
        "on": work_date(request),
    }


def _source(request: HttpRequest, form: CopyForm):
    given = form.cleaned_data
    return source_meant(request, given["kind"], given["number"], given["version"])


def _preview(request: HttpRequest, document: SalesDocument, form: CopyForm) -> Copied:
    return preview_copy(document, _source(request, form), delete_lines=True, **_options(request, form))


def _copy(request: HttpRequest, document: SalesDocument, form: CopyForm) -> None:
    delete_lines = True if request.POST.get("delete_lines") == "yes" else None
    source = _source(request, form)

    def work() -> dict:
        options = _options(request, form)
        return report_of(copy_document(document, source, delete_lines=delete_lines, **options))

    asked = {"type": document.type, "number": document.number, "delete": delete_lines, **form.cleaned_data}
    tell(request, post_once(request, operation="sales.copy_document", work=work, **asked))


@require_POST
@may("sales.add_salesdocument", "sales.add_salesline")
def copy_to(request: HttpRequest, kind: str, number: str) -> HttpResponse:
    """A new document of the type that was chosen, with head and lines of a paper."""
    type = request.POST.get("type", "")
    if not is_kind(kind) or type not in TRAITS:
        raise Http404
    version, occurrence = (_whole(request.POST.get(name, "")) for name in ("version", "occurrence"))
    try:
        source = source_meant(request, kind, number, version, occurrence)

        def work() -> dict:
            copied = copy_to_new(type, source, by=request.user, at=timezone.now(), on=work_date(request))
            return report_of(copied)

        asked = {"kind": kind, "number": number, "type": type, "version": version, "occurrence": occurrence}
        report = post_once(request, operation="sales.copy_to_new", work=work, **asked)
    except ErpError as error:
        context = {"number": number, "refusal": refusal_of(error)}
        return render(request, "sales/copying/refused.html", context, status=error.status)
    tell(request, report)
    return redirect("sales:document", type, report["number"])


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def report_of(copied: Copied) -> dict:
    """What a copy came to, to be kept with the key of its form."""
    return {
        "number": copied.document.number,
        "lines": len(copied.lines),
        "skipped": [problem.message for problem in copied.skipped],
    }


def tell(request: HttpRequest, report: dict) -> None:
    """Say how many lines came, and which did not."""
    count = report["lines"]
    messages.success(
        request, ngettext("{n} line was copied.", "{n} lines were copied.", count).format(n=count)
    )
    skipped = report["skipped"]
    for message in skipped[:TOLD]:
        messages.warning(request, _("Left out: {reason}").format(reason=message))
    if len(skipped) > TOLD:
        messages.warning(request, _("Left out: {n} more lines.").format(n=len(skipped) - TOLD))
