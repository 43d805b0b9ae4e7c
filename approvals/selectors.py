"""What people ask about approvals."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet

from approvals import subjects
from approvals.fitting import first_fit
from approvals.models import (
    ApprovalComment,
    ApprovalDecision,
    ApprovalEntry,
    ApprovalRun,
    ApprovalSetup,
    ApprovalUser,
    Workflow,
)
from approvals.subjects import Facts

Status, RunStatus = ApprovalEntry.Status, ApprovalRun.Status


def approval_setup() -> ApprovalSetup:
    """How strictly this company approves; the defaults where nobody said."""
    return ApprovalSetup.objects.filter(pk=1).first() or ApprovalSetup()


def administrator() -> int | None:
    """The user who may decide for others; None where there is nobody."""
    return ApprovalUser.objects.filter(is_administrator=True).values_list("user_id", flat=True).first()


@dataclass(frozen=True, slots=True)
class Waiting:
    """A question that a user has to answer."""

    entry: int
    run: str
    title: str
    document_type: str
    document_no: str
    party_no: str
    party_name: str
    amount: Decimal
    currency_code: str
    amount_lcy: Decimal
    sender: str
    asked_at: datetime
    due_date: date
    is_overdue: bool
    comments: int
    address: str


def waiting_for(user, *, on: date | None = None) -> list[Waiting]:
    """What the user is asked to approve, the most urgent first. One query.

    on  today, for what is overdue: due before it; None marks nothing
    """
    entries = ApprovalEntry.objects.filter(approver=user, status=Status.OPEN).select_related("run__sender")
    entries = entries.annotate(comment_count=Count("run__comments")).order_by("due_date", "opened_at", "id")
    return [
        Waiting(
            entry=entry.pk,
            run=str(entry.run.uuid),
            title=entry.run.title,
            document_type=entry.run.document_type,
            document_no=entry.run.document_no,
            party_no=entry.run.party_no,
            party_name=entry.run.party_name,
            amount=entry.run.amount,
            currency_code=entry.run.currency_code,
            amount_lcy=entry.run.amount_lcy,
            sender=name_of(entry.run.sender),
            asked_at=entry.opened_at,
            due_date=entry.due_date,
            is_overdue=on is not None and entry.due_date < on,
            comments=entry.comment_count,
            address=address_of(entry.run),
        )
        for entry in entries
    ]


@dataclass(frozen=True, slots=True)
class Sent:
    """A document that a user sent for approval; `waits_for` are the log-ins of those who are asked now."""

    run: str
    title: str
    document_type: str
    document_no: str
    party_no: str
    party_name: str
    amount: Decimal
    currency_code: str
    amount_lcy: Decimal
    sent_at: datetime
    ended_at: datetime | None
    status: str
    status_name: str
    waits_for: tuple[str, ...]
    due_date: date | None
    is_overdue: bool
    comments: int
    address: str

    @property
    def is_pending(self) -> bool:
        return self.status == RunStatus.PENDING


def sent_by(user, *, on: date | None = None, pending: bool = True, limit: int = 200) -> list[Sent]:
    """What the user sent, the newest first; one row for each document, not for each question. One query.

    pending  only what is not decided yet
    """
    runs = ApprovalRun.objects.filter(sender=user)
    runs = runs.filter(status=RunStatus.PENDING) if pending else runs
    is_open = Q(entries__status=Status.OPEN)
    runs = runs.annotate(
        waits_for=ArrayAgg("entries__approver__username", filter=is_open, default=[], distinct=True),
        due=Min("entries__due_date", filter=is_open),
        comment_count=Count("comments", distinct=True),
    )
    return [
        Sent(
            run=str(run.uuid),
            title=run.title,
            document_type=run.document_type,
            document_no=run.document_no,
            party_no=run.party_no,
            party_name=run.party_name,
            amount=run.amount,
            currency_code=run.currency_code,
            amount_lcy=run.amount_lcy,
            sent_at=run.sent_at,
            ended_at=run.ended_at,
            status=run.status,
            status_name=run.get_status_display(),
            waits_for=tuple(run.waits_for),
            due_date=run.due,
            is_overdue=on is not None and run.due is not None and run.due < on,
            comments=run.comment_count,
            address=address_of(run),
        )
        for run in runs.order_by("-id")[:limit]
    ]


def name_of(user) -> str:
    """What people call a user."""
    return (user.get_full_name() or user.username) if user else ""


def address_of(run: ApprovalRun) -> str:
    """The page of the document that a request is about."""
    return subjects.get(run.subject).address(run.document_type, run.document_no)


def enabled_workflows(subject: str, type: str) -> QuerySet[Workflow]:
    """The rules that may apply to documents of a type, in the order in which they are tried."""
    return Workflow.objects.filter(enabled=True, subject=subject, document_types__contains=[type])


def last_run(subject: str, key: int) -> ApprovalRun | None:
    """The newest request for a document."""
    return ApprovalRun.objects.filter(subject=subject, subject_id=key).order_by("-id").first()


def was_approved(subject: str, key: int) -> bool:
    """Whether the newest request for a document was approved."""
    run = last_run(subject, key)
    return run is not None and run.status == RunStatus.APPROVED


def documents_gone(run: str = "") -> Q:
    """The condition that the document of a request was posted, converted or deleted; `run` is the path to it."""
    gone = Q(pk__in=[])
    for subject in subjects.known():
        there = subject.documents().filter(pk=OuterRef(f"{run}subject_id"))
        gone |= Q(**{f"{run}subject": subject.name}) & ~Exists(there)
    return gone


def overdue_entries(*, on: date) -> QuerySet[ApprovalEntry]:
    """Questions that should have been answered before a day."""
    entries = ApprovalEntry.objects.filter(status=Status.OPEN, due_date__lt=on)
    return entries.select_related("run__sender", "approver").order_by("id")


@dataclass(frozen=True, slots=True)
class Remark:
    """What somebody said or did about a request, and when."""

    at: datetime
    by: str
    what: str
    text: str


@dataclass(frozen=True)
class Approval:
    """Where a document stands, and what a user may do about it: what its page shows.

    run         the newest request; None where it was never sent
    entries     its questions in their order, as rows with `approver`
    mine        the question that this user may answer, if there is one
    is_wanted   it is open, and a workflow wants it approved before it is released
    was_changed the document amounts to something else than what was asked about
    """

    subject: str
    type: str
    number: str
    run: ApprovalRun | None = None
    entries: Sequence[ApprovalEntry] = ()
    remarks: Sequence[Remark] = ()
    mine: ApprovalEntry | None = None
    is_wanted: bool = False
    may_request: bool = False
    may_cancel: bool = False
    may_decide: bool = False
    may_delegate: bool = False
    may_comment: bool = False

    @property
    def is_pending(self) -> bool:
        return self.run is not None and self.run.status == RunStatus.PENDING

    @property
    def is_rejected(self) -> bool:
        """Rejected, and not sent again."""
        return self.run is not None and self.run.status == RunStatus.REJECTED

    @property
    def asked(self) -> list[ApprovalEntry]:
        """Who is asked at this moment."""
        return [entry for entry in self.entries if entry.status == Status.OPEN]

    @property
    def rejection(self) -> Remark | None:
        """Who rejected it, and why."""
        verb = ApprovalDecision.Verb.REJECTED.label
        return next((remark for remark in reversed(self.remarks) if remark.what == verb), None)


def approval_of(
    subject: str, *, key: int, type: str, number: str, user, is_open: bool, facts: Callable[[], Facts]
) -> Approval:
    """What the page of a document says about its approval; the number of queries does not depend on its history.

    is_open  the document can still be changed: the question whether it must be approved arises
    facts    asked only where a workflow is about documents of this type
    """
    workflows = list(enabled_workflows(subject, type)) if is_open else []
    is_wanted = bool(workflows) and first_fit(workflows, facts()) is not None
    return _approval(
        last_run(subject, key),
        user,
        subject=subject,
        type=type,
        number=number,
        is_wanted=is_wanted,
        may_request=is_wanted and user.has_perm("approvals.request_approval"),
    )


def approval_of_run(run: ApprovalRun, *, user) -> Approval:
    """What the page of one request says about it."""
    return _approval(run, user, subject=run.subject, type=run.document_type, number=run.document_no)


def _approval(run: ApprovalRun | None, user, **known) -> Approval:
    if run is None:
        return Approval(**known)
    entries = list(run.entries.select_related("approver").order_by("sequence", "id"))
    is_pending = run.status == RunStatus.PENDING
    rights = _rights_in(run, entries, user) if is_pending else {}
    return Approval(run=run, entries=entries, remarks=remarks_of(run), **rights, **known)


def _rights_in(run: ApprovalRun, entries: Sequence[ApprovalEntry], user) -> dict:
    asked = [entry for entry in entries if entry.status == Status.OPEN]
    mine = next((entry for entry in asked if entry.approver_id == user.pk), None)
    is_sender = run.sender_id == user.pk
    is_administrator = administrator() == user.pk
    mine = mine or (asked[0] if is_administrator and asked else None)
    decides = mine is not None and not is_sender and user.has_perm("approvals.decide_approval")
    return {
        "mine": mine,
        "may_decide": decides,
        "may_cancel": is_administrator or (is_sender and user.has_perm("approvals.request_approval")),
        "may_delegate": bool(asked) and (decides or is_sender or is_administrator),
        "may_comment": takes_part(run, entries, user),
    }


def takes_part(run: ApprovalRun, entries: Sequence[ApprovalEntry], user) -> bool:
    """Whether somebody sent the request or was ever asked; the administrator always does."""
    people = {run.sender_id, *(entry.approver_id for entry in entries)}
    return user.pk in people or administrator() == user.pk


def remarks_of(run: ApprovalRun) -> list[Remark]:
    """Everything that was done and said, in its order: decisions with their comments, and comments by themselves."""
    comments = list(run.comments.select_related("by").order_by("id"))
    said = {comment.decision_id: comment.text for comment in comments if comment.decision_id}
    decisions = run.decisions.select_related("by", "approver", "to").order_by("id")
    found = [
        Remark(decision.at, name_of(decision.by), _what(decision), said.get(decision.pk, ""))
        for decision in decisions
    ]
    found += [
        Remark(comment.at, name_of(comment.by), ApprovalComment._meta.verbose_name, comment.text)
        for comment in comments
        if comment.decision_id is None
    ]
    return sorted(found, key=lambda remark: remark.at)


def _what(decision: ApprovalDecision) -> str:
    if decision.to_id:
        return f"{decision.get_verb_display()}: {name_of(decision.approver)} → {name_of(decision.to)}"
    return str(decision.get_verb_display())


def may_see(run: ApprovalRun, user) -> bool:
    """A request is shown to those who take part in it, and to whoever may see all of them."""
    return user.has_perm("approvals.view_approvalrun") or takes_part(run, list(run.entries.all()), user)
