from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from approvals.models import ApprovalEntry, ApprovalRun
from approvals.models.setup import Quorum
from approvals.routines.asking import (
    RunStatus,
    Status,
    Verb,
    cleaned,
    end,
    lock_entry,
    move,
    note,
    open_next,
    tell,
)
from approvals.routines.may_decide import refuse_strangers
from approvals.selectors import name_of
from erp.kernel import outbox
from erp.kernel.access import needs


@needs("approvals.decide_approval")
@transaction.atomic
def approve(entry: ApprovalEntry, *, by, at: datetime, on: date, comment: str = "") -> ApprovalRun:
    """Say yes. The last yes lets the document go, in the same transaction: what cannot be released is not approved.

    on      the day, from which the due date of whoever is asked next counts
    raises  Gone, NotPending, NotOpen; NotAsked, OwnDocument; ProblemsFound: whatever keeps the document from going on
    """
    subject, document, run, entries, entry = lock_entry(entry)
    comment = cleaned(comment)
    refuse_strangers(run, entry, by=by)

    note(run, Verb.APPROVED, by=by, at=at, entry=entry, comment=comment)
    move(entry, Status.APPROVED, by=by, at=at)
    if run.quorum == Quorum.ANY:
        _let_peers_off(entry, entries, by=by, at=at)
    if open_next(run, entries, by=by, at=at, on=on):
        return run

    end(run, RunStatus.APPROVED, at=at)
    subject.on_approved(document, by=by, at=at)
    tell(
        run.sender,
        run=run,
        at=at,
        level="success",
        message=lambda: _("{document}, {customer}, is approved.").format(
            document=run.title, customer=run.party_name
        ),
    )
    outbox.put("approvals.decided", key=str(run.uuid), verb=Verb.APPROVED, by=name_of(by), comment=comment)
    return run


def _let_peers_off(entry: ApprovalEntry, entries: list[ApprovalEntry], *, by, at: datetime) -> None:
    """One yes of this sequence is enough."""
    for peer in entries:
        if peer.sequence == entry.sequence and peer.status == Status.OPEN:
            move(peer, Status.NOT_NEEDED, by=by, at=at)
