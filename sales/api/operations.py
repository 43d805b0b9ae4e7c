"""Posting in the background: operations that a client looks after.

An action that posts, sent with `Prefer: respond-async`, is answered 202 with the address of an operation (source:
api-v2, section 13.15). `jobQueueEntries` show the same jobs as v2.0 does.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    DateTimeField,
    Exists,
    IntegerField,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from erp.kernel.odata.asking import Asking
from erp.kernel.odata.entity import Done, EntitySet, Many
from erp.kernel.odata.errors import ApiError, denied
from erp.kernel.odata.properties import Choice, Guid, Int, Moment, Text
from sales.models import (
    PostingJob,
    PostingRun,
    ReturnReceipt,
    SalesCreditMemo,
    SalesDocument,
    SalesInvoice,
    SalesShipment,
)
from sales.rights import to_post
from sales.routines.remove_from_queue import remove_from_queue
from sales.routines.schedule import schedule

Status = PostingJob.Status
KEPT = timedelta(days=30)
VIEW = ("sales.view_salesdocument",)
SETS: Mapping[str, str] = {
    "quote": "salesQuotes",
    "order": "salesOrders",
    "invoice": "salesInvoices",
    "credit_memo": "salesCreditMemos",
    "blanket_order": "blanketSalesOrders",
    "return_order": "salesReturnOrders",
}
PAPERS = (
    ("money_no", SalesInvoice, "salesInvoices"),
    ("money_no", SalesCreditMemo, "salesCreditMemos"),
    ("goods_no", SalesShipment, "salesShipments"),
    ("goods_no", ReturnReceipt, "returnReceipts"),
)
STATES = {
    "waiting": "NotStarted",
    "posting": "Running",
    "posted": "Succeeded",
    "failed": "Failed",
    "removed": "Canceled",
}


def hand_over(at_once: Callable[..., Done], **what: bool) -> Callable[[Asking, Any, Mapping[str, Any]], Done]:
    """What an action does that may be done later: hands the document over to the job queue.

    at_once  what it does else; also where more is asked than the queue can be told, as `Prefer` allows
    what     ship, invoice
    """

    def later(asking: Asking, record: Any, given: Mapping[str, Any]) -> Done:
        beyond = [name for name, value in given.items() if value is not None and name != "posting_date"]
        if beyond or not isinstance(record, SalesDocument):
            return at_once(asking, record, given)
        day = given.get("posting_date")
        run = schedule(
            [record],
            by=asking.user,
            at=asking.at,
            posting_date=day,
            replace_posting_date=day is not None,
            **what,
        )
        headers = {"Preference-Applied": "respond-async"}
        return Done(location=(Operations.name, run.uuid), headers=headers, status=202)

    return later


def _jobs(*statuses: str) -> QuerySet[PostingJob]:
    jobs = PostingJob.objects.filter(run=OuterRef("pk")).order_by()
    return jobs.filter(status__in=statuses) if statuses else jobs


def _count(*statuses: str) -> Coalesce:
    counted = _jobs(*statuses).values("run").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), Value(0))


def _first(text: str) -> Coalesce:
    """Something of the first problem that stopped a document."""
    found = (
        _jobs(Status.FAILED).order_by("place").annotate(said=KT(f"problems__0__{text}")).values("said")[:1]
    )
    return Coalesce(Subquery(found, output_field=CharField()), Value(""))


_STATE = Case(
    When(Q(finished_at=None) & ~Exists(_jobs(Status.POSTING, Status.POSTED)), then=Value("waiting")),
    When(finished_at=None, then=Value("posting")),
    When(Exists(_jobs(Status.FAILED)), then=Value("failed")),
    When(Exists(_jobs(Status.POSTED)), then=Value("posted")),
    default=Value("removed"),
    output_field=CharField(),
)
_KIND = Case(
    When(ship=True, invoice=True, then=Value("post")),
    When(ship=True, then=Value("ship")),
    default=Value("invoice"),
    output_field=CharField(),
)
_STARTED = Subquery(
    _jobs().values("run").annotate(first=Min("started_at")).values("first"), output_field=DateTimeField()
)
_DONE = _count(Status.POSTED, Status.FAILED, Status.REMOVED) * Value(100) / _count()


class Operations(EntitySet):
    """What was handed over to be posted, for thirty days. DELETE takes back what has not begun."""

    name, entity, model, scope = "operations", "operation", PostingRun, "sales.orders"
    is_extension = True
    verbs = frozenset({"GET", "DELETE"})
    permissions = {"GET": VIEW, "DELETE": VIEW}
    properties = (
        Guid("id", "uuid", read_only=True),
        Text("kind", _KIND, read_only=True),
        Choice("status", _STATE, values=STATES, type="OperationStatus", read_only=True),
        Int("percentComplete", _DONE, read_only=True, filterable=False),
        Moment("createdAt", "requested_at", read_only=True),
        Moment("startedAt", _STARTED, read_only=True, nullable=True),
        Moment("finishedAt", "finished_at", read_only=True, nullable=True),
        Text("resultLocation", read_only=True, filterable=False),
        Text("errorCode", _first("code"), read_only=True),
        Text("errorMessage", _first("message"), read_only=True),
    )
    navigation = (Many("items", to="operationItems", by="operationId"),)

    def rows(self, asking: Asking) -> QuerySet[PostingRun]:
        return PostingRun.objects.order_by().filter(in_background=True, requested_at__gte=asking.at - KEPT)

    def extra(self, asking: Asking, rows: list[dict[str, Any]]) -> None:
        """Where that which a single document became can be read."""
        jobs = PostingJob.objects.filter(run__uuid__in=[row["id"] for row in rows], place=1)
        jobs = list(jobs.filter(status=Status.POSTED).select_related("run"))
        found: dict[str, str] = {}
        for column, model, name in PAPERS:
            numbers = {getattr(job, column): str(job.run.uuid) for job in jobs if getattr(job, column)}
            papers = model.objects.filter(number__in=numbers).values_list("number", "uuid")
            for number, id in papers:
                found.setdefault(numbers[number], f"{asking.base}/{name}({id})")
        for row in rows:
            row["resultLocation"] = found.get(row["id"], "")

    def remove(self, asking: Asking, record: PostingRun) -> None:
        """Take back what still waits; raises 409 where nothing does."""
        waiting = record.jobs.filter(status=Status.WAITING, document__isnull=False).select_related("document")
        documents = [job.document for job in waiting.order_by("place")]
        if not documents:
            message = _("Nothing of this operation waits any more.")
            raise ApiError(409, "BadRequest_InvalidOperation", message)
        for document in documents:
            may_post(asking, document, record)
            remove_from_queue(document, by=asking.user, at=asking.at)


def _item_properties() -> tuple:
    resource = Case(
        *[When(document_type=type, then=Value(name)) for type, name in SETS.items()], output_field=CharField()
    )
    return (
        Guid("id", key="pk", of=PostingJob, read_only=True),
        Guid("operationId", "run__uuid", read_only=True),
        Text("resource", resource, read_only=True),
        Text("documentNumber", "document_no", length=20, read_only=True),
        Choice("status", "status", values=STATES, type="OperationStatus", read_only=True),
        Text("errorCode", KT("problems__0__code"), read_only=True, nullable=True, filterable=False),
        Text("errorMessage", KT("problems__0__message"), read_only=True, nullable=True, filterable=False),
    )


class OperationItems(EntitySet):
    """The documents of an operation, and what became of each."""

    name, entity, model, scope = "operationItems", "operationItem", PostingJob, "sales.orders"
    is_extension = True
    permissions = {"GET": VIEW}
    needs = ("operationId", "id")
    properties = _item_properties()

    def rows(self, asking: Asking) -> QuerySet[PostingJob]:
        return PostingJob.objects.order_by().filter(run__requested_at__gte=asking.at - KEPT)


def may_post(asking: Asking, document: SalesDocument, run: PostingRun) -> None:
    """Who may not post a document themselves neither starts nor stops its posting; raises 403."""
    if not asking.user.has_perms(to_post(document, ship=run.ship, invoice=run.invoice)):
        raise denied(_("You don't have the permission that this needs."))
