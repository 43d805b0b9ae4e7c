"""Posting movements that are a document by themselves: journals, counts, transfers, undoing."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from django.db import transaction

from erp.kernel.errors import Problem, raise_problems
from inventory import errors, ledger
from inventory.ledger import ItemPlan, Paper, StockSetup
from posting import journal, registers
from posting.dates import check_posting_date
from posting.journal import Facts, GLSection, Transaction

if TYPE_CHECKING:
    from erp.kernel.models import User


class Posted(NamedTuple):
    """What a run wrote: the register, and the item entry of each movement."""

    register_no: int
    entry_nos: tuple[int, ...]
    plan: ItemPlan


def transactions_of(plan: ItemPlan, papers: Mapping[str, Paper], *, description: str) -> list[Transaction]:
    """The G/L transactions of a plan, one per paper that has lines."""
    found = []
    for key, paper in papers.items():
        lines = plan.lines_of(key)
        if lines:
            facts = Facts(
                posting_date=paper.posting_date,
                vat_date=paper.posting_date,
                document_date=paper.document_date,
                document_type="",
                document_no=paper.document_no,
                external_document_no=paper.external_document_no,
                description=description,
                source_code=paper.source_code,
            )
            found.append(Transaction(facts, lines))
    return found


def check(
    plan: ItemPlan,
    papers: Mapping[str, Paper],
    transactions: Sequence[Transaction],
    *,
    by: "User | None",
    setup: StockSetup,
) -> list[Problem]:
    """The plan's problems, and those of dates, document numbers and accounts."""
    problems = list(plan.problems)
    dates = {paper.posting_date for paper in papers.values()}
    problems += [found for day in sorted(dates) if (found := check_posting_date(day, by, setup.posting))]
    if not all(paper.document_no.strip() for paper in papers.values()):
        problems.append(errors.DocumentNumberMissing().as_problem())
    if not problems:
        problems += journal.check(transactions, by=by, setup=setup.posting, manual=False)
    return problems


def write(
    plan: ItemPlan,
    papers: Mapping[str, Paper],
    *,
    by: "User | None",
    at: datetime,
    setup: StockSetup,
    source_code: str,
    description: str,
    subject: object = None,
    number: Callable[[Mapping[str, Paper]], Mapping[str, Paper]] | None = None,
) -> Posted:
    """Check a plan, then write it as one register; in a transaction. Raises ProblemsFound with all problems.

    number  gives the papers the numbers that are drawn last: when nothing can be refused any more
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("Stock is posted within a transaction")
    transactions = transactions_of(plan, papers, description=description)
    raise_problems(subject, check(plan, papers, transactions, by=by, setup=setup))
    if number is not None:
        papers = number(papers)
        transactions = transactions_of(plan, papers, description=description)
    gl = GLSection(transactions, setup=setup.posting)
    section = ledger.ItemSection(plan, papers)
    user = by.get_username() if by else ""
    register_no = registers.write([gl, section], source_code=source_code, by=user, at=at)
    return Posted(register_no, tuple(section.entry_nos), plan)
