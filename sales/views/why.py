"""Why the lines of posted papers have their price, VAT and account."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from erp.kernel.views import may
from sales.views.explained import explained
from sales.views.posted import KINDS


@may()
def posted_line(request: HttpRequest, kind: str, number: str, line_no: int) -> HttpResponse:
    """One line of a posted paper, with the rules that made it what it is."""
    if kind not in KINDS:
        raise Http404
    about = KINDS[kind]
    if not request.user.has_perm(about.permission):
        raise PermissionDenied
    paper = get_object_or_404(about.model, number=number)
    line = get_object_or_404(paper.lines, line_no=line_no)
    context = {"kind": kind, "about": about, "paper": paper, "line": line, "why": explained(line)}
    return render(request, "sales/posted/line.html", context)
