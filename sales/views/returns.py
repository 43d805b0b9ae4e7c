"""What comes back: posted lines to reverse, goods sent in exchange, and replacements."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from erp.kernel.errors import ErpError
from erp.kernel.views import Refusal, may, new_key, page_of, post_once, refusal_of, work_date
from sales.copying_forms import ReverseForm
from sales.models import SalesDocument
from sales.reversible import KINDS, papers_of, reversible_lines
from sales.routines.create_replacement_order import REPLACED, create_replacement_order
from sales.routines.move_negative_lines import MOVES_TO, move_negative_lines
from sales.routines.reverse_posted_lines import reverse_posted_lines
from sales.views.copying import report_of, tell
from sales.views.finding import document_or_404
from sales.views.sources import may_see

Type = SalesDocument.Type
PAPERS = 20  # how many posted papers a page shows with all their lines


@may("sales.view_salesdocument", "sales.change_salesdocument", "sales.add_salesline")
def document_reverse(request: HttpRequest, type: str, number: str) -> HttpResponse:
    """Posted papers of the customer with what of their lines can still come back, to be ticked."""
    document = document_or_404(type, number)
    if document.customer_id is None:
        raise Http404
    form = ReverseForm({"kind": "invoice", **request.GET.dict()})
    kind = form.cleaned_data["kind"] if form.is_valid() else "invoice"
    everything = bool(form.is_valid() and form.cleaned_data["everything"])
    if not may_see(request, f"posted_{kind}"):
        raise PermissionDenied
    refusal = None
    if request.method == "POST":
        refusal = _reverse(request, document, kind, everything=everything)
        if refusal is None:
            return redirect("sales:document", type, number)
    page = page_of(papers_of(document, kind), request, limit=PAPERS)
    rows = reversible_lines(document, kind, page.rows, only_reversible=not everything)
    context = {
        "document": document,
        "traits": document.traits,
        "form": form,
        "kind": kind,
        "page": page,
        "sections": [
            (paper, mine)
            for paper in page
            for mine in [[row for row in rows if row.paper.pk == paper.pk]]
            if mine
        ],
        "says_price": not KINDS[kind].document_type.endswith(("shipment", "receipt")),
        "refusal": refusal,
        "idempotency_key": new_key(),
    }
    status = refusal.status if refusal else 200
    return render(request, "sales/copying/reverse.html", context, status=status)


def _reverse(request: HttpRequest, document: SalesDocument, kind: str, *, everything: bool) -> Refusal | None:
    papers = sorted(set(request.POST.getlist("paper")))
    lines = sorted(key for key in map(_line_key, request.POST.getlist("line")) if key)
    original = "original_quantity" in request.POST

    def work() -> dict:
        copied = reverse_posted_lines(
            document,
            kind=kind,
            papers=papers,
            lines=lines,
            show_reversible_only=not everything,
            original_quantity=original,
            by=request.user,
            at=timezone.now(),
            on=work_date(request),
        )
        return report_of(copied)

    asked = {"type": document.type, "number": document.number, "kind": kind, "papers": papers,
             "lines": lines, "original": original}  # fmt: skip
    try:
        tell(request, post_once(request, operation="sales.reverse_posted_lines", work=work, **asked))
    except ErpError as error:
        return refusal_of(error)
    return None


def _line_key(text: str) -> tuple[str, int] | None:
    """A posted line as its box names it: number of the paper and of the line."""
    number, _slash, line_no = text.replace("\0", "").rpartition("/")
    is_line = number and line_no.isascii() and line_no.isdigit() and len(line_no) < 10
    return (number, int(line_no)) if is_line else None


@may("sales.change_salesdocument", "sales.add_salesdocument", "sales.delete_salesline")
def document_move_negative(request: HttpRequest, type: str, number: str) -> HttpResponse:
    """The lines of negative quantity, and where they may move."""
    document = document_or_404(type, number)
    if document.type not in MOVES_TO:
        raise Http404
    refusal = None
    if request.method == "POST":
        target = request.POST.get("type", "")

        def work() -> list[str]:
            at, today = timezone.now(), work_date(request)
            new = move_negative_lines(document, type=target, by=request.user, at=at, on=today)
            return [new.type, new.number]

        try:
            asked = {"type": type, "number": number, "target": target}
            made = post_once(request, operation="sales.move_negative_lines", work=work, **asked)
            messages.success(request, _("The lines moved here from {document}.").format(document=document))
            return redirect("sales:document", *made)
        except ErpError as error:
            refusal = refusal_of(error)
    context = {
        "document": document,
        "lines": [line for line in document.lines.order_by("line_no") if line.quantity < 0],
        "types": [(name.value, name.label) for name in MOVES_TO[Type(document.type)]],
        "refusal": refusal,
        "idempotency_key": new_key(),
    }
    status = refusal.status if refusal else 200
    return render(request, "sales/copying/move.html", context, status=status)


@may("sales.view_salesdocument", "sales.add_salesdocument", "sales.sell_salesdocument")
def return_replacement(request: HttpRequest, number: str) -> HttpResponse:
    """What comes back on a return order, ticked; an order sends what is ticked again."""
    document = document_or_404(Type.RETURN_ORDER, number)
    refusal = None
    if request.method == "POST":
        typed = request.POST.getlist("line")
        chosen = {int(text) for text in typed if text.isascii() and text.isdigit() and len(text) < 10}

        def work() -> str:
            at, today = timezone.now(), work_date(request)
            return create_replacement_order(document, lines=chosen, by=request.user, at=at, on=today).number

        try:
            asked = {"number": number, "lines": sorted(chosen)}
            made = post_once(request, operation="sales.create_replacement_order", work=work, **asked)
            messages.success(request, _("This order replaces goods of {document}.").format(document=document))
            return redirect("sales:document", Type.ORDER, made)
        except ErpError as error:
            refusal = refusal_of(error)
    rows = document.lines.order_by("line_no")
    context = {
        "document": document,
        "lines": [row for row in rows if row.type in REPLACED and row.quantity > 0],
        "refusal": refusal,
        "idempotency_key": new_key(),
    }
    status = refusal.status if refusal else 200
    return render(request, "sales/copying/replacement.html", context, status=status)
