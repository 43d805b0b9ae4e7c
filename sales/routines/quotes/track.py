from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from erp.kernel.access import needs
from erp.kernel.errors import Problem, raise_problems
from sales.models import SalesDocument
from sales.plans.quote import HUNDRED
from sales.rights import to_change
from sales.routines.lock import refuse_locked
from sales.routines.quotes.moves import Stage, take_quote

TRACKED = frozenset({"probability_percent", "follow_up_date", "competitor", "remark"})


@needs(to_change)
@transaction.atomic
def track(quote: SalesDocument, *, by, at: datetime, **changes) -> SalesDocument:
    """Keep the outlook of a quote up to date, whatever its status.

    changes  probability_percent (80 for 80 %), follow_up_date, competitor, remark
    raises   WrongStatus for a lost or cancelled quote; ProblemsFound: E-QUO-PROB
    """
    unknown = changes.keys() - TRACKED
    if unknown:
        raise TypeError(f"the outlook of a quote has no {', '.join(sorted(unknown))}")
    quote, progress = take_quote(quote, stages={Stage.CREATED, Stage.SENT})
    refuse_locked(quote)
    percent: Decimal = changes.get("probability_percent", progress.probability_percent)
    if not 0 <= percent <= HUNDRED:
        message = _("Probability % must be between 0 and 100; {typed} was entered.").format(typed=percent)
        raise_problems(quote, [Problem("E-QUO-PROB", message, field="probability_percent")])
    for name, value in changes.items():
        setattr(progress, name, value)
    progress.save()
    quote.progress = progress
    SalesDocument.objects.filter(pk=quote.pk).update(modified_at=at)
    return quote
