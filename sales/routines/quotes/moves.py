"""How a quote moves from stage to stage: one at a time, with a trace."""

from collections.abc import Collection
from datetime import datetime

from django.utils.translation import gettext as _

from erp.kernel.errors import Problem, WrongStatus, raise_problems
from erp.kernel.workflow import log_move
from sales.models import QuoteProgress, SalesDocument
from sales.plans.quote import progress_of
from sales.routines.lock import lock

Stage = QuoteProgress.Stage


def take_quote(quote: SalesDocument, *, stages: Collection[str]) -> tuple[SalesDocument, QuoteProgress]:
    """The quote, locked, and its progress; it must be in one of these stages.

    raises  ProblemsFound: E-QUO-TYPE; WrongStatus
    """
    quote = lock(quote.pk)
    if quote.type != SalesDocument.Type.QUOTE:
        message = _("{document} is no quote.").format(document=quote)
        raise_problems(quote, [Problem("E-QUO-TYPE", message, field="type")])
    progress = progress_of(quote)
    if progress.stage not in stages:
        expected = " / ".join(str(Stage(stage).label) for stage in Stage if stage in stages)
        raise WrongStatus(document=quote, status=progress.get_stage_display(), expected=expected)
    return quote, progress


def check_has_lines(quote: SalesDocument) -> list[Problem]:
    """An offer of nothing is neither sent nor lost: E-QUO-EMPTY."""
    if quote.lines.exclude(quantity=0).exists():
        return []
    message = _("{document} offers nothing: enter a line with a quantity.").format(document=quote)
    return [Problem("E-QUO-EMPTY", message)]


def move(
    quote: SalesDocument, progress: QuoteProgress, stage: str, *, verb: str, by, at: datetime
) -> SalesDocument:
    """Set the stage, save the progress with all that was changed on it, and log the move."""
    before, progress.stage = progress.stage, stage
    progress.save()
    quote.progress = progress
    SalesDocument.objects.filter(pk=quote.pk).update(modified_at=at)
    log_move(quote, field="stage", verb=verb, before=before, after=stage, by=by, at=at)
    return quote
