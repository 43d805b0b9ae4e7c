"""What I am asked to approve, what I have sent, and one request with all that was said."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from approvals import subjects
from approvals.models import ApprovalRun
from approvals.selectors import address_of, approval_of_run, may_see, sent_by, waiting_for
from erp.kernel.views import Refusal, may, new_key, work_date


@dataclass(frozen=True)
class Outcome:
    """What became of one of several that were decided together."""

    title: str
    done: bool
    message: str


@may()
def mine(request: HttpRequest) -> HttpResponse:
    return show_mine(request)


def show_mine(
    request: HttpRequest,
    *,
    refusal: Refusal | None = None,
    outcomes: Sequence[Outcome] = (),
    chosen: Sequence[int] = (),
    comment: str = "",
) -> HttpResponse:
    """The requests that this user has to answer; after a decision with what became of each."""
    if not any(
        request.user.has_perm(f"approvals.{name}") for name in ("decide_approval", "request_approval")
    ):
        raise PermissionDenied
    today = work_date(request)
    context = {
        "rows": waiting_for(request.user, on=today),
        "sent": sent_by(request.user, on=today),
        "may_decide": request.user.has_perm("approvals.decide_approval"),
        "outcomes": outcomes,
        "failed": any(not outcome.done for outcome in outcomes),
        "chosen": list(chosen),
        "comment": comment,
        "refusal": refusal,
        "idempotency_key": new_key(),
    }
    status = refusal.status if refusal else 200
    return render(request, "approvals/mine.html", context, status=status)


@may()
def sent(request: HttpRequest) -> HttpResponse:
    """Everything that this user ever sent, the newest first."""
    if not request.user.has_perm("approvals.request_approval"):
        raise PermissionDenied
    rows = sent_by(request.user, on=work_date(request), pending=False)
    return render(request, "approvals/sent.html", {"sent": rows})


@may()
def run_page(request: HttpRequest, run: str) -> HttpResponse:
    return show_run(request, get_object_or_404(ApprovalRun.objects.select_related("sender"), uuid=run))


def show_run(request: HttpRequest, run: ApprovalRun, *, refusal: Refusal | None = None) -> HttpResponse:
    """One request: for those who take part in it, also where they may not see the document itself."""
    if not may_see(run, request.user):
        raise PermissionDenied
    context = {
        "run": run,
        "approval": approval_of_run(run, user=request.user),
        "address": address_of(run) if request.user.has_perm(subjects.get(run.subject).view) else "",
        "today": work_date(request),
        "refusal": refusal,
        "idempotency_key": new_key(),
    }
    return render(request, "approvals/run.html", context, status=refusal.status if refusal else 200)
