from approvals.errors import NotAsked, OwnDocument
from approvals.models import ApprovalEntry, ApprovalRun
from approvals.selectors import administrator, name_of


def refuse_strangers(run: ApprovalRun, entry: ApprovalEntry, *, by) -> None:
    """A question is answered by whoever is asked, or by the approval administrator; never by the sender.

    raises  NotAsked, OwnDocument
    """
    if by.pk == run.sender_id:
        raise OwnDocument(document=run.title)
    if by.pk != entry.approver_id and by.pk != administrator():
        raise NotAsked(document=run.title, approver=name_of(entry.approver))
