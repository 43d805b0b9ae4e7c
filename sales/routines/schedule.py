"""Handing documents over to be posted: one in the background, or many in a run."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from erp.kernel import outbox
from erp.kernel.access import needs
from erp.kernel.errors import ErpError, Problem, ProblemsFound, raise_problems
from sales.approval import POST, check_needs_no_approval
from sales.models import PostingJob, PostingRun, SalesDocument, SalesSetup
from sales.plans import check
from sales.plans.jobs import as_rows, document_gone
from sales.rights import to_schedule
from sales.routines.release import release
from sales.routines.sources import in_lock_order

Status = SalesDocument.Status
SCHEDULED = "sales.posting.scheduled"


@needs(to_schedule)
@transaction.atomic
def schedule(
    documents: Iterable[SalesDocument],
    *,
    by,
    at: datetime,
    ship: bool = True,
    invoice: bool = True,
    posting_date: date | None = None,
    replace_posting_date: bool = False,
    replace_document_date: bool = False,
    calc_invoice_discount: bool = False,
    stop_at_first_error: bool = False,
    in_background: bool = True,
) -> PostingRun:
    """Write a posting run with a job for each document, in their order; `run_jobs` posts them, each by itself.

    ship, invoice          of orders and return orders; invoices and credit memos are always posted whole
    posting_date           documents without one take it, all of them where it replaces theirs
    calc_invoice_discount  calculated before posting; where the set-up does it anyway this changes nothing
    in_background          the job queue posts; documents are released now, so that nobody changes them meanwhile
    raises                 ProblemsFound: E-BATCH-NODATE, E-POST-FLAG; of a single document whatever keeps it from being
                           scheduled: E-QUEUED, E-POST-TYPE, E-POST-APPROVAL, E-POST-DATEWORK, and what release finds.
                           In a longer run such a document has failed before the run begins

    Source: Business Central, batch posting and posting with the job queue. Undo with `remove_from_queue`.
    """
    wanted = list({document.pk: document for document in documents}.values())
    dates = replace_posting_date or replace_document_date
    problems = _check_asked(wanted, ship=ship, invoice=invoice, wants_date=dates and posting_date is None)
    raise_problems(_("Posting run"), problems)
    run = PostingRun.objects.create(
        requested_at=at,
        requested_by=by,
        ship=ship,
        invoice=invoice,
        posting_date=posting_date,
        replace_posting_date=replace_posting_date,
        replace_document_date=replace_document_date,
        calc_invoice_discount=calc_invoice_discount,
        stop_at_first_error=stop_at_first_error,
        in_background=in_background,
    )
    keys = [document.pk for document in wanted]
    rows = SalesDocument.objects.select_for_update(of=("self",)).filter(pk__in=keys)
    locked = {document.pk: document for document in in_lock_order(rows)}
    queued = set(PostingJob.objects.pending().filter(document__in=keys).values_list("document_id", flat=True))
    checks_dates = SalesSetup.objects.values_list("posting_date_check", flat=True).get()
    jobs = []
    for place, document in enumerate(wanted, start=1):
        found = locked.get(document.pk)
        problems = [document_gone(str(document))]
        if found is not None:
            problems = _prepare(found, run, queued=found.pk in queued, checks_dates=checks_dates)
        if problems and len(wanted) == 1:
            raise ProblemsFound(problems, subject=document)
        jobs.append(
            PostingJob(
                run=run,
                place=place,
                document=found,
                document_type=document.type,
                document_no=document.number,
                status=PostingJob.Status.FAILED if problems else PostingJob.Status.WAITING,
                problems=as_rows(problems),
                ended_at=at if problems else None,
            )
        )
    PostingJob.objects.bulk_create(jobs)
    waiting = any(job.status == PostingJob.Status.WAITING for job in jobs)
    if not waiting:
        run.finished_at = at
        run.save(update_fields=["finished_at"])
    elif in_background:
        outbox.put(SCHEDULED, key=str(run.uuid))
    return run


def posting_date_of(document: SalesDocument, run: PostingRun) -> date | None:
    """The day on which a run posts a document."""
    if run.posting_date and (run.replace_posting_date or document.posting_date is None):
        return run.posting_date
    return document.posting_date


def _check_asked(
    documents: list[SalesDocument], *, ship: bool, invoice: bool, wants_date: bool
) -> list[Problem]:
    problems = []
    if wants_date:
        message = _("Replacing dates needs a posting date: enter it, or leave the documents theirs.")
        problems.append(Problem("E-BATCH-NODATE", message, field="posting_date"))
    if not (ship or invoice) and any(document.traits.in_steps for document in documents):
        problems.append(Problem("E-POST-FLAG", _("Choose to ship, to invoice, or both."), field="what"))
    return problems


def _prepare(document: SalesDocument, run: PostingRun, *, queued: bool, checks_dates: bool) -> list[Problem]:
    """What keeps a document out of the run; one that is posted in the background is released on the way."""
    problems = check.check_may_start(document, queued=queued) or check_needs_no_approval(document, code=POST)
    if checks_dates and not problems:
        problems = check.check_work_date(posting_date_of(document, run), run.requested_at, ask=False)
    if problems or not run.in_background or document.status == Status.RELEASED:
        return problems
    try:
        release(document, by=run.requested_by, at=run.requested_at)
    except ErpError as error:
        return list(error.problems)
    return []
