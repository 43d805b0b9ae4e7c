"""Names of values in approvals, as v2.0 writes them, and properties that several sets have alike."""

from django.db.models import Case, CharField, F, Value, When
from django.db.models.functions import Concat, NullIf, Trim

from approvals.models.run import EntryStatus
from approvals.models.setup import ApproverType, DelegateAfter, LimitType
from erp.kernel.odata.properties import Choice

# Who is not asked any more because a peer's yes was enough, counts as cancelled; the sender in a group as nothing.
STATUS = {
    EntryStatus.CREATED: "Created",
    EntryStatus.OPEN: "Open",
    EntryStatus.CANCELED: "Canceled",
    EntryStatus.NOT_NEEDED: "Canceled",
    EntryStatus.REJECTED: "Rejected",
    EntryStatus.APPROVED: "Approved",
    EntryStatus.NOT_COUNTED: "",
}
DOCUMENT_TYPES = {
    "quote": "Quote",
    "order": "Order",
    "invoice": "Invoice",
    "credit_memo": "Credit Memo",
    "blanket_order": "Blanket Order",
    "return_order": "Return Order",
    "": "",
    "payment": "Payment",
}
APPROVAL_TYPES = {
    ApproverType.GROUP: "Workflow User Group",
    ApproverType.SALESPERSON: "Sales Pers./Purchaser",
    ApproverType.APPROVER: "Approver",
}
APPROVER_TYPES = APPROVAL_TYPES | {ApproverType.SALESPERSON: "Salesperson/Purchaser"}
# What the limits of people decide about, or nothing.
LIMITS = {
    LimitType.CHAIN: "Approval Limits",
    LimitType.FIRST_QUALIFIED: "Approval Limits",
    LimitType.DIRECT: "No Limits",
    LimitType.SPECIFIC: "No Limits",
    "credit": "Credit Limits",
    "request": "Request Limits",
}
APPROVER_LIMITS = {
    LimitType.CHAIN: "Approver Chain",
    LimitType.DIRECT: "Direct Approver",
    LimitType.FIRST_QUALIFIED: "First Qualified Approver",
    LimitType.SPECIFIC: "Specific Approver",
}
DELEGATE_AFTER = {
    DelegateAfter.NEVER: "Never",
    DelegateAfter.ONE: "1 day",
    DelegateAfter.TWO: "2 days",
    DelegateAfter.FIVE: "5 days",
}
CATEGORY = "SALES"


def full_name(user: str) -> Case:
    """What people call a user: the first and last name, else the log-in. `user` is the path to them."""
    names = NullIf(Trim(Concat(f"{user}__first_name", Value(" "), f"{user}__last_name")), Value(""))
    is_blank = {f"{user}__first_name": "", f"{user}__last_name": ""}
    return Case(
        When(**is_blank, then=F(f"{user}__username")),
        default=names,
        output_field=CharField(),
    )


def approver_type(at: str) -> Choice:
    return Choice("approverType", at, values=APPROVER_TYPES, type="ApproverType", read_only=True)


def approver_limit_type(at: str) -> Choice:
    return Choice("approverLimitType", at, values=APPROVER_LIMITS, type="ApproverLimitType", read_only=True)
