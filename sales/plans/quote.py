"""How far a quote has come with the customer, and what that allows. Pure."""

from datetime import date
from decimal import Decimal

from erp.kernel.money import WIDE, round_to
from sales.arithmetic.values import CENT
from sales.models import QuoteProgress, SalesDocument

Stage = QuoteProgress.Stage
CLOSED = frozenset({Stage.LOST, Stage.CANCELLED})
HUNDRED = Decimal(100)


def progress_of(quote: SalesDocument) -> QuoteProgress:
    """The progress of a quote; of one that has none yet, where every quote begins."""
    return getattr(quote, "progress", None) or QuoteProgress(document=quote)


def stage_of(document: SalesDocument) -> str:
    """The stage of a quote; blank for documents of other types."""
    return progress_of(document).stage if document.type == SalesDocument.Type.QUOTE else ""


def is_expired(quote: SalesDocument, *, on: date) -> bool:
    """The quote was valid until a day before this one."""
    return quote.valid_until is not None and quote.valid_until < on


def expected_value(amount: Decimal, probability_percent: Decimal, *, precision: Decimal = CENT) -> Decimal:
    """What an offer is worth while it is uncertain: 1,000.00 at 80 % are 800.00."""
    return round_to(WIDE.divide(WIDE.multiply(amount, probability_percent), HUNDRED), precision)
