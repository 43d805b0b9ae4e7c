"""Posted papers: shipments, invoices, credit memos, return receipts. They are read and followed, never changed."""

from typing import NamedTuple

from django.core.exceptions import PermissionDenied
from django.db.models import Model, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _

from erp.kernel.views import may, new_key, page_of
from sales.comment_form import CommentForm
from sales.models import ReturnReceipt, SalesCreditMemo, SalesDocument, SalesInvoice, SalesShipment
from sales.models.base import PostedPaper
from sales.plans.paper_totals import totals_of
from sales.selectors import comments_of, papers_of_order, papers_of_register
from sales.views.corrected import corrected
from sales.views.figures import in_lcy


class Kind(NamedTuple):
    """What the pages of one kind of paper need to know about it."""

    model: type[Model]
    title: str
    name: str
    has_amounts: bool
    permission: str
    order_type: str


KINDS = {
    "shipment": Kind(
        SalesShipment,
        _("Posted shipments"),
        _("Shipment"),
        False,
        "sales.view_salesshipment",
        SalesDocument.Type.ORDER,
    ),
    "invoice": Kind(
        SalesInvoice,
        _("Posted invoices"),
        _("Invoice"),
        True,
        "sales.view_salesinvoice",
        SalesDocument.Type.ORDER,
    ),
    "credit_memo": Kind(
        SalesCreditMemo,
        _("Posted credit memos"),
        _("Credit memo"),
        True,
        "sales.view_salescreditmemo",
        SalesDocument.Type.RETURN_ORDER,
    ),
    "return_receipt": Kind(
        ReturnReceipt,
        _("Posted return receipts"),
        _("Return receipt"),
        False,
        "sales.view_returnreceipt",
        SalesDocument.Type.RETURN_ORDER,
    ),
}


def _kind(request: HttpRequest, name: str) -> Kind:
    if name not in KINDS:
        raise Http404
    kind = KINDS[name]
    if not request.user.has_perm(kind.permission):
        raise PermissionDenied
    return kind


def paper_or_404(request: HttpRequest, kind: str, number: str) -> PostedPaper:
    """A posted paper that this user may see."""
    papers = _kind(request, kind).model.objects.select_related("customer", "bill_to_customer")
    return get_object_or_404(papers, number=number)


@may()
def posted_list(request: HttpRequest, kind: str) -> HttpResponse:
    """Papers of a kind, the newest first, with the sums of those on the page."""
    found = _kind(request, kind)
    text = request.GET.get("q", "").replace("\0", "").strip()[:100]
    page = page_of(_search(found.model.objects.select_related("customer"), text), request)
    context = {"kind": kind, "about": found, "text": text, "page": page}
    if found.has_amounts:
        context["net"] = sum(in_lcy(paper.amount, paper) for paper in page)
        context["gross"] = sum(in_lcy(paper.amount_including_vat, paper) for paper in page)
    return render(request, "sales/posted/list.html", context)


def _search(papers: QuerySet, text: str) -> QuerySet:
    if not text:
        return papers
    found = Q(number__istartswith=text) | Q(order_no__iexact=text) | Q(external_document_no__istartswith=text)
    return papers.filter(found | Q(sell_to_name__icontains=text) | Q(customer__number__iexact=text))


@may()
def posted_page(request: HttpRequest, kind: str, number: str) -> HttpResponse:
    """A paper as it was posted; prints as a plain page."""
    found = _kind(request, kind)
    paper = paper_or_404(request, kind, number)
    lines = list(paper.lines.order_by("line_no"))
    orders = SalesDocument.objects.filter(type=found.order_type, number=paper.order_no)
    context = {
        "kind": kind,
        "about": found,
        "paper": paper,
        "lines": lines,
        "corrected": corrected(kind, paper, lines),
        "totals": totals_of(lines) if found.has_amounts else None,
        "papers": papers_of_order(paper.order_no) if paper.order_no else papers_of_register(paper),
        "order_type": found.order_type if paper.order_no and orders.exists() else "",
        "comments": comments_of(f"posted_{kind}", number),
        "comment_form": CommentForm(lines=lines),
        "idempotency_key": new_key(),
    }
    return render(request, "sales/posted/page.html", context)
