"""The job queue of posting: jobs are taken one by one, by as many processes as there are, each posted once.

A job is marked in one transaction and posted in the next, which locks its row and ends with its outcome. Whatever
happens to the process in between, the row says the truth: still to be posted, or posted with these numbers.
"""

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from erp.kernel.errors import ErpError, Gone, Problem, raise_problems
from sales.models import PostingJob, PostingRun, SalesDocument
from sales.plans import check
from sales.plans.jobs import as_rows, document_gone, name_of, posting_broke, run_stopped
from sales.routines.discount import discount_invoice
from sales.routines.follow import follow
from sales.routines.lock import lock
from sales.routines.post import Posted, post
from sales.routines.release import finish_amounts, release, reopen
from sales.routines.schedule import posting_date_of
from sales.values import SalesValues

logger = logging.getLogger(__name__)

Status = PostingJob.Status
PATIENCE = timedelta(minutes=1)  # what a worker has at most between marking a job and locking it
FOREGROUND_PATIENCE = timedelta(minutes=15)  # then a run whose process died is everybody's


def post_next_job(*, at: datetime, run: PostingRun | None = None) -> PostingJob | None:
    """Post the next document that waits, and keep what became of it; None when there is none left to take.

    run  only jobs of this run; None: of all that are posted in the background

    Documents of a run are posted in their order. One that somebody else is posting is left to them; one whose process
    died is taken up again after a minute.
    """
    job = _take(at=at, run=run)
    if job is None:
        return None
    try:
        _post(job, at=at)
    except Exception as error:
        logger.exception("Posting job %s (%s) broke", job.pk, name_of(job))
        _note_broken(job, error, at=at)
    job.refresh_from_db()
    return job


def finish_run(run: PostingRun, *, at: datetime) -> None:
    """A run with nothing left to post is finished."""
    if not run.jobs.pending().exists():
        PostingRun.objects.filter(pk=run.pk, finished_at=None).update(finished_at=at)


@transaction.atomic
def _take(*, at: datetime, run: PostingRun | None) -> PostingJob | None:
    """Mark the oldest job that nobody works on."""
    jobs = _next_in_their_runs()
    if run is not None:
        jobs = jobs.filter(run=run)
    else:
        deserted = Q(run__requested_at__lt=at - FOREGROUND_PATIENCE)
        jobs = jobs.filter(Q(run__in_background=True) | deserted)
    jobs = jobs.filter(Q(status=Status.WAITING) | Q(started_at__lte=at - PATIENCE))
    job = jobs.select_for_update(skip_locked=True, of=("self",)).order_by("id").first()
    if job is not None:
        job.status, job.started_at = Status.POSTING, at
        job.save(update_fields=["status", "started_at"])
    return job


def _next_in_their_runs() -> QuerySet[PostingJob]:
    earlier = PostingJob.objects.pending().filter(run=OuterRef("run"), place__lt=OuterRef("place"))
    return PostingJob.objects.pending().filter(~Exists(earlier))


@transaction.atomic
def _post(taken: PostingJob, *, at: datetime) -> None:
    """Post the document and note the outcome, both or neither."""
    job = _lock(taken)
    if job is None:
        return
    try:
        with transaction.atomic():
            posted = _post_document(job, at=at)
    except Gone:
        _note_failure(job, [document_gone(name_of(job))], at=at)
    except ErpError as error:
        _note_failure(job, error.problems, at=at)
    else:
        job.document = posted.document
        job.goods_no = posted.shipment.number if posted.shipment else ""
        job.money_no = posted.invoice.number if posted.invoice else ""
        job.status, job.problems, job.ended_at = Status.POSTED, [], at
        job.save()
    finish_run(job.run, at=at)


def _lock(taken: PostingJob) -> PostingJob | None:
    """The job as it is now; None where another process took it up first."""
    jobs = PostingJob.objects.filter(pk=taken.pk, status=Status.POSTING)
    jobs = jobs.select_for_update(skip_locked=True, of=("self",))
    return jobs.select_related("run__requested_by").first()


def _post_document(job: PostingJob, *, at: datetime) -> Posted:
    run, by = job.run, job.run.requested_by
    document = lock(job.document_id)
    values = SalesValues.load(document.currency_code)
    document = _replace_dates(document, run, values=values, at=at)
    if run.calc_invoice_discount and not values.sales.calc_invoice_discount:
        lines = list(document.lines.select_related("item").order_by("line_no"))
        lines = discount_invoice(document, values=values, at=at, lines=lines)
        finish_amounts(document, lines, values=values, at=at)
    if values.sales.posting_date_check:
        problems = check.check_work_date(document.posting_date, run.requested_at, ask=False)
        raise_problems(document, problems)
    what = {"ship": run.ship, "invoice": run.invoice}
    return post(document, by=by, at=at, confirmed_date=True, values=values, from_queue=True, **what)


def _replace_dates(
    document: SalesDocument, run: PostingRun, *, values: SalesValues, at: datetime
) -> SalesDocument:
    """The dates that the run asks for, and what follows; a released document is reopened around a new exchange rate."""
    dates = {"posting_date": posting_date_of(document, run)}
    if run.replace_document_date:
        dates["document_date"] = run.posting_date
    changed = {name for name, day in dates.items() if getattr(document, name) != day}
    if not changed:
        return document
    released = document.status == SalesDocument.Status.RELEASED
    new_rate = released and document.currency_code and "posting_date" in changed
    if new_rate:
        reopen(document, by=run.requested_by, at=at, from_queue=True)
        document = lock(document.pk)
    for name in changed:
        setattr(document, name, dates[name])
    typed = {"document_date"} if run.replace_document_date else ()
    setup, ledger = values.sales, values.posting.gl
    follow(document, changed, typed=typed, setup=setup, ledger=ledger, on=document.posting_date)
    document.modified_at = at
    document.save()
    if new_rate:
        release(document, by=run.requested_by, at=at, values=values)
        document = lock(document.pk)
    elif released:
        lines = list(document.lines.select_related("item").order_by("line_no"))
        finish_amounts(document, lines, values=values, at=at)
    return document


def _note_failure(job: PostingJob, problems: "list[Problem] | tuple[Problem, ...]", *, at: datetime) -> None:
    job.status, job.problems, job.ended_at = Status.FAILED, as_rows(problems), at
    job.save(update_fields=["status", "problems", "ended_at"])
    if job.run.stop_at_first_error:
        rest = job.run.jobs.filter(status=Status.WAITING)
        stopped = as_rows([run_stopped(name_of(job))])
        rest.update(status=Status.REMOVED, problems=stopped, ended_at=at)


@transaction.atomic
def _note_broken(taken: PostingJob, error: Exception, *, at: datetime) -> None:
    job = _lock(taken)
    if job is not None:
        _note_failure(job, [posting_broke(name_of(job), error)], at=at)
        finish_run(job.run, at=at)
