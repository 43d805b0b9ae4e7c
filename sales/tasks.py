"""What sales does in the background, through Celery."""

from celery import shared_task
from django.utils import timezone

from erp.kernel import outbox
from sales.routines.mail_posted import WANTED, write_wanted
from sales.routines.run_jobs import post_next_job
from sales.routines.schedule import SCHEDULED


@shared_task(acks_late=True, ignore_result=True)
def post_queued(*, limit: int = 50, **_newer_arguments) -> int:
    """Post what waits in the job queue, one document after the other; returns how many were taken.

    Also runs every minute, in case a nudge was lost or a worker died.
    """
    for taken in range(limit):
        if post_next_job(at=timezone.now()) is None:
            return taken
    nudge()  # more than one run's worth: let the next run be a task of its own
    return limit


@outbox.handles(SCHEDULED)
def nudge(**_fields) -> None:
    """Somebody has handed documents over."""
    post_queued.apply_async(retry=False, expires=60)


@outbox.handles(WANTED)
def mail_paper(*, key: str, kind: str, user: int | None, language: str, **_newer_fields) -> None:
    """Print and mail what somebody posted with the wish to have it sent."""
    write_wanted(kind=kind, number=key, user=user, language=language, at=timezone.now())
