"""What keeps a document back that nobody has approved."""

from collections.abc import Callable, Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from approvals.fitting import first_fit
from approvals.models import ApprovalRun, Workflow
from approvals.subjects import Facts
from erp.kernel.errors import Problem


def check_approved(
    title: str,
    *,
    facts: Callable[[], Facts],
    workflows: Sequence[Workflow],
    last: ApprovalRun | None,
    code: str,
) -> list[Problem]:
    """Why an open document may not go on: a workflow wants it approved, or it was rejected as it is.

    facts  asked only where something depends on them
    last   the newest request for it

    A rejected document that no workflow is about any more goes on once it amounts to less than what was rejected.
    """
    rejected = last is not None and last.status == ApprovalRun.Status.REJECTED
    if not workflows and not rejected:
        return []
    known = facts()
    if first_fit(workflows, known) is not None:
        if rejected:
            return [_rejected(title, code)]
        message = _("{document} must be approved before it goes on: send it for approval.")
        return [Problem(code, message.format(document=title), field="status")]
    if rejected and known.amount_lcy >= Decimal(last.amount_lcy):
        return [_rejected(title, code)]
    return []


def _rejected(title: str, code: str) -> Problem:
    message = _("{document} was rejected: change it and send it for approval again.")
    return Problem(code, message.format(document=title), field="status")
