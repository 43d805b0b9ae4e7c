from datetime import datetime

from django.db import transaction

from approvals.errors import NotAsked
from approvals.models import ApprovalComment, ApprovalRun
from approvals.routines.asking import cleaned
from approvals.selectors import name_of, takes_part
from erp.kernel.access import either, needs


@needs(either("approvals.request_approval", "approvals.decide_approval"))
@transaction.atomic
def comment(run: ApprovalRun, text: str, *, by, at: datetime) -> ApprovalComment | None:
    """Say something about a request; nothing where there is nothing to say. What is said stays.

    raises  NotAsked for who neither sent it nor was asked, CommentTooLong
    """
    text = cleaned(text)
    if not text:
        return None
    if not takes_part(run, list(run.entries.all()), by):
        raise NotAsked(document=run.title, approver=name_of(run.sender))
    return ApprovalComment.objects.create(run=run, by=by, at=at, text=text)
