"""While somebody is asked to approve a document nothing of it changes."""

from erp.kernel.odata.errors import ApiError
from sales.errors import AwaitsApproval
from sales.models import SalesDocument


def refuse_waiting(document: SalesDocument, *, code: str = "Approval_Pending") -> None:
    """409; the routines refuse as well, but clients are to know this refusal by its code.

    code  posting calls it Approval_Required (source: api-v2, section 13.5)
    """
    if document.status == SalesDocument.Status.PENDING_APPROVAL:
        refusal = AwaitsApproval(document=document, status=document.get_status_display())
        raise ApiError(409, code, refusal.message, target="status")
