"""Making a report in the background, and minding those whose worker died."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.core.files import File
from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from erp.kernel.errors import ErpError
from erp.kernel.notices import Level, tell
from posting.models import GeneralLedgerSetup
from reporting import files
from reporting.catalogue import REPORTS
from reporting.errors import ParametersDoNotFit
from reporting.models import ReportJob
from reporting.models.job import KEPT
from reporting.report import as_seen_by

logger = logging.getLogger(__name__)
Status = ReportJob.Status
SILENCE = timedelta(minutes=5)  # a worker that says nothing for so long is dead
AT_MOST_TAKEN = 3
Clock = Callable[[], datetime]


class _Stop(Exception):
    """It is not wanted any more, or another worker has it."""


def run_report(uuid: str, *, clock: Clock) -> ReportJob | None:
    """Make a report that waits; None where there is nothing to do, because it was cancelled or somebody has it.

    Rights are those that the user has now, not when it was asked for. What goes wrong stands on the job, and the user
    is told either way.
    """
    job = _take(uuid, at=clock())
    if job is None:
        return None
    with translation.override(job.language or None):
        try:
            _make(job, clock)
        except _Stop:
            _end(job, Status.CANCELLED, at=clock())
        except ErpError as error:
            _end(job, Status.FAILED, at=clock(), error=str(error))
        except Exception:
            logger.exception("report %s", job.uuid)
            _end(job, Status.FAILED, at=clock(), error=_("Something went wrong that nobody foresaw."))
    job.refresh_from_db()
    return job


@transaction.atomic
def _take(uuid: str, *, at: datetime) -> ReportJob | None:
    job = ReportJob.objects.select_for_update(skip_locked=True, of=("self",)).filter(uuid=uuid).first()
    if job is None or job.status != Status.WAITING:
        return None
    job.status, job.started_at, job.seen_at, job.attempt = Status.RUNNING, at, at, job.attempt + 1
    job.progress = job.rows = 0
    job.save(update_fields=["status", "started_at", "seen_at", "attempt", "progress", "rows"])
    return job


def _make(job: ReportJob, clock: Clock) -> None:
    report, user = REPORTS.get(job.report), job.requested_by
    if report is None or not user.is_active or not report.is_for(user):
        raise ParametersDoNotFit(report=job.title, reason=_("you may not see it any more."))
    form = report.form.reading(job.parameters, on=job.work_date)
    if not form.is_valid():
        reason = " ".join(str(error) for errors in form.errors.values() for error in errors)
        raise ParametersDoNotFit(report=job.title, reason=reason)
    outcome = as_seen_by(report.make({**form.cleaned_data, "today": job.work_date}), user)
    outcome = files.as_far_as_allowed(outcome, user)
    ReportJob.objects.filter(pk=job.pk).update(expected=outcome.expected)
    company = GeneralLedgerSetup.objects.values_list("company_name", flat=True).first() or ""
    file, rows = files.write(
        report, outcome, job.format, said=form.said(), company=company, at=job.requested_at,
        tick=lambda rows: _tick(job, rows, outcome.expected, clock),
    )  # fmt: skip
    with file:
        _finish(job, file, files.file_name(report, job.parameters, job.format), rows, at=clock())


def _tick(job: ReportJob, rows: int, expected: int, clock: Clock) -> None:
    """Say how far it is, and ask whether it is still wanted."""
    progress = min(99, rows * 100 // expected) if expected else 0
    mine = ReportJob.objects.filter(
        pk=job.pk, status=Status.RUNNING, attempt=job.attempt, cancel_requested=False
    )
    if not mine.update(rows=rows, progress=progress, seen_at=clock()):
        raise _Stop


def _finish(job: ReportJob, file, name: str, rows: int, *, at: datetime) -> None:
    with transaction.atomic():
        row = ReportJob.objects.select_for_update(of=("self",)).get(pk=job.pk)
        if row.status != Status.RUNNING or row.attempt != job.attempt or row.cancel_requested:
            raise _Stop
        row.file.save(f"{row.uuid.hex[:8]}-{name}", File(file), save=False)
        row.status, row.progress, row.rows = Status.FINISHED, 100, rows
        row.ended_at, row.expires_at = at, at + KEPT
        row.save()
        message = _("{report} is ready.").format(report=row.title)
        tell(row.requested_by, message, url=row.get_absolute_url(), level=Level.SUCCESS, at=at)


@transaction.atomic
def _end(job: ReportJob, status: str, *, at: datetime, error: str = "") -> None:
    """Unless another worker has it by now, who will end it."""
    mine = ReportJob.objects.filter(pk=job.pk, status=Status.RUNNING, attempt=job.attempt)
    if mine.update(status=status, ended_at=at, error=error) and status == Status.FAILED:
        message = _("{report} failed: {reason}").format(report=job.title, reason=error)
        tell(job.requested_by, message, url=job.get_absolute_url(), level=Level.ERROR, at=at)


def mind_reports(*, at: datetime) -> list[str]:
    """Put back what a dead worker has left, throw away what has expired; returns the ids of all that wait.

    A worker killed for the third time over the same report was killed by it: the report fails.
    """
    silent = Q(seen_at__lt=at - SILENCE) | Q(seen_at=None)
    left = ReportJob.objects.filter(status=Status.RUNNING).filter(silent)
    for job in left.filter(attempt__gte=AT_MOST_TAKEN):
        with translation.override(job.language or None):
            _end(job, Status.FAILED, at=at, error=_("The program that made it ended three times."))
    left.filter(cancel_requested=True).update(status=Status.CANCELLED, ended_at=at)
    left.filter(attempt__lt=AT_MOST_TAKEN).update(status=Status.WAITING)
    for job in ReportJob.objects.filter(expires_at__lt=at).exclude(file=""):
        job.file.delete(save=False)
        ReportJob.objects.filter(pk=job.pk).update(file="")
    waiting = ReportJob.objects.filter(status=Status.WAITING).order_by("id")
    return [str(uuid) for uuid in waiting.values_list("uuid", flat=True)]
