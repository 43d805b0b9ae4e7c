"""Who is asked to approve what: open questions and answered ones, and the answers (source: api-v2, section 13.5)."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Concat
from django.utils.translation import gettext as _

from approvals.api.names import APPROVAL_TYPES, DOCUMENT_TYPES, LIMITS, STATUS, full_name
from approvals.models import ApprovalComment, ApprovalEntry, ApprovalRun
from approvals.routines.approve import approve as say_yes
from approvals.routines.asking import lock_entry
from approvals.routines.comment import comment as say
from approvals.routines.delegate import delegate as pass_on
from approvals.routines.reject import reject as say_no
from approvals.selectors import documents_gone
from erp.kernel.odata.asking import Asking
from erp.kernel.odata.entity import Action, Done, EntitySet, Many, RowVersion, Source
from erp.kernel.odata.errors import denied, invalid, missing
from erp.kernel.odata.kinds import UserName
from erp.kernel.odata.properties import Bool, Choice, Code, Day, Dec, Formula, Guid, Int, Moment, Number, Text
from erp.kernel.odata.rowid import row_id

Status, RunStatus = ApprovalEntry.Status, ApprovalRun.Status
SALES_HEADER = 36  # the table of sales documents in Business Central
MAY_DECIDE = "approvals.decide_approval"
MAY_SEE = ("approvals.view_approvalentry",)
MAY_SEE_ALL = "approvals.view_approvalrun"
SEES_CREDIT = "receivables.view_customerbalance"


def _count(*statuses: str) -> Coalesce:
    """How many questions of the same request stand so."""
    peers = ApprovalEntry.objects.filter(run=OuterRef("run"), status__in=statuses).order_by()
    found = Subquery(peers.values("run").annotate(n=Count("pk")).values("n"), output_field=IntegerField())
    return Coalesce(found, Value(0))


_RECORD = Concat(
    Value("Sales Header: "), F("run__document_type"), Value(","), F("run__document_no"),
    output_field=CharField(),
)  # fmt: skip
_DELEGATION = Case(
    When(run__delegate_after=0, then=Value("")),
    default=Concat(F("run__delegate_after"), Value("D"), output_field=CharField()),
    output_field=CharField(),
)


def available_credit(asking: Asking) -> Any:
    """The credit that was left when the request was sent; nothing for those who may not see what is owed."""
    return F("run__available_credit") if asking.user.has_perm(SEES_CREDIT) else None


def properties(record: str, *more: Any) -> tuple:
    """The properties of approval entries; `record` names the one that says what is approved."""
    return (
        Guid("id", key="pk", of=ApprovalEntry, read_only=True),
        Int("entryNumber", "pk", read_only=True, sortable=True),
        Int("tableId", Value(SALES_HEADER, IntegerField()), read_only=True),
        Choice(
            "documentType",
            "run__document_type",
            values=DOCUMENT_TYPES,
            type="ApprovalDocType",
            read_only=True,
        ),
        Number("documentNumber", "run__document_no", length=20, read_only=True),
        Int("sequenceNumber", "sequence", read_only=True),
        UserName("senderId", "run__sender__username", read_only=True),
        Text("senderName", full_name("run__sender"), length=80, read_only=True),
        Code("approvalCode", "run__workflow_code", length=20, read_only=True),
        Code("salespersonPurchaserCode", "run__salesperson_code", length=20, read_only=True),
        Text("salespersonPurchaserName", length=80, read_only=True, absent=True),
        UserName("approverId", "approver__username", read_only=True),
        Text("approverName", full_name("approver"), length=80, read_only=True),
        Choice("status", "status", values=STATUS, type="ApprovalStatus", read_only=True),
        Moment("dateTimeSentForApproval", "run__sent_at", read_only=True),
        Moment("lastDateTimeModified", "changed_at", read_only=True),
        Bool(
            "comment",
            Exists(ApprovalComment.objects.filter(run=OuterRef("run")).order_by()),
            read_only=True,
            filterable=False,
        ),
        Day("dueDate", "due_date", nullable=False, read_only=True),
        Dec("amount", "run__amount", scale=2, read_only=True),
        Dec("amountLCY", "run__amount_lcy", scale=2, read_only=True),
        Code("currencyCode", "run__currency_code", length=10, read_only=True),
        Choice(
            "approvalType", "run__approver_type", values=APPROVAL_TYPES, type="ApprovalType", read_only=True
        ),
        Choice("limitType", "run__limit_type", values=LIMITS, type="LimitType", read_only=True),
        Dec("availableCreditLimitLCY", available_credit, scale=2, nullable=True, read_only=True),
        Int("pendingApprovals", _count(Status.CREATED, Status.OPEN), read_only=True, filterable=False),
        Text(record, _RECORD, read_only=True, filterable=False),
        Formula("delegationDateFormula", _DELEGATION, read_only=True, filterable=False),
        Int("numberOfApprovedRequests", _count(Status.APPROVED), read_only=True, filterable=False),
        Int("numberOfRejectedRequests", _count(Status.REJECTED), read_only=True, filterable=False),
        Bool("relatedToChange", read_only=True, absent=True),
        Guid("workflowStepInstanceId", "run__uuid", read_only=True),
        Moment("lastModifiedDateTime", "changed_at", read_only=True),
        *more,
    )


def approve(asking: Asking, entry: ApprovalEntry, given: Mapping[str, Any]) -> Done:
    say_yes(entry, by=asking.user, at=asking.at, on=asking.on, comment=given.get("comment") or "")
    return _done(entry)


def reject(asking: Asking, entry: ApprovalEntry, given: Mapping[str, Any]) -> Done:
    comment = (given.get("comment") or "").strip()
    if not comment:
        raise missing(_("Say why: comment."), "comment")
    say_no(entry, by=asking.user, at=asking.at, comment=comment)
    return _done(entry)


def delegate(asking: Asking, entry: ApprovalEntry, given: Mapping[str, Any]) -> Done:
    """The set-up says to whom; a name that was sent must be that one."""
    if entry.run.sender_id != asking.user.pk and not asking.user.has_perm(MAY_DECIDE):
        raise denied(_("You don't have the permission that this needs."))
    taken = pass_on(entry, by=asking.user, at=asking.at, comment=given.get("comment") or "")
    to, wanted = taken.approver.get_username(), given.get("to_user") or ""
    if wanted and wanted.lower() != to.lower():
        message = _("The request would go to {user}, as the approval users are set up; not to {wanted}.")
        raise invalid(message.format(user=to, wanted=wanted), "toUserId")
    return _done(entry)


def _done(entry: ApprovalEntry) -> Done:
    """Where the question stands now."""
    now = ApprovalEntry.objects.select_related("run", "approver").get(pk=entry.pk)
    status = ApprovalEntries.property("status")
    body = {
        "status": status.show(now.status, None),
        "approverId": now.approver.get_username(),
        "requestStatus": now.run.status.capitalize(),
    }
    return Done(location=(ApprovalEntries.name, row_id(ApprovalEntry._meta.label_lower, now.pk)), body=body)


class _Entries(EntitySet):
    """Questions; who may not see all of them sees those of requests in which they take part."""

    model = ApprovalEntry
    scope = "approvals"
    permissions: Mapping[str, tuple[str, ...]] = {"GET": MAY_SEE}
    unique = ("entryNumber",)

    def rows(self, asking: Asking) -> QuerySet[ApprovalEntry]:
        rows = ApprovalEntry.objects.order_by()
        if asking.user.has_perm(MAY_SEE_ALL):
            return rows
        mine = ApprovalEntry.objects.filter(run=OuterRef("run"), approver=asking.user)
        return rows.filter(Q(run__sender=asking.user) | Exists(mine))

    def extra(self, asking: Asking, rows: list[dict[str, Any]]) -> None:
        """Take out what the caller may not see: it must not look like nothing."""
        if not asking.user.has_perm(SEES_CREDIT):
            for row in rows:
                row.pop("availableCreditLimitLCY", None)

    def sources(self, asking: Asking) -> Sequence[Source]:
        etag = (RowVersion(), F("run__status"), F("run__amount"), F("run__amount_lcy"))
        return [Source(self.rows(asking), etag=etag)]


_ANSWER = (UserName("approverId"), Text("status"), Text("requestStatus"))


class ApprovalEntries(_Entries):
    """One question to one person. `approverId eq '%me'` finds those of whoever asks."""

    name, entity = "approvalEntries", "approvalEntry"
    properties = properties("recordIdToApprove")
    navigation = (Many("comments", to="approvalComments", by="approvalEntryId"),)
    actions = (
        Action(
            "approve", run=approve, permissions=(MAY_DECIDE,), given=(Text("comment"),), extension=True,
            insists=True, answers=_ANSWER, about="Says yes. If-Match names what was read: nobody decides blindly.",
        ),
        Action(
            "reject", run=reject, permissions=(MAY_DECIDE,), given=(Text("comment"),), extension=True,
            insists=True, answers=_ANSWER, about="Says no, with a comment that says why.",
        ),
        Action(
            "delegate", run=delegate, given=(UserName("toUserId", to="to_user"), Text("comment")), extension=True,
            answers=_ANSWER, about="Lets the substitute answer, else the approver's approver or the administrator.",
        ),
    )  # fmt: skip

    def rows(self, asking: Asking) -> QuerySet[ApprovalEntry]:
        return super().rows(asking).filter(~_posted())

    def find(self, asking: Asking, id: Any, *, lock: bool = False) -> ApprovalEntry:
        """The question; with its document and its request, which everybody locks first."""
        entry = super().find(asking, id)
        if lock:
            lock_entry(entry)
        return entry


class PostedApprovalEntries(_Entries):
    """Questions about documents that were approved, and are posted or became another document since."""

    name, entity = "postedApprovalEntries", "postedApprovalEntry"
    properties = properties(
        "recordIdToApprove",
        Text("recordId", _RECORD, read_only=True, filterable=False),
        Int("iterationNumber", Value(0, IntegerField()), read_only=True),
        UserName("lastModifiedById", "changed_by__username", read_only=True, nullable=True),
    )

    def rows(self, asking: Asking) -> QuerySet[ApprovalEntry]:
        return super().rows(asking).filter(_posted())


def _posted() -> Q:
    """Approved, and the document is not there any more."""
    return Q(run__status=RunStatus.APPROVED) & documents_gone("run__")


_SAID_TO = ("approvalEntryId", "eq")  # the question along with which a new comment is shown


class ApprovalComments(EntitySet):
    """What was said about a request, by itself or along with a decision. What is said stays."""

    name, entity, model, scope = "approvalComments", "approvalComment", ApprovalComment, "approvals"
    is_extension = True
    verbs = frozenset({"GET", "POST"})
    permissions = {"GET": MAY_SEE, "POST": MAY_SEE}  # the routine knows who may say something
    needs = ("approvalEntryId", "id")
    unique = ("id", "approvalEntryId")
    properties = (
        Guid("id", key="pk", of=ApprovalComment, read_only=True),
        Guid("approvalEntryId", key="run__entries__pk", of=ApprovalEntry, to="entry", required=True),
        UserName("userId", "by__username", read_only=True),
        Text("userName", full_name("by"), length=80, read_only=True),
        Moment("createdAt", "at", read_only=True),
        Text("comment", "text", length=2000, required=True),
    )

    def sources(self, asking: Asking) -> Sequence[Source]:
        """Each comment once for every question of its request; the address names one of them."""
        rows = ApprovalComment.objects.order_by()
        said_to = asking.told.get(self.name, {}).get(_SAID_TO)
        if not asking.user.has_perm(MAY_SEE_ALL):
            runs = ApprovalEntry.objects.filter(approver=asking.user).values("run")
            rows = rows.filter(Q(run__sender=asking.user) | Q(run__in=runs))
        entry = ExpressionWrapper(F("run__entries__pk"), output_field=BigIntegerField())
        if said_to is not None:
            rows = rows.alias(said_to=entry).filter(said_to=said_to)
        return [Source(rows, at={"approvalEntryId": entry})]

    def create(self, asking: Asking, given: dict[str, Any]) -> Any:
        asking.told[self.name] = {_SAID_TO: given["entry"].pk}
        made = say(given["entry"].run, given["text"], by=asking.user, at=asking.at)
        if made is None:
            raise missing(_("{property} must be given.").format(property="comment"), "comment")
        return row_id(ApprovalComment._meta.label_lower, made.pk)
