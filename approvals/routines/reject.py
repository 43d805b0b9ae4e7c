from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from approvals.errors import CommentTooShort
from approvals.models import ApprovalEntry, ApprovalRun
from approvals.routines.asking import RunStatus, Status, Verb, cleaned, end, lock_entry, move, note, tell_all
from approvals.routines.may_decide import refuse_strangers
from approvals.selectors import approval_setup, name_of
from erp.kernel import outbox
from erp.kernel.access import needs


@needs("approvals.decide_approval")
@transaction.atomic
def reject(entry: ApprovalEntry, *, by, at: datetime, comment: str) -> ApprovalRun:
    """Say no, and why. The document is open again, and stays back until it is sent once more.

    Every other question of the request is rejected with it; who had said yes stands in the decisions.

    raises  Gone, NotPending, NotOpen; NotAsked, OwnDocument, CommentTooShort
    """
    subject, document, run, entries, entry = lock_entry(entry)
    refuse_strangers(run, entry, by=by)
    comment = cleaned(comment)
    shortest = approval_setup().reject_comment_length
    if len(comment) < shortest:
        raise CommentTooShort(document=run.title, length=shortest)

    note(run, Verb.REJECTED, by=by, at=at, entry=entry, comment=comment)
    asked = [each.approver for each in entries if each.status == Status.OPEN and each.approver_id != by.pk]
    for each in entries:
        if each.status not in (Status.CANCELED, Status.REJECTED):
            move(each, Status.REJECTED, by=by, at=at)
    end(run, RunStatus.REJECTED, at=at)
    subject.on_returned(document, by=by, at=at)
    tell_all(
        [run.sender, *asked],
        run=run,
        at=at,
        level="warning",
        message=lambda: _("{approver} rejected {document}, {customer}: {comment}").format(
            approver=name_of(by), document=run.title, customer=run.party_name, comment=comment
        ),
    )
    outbox.put("approvals.decided", key=str(run.uuid), verb=Verb.REJECTED, by=name_of(by), comment=comment)
    return run
