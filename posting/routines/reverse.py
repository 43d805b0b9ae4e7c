"""Undo what a journal posted. Documents are corrected with a credit memo instead."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from erp.kernel.access import needs
from erp.kernel.errors import Problem, raise_problems
from erp.kernel.ledger import lock_ledgers
from posting import errors, journal, registers, reversal, selectors
from posting.plans.mirror import Mirror, plan_mirror
from posting.selectors import PostedTransaction
from posting.setup_values import PostingSetup
from posting.values import Transaction

if TYPE_CHECKING:
    from erp.kernel.models import User

SOURCE_CODE = "REVERSAL"
# Postings without a journal batch that can be reversed all the same: payments from a statement, and reversals.
REVERSIBLE_SOURCES = {"PAYTRECON", SOURCE_CODE}


@needs("posting.reverse_entries")
@transaction.atomic
def reverse_transaction(
    transaction_no: int, *, by: "User | None", at: datetime, description: str = ""
) -> journal.Posted:
    """Undo one transaction with mirror entries of the same date and document number.

    description  of the new entries; empty: that of the originals
    raises       E-REV-NONE; ProblemsFound: E-REV-JNL, E-REV-DONE, E-REV-DATE, those of the accounts and sub-ledgers

    The mirror can be reversed in its turn: the original then counts again.
    """
    posted = selectors.posted_transactions(transaction_no=transaction_no)
    if not posted:
        raise errors.NoSuchTransaction(kind=_("transaction"), number=transaction_no)
    return _reverse(posted, by=by, at=at, description=description)


@needs("posting.reverse_entries")
@transaction.atomic
def reverse_register(
    register_no: int, *, by: "User | None", at: datetime, description: str = ""
) -> journal.Posted:
    """Undo every transaction of a posting run at once; see `reverse_transaction`."""
    posted = selectors.posted_transactions(register_no=register_no)
    if not posted:
        raise errors.NoSuchTransaction(kind=_("register"), number=register_no)
    return _reverse(posted, by=by, at=at, description=description, register_no=register_no)


class ReversalPlan(NamedTuple):
    """The mirror of a register as it would be written, and what stands against it."""

    transactions: list[Transaction]
    problems: list[Problem]


def preview_reversal(
    *,
    register_no: int | None = None,
    transaction_no: int | None = None,
    by: "User | None",
    description: str = "",
) -> ReversalPlan:
    """What reversing a register, or a transaction, would write, with all problems; not a trace of it.

    raises  E-REV-NONE
    """
    whole = transaction_no is None
    if whole:
        posted = selectors.posted_transactions(register_no=register_no)
    else:
        posted = selectors.posted_transactions(transaction_no=transaction_no)
    if not posted:
        kind, number = (_("register"), register_no) if whole else (_("transaction"), transaction_no)
        raise errors.NoSuchTransaction(kind=kind, number=number)
    with transaction.atomic():
        mirror, problems = _plan(
            posted, by=by, setup=PostingSetup.load(), description=description, whole_register=whole
        )
        transaction.set_rollback(True)
    return ReversalPlan(mirror.transactions, problems)


def _plan(
    posted: Sequence[PostedTransaction],
    *,
    by: "User | None",
    setup: PostingSetup,
    description: str,
    whole_register: bool,
) -> tuple[Mirror, list[Problem]]:
    """Lock, check and mirror. The sub-ledgers lock before the ledger head, as every posting does."""
    subledgers = reversal.subledgers()
    for subledger in subledgers:
        subledger.lock(posted)
    lock_ledgers()

    mirror = plan_mirror(posted, source_code=SOURCE_CODE, description=description)
    problems = check_reversible(posted)
    for problem in journal.check(mirror.transactions, by=by, setup=setup, manual=False):
        closed = problem.code in ("E-GL-DATE", "E-GL-PERIOD")
        problems.append(replace(problem, code="E-REV-DATE") if closed else problem)
    for subledger in subledgers:
        problems += subledger.check(posted, whole_register=whole_register)
    return mirror, list(dict.fromkeys(problems))


def _reverse(
    posted: Sequence[PostedTransaction],
    *,
    by: "User | None",
    at: datetime,
    description: str,
    register_no: int | None = None,
) -> journal.Posted:
    """Plan, then write."""
    setup = PostingSetup.load()
    mirror, problems = _plan(
        posted, by=by, setup=setup, description=description, whole_register=register_no is not None
    )
    raise_problems("", problems)

    gl = journal.GLSection(mirror.transactions, setup=setup)
    sections = [gl]
    for subledger in reversal.subledgers():
        sections += subledger.sections(posted, mirror.lines, gl)
    new_register_no = registers.write(
        sections,
        source_code=SOURCE_CODE,
        by=by.get_username() if by else "",
        at=at,
        reverses=register_no,
    )
    numbers = dict.fromkeys(gl.transaction_no(index) for index in range(len(mirror.transactions)))
    return journal.Posted(new_register_no, tuple(numbers), gl.entry_nos)


def check_reversible(posted: Sequence[PostedTransaction]) -> list[Problem]:
    """E-REV-JNL where a document stands behind the entries, E-REV-DONE where a mirror exists. One query."""
    entries = [entry for each in posted for entry in each.gl]
    mirrors = selectors.reversals_of([entry.entry_no for entry in entries])
    problems = []
    for each in posted:
        first = each.gl[0]
        if not first.journal_batch and first.source_code not in REVERSIBLE_SOURCES:
            problems.append(errors.not_from_a_journal(first.entry_no))
        undone = next((entry.entry_no for entry in each.gl if entry.entry_no in mirrors), None)
        if undone is not None:
            problems.append(errors.reversed_already(undone, mirrors[undone][1]))
    return problems
