"""Warnings on a document's page, what is behind them, and which kinds somebody wants to see."""

from dataclasses import dataclass, field

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from erp.kernel.errors import ErpError, Problem
from erp.kernel.views import may, work_date
from sales.models import SalesDocument, SalesLine, SalesSetup
from sales.plans.warnings import EXTERNAL_NO, FROM_STOCK, KINDS, ON_CREDIT, STOCK
from sales.routines.hide_warning import hide_warning, show_warning
from sales.views.finding import document_or_404
from sales.warnings import OF_MONEY, SEES_MONEY, credit_of, hidden_by, kept_from, stock_views, warnings_of

MOST = 20  # of one kind, besides the first


@dataclass
class Shown:
    """The warnings of one kind, and the address of what is behind them; blank where the message says it all."""

    code: str
    label: str
    details: str
    problems: list[Problem] = field(default_factory=list)

    @property
    def others(self) -> list[Problem]:
        """All but the first one, and no more than anybody reads: they are folded."""
        return self.problems[1 : MOST + 1]

    @property
    def left_out(self) -> int:
        return max(len(self.problems) - 1 - MOST, 0)


def shown_warnings(request: HttpRequest, document: SalesDocument, lines: list[SalesLine]) -> list[Shown]:
    """What the page of a document warns this user of, by kind."""
    without, today = kept_from(request.user), work_date(request)
    shown: dict[str, Shown] = {}
    for problem in warnings_of(document, lines=lines, on=today, by=request.user, without=without):
        code = problem.code
        if code not in shown:
            shown[code] = Shown(code, str(KINDS[code]), _details(document, code))
        shown[code].problems.append(problem)
    return list(shown.values())


def _details(document: SalesDocument, code: str) -> str:
    key = [document.type, document.number]
    if code in OF_MONEY:
        return reverse("sales:document-credit", args=key)
    if code == STOCK:
        return reverse("sales:document-stock", args=key)
    if code == EXTERNAL_NO:
        return f"{reverse('sales:customer', args=[document.customer_number])}#documents"
    return ""


@may("sales.view_salesdocument", *SEES_MONEY)
def document_credit(request: HttpRequest, type: str, number: str) -> HttpResponse:
    """What the customer who pays owes and is about to owe, against the credit limit."""
    document = document_or_404(type, number)
    if document.type not in ON_CREDIT or document.bill_to_customer is None:
        raise Http404
    lines, today = list(document.lines.all()), work_date(request)
    credit, added = credit_of(document, lines, on=today)
    context = {
        "document": document,
        "customer": document.bill_to_customer,
        "credit": credit,
        "added": added,
        "used": credit.credit_amount(added),
        "left": credit.credit_left(added),
        "today": today,
    }
    return render(request, "sales/document/credit.html", context)


@may("sales.view_salesdocument")
def document_stock(request: HttpRequest, type: str, number: str) -> HttpResponse:
    """What the stock says to each line that takes goods out."""
    document = document_or_404(type, number)
    if document.type not in FROM_STOCK:
        raise Http404
    lines = list(document.lines.order_by("line_no"))
    views = stock_views(document, lines, setup=SalesSetup.objects.get(), on=work_date(request))
    return render(request, "sales/document/stock.html", {"document": document, "views": views})


@may("sales.view_salesdocument")
def warning_kinds(request: HttpRequest) -> HttpResponse:
    """Every kind of warning, and whether this user sees it."""
    hidden = hidden_by(request.user)
    kinds = [(code, label, code in hidden) for code, label in KINDS.items()]
    return render(request, "sales/warnings.html", {"kinds": kinds})


@require_POST
@may("sales.view_salesdocument")
def warning_hide(request: HttpRequest, code: str) -> HttpResponse:
    return _choose(request, hide_warning, code)


@require_POST
@may("sales.view_salesdocument")
def warning_show(request: HttpRequest, code: str) -> HttpResponse:
    return _choose(request, show_warning, code)


def _choose(request: HttpRequest, choose, code: str) -> HttpResponse:
    try:
        choose(code, by=request.user)
    except ErpError:
        raise Http404
    address = request.POST.get("next", "")
    here = url_has_allowed_host_and_scheme(address, allowed_hosts={request.get_host()})
    return redirect(address if here else "sales:warnings")
