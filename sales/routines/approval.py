"""The moves of a document that is sent for approval; `approvals` calls them (registered in `apps.py`)."""

from datetime import datetime

from erp.kernel import outbox
from erp.kernel.access import either, needs
from erp.kernel.errors import Gone, Problem, WrongStatus, raise_problems
from erp.kernel.workflow import transition
from sales.models import SalesDocument
from sales.plans.check import check_not_queued
from sales.routines.release import check_release, finish_amounts
from sales.selectors import waits_in_queue
from sales.values import SalesValues

Status = SalesDocument.Status


def find(type: str, number: str) -> SalesDocument:
    """raises  Gone"""
    found = SalesDocument.objects.filter(type=type, number=number).first()
    if found is None:
        raise Gone(document=f"{dict(SalesDocument.Type.choices).get(type, type)} {number}")
    return found


def check_sendable(document: SalesDocument) -> list[Problem]:
    """What would keep it from being released keeps it from being sent: nobody is asked in vain."""
    if document.status != Status.OPEN:
        return _check_open(document)
    return check_release(document, list(document.lines.select_related("item").order_by("line_no")))


def _check_open(document: SalesDocument) -> list[Problem]:
    values = {"status": document.get_status_display(), "expected": Status.OPEN.label}
    return [WrongStatus(document=str(document), **values).as_problem(field="status")]


@needs("approvals.request_approval")
def bring_up_to_date(document: SalesDocument, *, by, at: datetime) -> None:
    """The figures that approvers are asked about: with the automatic invoice discount, and VAT as it is released."""
    lines = list(document.lines.select_related("item").order_by("line_no"))
    finish_amounts(document, lines, values=SalesValues.load(document.currency_code), at=at)


@needs("approvals.request_approval")
@transition(source=Status.OPEN, target=Status.PENDING_APPROVAL)
def send_for_approval(document: SalesDocument, *, by, at: datetime) -> None:
    """Hold the document as it is until the request is decided.

    raises  ProblemsFound: E-QUEUED while it waits to be posted
    """
    if waits_in_queue(document):
        raise_problems(document, check_not_queued(document))


@needs("approvals.decide_approval")
@transition(source=Status.PENDING_APPROVAL, target=Status.RELEASED)
def release_approved(document: SalesDocument, *, by, at: datetime) -> None:
    """Release what was approved. `by` is the last approver, who needs no right to release anything.

    raises  ProblemsFound: whatever keeps it from being released by now; the approval fails with it
    """
    lines = list(document.lines.select_related("item").order_by("line_no"))
    raise_problems(document, check_release(document, lines))
    bring_up_to_date(document, by=by, at=at)
    outbox.put("sales.document.released", key=document.number, type=document.type)


@needs(either("approvals.request_approval", "approvals.decide_approval"))
@transition(source=Status.PENDING_APPROVAL, target=Status.OPEN)
def give_back(document: SalesDocument, *, by, at: datetime) -> None:
    """Rejected, or taken back: the document can be changed again."""
