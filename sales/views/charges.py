"""Assigning an item charge to the goods that it is for."""

from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from erp.kernel.errors import ErpError
from erp.kernel.views import Refusal, may, refusal_of
from sales.charge_form import ChargeForm
from sales.models import ChargeAssignment, SalesLine
from sales.models.base import LineType
from sales.plans.charges import Method
from sales.routines.assign_charge import assign_charge
from sales.routines.suggest_assignment import suggest_assignment
from sales.targets import Goods, Kind, Target, earlier_goods, find_goods, own_goods
from sales.views.finding import document_or_404, line_or_404
from sales.views.page import Rights


@dataclass
class Row:
    """Goods on the page, with what is assigned to them."""

    goods: Goods
    assigned: ChargeAssignment | None
    fields: dict

    @property
    def key(self) -> str:
        kind, line_no, number = self.goods.target
        return f"{kind}:{line_no}:{number}"


@may("sales.view_salesdocument")
def charge_page(request: HttpRequest, type: str, number: str, line_no: int) -> HttpResponse:
    """See what a charge is assigned to; type quantities, or have them suggested."""
    line = line_or_404(document_or_404(type, number), line_no)
    if line.type != LineType.CHARGE:
        raise Http404
    if request.method != "POST":
        return _show(request, line)
    if not Rights(request.user, line.document).may_edit_lines:
        raise PermissionDenied
    form = ChargeForm(request.POST, targets=_targets(request))
    if not form.is_valid():
        return _show(request, line, form=form, refusal=refusal_of(form))
    who = {"by": request.user, "at": timezone.now()}
    try:
        if request.POST.get("do") == "suggest":
            method = Method(form.cleaned_data["method"] or Method.EQUALLY)
            suggest_assignment(line, method, form.chosen() or None, **who)
        else:
            assign_charge(line, form.quantities(), **who)
    except ErpError as error:
        return _show(request, line, form=form, refusal=refusal_of(error))
    return redirect("sales:line-charge", type, number, line_no)


def _targets(request: HttpRequest) -> list[Target]:
    """The goods that were on the page when it was sent."""
    targets = []
    for text in request.POST.getlist("target"):
        kind, _colon, rest = text.partition(":")
        line_no, _colon, number = rest.partition(":")
        if kind not in Kind.values or not line_no.isdecimal() or len(line_no) > 9:
            raise Http404
        targets.append(Target(kind, int(line_no), number[:20]))
    return targets


def _show(
    request: HttpRequest,
    line: SalesLine,
    *,
    form: ChargeForm | None = None,
    refusal: Refusal | None = None,
) -> HttpResponse:
    document = line.document
    text = request.GET.get("q", "").replace("\0", "").strip()[:20]
    rows = line.charge_assignments.select_related("target_line").order_by("id")
    assigned = {Target.of(row): row for row in rows}
    if form is None:
        offered = own_goods(document) + earlier_goods(document, number=text)
        goods = find_goods(document, assigned.keys()) | {each.target: each for each in offered}
        names = {
            target: f"{each.item_no}, {target.number or document.number} {target.line_no}"
            for target, each in goods.items()
        }
        quantities = {target: row.quantity for target, row in assigned.items() if row.quantity}
        form = ChargeForm(targets=list(goods), assigned=quantities, names=names)
    else:
        goods = find_goods(document, form.targets)
    context = {
        "document": document,
        "line": line,
        "rights": Rights(request.user, document),
        "form": form,
        "rows": [
            Row(goods[target], assigned.get(target), form.of(place))
            for place, target in enumerate(form.targets)
            if target in goods
        ],
        "open": sum((row.quantity for row in assigned.values()), Decimal(0)),
        "posted": sum((row.quantity_assigned for row in assigned.values()), Decimal(0)),
        "text": text,
        "refusal": refusal,
    }
    return render(request, "sales/document/charge.html", context, status=refusal.status if refusal else 200)
