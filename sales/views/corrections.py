"""Taking posted papers back: every page shows the effect first, or what stands in the way; then it is done, once."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.kernel.errors import ErpError
from erp.kernel.views import Refusal, may, new_key, post_once, refusal_of, work_date
from sales.models import ReturnReceipt, SalesCreditMemo, SalesInvoice, SalesShipment
from sales.models.base import PostedMoney
from sales.rights import CORRECT, may_undo
from sales.routines.cancel_credit_memo import cancel_credit_memo, preview_cancel_credit_memo
from sales.routines.cancel_invoice import cancel_invoice, preview_cancel
from sales.routines.correct_invoice import correct_invoice, preview_correct
from sales.routines.draft_corrective_credit_memo import check_paid, draft_corrective_credit_memo
from sales.routines.undo_return_receipt import preview_undo_return_receipt, undo_return_receipt
from sales.routines.undo_shipment import preview_undo_shipment, undo_shipment
from sales.selectors import order_lines_of
from sales.views.net_effect import net_effect
from sales.views.planned import planned_entries


@dataclass(frozen=True)
class Correction:
    """One way of taking a paper back, as its page words it.

    preview, do  the routines; `do` returns what `_done` is told
    needs        permissions besides seeing the paper
    """

    model: type[Model]
    kind: str
    title: str
    says: str
    button: str
    preview: Callable
    do: Callable
    needs: tuple[str, ...]
    danger: bool = True


CORRECTIONS = {
    "cancel-invoice": Correction(
        SalesInvoice,
        "invoice",
        gettext_lazy("Cancel"),
        gettext_lazy(
            "A credit memo takes the whole invoice back, on its own day: the customer owes nothing for it, goods come "
            "back at the cost they left with, and an order that is still there can be shipped and invoiced again."
        ),
        gettext_lazy("Cancel the invoice"),
        preview_cancel,
        cancel_invoice,
        ("sales.view_salesinvoice", CORRECT),
    ),
    "correct-invoice": Correction(
        SalesInvoice,
        "invoice",
        gettext_lazy("Correct"),
        gettext_lazy(
            "A credit memo takes the whole invoice back, on its own day, and an open invoice with the same content is "
            "written for you to change and post. Posting that ships from stock again."
        ),
        gettext_lazy("Correct the invoice"),
        preview_correct,
        correct_invoice,
        ("sales.view_salesinvoice", CORRECT, "sales.add_salesdocument"),
    ),
    "cancel-credit-memo": Correction(
        SalesCreditMemo,
        "credit_memo",
        gettext_lazy("Cancel"),
        gettext_lazy(
            "A new invoice takes the credit memo back and settles it; goods go out again. The invoice that the credit "
            "memo cancelled is owed again."
        ),
        gettext_lazy("Cancel the credit memo"),
        preview_cancel_credit_memo,
        cancel_credit_memo,
        ("sales.view_salescreditmemo", CORRECT),
    ),
}


@may()
def correction_page(request: HttpRequest, what: str, number: str) -> HttpResponse:
    """What taking the paper back would write, with the net of both papers; posted, it is done."""
    about = CORRECTIONS[what]
    if not request.user.has_perms(about.needs):
        raise PermissionDenied
    paper = _paper(about.model, number)
    if request.method != "POST":
        return _show(request, about, paper)

    def work() -> dict[str, str]:
        return _named(about.do(paper, by=request.user, at=timezone.now(), on=work_date(request)))

    try:
        done = post_once(request, operation=f"sales.{what}", work=work, number=number)
    except ErpError as error:
        return _show(request, about, paper, refusal=refusal_of(error))
    return _done(request, paper, done)


def _named(result: Any) -> dict[str, str]:
    """What a routine made, as the stored result of a request: kinds and numbers."""
    if isinstance(result, SalesCreditMemo):
        return {"credit_memo": result.number}
    if isinstance(result, SalesInvoice):
        return {"invoice": result.number}
    return {"credit_memo": result.credit_memo.number, "draft": result.invoice.number}


def _done(request: HttpRequest, paper: PostedMoney, done: dict[str, str]) -> HttpResponse:
    if "draft" in done:
        message = _(
            "Invoice {number} was cancelled by credit memo {credit_memo}. Change this one and post it."
        )
        messages.success(request, message.format(number=paper.number, **done))
        return redirect("sales:document", "invoice", done["draft"])
    if "invoice" in done:
        message = _("Credit memo {number} was cancelled by this invoice.")
        messages.success(request, message.format(number=paper.number))
        return redirect("sales:posted", "invoice", done["invoice"])
    message = _("Invoice {number} was cancelled by this credit memo.")
    messages.success(request, message.format(number=paper.number))
    return redirect("sales:posted", "credit_memo", done["credit_memo"])


def _show(
    request: HttpRequest, about: Correction, paper: PostedMoney, *, refusal: Refusal | None = None
) -> HttpResponse:
    planned = net = None
    if refusal is None:
        effect = about.preview(paper, by=request.user, at=timezone.now(), on=work_date(request))
        if effect.problems:
            refusal = refusal_of(effect.problems)
        else:
            planned = planned_entries(effect.plan)
            net = net_effect(paper, planned)
    context = {
        "about": about,
        "paper": paper,
        "planned": planned,
        "net": net,
        "refusal": refusal,
        "idempotency_key": new_key(),
    }
    status = refusal.status if refusal else 200
    return render(request, "sales/posted/correct.html", context, status=status)


@may("sales.view_salesinvoice", "sales.add_salesdocument")
def corrective_page(request: HttpRequest, number: str) -> HttpResponse:
    """Write a credit memo for a part of an invoice: what should be known first, and what the order gets back."""
    invoice = _paper(SalesInvoice, number)
    orders = order_lines_of(invoice)
    refusal = None
    if request.method == "POST":
        answer = {"yes": True, "no": False}.get(request.POST.get("restore_order", ""))

        def work() -> dict[str, Any]:
            who = {"by": request.user, "at": timezone.now(), "on": work_date(request)}
            made = draft_corrective_credit_memo(invoice, restore_order=answer, **who)
            said = [str(problem) for problem in (*made.warnings, *made.skipped)]
            return {"number": made.document.number, "said": said}

        try:
            operation = "sales.draft_corrective_credit_memo"
            made = post_once(request, operation=operation, work=work, number=number, restore_order=answer)
        except ErpError as error:
            refusal = refusal_of(error)
        else:
            for text in made["said"]:
                messages.warning(request, text)
            messages.success(
                request, _("This credit memo takes back invoice {number}.").format(number=number)
            )
            return redirect("sales:document", "credit_memo", made["number"])
    context = {
        "paper": invoice,
        "warnings": check_paid(invoice),
        "orders": sorted({order for order, _line_no in orders}),
        "refusal": refusal,
        "idempotency_key": new_key(),
    }
    status = refusal.status if refusal else 200
    return render(request, "sales/posted/corrective.html", context, status=status)


UNDOING = {
    "shipment": (SalesShipment, "sales.view_salesshipment", preview_undo_shipment, undo_shipment),
    "return_receipt": (
        ReturnReceipt,
        "sales.view_returnreceipt",
        preview_undo_return_receipt,
        undo_return_receipt,
    ),
}


@may()
def undo_page(request: HttpRequest, kind: str, number: str) -> HttpResponse:
    """Choose lines of a shipment or return receipt, see what undoing them would write, and undo them."""
    if kind not in UNDOING:
        raise Http404
    model, permission, preview, undo = UNDOING[kind]
    if not request.user.has_perm(permission):
        raise PermissionDenied
    paper = _paper(model, number)
    if not may_undo(request.user, paper, at=timezone.now()):
        raise PermissionDenied
    lines = _line_nos(request)
    refusal = None
    if request.method == "POST":

        def work() -> list[int]:
            made = undo(paper, lines, by=request.user, at=timezone.now())
            return [line.undoes_line_no for line in made]

        try:
            done = post_once(request, operation=f"sales.undo_{kind}", work=work, number=number, lines=lines)
        except ErpError as error:
            refusal = refusal_of(error)
        else:
            message = _("Undone: line {lines}.")
            messages.success(request, message.format(lines=", ".join(str(line_no) for line_no in done)))
            return redirect("sales:posted", kind, number)
    plan = None
    if lines and refusal is None:
        plan = preview(paper, lines, by=request.user)
        refusal = refusal_of(plan.problems) if plan.problems else None
    context = {
        "kind": kind,
        "paper": paper,
        "lines": undoable_lines(paper),
        "chosen": lines,
        "plan": plan if refusal is None else None,
        "planned": planned_entries(plan.posting) if plan is not None and refusal is None else None,
        "refusal": refusal,
        "idempotency_key": new_key(),
    }
    status = refusal.status if refusal else 200
    return render(request, "sales/posted/undo.html", context, status=status)


def undoable_lines(paper) -> list:
    """The lines that moved something and are neither undone nor undo another one."""
    lines = list(paper.lines.order_by("line_no"))
    undone = {line.undoes_line_no for line in lines}
    return [
        line for line in lines if line.quantity and not line.undoes_line_no and line.line_no not in undone
    ]


def _line_nos(request: HttpRequest) -> list[int]:
    """The chosen lines, by number."""
    typed = (request.POST if request.method == "POST" else request.GET).getlist("line")
    if not all(text.isdecimal() and len(text) <= 9 for text in typed):
        raise Http404
    return [int(text) for text in typed]


def _paper(model: type[Model], number: str):
    papers = model.objects.select_related("customer", "bill_to_customer")
    return get_object_or_404(papers, number=number)
