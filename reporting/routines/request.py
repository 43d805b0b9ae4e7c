"""Asking for a report in the background, cancelling it, and asking again."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import connection, transaction

from erp.kernel import outbox
from erp.kernel.access import needs
from reporting.catalogue import REPORTS
from reporting.errors import ReportIsOver, ReportIsRunning, TooManyReports
from reporting.models import ReportJob

Status = ReportJob.Status
REQUESTED = "reporting.report.requested"
OF_A_USER, OF_THE_COMPANY = 3, 10
_LOCK = 0x7265706F  # one at a time counts how many run


@needs(lambda key, **_given: REPORTS[key].permissions)
@transaction.atomic
def request_report(
    key: str,
    *,
    title: str,
    parameters: Mapping[str, str],
    format: str,
    language: str,
    on: date,
    by,
    at: datetime,
) -> ReportJob:
    """Put a report in the queue.

    parameters  as the report's address says them; they were valid
    on          the work date: what is late is late by this day
    raises      TooManyReports: three of a user, ten of a company, waiting or running
    """
    _check_room(by)
    job = ReportJob.objects.create(
        report=key,
        title=title[:200],
        parameters=dict(parameters),
        format=format,
        language=language,
        work_date=on,
        requested_by=by,
        requested_at=at,
    )
    outbox.put(REQUESTED, key=str(job.uuid))
    return job


@transaction.atomic
def cancel_report(job: ReportJob, *, at: datetime) -> ReportJob:
    """Stop a report: one that waits at once, one that runs within its next 500 rows. No file is left behind."""
    job = ReportJob.objects.select_for_update(of=("self",)).get(pk=job.pk)
    if not job.is_unfinished:
        raise ReportIsOver(report=job.title, status=job.get_status_display())
    job.cancel_requested = True
    if job.status == Status.WAITING:
        job.status, job.ended_at = Status.CANCELLED, at
    job.save(update_fields=["cancel_requested", "status", "ended_at"])
    return job


@needs(lambda job, **_given: REPORTS[job.report].permissions)
@transaction.atomic
def repeat_report(job: ReportJob, *, by, at: datetime) -> ReportJob:
    """Ask for the same once more: what failed, was cancelled, or is old by now."""
    if job.is_unfinished:
        raise ReportIsRunning(report=job.title)
    return request_report(
        job.report,
        title=job.title,
        parameters=job.parameters,
        format=job.format,
        language=job.language,
        on=job.work_date,
        by=by,
        at=at,
    )


def _check_room(user) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    running = ReportJob.objects.unfinished()
    mine, all = running.filter(requested_by=user).count(), running.count()
    if mine >= OF_A_USER or all >= OF_THE_COMPANY:
        raise TooManyReports(running=mine if mine >= OF_A_USER else all)
