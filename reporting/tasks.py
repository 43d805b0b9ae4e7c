"""What reporting does in the background, through Celery."""

from celery import shared_task
from django.utils import timezone

from erp.kernel import outbox
from reporting.routines.request import REQUESTED
from reporting.routines.run import mind_reports, run_report


@shared_task(acks_late=True, ignore_result=True)
def make_report(*, uuid: str, **_newer_arguments) -> None:
    """Make one report; safe to run twice, only one of them takes it."""
    run_report(uuid, clock=timezone.now)


@shared_task(acks_late=True, ignore_result=True)
def mind(**_newer_arguments) -> None:
    """Every minute: reports whose worker died, whose nudge was lost, whose time is over."""
    for uuid in mind_reports(at=timezone.now()):
        make_report.apply_async(kwargs={"uuid": uuid}, retry=False, expires=60)


@outbox.handles(REQUESTED)
def nudge(*, key: str, **_fields) -> None:
    """Somebody has asked for a report."""
    make_report.apply_async(kwargs={"uuid": key}, retry=False)
