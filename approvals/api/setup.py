"""Who approves for whom, and what must be approved: set-up that administrators change."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, CharField, IntegerField, Q, Value
from django.utils.translation import gettext as _

from approvals.api.names import (
    CATEGORY,
    DELEGATE_AFTER,
    approver_limit_type,
    approver_type,
    full_name,
)
from approvals.errors import WorkflowEnabled
from approvals.models import ApprovalUser, Workflow, WorkflowMember
from approvals.models.setup import ApproverType, LimitType
from approvals.routines.enable import disable, enable
from erp.kernel.models import User
from erp.kernel.odata.asking import Asking
from erp.kernel.odata.entity import EntitySet, Many, Source
from erp.kernel.odata.errors import bad_request, invalid
from erp.kernel.odata.kinds import UserName
from erp.kernel.odata.properties import Bool, Choice, Code, Formula, Guid, Int, Moment, Stream, Text
from erp.kernel.odata.rowid import MadeId
from erp.kernel.odata.writing import change_row, create_row

PEOPLE = {"approver_name": ("approver", "approverId"), "substitute_name": ("substitute", "substitute")}


class ApprovalUserSetups(EntitySet):
    """What one user may approve, who is asked next, and who stands in."""

    name, entity, model, scope = "approvalUserSetups", "approvalUserSetup", ApprovalUser, "approvals"
    verbs = frozenset({"GET", "POST", "PATCH"})
    properties = (
        Guid("id", key="pk", of=ApprovalUser, read_only=True),
        UserName("userId", "user__username", of=User, by="username", to="user", required=True),
        Text("userFullName", full_name("user"), length=80, read_only=True),
        Code("salesPersonPurchaser", length=20, absent=True),
        UserName("approverId", "approver__user__username", to="approver_name", nullable=True),
        Int("salesAmountApprovalLimit", "sales_amount_limit"),
        Bool("unlimitedSalesApproval", "unlimited_sales"),
        Int("purchaseAmountApprovalLimit", absent=True),
        Bool("unlimitedPurchaseApproval", absent=True),
        Int("requestApprovalAmountLimit", absent=True),
        Bool("unlimitedRequestApprovalAmount", absent=True),
        UserName("substitute", "substitute__user__username", to="substitute_name", nullable=True),
        Text("email", "user__email", length=100, read_only=True),
        Text("phoneNumber", length=30, absent=True),
        Bool("approvalAdmin", "is_administrator"),
        Moment("lastModifiedDateTime", "modified_at", read_only=True, sortable=True),
    )

    def create(self, asking: Asking, given: dict[str, Any]) -> UUID:
        return create_row(self, _columns(given))

    def change(self, asking: Asking, record: ApprovalUser, given: dict[str, Any]) -> None:
        if given.get("user", record.user) != record.user:
            raise bad_request(_("{property} can't be changed.").format(property="userId"), "userId")
        change_row(self, record, _columns(given))


def _columns(given: Mapping[str, Any]) -> dict[str, Any]:
    """People by their rows; who approves without limit has none."""
    values = {name: value for name, value in given.items() if name not in PEOPLE}
    for name, (column, outside) in PEOPLE.items():
        if name in given:
            values[column] = _person(given[name], outside)
    if values.get("sales_amount_limit", 0) < 0:
        raise invalid(_("A limit is not below zero."), "salesAmountApprovalLimit")
    if values.get("unlimited_sales"):
        values["sales_amount_limit"] = 0
    return values


def _person(name: str, property: str) -> ApprovalUser | None:
    if not name:
        return None
    found = ApprovalUser.objects.filter(user__username=name).first()
    if found is None:
        message = _("{user} is not among the approval users.").format(user=name)
        raise invalid(message, property, "Internal_InvalidTableRelation")
    return found


class Workflows(EntitySet):
    """Which documents need approval, and whose. PATCH lets one act, or stop acting; it describes one that does not."""

    name, entity, model, scope = "workflows", "workflow", Workflow, "approvals"
    verbs = frozenset({"GET", "PATCH"})
    properties = (
        Guid("id", key="pk", of=Workflow, read_only=True),
        Code("code", "code", length=20, read_only=True, sortable=True),
        Text("description", "description", length=100),
        Bool("enabled", "enabled"),
        Bool("template", read_only=True, absent=True),
        Code("category", Value(CATEGORY, CharField()), length=20, read_only=True),
        Moment("lastModifiedDateTime", read_only=True, absent=True),
    )
    navigation = (
        Many("workflowSteps", to="workflowSteps", by="workflowId"),
        Many("workflowApprovers", to="workflowApprovers", by="workflowId"),
    )

    def change(self, asking: Asking, record: Workflow, given: dict[str, Any]) -> None:
        if given.get("enabled") is False and record.enabled:
            disable(record)
            record.enabled = False
        if given.get("description", record.description) != record.description:
            if record.enabled:
                raise WorkflowEnabled(workflow=record.code)
            change_row(self, record, {"description": given["description"]})
        if given.get("enabled") and not record.enabled:
            asking.warnings += enable(record)


class WorkflowSteps(EntitySet):
    """The one step that workflows of Handel have: whoever is to approve is asked, as the response options say."""

    name, entity, model, scope, key = "workflowSteps", "workflowStep", Workflow, "approvals", "systemId"
    unique = ("systemId",)
    properties = (
        Guid("systemId", key="pk", of=Workflow, read_only=True),
        Int("id", Value(1, IntegerField()), read_only=True),
        Code("workflowCode", "code", length=20, read_only=True),
        Text("description", "description", length=100, read_only=True),
        Bool("entryPoint", Value(True, BooleanField()), read_only=True),
        Int("previousWorkflowStepId", Value(0, IntegerField()), read_only=True),
        Int("nextWorkflowStepId", Value(0, IntegerField()), read_only=True),
        Choice("type", Value("response", CharField()), values={"event": "Event", "response": "Response"},
               read_only=True),
        Code("functionName", Value("CREATEAPPROVALREQUESTS", CharField()), length=128, read_only=True),
        Guid("argument", key="pk", of=Workflow, read_only=True),
        Int("sequenceNumber", Value(1, IntegerField()), read_only=True),
        Guid("workflowId", key="pk", of=Workflow, read_only=True, extension=True),
    )  # fmt: skip
    navigation = (Many("workflowResponseOptions", to="workflowResponseOptions", by="workflowStepId"),)


class WorkflowResponseOptions(EntitySet):
    """How a workflow finds its approvers, and how long it waits for them."""

    name, entity, model, scope = "workflowResponseOptions", "workflowResponseOption", Workflow, "approvals"
    properties = (
        approver_type("approver_type"),
        approver_limit_type("limit_type"),
        Code("workflowUserGroupCode", length=20, read_only=True, absent=True),
        UserName("approverUserId", "approver__username", read_only=True, nullable=True),
        Formula("dueDateFormula", "due_date_formula", read_only=True, filterable=False),
        Choice("delegateAfter", "delegate_after", values=DELEGATE_AFTER, read_only=True),
        Bool("notifySender", Value(True, BooleanField()), read_only=True),
        Bool("showConfirmationMessage", read_only=True, absent=True),
        Text("message", length=250, read_only=True, absent=True),
        Stream("eventConditions", read_only=True),
        Guid("id", key="pk", of=Workflow, read_only=True, extension=True),
        Guid("workflowStepId", key="pk", of=Workflow, read_only=True, extension=True),
    )


class WorkflowApprovers(EntitySet):
    """The people whom workflows name: the members of their groups, and specific approvers."""

    name, entity, model, scope = "workflowApprovers", "workflowApprover", WorkflowMember, "approvals"
    permissions = {"GET": ("approvals.view_workflow", "approvals.view_workflowmember")}
    properties = (
        Guid("id", read_only=True),
        Code("workflowCode", "workflow__code", length=20, read_only=True),
        Code("category", Value(CATEGORY, CharField()), length=20, read_only=True),
        Bool("enabled", "workflow__enabled", read_only=True),
        Int("workflowStepId", Value(1, IntegerField()), read_only=True),
        approver_type("workflow__approver_type"),
        approver_limit_type("workflow__limit_type"),
        Code("userGroupCode", length=20, read_only=True, absent=True),
        Guid("userId", key="user_id", of=User, read_only=True),
        UserName("userName", "user__username", read_only=True),
        Int("sequence", "sequence", read_only=True),
        Guid("workflowId", key="workflow_id", of=Workflow, read_only=True, extension=True),
    )

    def sources(self, asking: Asking) -> list[Source]:
        member, named = WorkflowMember._meta.label_lower, "approvals.workflow.approver"
        members = WorkflowMember.objects.filter(workflow__approver_type=ApproverType.GROUP)
        workflows = Workflow.objects.filter(limit_type=LimitType.SPECIFIC, approver__isnull=False)
        specific = workflows.filter(~Q(approver_type=ApproverType.GROUP))
        return [
            Source(members.order_by(), at={"id": MadeId("pk", label=member)}),
            Source(specific.order_by(), at={"id": MadeId("pk", label=named), **_OF_WORKFLOW}),
        ]


_OF_WORKFLOW = {
    "workflowCode": "code",
    "enabled": "enabled",
    "approverType": "approver_type",
    "approverLimitType": "limit_type",
    "userId": "approver_id",
    "userName": "approver__username",
    "sequence": Value(1, IntegerField()),
    "workflowId": "pk",
}
