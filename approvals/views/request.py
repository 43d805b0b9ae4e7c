"""Sending a document for approval, taking the request back, and talking about it."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from approvals import subjects
from approvals.models import ApprovalRun
from approvals.routines.cancel import cancel
from approvals.routines.comment import comment
from approvals.routines.request import request as send
from approvals.views.answer import back_to, show_refused
from erp.kernel.errors import ErpError, Gone
from erp.kernel.views import may, post_once, refusal_of


@may("approvals.request_approval")
def request_approval(request: HttpRequest, subject: str, type: str, number: str) -> HttpResponse:
    """Send a document; its page is the answer, also for who comes back to this address later."""
    try:
        kind = subjects.get(subject)
        document = kind.find(type, number)
    except (KeyError, Gone):
        raise Http404
    if not request.user.has_perm(kind.view):
        raise PermissionDenied
    if request.method != "POST":
        return redirect(kind.address(type, number))
    text = request.POST.get("comment", "")

    def work() -> str:
        run = send(
            subject, document.pk, by=request.user, at=timezone.now(), on=timezone.localdate(), comment=text
        )
        return str(run.uuid)

    try:
        post_once(
            request, operation="approvals.request", work=work, subject=subject, key=document.pk, comment=text
        )
    except ErpError as error:
        return kind.show(request, type, number, refusal=refusal_of(error))
    return redirect(kind.address(type, number))


@require_POST
@may()
def cancel_request(request: HttpRequest, run: str) -> HttpResponse:
    """Take a request back: for its sender and the approval administrator, whom the routine knows."""
    row = get_object_or_404(ApprovalRun, uuid=run)
    text = request.POST.get("comment", "")

    def work() -> None:
        cancel(row, by=request.user, at=timezone.now(), comment=text)

    try:
        post_once(request, operation="approvals.cancel", work=work, run=str(run), comment=text)
    except ErpError as error:
        return show_refused(request, row, refusal_of(error))
    return back_to(request, row)


@require_POST
@may()
def comment_on(request: HttpRequest, run: str) -> HttpResponse:
    """Say something about a request."""
    row = get_object_or_404(ApprovalRun, uuid=run)
    text = request.POST.get("comment", "")

    def work() -> None:
        comment(row, text, by=request.user, at=timezone.now())

    try:
        post_once(request, operation="approvals.comment", work=work, run=str(run), comment=text)
    except ErpError as error:
        return show_refused(request, row, refusal_of(error))
    return back_to(request, row)
