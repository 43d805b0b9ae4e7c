from django.db import transaction
from django.utils.translation import gettext as _

from approvals.errors import USERS
from approvals.fitting import clashing, overlapping
from approvals.models import ApprovalUser, Workflow
from approvals.models.setup import ApproverType, LimitType
from erp.kernel.access import needs
from erp.kernel.errors import Problem, raise_problems


@needs("approvals.change_workflow")
@transaction.atomic
def enable(workflow: Workflow) -> list[Problem]:
    """Let a workflow act from now on; returns warnings: other workflows that some documents fit as well.

    raises  ProblemsFound: E-APR-SAME for one with the same conditions, E-APR-GROUP, E-APR-USER, E-APR-NOBODY where
            nobody could be asked
    """
    workflow = Workflow.objects.select_for_update().get(pk=workflow.pk)
    others = list(Workflow.objects.filter(enabled=True).exclude(pk=workflow.pk))
    raise_problems(workflow, [*_check_same(workflow, others), *_check_people(workflow)])
    workflow.enabled = True
    workflow.save(update_fields=["enabled"])
    message = _("Some documents fit {workflow} and {other} as well; the one of lower priority number starts.")
    return [
        Problem("W-APR-OVERLAP", message.format(workflow=workflow.code, other=other.code))
        for other in overlapping(workflow, others)
    ]


@needs("approvals.change_workflow")
@transaction.atomic
def disable(workflow: Workflow) -> None:
    """Let no document start a workflow any more; requests that are pending go on to their end."""
    Workflow.objects.filter(pk=workflow.pk).update(enabled=False)


def _check_same(workflow: Workflow, others: list[Workflow]) -> list[Problem]:
    message = _(
        "{workflow} has the same conditions as {other}, which is enabled: only one of them would ever start."
    )
    return [
        Problem("E-APR-SAME", message.format(workflow=workflow.code, other=other.code))
        for other in clashing(workflow, others)
    ]


def _check_people(workflow: Workflow) -> list[Problem]:
    if workflow.approver_type != ApproverType.GROUP:
        if workflow.limit_type == LimitType.SPECIFIC and workflow.approver_id is None:
            return [Problem("E-APR-NOBODY", _("Name the specific approver."), field="approver")]
        return []
    users = list(workflow.members.select_related("user"))
    if not users:
        return [Problem("E-APR-GROUP", _("The user group of this workflow has nobody in it."))]
    known = set(ApprovalUser.objects.values_list("user_id", flat=True))
    message = _("{user} is not among the approval users.")
    return [
        Problem("E-APR-USER", message.format(user=member.user), setup=USERS)
        for member in users
        if member.user_id not in known
    ]
