"""Posting a working document: preview, ship, invoice, or both."""

from datetime import date

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from erp.kernel.errors import ErpError, Problem, ProblemsFound
from erp.kernel.preferences import merge_preference
from erp.kernel.typed import read_day
from erp.kernel.views import Refusal, may, new_key, post_once, refusal_of, work_date
from sales.models import SalesDocument, SalesSetup
from sales.plans.jobs import scheduled
from sales.routines.change_line import change_line
from sales.routines.post import post, preview
from sales.routines.schedule import schedule
from sales.views.finding import document_or_404
from sales.views.optional import address_of
from sales.views.page import Rights, posting_form_of, show_document
from sales.views.planned import planned_entries
from sales.views.side import POSTED_LAST

WHAT = {
    "ship": {"ship": True, "invoice": False},
    "invoice": {"ship": False, "invoice": True},
    "ship_and_invoice": {"ship": True, "invoice": True},
}


@require_POST
@may("sales.view_salesdocument")
def document_post(request: HttpRequest, type: str, number: str) -> HttpResponse:
    """Keep the typed quantities; then post, or show what posting would do, or leave it at that."""
    what, do = request.POST.get("what", ""), request.POST.get("do", "")
    if request.POST.get("confirmed_date") == "no":
        return redirect("sales:document", type, number)
    if do in ("post", "queue"):
        return _post(request, type, number, what, queue=do == "queue")
    document = document_or_404(type, number)
    rights = Rights(request.user, document)
    if not (rights.may_preview or rights.may_type_shipped or rights.may_type_invoiced):
        raise PermissionDenied
    form = posting_form_of(
        document, list(document.lines.order_by("line_no")), rights, on=work_date(request), data=request.POST
    )
    if not form.is_valid():
        return show_document(request, document, refusal=refusal_of(form), posting_form=form)
    try:
        keep_quantities(request, document, form.quantities())
    except ErpError as error:
        return show_document(request, document, refusal=refusal_of(error), posting_form=form)
    if do == "preview":
        asked = {"what": what, "posting_date": form.cleaned_data["posting_date"] or ""}
        return redirect(f"{reverse('sales:document-preview', args=[type, number])}?{urlencode(asked)}")
    messages.success(request, _("Quantities are saved."))
    return redirect("sales:document", type, number)


def _post(request: HttpRequest, type: str, number: str, what: str, *, queue: bool) -> HttpResponse:
    if type not in SalesDocument.Type.values:
        raise PermissionDenied
    rights = Rights(request.user, SalesDocument(type=type, number=number))
    asked = allowed_to_post(request.user, type, what)
    queue = queue or SalesSetup.objects.get().post_in_background
    confirmed = True if request.POST.get("confirmed_date") == "yes" else None
    result: dict | None = None
    form = document = None

    def work() -> dict:
        nonlocal form, document
        document = document_or_404(type, number)
        form = posting_form_of(
            document,
            list(document.lines.order_by("line_no")),
            rights,
            on=work_date(request),
            data=request.POST,
        )
        if not form.is_valid():
            raise FormRefused
        keep_quantities(request, document, form.quantities())
        day = form.cleaned_data["posting_date"]
        at = timezone.now()
        if queue:
            asked["replace_posting_date"] = day is not None
            run = schedule([document], by=request.user, at=at, posting_date=day, **asked)
            return {"queued": scheduled(run.jobs.all()).message}
        asked["confirmed_date"] = confirmed
        posted = post(document, by=request.user, at=at, posting_date=day, **asked)
        return {
            "shipment": posted.shipment.number if posted.shipment else "",
            "invoice": posted.invoice.number if posted.invoice else "",
            "is_done": posted.document is None,
        }

    typed = {name: value for name, value in request.POST.items() if name != "csrfmiddlewaretoken"}
    try:
        result = post_once(request, operation="sales.post", work=work, type=type, number=number, typed=typed)
    except FormRefused:
        return show_document(request, document, refusal=refusal_of(form), posting_form=form)
    except ErpError as error:
        document = document_or_404(type, number)
        question = next((each for each in error.problems if each.code == "Q-POST-DATEWORK"), None)
        if question is not None:
            again = [("do", "post"), ("what", what)]
            return show_document(request, document, question=question, answers=again, posting_form=form)
        return show_document(request, document, refusal=refusal_of(error), posting_form=form)
    _remember(request, type, what)
    if "queued" in result:
        messages.success(request, result["queued"])
        return redirect("sales:document", type, number)
    return _show_result(request, type, number, result)


def _remember(request: HttpRequest, type: str, what: str) -> None:
    """The next posting form of this user begins with what was posted now."""
    if what in WHAT:
        merge_preference(request.user, POSTED_LAST, {type: what})


