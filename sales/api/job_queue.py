"""The job queue as v2.0 shows it: documents that wait to be posted, are being posted, or stopped at an error."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Case, CharField, Exists, F, IntegerField, OuterRef, QuerySet, Value, When
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce, Concat
from django.utils.translation import gettext as _

from erp.kernel.odata.asking import Asking
from erp.kernel.odata.entity import Action, Done, EntitySet, Many
from erp.kernel.odata.errors import ApiError
from erp.kernel.odata.properties import Bool, Choice, Guid, Int, Moment, Text
from erp.kernel.odata.rowid import row_id
from sales.api.operations import VIEW, may_post
from sales.models import PostingJob
from sales.routines.schedule import schedule

Status = PostingJob.Status


def restart(asking: Asking, job: PostingJob, given: Mapping[str, Any]) -> Done:
    """Hand a document over once more that stopped at an error."""
    if job.status != Status.FAILED:
        message = _("{document} waits or is being posted: there is nothing to restart.")
        raise ApiError(400, "BadRequest_InvalidOperation", message.format(document=job.document_no))
    run = job.run
    may_post(asking, job.document, run)
    again = schedule(
        [job.document],
        by=asking.user,
        at=asking.at,
        ship=run.ship,
        invoice=run.invoice,
        posting_date=run.posting_date,
        replace_posting_date=run.replace_posting_date,
        replace_document_date=run.replace_document_date,
        calc_invoice_discount=run.calc_invoice_discount,
    )
    return Done(location=(JobQueueEntries.name, row_id(PostingJob._meta.label_lower, again.jobs.get().pk)))


QUEUE = {
    "waiting": "Ready",
    "posting": "In Process",
    "failed": "Error",
    "hold": "On Hold",
    "done": "Finished",
}
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Fridays", "Saturdays", "Sundays")
_PRIORITIES = {"high": "High", "normal": "Normal", "low": "Low"}
POSTING_CODEUNIT = 88  # Sales Post via Job Queue
_RECORD = Concat(
    Value("Sales Header: "), F("document_type"), Value(","), F("document_no"), output_field=CharField()
)


def _fixed(value: Any, field: Any) -> Value:
    return Value(value, field)


class JobQueueEntries(EntitySet):
    """Documents that wait to be posted, are being posted, or could not be; who succeeded is not in the queue."""

    name, entity, model, scope = "jobQueueEntries", "jobQueueEntry", PostingJob, "sales.orders"
    permissions = {"GET": VIEW}
    properties = (
        Guid("id", key="pk", of=PostingJob, read_only=True),
        Guid("jobQueueEntryId", "run__uuid", read_only=True),
        Text("userId", "run__requested_by__username", length=65, read_only=True, nullable=True),
        Choice("status", "status", values=QUEUE, type="JobQueueStatus", read_only=True),
        Choice(
            "objectTypeToRun",
            _fixed("codeunit", CharField()),
            values={"report": "Report", "codeunit": "Codeunit"},
            read_only=True,
        ),
        Int("objectIdToRun", _fixed(POSTING_CODEUNIT, IntegerField()), read_only=True),
        Text("objectCaptionToRun", _fixed("Sales Post via Job Queue", CharField()), length=250, read_only=True),
        Text("description", _RECORD, length=250, read_only=True, filterable=False),
        Text("jobQueueCategoryCode", length=10, read_only=True, absent=True),
        Choice(
            "priorityWithinCategory", _fixed("normal", CharField()), values=_PRIORITIES, read_only=True
        ),
        Text("parameterString", length=250, read_only=True, absent=True),
        Moment("earliestStartDateTime", "run__requested_at", read_only=True),
        Moment("expirationDateTime", read_only=True, absent=True),
        Moment("lastReadyState", "run__requested_at", read_only=True),
        Bool("recurringJob", read_only=True, absent=True),
        Int("numberOfMinutesBetweenRuns", read_only=True, absent=True),
        *[Bool(f"runOn{day}", read_only=True, absent=True) for day in _DAYS],
        Int("maxNumberAttemptsToRun", _fixed(1, IntegerField()), read_only=True),
        Int("numberOfAttemptsToRun", read_only=True, absent=True),
        Int("rerunDelay", read_only=True, absent=True),
        Text("errorMessage", KT("problems__0__message"), length=2048, read_only=True, nullable=True,
             filterable=False),
        Bool("notifyOnSuccess", read_only=True, absent=True),
        Bool("scheduled", Case(When(status=Status.WAITING, then=Value(True)), default=Value(False)),
             read_only=True),
        Text("recordIdToProcess", _RECORD, read_only=True, filterable=False),
        Moment(
            "lastModifiedDateTime",
            Coalesce(F("ended_at"), F("started_at"), F("run__requested_at")),
            read_only=True,
        ),
    )  # fmt: skip
    navigation = (Many("jobQueueLogEntries", to="jobQueueLogEntries", by="jobQueueEntryId"),)
    actions = (Action("restart", run=restart, permissions=VIEW, about="Hands a document over once more."),)

    def rows(self, asking: Asking) -> QuerySet[PostingJob]:
        """The newest job of each document that is still there."""
        newer = PostingJob.objects.filter(document=OuterRef("document"), pk__gt=OuterRef("pk")).order_by()
        jobs = PostingJob.objects.order_by().filter(run__in_background=True, document__isnull=False)
        return jobs.filter(~Exists(newer), status__in=(Status.WAITING, Status.POSTING, Status.FAILED))
