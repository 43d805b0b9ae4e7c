from datetime import datetime

from django.db import transaction

from erp.kernel import outbox
from erp.kernel.access import needs
from erp.kernel.errors import raise_problems
from sales.models import SalesDocument
from sales.rights import to_change
from sales.routines.lock import refuse_locked
from sales.routines.quotes.moves import Stage, check_has_lines, move, take_quote


@needs(to_change)
@transaction.atomic
def send(quote: SalesDocument, *, by, at: datetime) -> SalesDocument:
    """Note that the customer has the quote in hand, now or once more; what it says is fixed until it is revised.

    raises  WrongStatus for a lost or cancelled quote; ProblemsFound: E-QUO-EMPTY

    Source: Business Central, Quote Sent to Customer; the stages are those of quotations in Finance & Operations.
    """
    quote, progress = take_quote(quote, stages={Stage.CREATED, Stage.SENT})
    refuse_locked(quote)
    raise_problems(quote, check_has_lines(quote))
    progress.sent_at = at
    outbox.put("sales.quote.sent", key=quote.number)
    return move(quote, progress, Stage.SENT, verb="send", by=by, at=at)
