"""Invoicing what has been shipped: chosen lines of a customer, lines for an invoice that is there, and many at once."""

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from customers.models import Customer
from erp.kernel.errors import ErpError
from erp.kernel.views import Refusal, may, new_key, post_once, refusal_of, work_date
from sales.invoicing_forms import ChosenLinesForm, ticked_in
from sales.models import ReturnReceiptLine, SalesDocument, SalesShipmentLine
from sales.plans.combining import Bundle, Summary, bundles_of
from sales.routines.get_return_receipt_lines import get_return_receipt_lines
from sales.routines.get_shipment_lines import get_shipment_lines
from sales.routines.invoice_shipments import invoice_shipments
from sales.uninvoiced import ShippedLine, UninvoicedLine, uninvoiced_lines
from sales.views.finding import document_or_404

KINDS = {"shipments": False, "receipts": True}  # whether they receive
Type = SalesDocument.Type


@may("sales.view_salesdocument", "sales.add_salesdocument", "sales.add_salesline")
def customer_uninvoiced(request: HttpRequest, number: str, kind: str) -> HttpResponse:
    """What a customer got and was not invoiced, in bundles that fit on one invoice; the ticked lines become one."""
    if kind not in KINDS:
        raise Http404
    customer = get_object_or_404(Customer, number=number)
    receives, refusal = KINDS[kind], None
    if request.method == "POST":
        made, refusal = _make(request, customer, receives)
        if made:
            return redirect("sales:document", Type.CREDIT_MEMO if receives else Type.INVOICE, made)
    theirs = Q(customer=customer) | Q(bill_to_customer=customer)
    rows = _left(SalesDocument.objects.filter(theirs), receives)
    bundles = bundles_of(rows, Summary.CUSTOMER)
    context = {
        "customer": customer,
        "receives": receives,
        "kind": kind,
        "sections": [_section(request, bundle, place) for place, bundle in enumerate(bundles)],
        "refusal": refusal,
        "idempotency_key": new_key(),
    }
    return _show(request, "sales/invoicing/customer.html", context, refusal)


def _section(request: HttpRequest, bundle: Bundle, place: int) -> tuple[Bundle, ChosenLinesForm]:
    """A bundle with its form; the one that was sent is filled in with what was ticked."""
    key = _key(bundle)
    sent = request.method == "POST" and request.POST.get("bundle") == key
    form = ChosenLinesForm(
        request.POST if sent else None,
        rows=bundle.rows,
        initial={"posting_date": work_date(request)},
        auto_id=f"bundle-{place}-%s",
    )
    form.key = key
    return bundle, form


def _key(bundle: Bundle) -> str:
    """What makes a bundle the same one on the next request: who, in which currency, taxed how."""
    first, line = bundle.first, bundle.rows[0].order_line
    parts = (first.customer_id, first.bill_to_customer_id, first.currency_code, first.eu_3_party_trade)
    return ":".join(map(str, (*parts, line.vat_bus_posting_group)))


def _make(request: HttpRequest, customer: Customer, receives: bool) -> tuple[str, Refusal | None]:
    form = ChosenLinesForm(request.POST)
    if not form.is_valid():
        return "", refusal_of(form)
    keys = ticked_in(request.POST)

    def work() -> str:
        lines = _posted_lines(keys, receives)
        return invoice_shipments(lines, by=request.user, at=timezone.now(), **form.cleaned_data).number

    asked = {"customer": customer.number, "receives": receives, "lines": keys, **form.cleaned_data}
    try:
        return post_once(request, operation="sales.invoice_shipments", work=work, **asked), None
    except ErpError as error:
        return "", refusal_of(error)


def _posted_lines(keys: list[int], receives: bool) -> list[ShippedLine]:
    model = ReturnReceiptLine if receives else SalesShipmentLine
    return list(model.objects.filter(pk__in=keys).select_related("document").order_by("pk"))


@may("sales.view_salesdocument", "sales.change_salesdocument", "sales.add_salesline")
def document_fetch(request: HttpRequest, type: str, number: str) -> HttpResponse:
    """Lines of posted shipments that an open invoice can take; of return receipts, on a credit memo."""
    document = document_or_404(type, number)
    if not document.traits.at_once or document.free_text:
        raise Http404
    if document.status != SalesDocument.Status.OPEN:
        raise PermissionDenied
    receives, refusal = document.traits.receives, None
    if request.method == "POST":
        refusal = _fetch(request, document, receives)
        if refusal is None:
            return redirect("sales:document", type, number)
    orders = SalesDocument.objects.filter(
        bill_to_customer=document.bill_to_customer_id, currency_code=document.currency_code
    )
    rows = [
        row
        for row in _left(orders, receives)
        if row.order_line.vat_bus_posting_group == document.vat_bus_posting_group
    ]
    context = {
        "document": document,
        "receives": receives,
        "form": ChosenLinesForm(request.POST or None, rows=rows, dated=False),
        "refusal": refusal,
        "idempotency_key": new_key(),
    }
    return _show(request, "sales/invoicing/fetch.html", context, refusal)


def _fetch(request: HttpRequest, document: SalesDocument, receives: bool) -> Refusal | None:
    keys = ticked_in(request.POST)
    get = get_return_receipt_lines if receives else get_shipment_lines

    def work() -> int:
        return len(get(document, _posted_lines(keys, receives), by=request.user, at=timezone.now()))

    asked = {"type": document.type, "number": document.number, "lines": keys}
    try:
        post_once(request, operation="sales.get_shipment_lines", work=work, **asked)
    except ErpError as error:
        return refusal_of(error)
    return None


def _left(orders, receives: bool) -> list[UninvoicedLine]:
    return [row for row in uninvoiced_lines(orders, receives=receives) if row.remaining]


def _show(request: HttpRequest, template: str, context: dict, refusal: Refusal | None) -> HttpResponse:
    return render(request, template, context, status=refusal.status if refusal else 200)
