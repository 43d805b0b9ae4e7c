"""How far a quote has come, and what this user may do next with it: what its page shows."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sales.models import QuoteProgress, SalesDocument
from sales.plans.quote import CLOSED, expected_value, is_expired, progress_of
from sales.rights import ADD, CHANGE, DELETE, SELL

Stage, Status = QuoteProgress.Stage, SalesDocument.Status
LOOKS = {Stage.SENT: "good", Stage.LOST: "overdue", Stage.CANCELLED: "overdue"}


@dataclass(frozen=True)
class QuoteFacts:
    """expected  the net amount as far as it is probable, in the document's currency"""

    progress: QuoteProgress
    expected: Decimal
    is_expired: bool
    may_change: bool
    may_convert: bool
    waits: bool

    @property
    def look(self) -> str:
        return LOOKS.get(self.progress.stage, "")

    @property
    def is_closed(self) -> bool:
        return self.progress.stage in CLOSED

    @property
    def is_sent(self) -> bool:
        return self.progress.stage == Stage.SENT

    @property
    def may_move(self) -> bool:
        """Send, accept, lose, cancel: while nobody has to approve it and it is still open for business."""
        return self.may_change and not self.is_closed and not self.waits

    @property
    def may_take_up(self) -> bool:
        return self.may_change and self.is_closed


def quote_facts(document: SalesDocument, user, *, net: Decimal, today: date) -> QuoteFacts | None:
    """Nothing for documents of other types."""
    if document.type != SalesDocument.Type.QUOTE:
        return None
    progress = progress_of(document)
    converts = user.has_perms([ADD, DELETE, SELL])
    waits = document.status == Status.PENDING_APPROVAL
    return QuoteFacts(
        progress=progress,
        expected=expected_value(net, progress.probability_percent),
        is_expired=is_expired(document, on=today),
        may_change=user.has_perms([CHANGE, SELL]),
        may_convert=converts and progress.stage not in CLOSED and not waits,
        waits=waits,
    )
