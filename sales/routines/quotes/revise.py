"""Back to the beginning: an offer that the customer wants otherwise, or one that was given up too early."""

from datetime import datetime

from django.db import transaction

from erp.kernel.access import needs
from sales.models import ArchivedDocument, SalesDocument
from sales.rights import to_change
from sales.routines.archive import write_versions
from sales.routines.lock import refuse_locked
from sales.routines.quotes.moves import Stage, move, take_quote
from sales.routines.release import reopen


@needs(to_change)
@transaction.atomic
def revise(quote: SalesDocument, *, by, at: datetime) -> SalesDocument:
    """Open a sent quote for changes; what the customer has in hand is kept as a version. A released one is reopened.

    raises  WrongStatus for a quote that was not sent; AwaitsApproval
    """
    quote, progress = take_quote(quote, stages={Stage.SENT})
    refuse_locked(quote)
    write_versions([quote], reason=ArchivedDocument.Reason.REVISED, by=by, at=at)
    if quote.status != SalesDocument.Status.OPEN:
        quote = reopen(quote, by=by, at=at)
    progress.accepted_date = None
    return move(quote, progress, Stage.CREATED, verb="revise", by=by, at=at)


@needs(to_change)
@transaction.atomic
def reopen_quote(quote: SalesDocument, *, by, at: datetime) -> SalesDocument:
    """Take up a lost or cancelled quote again; its reason is forgotten, the history keeps when it was closed.

    raises  WrongStatus for a quote that is neither
    """
    quote, progress = take_quote(quote, stages={Stage.LOST, Stage.CANCELLED})
    progress.reason = progress.closed_at = None
    progress.closed_by = progress.remark = ""
    return move(quote, progress, Stage.CREATED, verb="reopen_quote", by=by, at=at)
