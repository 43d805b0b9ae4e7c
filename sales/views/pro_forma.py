"""Papers that are printed before there is an invoice: pro forma, and the draft of an invoice."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from erp.kernel.errors import ErpError
from erp.kernel.views import may, refusal_of, work_date
from sales.routines.pro_forma import pro_forma
from sales.views.finding import document_or_404

TITLES = {"pro-forma": _("Pro forma invoice"), "draft": _("Draft invoice")}


@may("sales.view_salesdocument")
def document_print(request: HttpRequest, type: str, number: str, paper: str) -> HttpResponse:
    """What the invoice would say, as a page to print. `?shipped=1`: only of what has been shipped."""
    document = document_or_404(type, number)
    traits = document.traits
    if (
        paper not in TITLES
        or not traits.invoices
        or traits.receives
        or (paper == "draft" and traits.in_steps)
    ):
        raise Http404
    only_shipped = request.GET.get("shipped") == "1"
    made = refusal = None
    try:
        made = pro_forma(
            document, by=request.user, at=timezone.now(), on=work_date(request), ship=not only_shipped
        )
    except ErpError as error:
        refusal = refusal_of(error)
    context = {
        "document": document,
        "traits": traits,
        "title": TITLES[paper],
        "is_pro_forma": paper == "pro-forma",
        "only_shipped": only_shipped,
        "paper": made,
        "refusal": refusal,
    }
    return render(request, "sales/invoicing/print.html", context, status=refusal.status if refusal else 200)
