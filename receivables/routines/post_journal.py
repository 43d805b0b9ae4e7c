"""The general journal: G/L, customer and bank lines, posted together."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from erp.kernel.access import needs
from erp.kernel.errors import raise_problems
from erp.kernel.numbering import next_numbers
from posting import errors as gl_errors
from posting import journal
from posting.setup_values import PostingSetup
from posting.values import Facts
from receivables.ledger.run import Written, write_run
from receivables.plans.journal_check import check_lines
from receivables.plans.journal_line import PENDING, JournalLine, with_numbers
from receivables.routines.journal_run import JournalPlan, JournalRun
from receivables.routines.load_journal import load_masters

if TYPE_CHECKING:
    from erp.kernel.models import User

SOURCE_CODE = "GENJNL"


@needs("receivables.post_payment")
@transaction.atomic
def post_journal(
    lines: Sequence[JournalLine],
    *,
    by: "User | None",
    at: datetime,
    journal_batch: str = "DEFAULT",
    source_code: str = SOURCE_CODE,
    number_series: str = "",
) -> Written:
    """Post a journal: one register, a transaction per document.

    journal_batch  where the lines come from; what has one can be reversed
    number_series  for lines without a document number
    raises         ProblemsFound with all problems of all lines; nothing is written then and no number is drawn
    """
    setup = PostingSetup.load()
    plan = plan_journal(
        lines,
        by=by,
        journal_batch=journal_batch,
        source_code=source_code,
        number_series=number_series,
        setup=setup,
    )
    raise_problems(journal_batch, plan.problems)
    numbers = _draw(plan, number_series)
    return write_run(
        [entry._replace(facts=_numbered(entry.facts, numbers)) for entry in plan.transactions],
        [(entry, _numbered(facts, numbers)) for entry, facts in plan.plans],
        [movement._replace(facts=_numbered(movement.facts, numbers)) for movement in plan.movements],
        setup=setup,
        source_code=source_code,
        by=by,
        at=at,
        journal_batch=journal_batch,
    )


def preview_journal(lines: Sequence[JournalLine], *, by: "User | None", **given) -> JournalPlan:
    """The plan of a journal with its problems, and not a trace of it."""
    with transaction.atomic():
        plan = plan_journal(lines, by=by, **given)
        transaction.set_rollback(True)
    return plan


def plan_journal(
    lines: Sequence[JournalLine],
    *,
    by: "User | None",
    journal_batch: str = "DEFAULT",
    source_code: str = SOURCE_CODE,
    number_series: str = "",
    setup: PostingSetup | None = None,
) -> JournalPlan:
    """Decide a journal: locks customers and what is settled, writes nothing. Within a transaction."""
    setup = setup or PostingSetup.load()
    lines = [line for line in lines if line.amount]
    if not lines:
        raise gl_errors.NothingToPost()
    masters = load_masters(lines, setup)
    plan = JournalPlan()
    if number_series:
        lines, plan.pending_documents = with_numbers(lines)
    plan.problems += check_lines(lines, masters)
    if plan.problems:
        return plan
    run = JournalRun(plan, masters, setup, source_code, journal_batch)
    for line in lines:
        run.add(line)
    run.finish_document()
    plan.problems = list(dict.fromkeys(plan.problems))
    if plan.transactions and not plan.problems:
        plan.problems += journal.check(plan.transactions, by=by, setup=setup, manual=False)
    return plan


def _draw(plan: JournalPlan, number_series: str) -> dict[str, str]:
    """The document numbers of place holders, consecutive, drawn at the date of the first document."""
    if not plan.pending_documents:
        return {}
    numbers = next_numbers(
        number_series, on=plan.transactions[0].facts.posting_date, count=plan.pending_documents
    )
    return {f"{PENDING}{place}": number for place, number in enumerate(numbers, 1)}


def _numbered(facts: Facts, numbers: dict[str, str]) -> Facts:
    return facts._replace(document_no=numbers.get(facts.document_no, facts.document_no))
