"""The first page: the role centre of whoever looks."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from approvals.selectors import waiting_for
from erp.guide import steps
from erp.kernel.recent import recent
from erp.kernel.views import work_date
from erp.views.role_centres import centre_of
from erp.views.role_centres.centre import SET_UP
from reporting.selectors.jobs import jobs_of

RECENT, APPROVALS, JOBS = 8, 6, 4


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """What waits, one chart, approvals, and where one was last."""
    user, on = request.user, work_date(request)
    centre = centre_of(user, on=on, address=request.GET)
    context = {"centre": centre, "greeting": _greeting(user), "recent": recent(user, RECENT)}
    if user.has_perm("approvals.decide_approval"):
        waiting = waiting_for(user, on=on)
        context |= {"approvals": waiting[:APPROVALS], "more_approvals": max(len(waiting) - APPROVALS, 0)}
    context["jobs"] = jobs_of(user)[:JOBS]
    if centre.workplace == SET_UP:
        context["steps"] = [step for step in steps(on=on) if not step.is_done]
    return render(request, "home.html", context)


def _greeting(user) -> str:
    hour = timezone.localtime().hour
    words = _("Good morning") if hour < 12 else _("Good afternoon") if hour < 18 else _("Good evening")
    return f"{words}, {user.first_name}" if user.first_name else words
