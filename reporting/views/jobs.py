"""Reports made in the background: the inbox, how far one is, its file."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from erp.kernel.errors import ErpError
from erp.kernel.views import page_of
from reporting import files
from reporting.catalogue import REPORTS
from reporting.models import ReportJob
from reporting.routines.request import cancel_report, repeat_report
from reporting.selectors.jobs import jobs_of


@login_required
def inbox(request: HttpRequest) -> HttpResponse:
    """The reports that the user has asked for, the latest first."""
    return render(request, "reporting/inbox.html", {"page": page_of(jobs_of(request.user), request)})


@login_required
def job_page(request: HttpRequest, uuid) -> HttpResponse:
    """How far a report is; the page looks by itself, and may be left."""
    job = _job(request, uuid)
    report = REPORTS.get(job.report)
    address = (
        f"{reverse('reporting:report', args=[job.report])}?{urlencode(job.parameters)}" if report else ""
    )
    context = {"job": job, "address": address, "state": _state(job)}
    return render(request, "reporting/job.html", context)


@login_required
def job_state(request: HttpRequest, uuid) -> JsonResponse:
    """The same for the module that shows it: {percent, done, label, words, rate}."""
    return JsonResponse(_state(_job(request, uuid)))


@login_required
def job_file(request: HttpRequest, uuid) -> HttpResponse:
    """What came of it, for who asked, while the right lasts."""
    job = _job(request, uuid)
    report = REPORTS.get(job.report)
    if report is None or not report.is_for(request.user):
        raise PermissionDenied
    if job.status != ReportJob.Status.FINISHED or not job.file:
        raise Http404
    name = files.file_name(report, job.parameters, job.format)
    return FileResponse(
        job.file.open("rb"), as_attachment=True, filename=name, content_type=files.TYPES[job.format]
    )


@require_POST
@login_required
def job_cancel(request: HttpRequest, uuid) -> HttpResponse:
    try:
        cancel_report(_job(request, uuid), at=timezone.now())
    except ErpError as error:
        messages.error(request, str(error))
    return redirect("reporting:job", uuid)


@require_POST
@login_required
def job_again(request: HttpRequest, uuid) -> HttpResponse:
    """The same report once more, as a job of its own."""
    job = _job(request, uuid)
    try:
        job = repeat_report(job, by=request.user, at=timezone.now())
    except ErpError as error:
        messages.error(request, str(error))
    return redirect("reporting:job", job.uuid)


def _job(request: HttpRequest, uuid) -> ReportJob:
    return get_object_or_404(jobs_of(request.user), uuid=uuid)


def _state(job: ReportJob) -> dict:
    """What the page says of a job, and says anew every second."""
    now, started = job.ended_at or timezone.now(), job.started_at or job.requested_at
    seconds = max((now - started).total_seconds(), 1)
    rows = number_format(job.rows, 0, force_grouping=True)
    expected = number_format(job.expected, 0, force_grouping=True)
    words = _("{rows} of {expected} rows") if job.expected else _("{rows} rows")
    rate = _("{rate} rows a second").format(
        rate=number_format(int(job.rows / seconds), 0, force_grouping=True)
    )
    return {
        "percent": job.progress if job.expected or not job.is_unfinished else None,
        "done": not job.is_unfinished,
        "status": job.status,
        "label": str(job.get_status_display()),
        "words": words.format(rows=rows, expected=expected),
        "rate": rate if job.rows else "",
        "error": job.error,
    }
