"""The panel beside a document: credit, the customer's history, shipments, files, what happened; one line's details."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from customers.models import ShippingAgent
from customers.selectors import credit_situation
from erp.kernel.attachments import ACCEPT, attachments_of
from erp.kernel.errors import ErpError, Problem
from erp.kernel.models import OutgoingMail
from erp.kernel.preferences import preferences
from erp.kernel.quantity import to_base
from erp.kernel.views import may, refusal_of, work_date
from erp.kernel.workflow import history_of
from inventory.availability import outlooks
from inventory.selectors import Place
from receivables.selectors.payments import last_payment
from sales.dealings import dealings_with, earlier_prices
from sales.models import SalesComment, SalesDocument, SalesLine
from sales.models.base import PostedPaper
from sales.routines.post import preview
from sales.tracking import tracking_url
from sales.views.explained import explained
from sales.views.finding import document_or_404, line_or_404
from sales.views.timeline import timeline_of

SEES_MONEY = ("receivables.view_customerbalance", "receivables.view_openitem")
FOLDS = "sales.document.folds"
POSTED_LAST = "sales.document.posted-last"
MAILS = 20
FULL = Decimal(100)


def side_of(
    request: HttpRequest,
    document: SalesDocument,
    *,
    papers: dict[str, Sequence[PostedPaper]],
    comments: Sequence[SalesComment],
) -> dict[str, object]:
    """What the panel shows to this user; as many queries for a thousand lines as for one."""
    user = request.user
    attachments = list(attachments_of((f"sales.{document.type}", document.number)))
    mails = mails_of(f"sales.{document.type}", document.number)
    moves = list(history_of(document))
    return {
        "credit": credit_box(user, document.bill_to_customer, on=work_date(request)),
        "dealings": dealings_box(user, document.customer_id, without=document.pk),
        "customer_no": document.customer_number,
        "tracked": tracked(papers),
        "attachments": attachments,
        "attachment_types": ACCEPT,
        "attachment_subject": f"sales.{document.type}",
        "mails": mails,
        "timeline": timeline_of(
            document,
            user=user,
            moves=moves,
            papers=papers,
            comments=comments,
            attachments=attachments,
            mails=mails,
        ),
    }


def credit_box(user, customer, *, on: date) -> dict[str, object] | None:
    """What the customer who pays owes, against the limit; None for who may not know, and for prospects."""
    if customer is None or not user.has_perms(SEES_MONEY):
        return None
    credit = credit_situation(customer, on=on)
    used = credit.credit_amount()
    percent = None
    if credit.credit_limit:
        percent = int(min(max(FULL * used / credit.credit_limit, Decimal(0)), FULL))
    return {
        "customer": customer,
        "situation": credit,
        "used": used,
        "left": credit.credit_left(),
        "percent": percent,
        "outstanding": credit.outstanding_orders + credit.shipped_not_invoiced,
    }


def dealings_box(user, customer_id: int | None, *, without: int | None = None) -> dict[str, object] | None:
    """The history of a customer, as far as this user may see it."""
    if customer_id is None or not user.has_perm("sales.view_salesdocument"):
        return None
    dealings = dealings_with(customer_id, without=without)
    types = SalesDocument.Type
    counts = [(str(type.label), type.value, dealings.working.get(type.value, 0)) for type in types]
    payment = None
    if user.has_perm("receivables.view_customerledgerentry"):
        payment = last_payment(customer_id)
    return {
        "counts": [row for row in counts if row[2]],
        "dealings": dealings,
        "latest": [
            paper
            for paper in dealings.latest
            if paper.kind != "posted_invoice" or user.has_perm("sales.view_salesinvoice")
        ],
        "payment": payment,
        "paid": -payment.amount if payment else None,
    }


def tracked(papers: dict[str, Sequence[PostedPaper]]) -> list[PostedPaper]:
    """Shipments and return receipts, each with the address that follows its parcel where the carrier has one."""
    goods = [("shipment", paper) for paper in papers.get("shipments", ())]
    goods += [("return_receipt", paper) for paper in papers.get("return_receipts", ())]
    codes = {paper.shipping_agent_code for _kind, paper in goods if paper.package_tracking_no}
    addresses = {}
    if codes:
        agents = ShippingAgent.objects.filter(code__in=codes)
        addresses = dict(agents.values_list("code", "tracking_url"))
    for kind, paper in goods:
        paper.kind = kind
        paper.tracking_url = tracking_url(
            addresses.get(paper.shipping_agent_code, ""), paper.package_tracking_no
        )
    return [paper for _kind, paper in goods]


def mails_of(*subject: str) -> list[OutgoingMail]:
    """The latest mails that left from a paper, without the papers themselves."""
    subject_type, subject_no = subject
    mails = OutgoingMail.objects.filter(subject_type=subject_type, subject_no=subject_no)
    return list(mails.defer("paper", "body").select_related("created_by")[:MAILS])


def folds_of(user) -> dict[str, dict]:
    """What this user folded on documents, and how they posted last."""
    found = preferences(user, FOLDS, POSTED_LAST)
    return {key: found[key] if isinstance(found.get(key), dict) else {} for key in (FOLDS, POSTED_LAST)}


@may("sales.view_salesdocument")
def line_details(request: HttpRequest, type: str, number: str, line_no: int) -> HttpResponse:
    """One line for the panel: availability, earlier prices for this customer, and why it has its price."""
    document = document_or_404(type, number)
    line = line_or_404(document, line_no)
    prices = ()
    if request.user.has_perm("sales.view_salesinvoice"):
        prices = earlier_prices(document.customer_id, line)
    context = {
        "document": document,
        "line": line,
        "stock": _stock(document, line, on=work_date(request)),
        "prices": prices,
        "why": [section for section in explained(line) if section.key == "why-price"],
    }
    return render(request, "sales/document/_line_details.html", context)


def _stock(document: SalesDocument, line: SalesLine, *, on: date) -> dict[str, object] | None:
    """What is there for a line, in its unit; None where it names no goods that are kept."""
    if line.item_id is None or not line.item.keeps_stock:
        return None
    place = Place(line.item_id, line.variant_code, line.location_code)
    outlook = outlooks([place])[place]
    day = line.shipment_date or on
    needed = to_base(line.outstanding_quantity, line.per_unit)
    own = needed if document.type == SalesDocument.Type.ORDER else Decimal(0)
    available = outlook.by(day, own=own)

    def in_unit(quantity: Decimal) -> Decimal:
        return round(quantity / line.per_unit, 5)

    return {
        "on": day,
        "inventory": in_unit(available.inventory),
        "wanted": in_unit(available.wanted),
        "coming": in_unit(available.coming),
        "available": in_unit(available.quantity),
        "is_short": document.traits.ships and available.quantity < needed,
        "earliest": outlook.earliest(needed, since=day, own=own),
    }


@may("sales.view_salesdocument")
def document_check(request: HttpRequest, type: str, number: str) -> HttpResponse:
    """All that stands in the way of posting, at once: goods first, or both where that is how it is posted."""
    document = document_or_404(type, number)
    problems: list[Problem] = []
    if document.traits.invoices:
        try:
            plan = preview(document, by=request.user, at=timezone.now(), ship=True, invoice=True)
            problems = list(plan.problems)
        except ErpError as error:
            problems = list(error.problems)
    problems = [problem for problem in problems if not problem.code.startswith("Q-")]
    context = {"document": document, "refusal": refusal_of(problems) if problems else None}
    return render(request, "sales/document/_check.html", context)
