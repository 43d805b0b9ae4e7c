"""Sending a sales document for approval, and taking the request back; for the sets of all working documents.

actions = (…, *approvals())
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from approvals.models import ApprovalRun
from approvals.models.run import RunStatus
from approvals.routines.cancel import cancel
from approvals.routines.request import request
from approvals.selectors import last_run
from erp.kernel.odata.asking import Asking
from erp.kernel.odata.entity import Action, Done
from erp.kernel.odata.errors import ApiError
from erp.kernel.odata.properties import Choice, Guid, Text
from sales.approval import SUBJECT
from sales.models import SalesDocument

# How a request stands; the names are those of approval entries.
REQUEST_STATUS: Mapping[str, str] = {
    RunStatus.PENDING: "Open",
    RunStatus.APPROVED: "Approved",
    RunStatus.REJECTED: "Rejected",
    RunStatus.CANCELED: "Canceled",
}
ANSWER = (
    Guid("approvalRequestId", "uuid", read_only=True),
    Choice("status", "status", values=REQUEST_STATUS, type="ApprovalStatus", read_only=True),
)
COMMENT = (Text("comment", length=1000, to="comment"),)


def approvals() -> tuple[Action, ...]:
    """The two actions that v2.0 does not have."""
    return (
        Action(
            "sendApprovalRequest",
            run=send_request,
            permissions=("sales.view_salesdocument", "approvals.request_approval"),
            given=COMMENT,
            answers=ANSWER,
            scope="write",
            extension=True,
            about="Sends the document for approval; where the sender's own limit is enough it is approved at once.",
        ),
        Action(
            "cancelApprovalRequest",
            run=cancel_request,
            permissions=("sales.view_salesdocument",),
            given=COMMENT,
            answers=ANSWER,
            scope="write",
            extension=True,
            about="Takes the request back; the document is open again.",
        ),
    )


def send_request(asking: Asking, record: SalesDocument, given: Mapping[str, Any]) -> Done:
    """Ask those who must approve; raises what `approvals.routines.request` raises."""
    comment = given.get("comment") or ""
    run = request(SUBJECT, record.pk, by=asking.user, at=asking.at, on=asking.on, comment=comment)
    return _told(run, asking)


def cancel_request(asking: Asking, record: SalesDocument, given: Mapping[str, Any]) -> Done:
    """Take the pending request back; its sender and the approval administrator may."""
    run = last_run(SUBJECT, record.pk)
    if run is None or run.status != RunStatus.PENDING:
        message = _("{document} does not await approval.").format(document=record)
        raise ApiError(409, "BadRequest_InvalidOperation", message)
    run = cancel(run, by=asking.user, at=asking.at, comment=given.get("comment") or "")
    return _told(run, asking)


def _told(run: ApprovalRun, asking: Asking) -> Done:
    return Done(body={each.name: each.show(getattr(run, each.at), asking) for each in ANSWER})
