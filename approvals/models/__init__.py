from approvals.models.run import ApprovalComment, ApprovalDecision, ApprovalEntry, ApprovalRun
from approvals.models.setup import ApprovalSetup, ApprovalUser, Workflow, WorkflowMember

__all__ = [
    "ApprovalComment",
    "ApprovalDecision",
    "ApprovalEntry",
    "ApprovalRun",
    "ApprovalSetup",
    "ApprovalUser",
    "Workflow",
    "WorkflowMember",
]
