"""Posted papers: shipments, invoices, credit memos, return receipts. They are read and followed, never changed."""

from typing import NamedTuple

from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _

from erp.kernel.attachments import ACCEPT, attachments_of
from erp.kernel.preferences import preference
from erp.kernel.views import may, new_key, remember_page, work_date
from receivables.selectors import details_of
from receivables.selectors import entry as customer_entry
from sales.comment_form import CommentForm
from sales.models import ReturnReceipt, SalesCreditMemo, SalesDocument, SalesInvoice, SalesShipment
from sales.models.base import PostedPaper
from sales.plans.paper_totals import totals_of
from sales.selectors import comments_of, papers_of_order, papers_of_register
from sales.views.corrected import corrected
from sales.views.side import FOLDS, credit_box, mails_of, tracked
from sales.views.timeline import latest_first, other_events, posted_events


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
def posted_page(request: HttpRequest, kind: str, number: str) -> HttpResponse:
    """A paper as it was posted; prints as a plain page."""
    found = _kind(request, kind)
    paper = paper_or_404(request, kind, number)
    lines = list(paper.lines.order_by("line_no"))
    orders = SalesDocument.objects.filter(type=found.order_type, number=paper.order_no)
    papers = papers_of_order(paper.order_no) if paper.order_no else papers_of_register(paper)
    comments = comments_of(f"posted_{kind}", number)
    remember_page(request, kind=f"sales.posted-{kind}", number=number, title=paper.sell_to_name)
    context = {
        "kind": kind,
        "about": found,
        "paper": paper,
        "lines": lines,
        "corrected": corrected(kind, paper, lines, request.user),
        "totals": totals_of(lines) if found.has_amounts else None,
        "papers": papers,
        "side": _side(request, kind, paper, papers, comments),
        "folds": preference(request.user, FOLDS, {}),
        "order_type": found.order_type if paper.order_no and orders.exists() else "",
        "comments": comments,
        "comment_form": CommentForm(lines=lines),
        "idempotency_key": new_key(),
    }
    return render(request, "sales/posted/page.html", context)


def _side(
    request: HttpRequest, kind: str, paper: PostedPaper, papers: dict, comments: list
) -> dict[str, object]:
    """The panel beside a posted paper: what is owed for it, its parcels, files, and what happened to it."""
    user, found = request.user, KINDS[kind]
    subjects = [(f"sales.posted-{kind}", paper.number)]
    if paper.order_no and user.has_perm("sales.view_salesdocument"):
        subjects.append((f"sales.{found.order_type}", paper.order_no))
    attachments = list(attachments_of(*subjects))
    mails = mails_of(*subjects[0])
    events = posted_events(papers, user=user) + other_events(comments, attachments, mails)
    on = work_date(request)
    goods = papers if found.has_amounts else {f"{kind}s": [paper]}
    return {
        "credit": credit_box(user, paper.bill_to_customer, on=on) if found.has_amounts else None,
        "settlement": _settlement(user, paper) if found.has_amounts else None,
        "tracked": _parcels(goods) if user.has_perm("sales.view_salesshipment") else [],
        "attachments": attachments,
        "attachment_types": ACCEPT,
        "attachment_subject": subjects[0][0],
        "mails": mails,
        "timeline": latest_first(events),
    }


def _parcels(goods: dict[str, list[PostedPaper]]) -> list[PostedPaper]:
    """Shipments that can be followed."""
    return [paper for paper in tracked(goods) if paper.package_tracking_no]


def _settlement(user, paper: PostedPaper) -> dict[str, object] | None:
    """What is left to pay of a paper, and what was applied to it; for who may see the customer ledger."""
    if not user.has_perm("receivables.view_customerledgerentry"):
        return None
    entry = customer_entry(paper.customer_entry_no)
    if entry is None:
        return None
    return {"entry": entry, "applied": details_of(entry.entry_no)[1:]}  # the first one is its own amount
