"""A quote comes to nothing: the customer buys elsewhere, or the offer is withdrawn."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from erp.kernel import outbox
from erp.kernel.access import needs
from erp.kernel.errors import Problem, raise_problems
from sales.models import ArchivedDocument, ReasonCode, SalesDocument, SalesSetup
from sales.plans.archive_rules import keeps_version
from sales.rights import to_change
from sales.routines.archive import write_versions
from sales.routines.lock import refuse_locked
from sales.routines.quotes.moves import Stage, check_has_lines, move, take_quote


@needs(to_change)
def lose(
    quote: SalesDocument, *, reason: str, competitor: str = "", remark: str = "", by, at: datetime
) -> SalesDocument:
    """The customer decided against the quote; see `_close`."""
    facts = {"remark": remark} | ({"competitor": competitor} if competitor else {})
    return _close(quote, Stage.LOST, reason=reason, by=by, at=at, **facts)


@needs(to_change)
def cancel(quote: SalesDocument, *, reason: str, remark: str = "", by, at: datetime) -> SalesDocument:
    """The quote is withdrawn before the customer decided; see `_close`."""
    return _close(quote, Stage.CANCELLED, reason=reason, by=by, at=at, remark=remark)


@transaction.atomic
def _close(quote: SalesDocument, stage: str, *, reason: str, by, at: datetime, **facts: str) -> SalesDocument:
    """Close a quote that came to nothing; it can be changed or converted again once it is reopened.

    reason  a reason code, which must be named
    raises  WrongStatus where it is closed already; AwaitsApproval; ProblemsFound: E-QUO-REASON, E-QUO-EMPTY

    Where quotes are always archived, so is this one.
    """
    quote, progress = take_quote(quote, stages={Stage.CREATED, Stage.SENT})
    refuse_locked(quote)
    found = ReasonCode.objects.filter(code=reason).first()
    raise_problems(quote, _check_reason(reason, found) + check_has_lines(quote))
    if keeps_version(SalesSetup.objects.get(), quote.type):
        write_versions([quote], reason=ArchivedDocument.Reason.LOST, by=by, at=at)
    progress.reason, progress.accepted_date = found, None
    progress.closed_at, progress.closed_by = at, by.get_username() if by else ""
    for name, value in facts.items():
        setattr(progress, name, value)
    outbox.put(f"sales.quote.{stage}", key=quote.number, reason=found.code)
    return move(quote, progress, stage, verb="lose" if stage == Stage.LOST else "cancel", by=by, at=at)


def _check_reason(code: str, found: ReasonCode | None) -> list[Problem]:
    if found is not None:
        return []
    setup = "admin:sales_reasoncode_changelist"
    message = _("There is no reason {code}; choose one that is set up.") if code else _("Choose a reason.")
    return [Problem("E-QUO-REASON", message.format(code=code), field="reason", setup=setup)]
