"""Answering: one request from its document's page, or many from the list."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from approvals.models import ApprovalEntry
from approvals.routines.approve import approve
from approvals.routines.delegate import delegate
from approvals.routines.reject import reject
from approvals.selectors import name_of
from approvals.views.answer import back_to, show_refused
from approvals.views.mine import Outcome, show_mine
from erp.kernel.errors import ErpError, Problem
from erp.kernel.views import Refusal, may, post_once, refusal_of

MOST = 100  # requests that are decided together


@require_POST
@may()
def decide(request: HttpRequest, entry: int) -> HttpResponse:
    """Approve, reject or delegate one request: `do`, and a comment."""
    row = get_object_or_404(ApprovalEntry.objects.select_related("run"), pk=entry)
    what, comment = request.POST.get("do", ""), request.POST.get("comment", "")
    _refuse_without_right(request, what, row)
    try:
        post_once(
            request,
            operation="approvals.decide",
            work=lambda: _decide(request, row, what, comment),
            entry=entry,
            what=what,
            comment=comment,
        )
    except ErpError as error:
        return show_refused(request, row.run, refusal_of(error))
    return back_to(request, row.run)


@require_POST
@may("approvals.decide_approval")
def decide_many(request: HttpRequest) -> HttpResponse:
    """Approve, reject or delegate all that were chosen; each by itself, and told one by one."""
    what, comment = request.POST.get("do", ""), request.POST.get("comment", "")
    if what not in VERBS:
        raise PermissionDenied
    numbers = [
        int(text)
        for text in dict.fromkeys(request.POST.getlist("chosen"))
        if text.isdecimal() and len(text) < 18
    ]
    if not numbers:
        problem = Problem("E-APR-NONE", _("Choose the requests first."), field="chosen")
        return show_mine(request, refusal=Refusal((problem,)), comment=comment)
    told = post_once(
        request,
        operation="approvals.decide-many",
        work=lambda: _decide_all(request, numbers[:MOST], what, comment),
        entries=numbers,
        what=what,
        comment=comment,
    )
    outcomes = [Outcome(**each) for each in told]
    failed = any(not outcome.done for outcome in outcomes)
    return show_mine(
        request, outcomes=outcomes, chosen=numbers if failed else (), comment=comment if failed else ""
    )


def _decide_all(request: HttpRequest, numbers: list[int], what: str, comment: str) -> list[dict]:
    """In the order of the documents' keys, in which everybody locks them."""
    rows = ApprovalEntry.objects.filter(pk__in=numbers).select_related("run")
    outcomes = []
    for row in rows.order_by("run__subject", "run__subject_id", "pk"):
        try:
            message = _decide(request, row, what, comment)
        except ErpError as error:
            outcomes.append({"title": row.run.title, "done": False, "message": error.message})
        else:
            outcomes.append({"title": row.run.title, "done": True, "message": message})
    return outcomes


def _decide(request: HttpRequest, row: ApprovalEntry, what: str, comment: str) -> str:
    return VERBS[what](request, row, comment)


def _approve(request: HttpRequest, row: ApprovalEntry, comment: str) -> str:
    run = approve(row, by=request.user, at=timezone.now(), on=timezone.localdate(), comment=comment)
    if run.status == run.Status.APPROVED:
        return _("approved")
    return _("approved; others are asked next")


def _reject(request: HttpRequest, row: ApprovalEntry, comment: str) -> str:
    reject(row, by=request.user, at=timezone.now(), comment=comment)
    return _("rejected")


def _delegate(request: HttpRequest, row: ApprovalEntry, comment: str) -> str:
    entry = delegate(row, by=request.user, at=timezone.now(), comment=comment)
    return _("delegated to {user}").format(user=name_of(entry.approver))


VERBS = {"approve": _approve, "reject": _reject, "delegate": _delegate}


def _refuse_without_right(request: HttpRequest, what: str, row: ApprovalEntry) -> None:
    """Deciding takes the right to; whoever sent a request may send it on."""
    if what not in VERBS:
        raise PermissionDenied
    if what == "delegate" and row.run.sender_id == request.user.pk:
        return
    if not request.user.has_perm("approvals.decide_approval"):
        raise PermissionDenied
