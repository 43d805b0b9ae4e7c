"""The job queue of posting: jobs are taken one by one, by as many processes as there are, each posted once.

A job is marked in one transaction and posted in the next, which locks its row and ends with its outcome. Whatever
happens to the process in between, the row says the truth: still to be posted, or posted with these numbers.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import DateTimeField, Exists, OuterRef, Q, QuerySet

from erp.kernel import outbox
from erp.kernel.access import needs
from erp.kernel.bulk import update_rows
from erp.kernel.compiled import Compiled, Given
from erp.kernel.denied import Channel, noting
from erp.kernel.durability import durable_together
from erp.kernel.errors import ErpError, Gone, Problem, raise_problems
from erp.kernel.faults import again, is_away
from erp.kernel.prepared import Statement
from sales.models import PostingJob, PostingRun, SalesDocument
from sales.plans import check
from sales.plans.jobs import as_rows, document_gone, name_of, posting_broke, run_stopped
from sales.rights import to_post_job
from sales.routines.discount import discount_invoice
from sales.routines.follow import follow
from sales.routines.lock import lock
from sales.routines.post import Posted, post
from sales.routines.release import finish_amounts, release, reopen
from sales.routines.schedule import posting_date_of
from sales.values import SalesValues

logger = logging.getLogger(__name__)

Status = PostingJob.Status
TOGETHER = 100  # postings that are made durable by one wait for the disk
PATIENCE = timedelta(minutes=1)  # what a worker has at most between marking a job and locking it
FOREGROUND_PATIENCE = timedelta(minutes=15)  # then a run whose process died is everybody's

FINISHED = Statement(
    "UPDATE sales_postingrun SET finished_at = %s WHERE id = %s AND finished_at IS NULL AND NOT EXISTS"
    " (SELECT FROM sales_postingjob j WHERE j.run_id = sales_postingrun.id AND j.status IN ('waiting', 'posting'))"
)


class _Begun(NamedTuple):
    """What is written on a job that somebody takes."""

    id: int
    status: str
    started_at: datetime


class _Done(NamedTuple):
    """What is written on a job whose document was posted."""

    id: int
    document_id: int | None
    goods_no: str
    money_no: str
    status: str
    problems: list
    ended_at: datetime


def _next(runs: Q) -> QuerySet[PostingJob]:
    """The oldest job that nobody works on, locked."""
    free = Q(status=Status.WAITING) | Q(started_at__lte=Given("begun", DateTimeField()))
    jobs = PostingJob.objects.pending().filter(runs, free).order_by("id")
    return jobs.select_for_update(skip_locked=True, of=("self",))[:1]


def _first_of_its_run() -> Q:
    return ~Exists(PostingJob.objects.pending().filter(run=OuterRef("run"), place__lt=OuterRef("place")))


OF_RUN = Compiled(lambda: _next(_first_of_its_run() & Q(run=Given("run"))))
OF_RUN_IN_ANY_ORDER = Compiled(lambda: _next(Q(run=Given("run"))))
OF_ANY = Compiled(
    lambda: _next(
        _first_of_its_run()
        & (Q(run__in_background=True) | Q(run__requested_at__lt=Given("deserted", DateTimeField())))
    )
)
TAKEN = Compiled(
    lambda: (
        PostingJob.objects.filter(
            pk=Given("key"), status=Status.POSTING, started_at=Given("begun", DateTimeField())
        )
        .select_for_update(of=("self",))  # whoever looks for a job holds it for a moment
        .select_related("run__requested_by")
    )
)


def post_next_job(*, at: datetime, run: PostingRun | None = None, in_order: bool = True) -> PostingJob | None:
    """Post the next document that waits, and keep what became of it; None when there is none left to take.

    run       only jobs of this run; None: of all that are posted in the background
    in_order  a document of a run waits for all before it; False: several processes are at this run

    One that somebody else is posting is left to them; one whose process
    died is taken up again after a minute.
    """
    job = _post_next(at=at, run=run, in_order=in_order)
    if job is not None:
        job.refresh_from_db()
    return job


def _post_next(*, at: datetime, run: PostingRun | None, in_order: bool) -> PostingJob | None:
    """The same, and the job as it was before."""
    job = _take(at=at, run=run, in_order=in_order)
    if job is None:
        return None
    try:
        with noting(Channel.JOB, place=f"{__name__}: {name_of(job)}"):
            again(lambda: _post(job, at=at), has_key=False)
    except Exception as error:
        if is_away(error):  # the database's trouble, not the document's: the job is taken up again
            raise
        logger.exception("Posting job %s (%s) broke", job.pk, name_of(job))
        _note_broken(job, error, at=at)
    return job


def post_run(run: PostingRun, *, clock: Callable[[], datetime], in_order: bool = True) -> None:
    """Post what is left of a run, until nothing is left to take. Durable, all of it, when this returns.

    clock     tells the moment of each posting
    in_order  as `post_next_job` has it
    """
    left = True
    while left:
        with outbox.nudged_once(), durable_together():
            jobs = (_post_next(at=clock(), run=run, in_order=in_order) for _posting in range(TOGETHER))
            left = all(job is not None for job in jobs)


def finish_run(run: PostingRun, *, at: datetime) -> None:
    """A run with nothing left to post is finished."""
    with connection.cursor() as cursor:
        FINISHED.execute(cursor, [at, run.pk])


@transaction.atomic
def _take(*, at: datetime, run: PostingRun | None, in_order: bool) -> PostingJob | None:
    """Mark the oldest job that nobody works on."""
    if run is not None:
        job = (OF_RUN if in_order else OF_RUN_IN_ANY_ORDER).first(run=run.pk, begun=at - PATIENCE)
    else:
        job = OF_ANY.first(deserted=at - FOREGROUND_PATIENCE, begun=at - PATIENCE)
    if job is not None:
        job.status, job.started_at = Status.POSTING, at
        update_rows(PostingJob, [_Begun(job.pk, job.status, job.started_at)])
    return job


@transaction.atomic
def _post(taken: PostingJob, *, at: datetime) -> None:
    """Post the document and note the outcome, both or neither."""
    job = _lock(taken)
    if job is None:
        return
    try:
        with transaction.atomic():
            posted = _post_document(job, by=job.run.requested_by, at=at)
    except Gone:
        _note_failure(job, [document_gone(name_of(job))], at=at)
    except ErpError as error:
        _note_failure(job, error.problems, at=at)
    else:
        left = posted.document.pk if posted.document else None
        goods_no = posted.shipment.number if posted.shipment else ""
        money_no = posted.invoice.number if posted.invoice else ""
        update_rows(PostingJob, [_Done(job.pk, left, goods_no, money_no, Status.POSTED, [], at)])
    finish_run(job.run, at=at)


def _lock(taken: PostingJob) -> PostingJob | None:
    """The job as it is now; None where another process took it up first."""
    return TAKEN.first(key=taken.pk, begun=taken.started_at)


@needs(to_post_job)
def _post_document(job: PostingJob, *, by, at: datetime) -> Posted:
    """With the rights that whoever asked for it has by now."""
    run = job.run
    document = lock(job.document_id)
    values = SalesValues.kept(document.currency_code)
    document = _replace_dates(document, run, values=values, at=at)
    if run.calc_invoice_discount and not values.sales.calc_invoice_discount:
        lines = list(document.lines.select_related("item").order_by("line_no"))
        lines = discount_invoice(document, values=values, at=at, lines=lines)
        finish_amounts(document, lines, values=values, at=at)
    if values.sales.posting_date_check:
        problems = check.check_work_date(document.posting_date, run.requested_at, ask=False)
        raise_problems(document, problems)
    what = {"ship": run.ship, "invoice": run.invoice, "from_queue": True, "held": True}
    return post(document, by=by, at=at, confirmed_date=True, values=values, **what)


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
        release(document, by=run.requested_by, at=at, values=values, was_approved=True)
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
