"""The sets of the API that this room declares; `erp/api.py` composes them."""

from approvals.api.entries import ApprovalComments, ApprovalEntries, PostedApprovalEntries
from approvals.api.setup import (
    ApprovalUserSetups,
    WorkflowApprovers,
    WorkflowResponseOptions,
    Workflows,
    WorkflowSteps,
)
from erp.kernel.odata.entity import register

register(
    ApprovalComments,
    ApprovalEntries,
    ApprovalUserSetups,
    PostedApprovalEntries,
    WorkflowApprovers,
    WorkflowResponseOptions,
    WorkflowSteps,
    Workflows,
)
