"""Many orders at once: combining their shipments on invoices, and clearing away those that are invoiced."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from erp.kernel.errors import ErpError
from erp.kernel.views import Refusal, may, new_key, page_of, post_once, refusal_of, work_date
from sales.invoicing_forms import CombineForm
from sales.models import ReturnReceipt, SalesDocument, SalesShipment
from sales.rights import CREDIT, INVOICE
from sales.routines.combine import Combined
from sales.routines.combine_return_receipts import combine_return_receipts
from sales.routines.combine_shipments import combine_shipments
from sales.routines.delete_invoiced_orders import delete_invoiced_orders, invoiced_orders
from sales.views.invoicing import KINDS


@may("sales.view_salesdocument", "sales.add_salesdocument", "sales.add_salesline")
def combine_page(request: HttpRequest, kind: str) -> HttpResponse:
    """Ask what is to be combined; then say what was written, posted and left out."""
    if kind not in KINDS:
        raise Http404
    receives = KINDS[kind]
    may_post = request.user.has_perm(CREDIT if receives else INVOICE)
    form = CombineForm(
        request.POST or None,
        receives=receives,
        may_post=may_post,
        initial={"posting_date": work_date(request)},
    )
    result, refusal = None, None
    if request.method == "POST":
        result, refusal = _combine(request, form, kind)
    context = {
        "kind": kind,
        "receives": receives,
        "type": SalesDocument.Type.CREDIT_MEMO if receives else SalesDocument.Type.INVOICE,
        "order_type": SalesDocument.Type.RETURN_ORDER if receives else SalesDocument.Type.ORDER,
        "form": form,
        "result": result,
        "refusal": refusal,
        "idempotency_key": new_key(),
    }
    return render(request, "sales/invoicing/combine.html", context, status=refusal.status if refusal else 200)


def _combine(request: HttpRequest, form: CombineForm, kind: str) -> tuple[dict | None, Refusal | None]:
    if not form.is_valid():
        return None, refusal_of(form)
    typed = form.cleaned_data
    orders = SalesDocument.objects.all()
    if typed["customer"]:
        orders = orders.filter(customer__number=typed["customer"].strip())
    if typed["order"]:
        orders = orders.filter(number=typed["order"].strip())
    receives = KINDS[kind]
    papers = (ReturnReceipt if receives else SalesShipment).objects.all()
    if typed["since"]:
        papers = papers.filter(posting_date__gte=typed["since"])
    if typed["until"]:
        papers = papers.filter(posting_date__lte=typed["until"])
    what = {"by": request.user, "orders": orders, **form.wishes()}

    def work() -> dict:
        if receives:
            return _told(combine_return_receipts(receipts=papers, at=timezone.now(), **what))
        return _told(combine_shipments(shipments=papers, at=timezone.now(), **what))

    try:
        return post_once(request, operation="sales.combine", work=work, kind=kind, typed=typed), None
    except ErpError as error:
        return None, refusal_of(error)


def _told(result: Combined) -> dict:
    """The result as plain values, as they are kept for a form that is sent twice."""
    posted = [
        {
            "number": paper.number,
            "name": paper.sell_to_name,
            "currency": paper.currency_code,
            "amount": str(paper.amount_including_vat),
        }
        for paper in result.posted
    ]
    waiting = {row.document.number: [str(problem) for problem in row.problems] for row in result.unposted}
    gone = {paper.draft_no for paper in result.posted}
    written = [
        {
            "number": document.number,
            "name": document.sell_to_name,
            "problems": waiting.get(document.number, []),
        }
        for document in result.created
        if document.number not in gone
    ]
    skipped = [{"order": number, "reason": str(problem)} for number, problem in result.skipped]
    return {"posted": posted, "written": written, "skipped": skipped}


@may("sales.view_salesdocument", "sales.delete_salesdocument")
def invoiced_orders_page(request: HttpRequest) -> HttpResponse:
    """Orders that are invoiced and still there, and the button that clears them away."""
    if request.method == "POST":
        return _delete(request)
    page = page_of(invoiced_orders().select_related("customer"), request)
    context = {"page": page, "idempotency_key": new_key()}
    return render(request, "sales/invoicing/invoiced_orders.html", context)


def _delete(request: HttpRequest) -> HttpResponse:
    chosen = sorted(set(request.POST.getlist("chosen")))
    if not chosen:
        messages.info(request, _("Tick the orders that are to be deleted."))
        return redirect("sales:invoiced-orders")
    if not all(key.isascii() and key.isdigit() and len(key) < 19 for key in chosen):
        raise PermissionDenied
    orders = SalesDocument.objects.filter(pk__in=chosen)

    def work() -> dict:
        result = delete_invoiced_orders(orders=orders, by=request.user, at=timezone.now())
        return {
            "deleted": result.deleted,
            "kept": [[number, str(problem)] for number, problem in result.kept],
        }

    try:
        done = post_once(request, operation="sales.delete_invoiced_orders", work=work, chosen=chosen)
    except ErpError as error:
        for problem in error.problems:
            messages.error(request, problem.message)
        return redirect("sales:invoiced-orders")
    if done["deleted"]:
        messages.success(request, _("Deleted: {numbers}.").format(numbers=", ".join(done["deleted"])))
    for number, reason in done["kept"]:
        messages.warning(request, f"{number}: {reason}")
    return redirect("sales:invoiced-orders")
