from collections.abc import Iterable

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from customers.selectors import locked as locked_customer
from erp.kernel.compiled import Compiled, Given
from erp.kernel.errors import Gone
from sales.errors import AwaitsApproval, LinesLocked, QuoteClosed, QuoteSent
from sales.models import SalesDocument, SalesLine
from sales.plans.quote import CLOSED, Stage, progress_of, stage_of
from sales.routines.sources import lock_sources

Status = SalesDocument.Status
WHOLE = Compiled(
    lambda: (
        SalesDocument.objects.select_for_update(of=("self",))
        .select_related("customer", "bill_to_customer", "customer_template", "progress")
        .filter(pk=Given("key"))
    )
)
TO_POST = Compiled(
    lambda: (
        SalesDocument.objects.select_for_update(of=("self",), no_key=True)
        .select_related("customer")
        .filter(pk=Given("key"))
    )
)


def lock(key: int) -> SalesDocument:
    """The document as it is now, with its customers, locked until the transaction ends: the first lock of all.

    raises  Gone where somebody posted, converted or deleted it a moment ago
    """
    return _there(WHOLE.first(key=key))


def lock_to_post(key: int) -> SalesDocument:
    """The same, then the orders that its lines move on, then the customer who pays.

    Whoever settles or opens items of the customer waits here.

    raises  Gone
    """
    return lock_the_rest(_there(TO_POST.first(key=key)))


def lock_the_rest(document: SalesDocument) -> SalesDocument:
    """What a posting locks besides the document, which the caller holds and has read since."""
    lock_sources(document)
    if document.bill_to_customer_id is not None:
        document.bill_to_customer = locked_customer(document.bill_to_customer_id)
    return document


def line_now(line: SalesLine, rows: QuerySet[SalesLine] | None = None) -> SalesLine:
    """A line as it is now, of a document that the caller holds.

    rows    lines with what is to be read with them
    raises  Gone where somebody took it off a moment ago
    """
    found = (SalesLine.objects.all() if rows is None else rows).filter(pk=line.pk).first()
    if found is None:
        raise Gone(document=_("Line {line_no}").format(line_no=line.line_no))
    return found


def _there(found: SalesDocument | None) -> SalesDocument:
    if found is None:
        raise Gone(document=_("This document"))
    return found


def refuse_locked(document: SalesDocument, *, wants_open: Iterable[object] = (), texts: bool = False) -> None:
    """Stop a change that the document's status does not allow.

    wants_open  names of what is to change and wants the document open; none where the change does not
    texts       lines of text change as well: a released document lets them, a quote that the customer has does not
    raises      AwaitsApproval for any change while approval is pending, QuoteClosed for one of a lost or cancelled
                quote; LinesLocked naming `wants_open`, QuoteSent likewise of a quote that the customer has
    """
    named = ", ".join(sorted(str(name) for name in wants_open))
    if document.status == Status.PENDING_APPROVAL:
        raise AwaitsApproval(document=document, status=document.get_status_display())
    stage = stage_of(document)
    if stage in CLOSED:
        raise QuoteClosed(document=document, stage=progress_of(document).get_stage_display())
    if named and document.status != Status.OPEN:
        raise LinesLocked(document=document, status=document.get_status_display(), field=named)
    if (named or texts) and stage == Stage.SENT:
        raise QuoteSent(document=document, field=named or _("lines"))
