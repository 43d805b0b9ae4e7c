"""How far an order has come, in words; and closing what of it will not be delivered any more."""

from collections.abc import Iterable
from typing import NamedTuple

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import ngettext

from erp.kernel.errors import ErpError
from erp.kernel.views import may, refusal_of
from sales.models import SalesDocument, SalesLine
from sales.plans.fulfilment import Fulfilment, document_fulfilment, label_of, line_fulfilment
from sales.routines.cancel_remainder import cancel_remainder
from sales.views.finding import document_or_404


@may("sales.view_salesdocument", "sales.change_salesdocument", "sales.change_salesline")
def document_remainder(request: HttpRequest, type: str, number: str) -> HttpResponse:
    """The outstanding lines of an order, ticked; what is ticked when the form is sent never ships again."""
    document = document_or_404(type, number)
    if not document.traits.in_steps:
        raise Http404
    lines = list(document.lines.order_by("line_no"))
    outstanding = [line for line in lines if line.sells_something and line.outstanding_quantity]
    refusal = None
    if request.method == "POST":
        chosen = set(request.POST.getlist("line"))
        line_nos = [line.line_no for line in outstanding if str(line.line_no) in chosen]
        try:
            closed = cancel_remainder(document, line_nos=line_nos, by=request.user, at=timezone.now())
            words = ngettext(
                "The rest of {count} line is cancelled.",
                "The rest of {count} lines is cancelled.",
                len(closed),
            )
            messages.success(request, words.format(count=len(closed)))
            return redirect("sales:document", type, number)
        except ErpError as error:
            refusal = refusal_of(error)
    context = {"document": document, "lines": outstanding, "refusal": refusal}
    status = refusal.status if refusal else 200
    return render(request, "sales/invoicing/remainder.html", context, status=status)


class Reached(NamedTuple):
    """How far an order, or a line of one, has come, as a page shows it: a word, and how it looks."""

    label: str
    look: str


LOOKS = {
    Fulfilment.PARTLY_SHIPPED: "warn",
    Fulfilment.SHIPPED: "warn",
    Fulfilment.PARTLY_INVOICED: "warn",
    Fulfilment.INVOICED: "good",
}


def reached(fulfilment: str | None, *, receives: bool) -> Reached | None:
    """None where there is nothing to say: a quote, a text, an order without lines."""
    if not fulfilment:
        return None
    return Reached(label_of(fulfilment, receives=receives), LOOKS.get(Fulfilment(fulfilment), "plain"))


def tell_lines(document: SalesDocument, lines: Iterable[SalesLine]) -> Reached | None:
    """Give every line of an order its `reached`; returns that of the order."""
    if not document.traits.in_steps:
        return None
    lines, receives = list(lines), document.traits.receives
    for line in lines:
        line.reached = reached(line_fulfilment(line), receives=receives)
    return reached(document_fulfilment(lines), receives=receives)
