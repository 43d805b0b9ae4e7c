from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from approvals.errors import NotSender
from approvals.models import ApprovalRun
from approvals.routines.asking import RunStatus, Status, Verb, cleaned, end, lock_run, move, note, tell_all
from approvals.selectors import administrator, name_of
from erp.kernel.access import either, needs


@needs(either("approvals.request_approval", "approvals.decide_approval"))
@transaction.atomic
def cancel(run: ApprovalRun, *, by, at: datetime, comment: str = "") -> ApprovalRun:
    """Take a request back. The document is open again, as if it had never been sent; the request stays to be read.

    raises  Gone, NotPending; NotSender for anybody but the sender and the approval administrator
    """
    subject, document, run, entries = lock_run(run)
    if by.pk != run.sender_id and by.pk != administrator():
        raise NotSender(document=run.title, sender=name_of(run.sender))
    note(run, Verb.CANCELED, by=by, at=at, comment=cleaned(comment))
    told = [each.approver for each in entries if each.status in (Status.OPEN, Status.APPROVED)]
    for each in entries:
        if each.status != Status.REJECTED:
            move(each, Status.CANCELED, by=by, at=at)
    end(run, RunStatus.CANCELED, at=at)
    subject.on_returned(document, by=by, at=at)
    tell_all(
        [user for user in [run.sender, *told] if user.pk != by.pk],
        run=run,
        at=at,
        message=lambda: _("{user} took the request for {document}, {customer}, back.").format(
            user=name_of(by), document=run.title, customer=run.party_name
        ),
    )
    return run
