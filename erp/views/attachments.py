"""Files with documents and cards: put there, fetched and thrown away by whoever may see, or change, the record."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from erp.kernel.attachments import attach, detach
from erp.kernel.errors import ErpError, Problem, ProblemsFound
from erp.kernel.models import Attachment
from erp.kernel.views import may
from sales.subjects import SUBJECTS, Subject


@require_POST
@may()
def attachment_add(request: HttpRequest, subject_type: str, subject_no: str) -> HttpResponse:
    """Keep the files that were sent with a record that is there."""
    about = _subject(request, subject_type, changes=True)
    get_object_or_404(about.model, number=subject_no, **about.only)
    files = request.FILES.getlist("file")
    try:
        if not files:
            raise ProblemsFound([Problem("E-ATT-NONE", _("Choose a file first."))])
        for file in files:
            attach(subject_type, subject_no, file, by=request.user, at=timezone.now())
            messages.success(request, _("Attached: {name}.").format(name=file.name))
    except ErpError as error:
        for problem in error.problems:
            messages.error(request, problem.message)
    return _back(request)


@may()
def attachment(request: HttpRequest, uuid) -> HttpResponse:
    """The file itself, as a download: the browser neither guesses what it is nor shows it."""
    found = get_object_or_404(Attachment, uuid=uuid)
    _subject(request, found.subject_type)
    try:
        content = found.file.open("rb")
    except (FileNotFoundError, ValueError):  # announced, and never sent
        raise Http404
    answer = FileResponse(
        content, as_attachment=True, filename=found.name, content_type="application/octet-stream"
    )
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer


@require_POST
@may()
def attachment_remove(request: HttpRequest, uuid) -> HttpResponse:
    found = get_object_or_404(Attachment, uuid=uuid)
    _subject(request, found.subject_type, changes=True)
    detach(found)
    messages.success(request, _("Thrown away: {name}.").format(name=found.name))
    return _back(request)


def _subject(request: HttpRequest, subject_type: str, *, changes: bool = False) -> Subject:
    about = SUBJECTS.get(subject_type)
    if about is None:
        raise Http404
    wanted = [about.view, about.change] if changes else [about.view]
    if not request.user.has_perms(wanted):
        raise PermissionDenied
    return about


def _back(request: HttpRequest) -> HttpResponse:
    address = request.POST.get("next", "")
    here = url_has_allowed_host_and_scheme(address, allowed_hosts={request.get_host()})
    return redirect(address if here else "home")
