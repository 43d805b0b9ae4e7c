"""The steps that requesting and deciding share: locks in one order, asking the next ones, telling people."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from approvals import subjects
from approvals.errors import CommentTooLong, NotOpen, NotPending
from approvals.models import ApprovalComment, ApprovalDecision, ApprovalEntry, ApprovalRun, ApprovalUser
from approvals.plans.chain import Person
from approvals.selectors import address_of, name_of
from approvals.subjects import Subject
from erp.kernel import outbox
from erp.kernel.errors import Gone
from erp.kernel.notices import tell as tell_user
from erp.kernel.periods import calc_date

Status, RunStatus, Verb = ApprovalEntry.Status, ApprovalRun.Status, ApprovalDecision.Verb
LONGEST_COMMENT = 2000


def lock_run(run: ApprovalRun) -> tuple[Subject, Any, ApprovalRun, list[ApprovalEntry]]:
    """The document first, then the request, then its questions: everybody waits in this order.

    raises  Gone, NotPending where it was decided or cancelled meanwhile
    """
    subject = subjects.get(run.subject)
    document = _document_of(subject, run)
    run = ApprovalRun.objects.select_for_update(of=("self",)).select_related("sender").get(pk=run.pk)
    if run.status != RunStatus.PENDING:
        raise NotPending(document=run.title, status=run.get_status_display().lower())
    if document is None:
        raise Gone(document=run.title)
    rows = ApprovalEntry.objects.select_for_update(of=("self",)).filter(run=run).select_related("approver")
    return subject, document, run, list(rows.order_by("sequence", "id"))


def _document_of(subject: Subject, run: ApprovalRun) -> Any:
    try:
        return subject.lock(run.subject_id)
    except Gone:
        return None


def lock_entry(entry: ApprovalEntry) -> tuple[Subject, Any, ApprovalRun, list[ApprovalEntry], ApprovalEntry]:
    """The same, with the one question that is to be handled.

    raises  Gone, NotPending; NotOpen where it is not this question's turn, or was
    """
    run = ApprovalRun.objects.get(pk=entry.run_id)
    subject, document, run, entries = lock_run(run)
    found = next(each for each in entries if each.pk == entry.pk)
    if found.status != Status.OPEN:
        status = found.get_status_display().lower()
        raise NotOpen(approver=name_of(found.approver), document=run.title, status=status)
    return subject, document, run, entries, found


def people() -> dict[int, Person]:
    """Every approval user, by the key of their log-in."""
    rows = list(ApprovalUser.objects.select_related("user", "approver", "substitute"))
    return {
        row.user_id: Person(
            key=row.user_id,
            name=name_of(row.user),
            limit=None if row.unlimited_sales else row.sales_amount_limit,
            approver=row.approver.user_id if row.approver_id else None,
            substitute=row.substitute.user_id if row.substitute_id else None,
            is_administrator=row.is_administrator,
            is_active=row.user.is_active,
        )
        for row in rows
    }


def open_next(run: ApprovalRun, entries: list[ApprovalEntry], *, by, at: datetime, on: date) -> bool:
    """Ask those who come next, all of one sequence number; returns whether anybody is left to ask.

    Nobody is asked while an earlier question waits for its answer. The due date counts from the day of asking.
    """
    if any(entry.status == Status.OPEN for entry in entries):
        return True
    created = [entry for entry in entries if entry.status == Status.CREATED]
    if not created:
        return False
    first = min(entry.sequence for entry in created)
    for entry in created:
        if entry.sequence == first:
            entry.opened_at, entry.due_date = at, due_on(run, on)
            move(entry, Status.OPEN, by=by, at=at)
            tell(entry.approver, at=at, run=run, level="info", message=asks(run))
            outbox.put("approvals.requested", key=str(run.uuid), entry=entry.pk)
    return True


def due_on(run: ApprovalRun, on: date) -> date:
    """The day by which somebody who is asked on a day should answer."""
    return calc_date(run.due_date_formula, on) if run.due_date_formula else on


def move(entry: ApprovalEntry, status: str, *, by, at: datetime) -> None:
    """Set and save the status of a question."""
    entry.status, entry.changed_at, entry.changed_by = status, at, by
    entry.save()


def end(run: ApprovalRun, status: str, *, at: datetime) -> None:
    """The request is decided."""
    run.status, run.ended_at = status, at
    run.save(update_fields=["status", "ended_at"])


def note(
    run: ApprovalRun,
    verb: str,
    *,
    by,
    at: datetime,
    entry: ApprovalEntry | None = None,
    to=None,
    comment: str = "",
) -> ApprovalDecision:
    """Write down what was done and said; see `ApprovalDecision`."""
    decision = ApprovalDecision.objects.create(
        run=run,
        verb=verb,
        by=by,
        at=at,
        entry=entry,
        approver_id=entry.approver_id if entry else None,
        to=to,
    )
    if comment:
        ApprovalComment.objects.create(run=run, decision=decision, by=by, at=at, text=comment)
    return decision


def cleaned(comment: str) -> str:
    """A comment without what no column keeps.

    raises  CommentTooLong
    """
    text = comment.replace("\0", "").strip()
    if len(text) > LONGEST_COMMENT:
        raise CommentTooLong(length=LONGEST_COMMENT)
    return text


def asks(run: ApprovalRun):
    """What an approver reads, in the language that is spoken when it is called."""
    return lambda: _("{sender} asks you to approve {document}, {customer}.").format(
        sender=name_of(run.sender), document=run.title, customer=run.party_name
    )


def tell(user, *, run: ApprovalRun, at: datetime, message, level: str = "info") -> None:
    """Put a sentence under somebody's bell, in their language.

    message  a function that says it
    """
    with translation.override(user.language or settings.LANGUAGE_CODE):
        tell_user(user, message(), url=address_of(run), level=level, at=at)


def tell_all(users: Iterable, *, run: ApprovalRun, at: datetime, message, level: str = "info") -> None:
    """The same to several, each once."""
    for user in {user.pk: user for user in users}.values():
        tell(user, run=run, at=at, message=message, level=level)
