from collections.abc import Iterable

from sales.errors import AwaitsApproval, LinesLocked
from sales.models import SalesDocument

Status = SalesDocument.Status


def lock(key: int) -> SalesDocument:
    """The document as it is now, with its customers, locked until the transaction ends: the first lock of all."""
    rows = SalesDocument.objects.select_for_update(of=("self",))
    return rows.select_related("customer", "bill_to_customer").get(pk=key)


def lock_to_post(key: int) -> SalesDocument:
    """The same, and the customer who pays locked with it: whoever settles or opens items waits here."""
    rows = SalesDocument.objects.select_for_update(of=("self", "bill_to_customer"), no_key=True)
    return rows.select_related("customer", "bill_to_customer").get(pk=key)


def refuse_locked(document: SalesDocument, *, wants_open: Iterable[object] = ()) -> None:
    """Stop a change that the document's status does not allow.

    wants_open  names of what is to change and wants the document open; none where the change does not
    raises      AwaitsApproval for any change while approval is pending; LinesLocked naming `wants_open`
    """
    named = ", ".join(sorted(str(name) for name in wants_open))
    if document.status == Status.PENDING_APPROVAL:
        raise AwaitsApproval(document=document, status=document.get_status_display())
    if named and document.status != Status.OPEN:
        raise LinesLocked(document=document, status=document.get_status_display(), field=named)
