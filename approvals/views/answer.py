"""Where a form of approvals leads when it is done, or refused: back to where it stands."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

from approvals import subjects
from approvals.models import ApprovalRun
from approvals.selectors import address_of
from approvals.views.mine import show_run
from erp.kernel.views import Refusal


def back_to(request: HttpRequest, run: ApprovalRun) -> HttpResponse:
    """The page that `next` names, else the document's, else the request's own."""
    wanted = request.POST.get("next", "")
    if wanted and url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}):
        return redirect(wanted)
    if request.user.has_perm(subjects.get(run.subject).view):
        return redirect(address_of(run))
    return redirect("approvals:run", run.uuid)


def show_refused(request: HttpRequest, run: ApprovalRun, refusal: Refusal) -> HttpResponse:
    """The document's page with why nothing was done; the request's own for who may not see the document."""
    subject = subjects.get(run.subject)
    if request.user.has_perm(subject.view) and subject.exists(run.subject_id):
        return subject.show(request, run.document_type, run.document_no, refusal=refusal)
    return show_run(request, run, refusal=refusal)