class FormRefused(Exception):
    """The posting form could not be read; the work is taken back."""


def allowed_to_post(user, type: str, what: str) -> dict[str, bool]:
    """What to post of documents of a type; refuses what this user may not."""
    rights = Rights(user, SalesDocument(type=type))
    asked = dict(WHAT.get(what, {"ship": False, "invoice": False}))
    if rights.traits.at_once:
        asked = dict(WHAT["ship_and_invoice"])
        if not rights.may_invoice:
            raise PermissionDenied
        return asked
    if (asked["ship"] and not rights.may_ship) or (asked["invoice"] and not rights.may_invoice):
        raise PermissionDenied
    if not any(asked.values()) and not rights.may_preview:
        raise PermissionDenied
    return asked


def keep_quantities(request: HttpRequest, document: SalesDocument, quantities: dict[int, dict]) -> None:
    """Type the quantities into the lines, all or none."""
    if not quantities:
        return
    problems: list[Problem] = []
    with transaction.atomic():
        for line in document.lines.filter(line_no__in=quantities).order_by("line_no"):
            at, today = timezone.now(), work_date(request)
            try:
                change_line(line, by=request.user, at=at, on=today, **quantities[line.line_no])
            except ErpError as error:
                problems += error.problems
        if problems:
            transaction.set_rollback(True)
    if problems:
        raise ProblemsFound(problems, subject=document)


def _show_result(request: HttpRequest, type: str, number: str, result: dict) -> HttpResponse:
    """Say what was posted, and go where the work continues."""
    receives = SalesDocument(type=type).traits.receives
    goods, money = ("return_receipt", "credit_memo") if receives else ("shipment", "invoice")
    names = []
    if result["shipment"]:
        words = _("return receipt {number}") if receives else _("shipment {number}")
        names.append(words.format(number=result["shipment"]))
    if result["invoice"]:
        words = _("credit memo {number}") if receives else _("invoice {number}")
        names.append(words.format(number=result["invoice"]))
    messages.success(request, _("Posted: {papers}.").format(papers=", ".join(names)))
    if request.POST.get("then") == "send":
        paper = (money, result["invoice"]) if result["invoice"] else (goods, result["shipment"])
        address = address_of("sales:posted-send", *paper) or address_of("sales:posted-pdf", *paper)
        if address:
            return redirect(address)
    if not result["is_done"]:
        return redirect("sales:document", type, number)
    if result["invoice"]:
        return redirect("sales:posted", money, result["invoice"])
    return redirect("sales:posted", goods, result["shipment"])


@may("sales.view_salesdocument")
def document_preview(request: HttpRequest, type: str, number: str) -> HttpResponse:
    """Every entry that posting would write, and nothing written."""
    document = document_or_404(type, number)
    rights = Rights(request.user, document)
    if not rights.may_preview:
        raise PermissionDenied
    what = request.GET.get("what", "")
    asked = WHAT["ship_and_invoice"] if document.traits.at_once else WHAT.get(what)
    day = _day(request.GET.get("posting_date", "").replace("\0", ""))
    plan, refusal = None, None
    if asked is None:
        refusal = Refusal((Problem("E-POST-FLAG", _("Choose to ship, to invoice, or both.")),))
    else:
        try:
            plan = preview(document, by=request.user, at=timezone.now(), posting_date=day, **asked)
        except ErpError as error:
            refusal = refusal_of(error)
    if plan is not None and plan.problems:
        refusal = refusal_of(plan.problems)
    context = {
        "document": document,
        "what": what,
        "posting_date": day or document.posting_date,
        "plan": plan,
        "planned": planned_entries(plan) if plan is not None and refusal is None else None,
        "refusal": refusal,
        "may_post": asked is not None and refusal is None and _may_post(rights, asked),
        "idempotency_key": new_key(),
    }
    if request.GET.get("fragment"):
        parts = plan.parts if plan is not None else ()
        context["shipped"] = sum(1 for part in parts if part.ship)
        context["invoiced"] = sum(1 for part in parts if part.invoice)
        return render(request, "sales/document/_preview.html", context)
    status = refusal.status if refusal else 200
    return render(request, "sales/document/preview.html", context, status=status)


def _may_post(rights: Rights, asked: dict[str, bool]) -> bool:
    if rights.traits.at_once:
        return rights.may_invoice
    return (rights.may_ship or not asked["ship"]) and (rights.may_invoice or not asked["invoice"])


def _day(text: str) -> date | None:
    """The day of an address, or as somebody typed it."""
    found = read_day(text) if text.strip() else None
    return found if isinstance(found, date) else None
