from datetime import date, datetime

from django.db import transaction

from erp.kernel.access import needs
from erp.kernel.workflow import log_move
from sales.models import SalesDocument
from sales.rights import to_change
from sales.routines.quotes.moves import Stage, take_quote


@needs(to_change)
@transaction.atomic
def accept(quote: SalesDocument, *, accepted: bool = True, by, at: datetime, on: date) -> SalesDocument:
    """Note that the customer accepted the quote; False takes that back.

    on      the work date, which is the date of acceptance
    raises  WrongStatus for a lost or cancelled quote

    It informs: an order may be made of a quote that is not marked as accepted. Source: Business Central.
    """
    quote, progress = take_quote(quote, stages={Stage.CREATED, Stage.SENT})
    before, progress.accepted_date = progress.accepted_date, on if accepted else None
    if progress.accepted_date == before:
        return quote
    progress.save()
    quote.progress = progress
    SalesDocument.objects.filter(pk=quote.pk).update(modified_at=at)
    log_move(
        quote,
        field="accepted",
        verb="accept" if accepted else "unaccept",
        before=before.isoformat() if before else "",
        after=on.isoformat() if accepted else "",
        by=by,
        at=at,
    )
    return quote
