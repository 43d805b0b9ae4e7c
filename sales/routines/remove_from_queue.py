from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from erp.kernel.access import needs
from erp.kernel.errors import ErpError
from sales.models import PostingJob, SalesDocument
from sales.rights import RELEASES_OR_POSTS
from sales.routines.run_jobs import finish_run


class NotQueued(ErpError):
    """There is nothing to take out of the queue."""

    code, status = "E-NOT-QUEUED", 409
    template = _("{document} does not wait in the job queue.")


class BeingPosted(ErpError):
    """The queue has it in hand."""

    code, status = "E-BEING-POSTED", 409
    template = _("{document} is being posted right now; wait for the outcome.")


@needs(RELEASES_OR_POSTS)
@transaction.atomic
def remove_from_queue(document: SalesDocument, *, by, at: datetime) -> PostingJob:
    """Take a document out of the job queue; it stays released, and can be reopened or posted by hand.

    raises  NotQueued, BeingPosted. A job whose process died in the middle of it can be removed: nothing was posted.
    """
    jobs = PostingJob.objects.pending().filter(document=document)
    job = jobs.select_for_update(skip_locked=True, of=("self",)).select_related("run").first()
    if job is None:
        raise BeingPosted(document=document) if jobs.exists() else NotQueued(document=document)
    job.status, job.ended_at = PostingJob.Status.REMOVED, at
    job.save(update_fields=["status", "ended_at"])
    finish_run(job.run, at=at)
    return job
