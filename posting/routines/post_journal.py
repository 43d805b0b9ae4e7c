"""Post the lines of a G/L journal, or show what posting them would do."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from erp.kernel.access import needs
from erp.kernel.errors import ErpError, Problem, raise_problems
from posting import journal
from posting.currency import factors_on
from posting.errors import NothingToPost
from posting.models import GLAccount
from posting.plans.journal import AccountDefaults, JournalLine, JournalPlan, plan_journal
from posting.setup_values import PostingSetup

if TYPE_CHECKING:
    from erp.kernel.models import User

__all__ = ["JournalLine", "post_journal", "preview_journal"]

SOURCE_CODE = "GENJNL"
BATCH = "DEFAULT"
BALANCE_CODES = {"E-GL-DOCBAL", "E-GL-DATEBAL", "E-GL-CURBAL"}


@needs("posting.post_journal")
@transaction.atomic
def post_journal(
    lines: Sequence[JournalLine],
    *,
    by: "User | None",
    at: datetime,
    source_code: str = SOURCE_CODE,
    journal_batch: str = BATCH,
    force_document_balance: bool = True,
) -> journal.Posted:
    """Post all lines as one register, or none of them.

    journal_batch  which journal they come from; never blank, so that the posting can be reversed
    raises         ProblemsFound with the problems of all lines; E-GL-EMPTY
    """
    setup = PostingSetup.load()
    plan = _plan(lines, setup=setup, force_document_balance=force_document_balance)
    if plan.problems:
        raise_problems("", _all_problems(plan, by=by, setup=setup))
    return journal.post(
        plan.transactions,
        source_code=source_code,
        by=by,
        at=at,
        journal_batch=journal_batch or BATCH,
        setup=setup,
    )


def preview_journal(
    lines: Sequence[JournalLine],
    *,
    by: "User | None",
    setup: PostingSetup | None = None,
    force_document_balance: bool = True,
) -> JournalPlan:
    """What posting would write, and everything that stops it; nothing is written and no number is drawn."""
    setup = setup or PostingSetup.load()
    plan = _plan(lines, setup=setup, force_document_balance=force_document_balance)
    if not plan.transactions and not plan.problems:
        raise NothingToPost()
    return plan._replace(problems=_all_problems(plan, by=by, setup=setup))


def _plan(lines: Sequence[JournalLine], *, setup: PostingSetup, force_document_balance: bool) -> JournalPlan:
    return plan_journal(
        lines,
        accounts=_accounts(lines),
        factors=_factors(lines),
        setup=setup,
        force_document_balance=force_document_balance,
    )


def _all_problems(plan: JournalPlan, *, by: "User | None", setup: PostingSetup) -> list[Problem]:
    """The plan's and the door's, by line. Where lines could not be made, nothing balances: that is left unsaid."""
    found = journal.check(plan.transactions, by=by, setup=setup, manual=True)
    if plan.problems:
        found = [problem for problem in found if problem.code not in BALANCE_CODES]
    return sorted(dict.fromkeys([*plan.problems, *found]), key=lambda problem: problem.line_no or 0)


def _accounts(lines: Sequence[JournalLine]) -> dict[str, AccountDefaults]:
    numbers = {line.account_no for line in lines} | {line.bal_account_no for line in lines}
    rows = GLAccount.objects.filter(number__in=numbers - {""}).values_list(
        "number",
        "id",
        "name",
        "gen_bus_posting_group__code",
        "gen_prod_posting_group__code",
        "vat_bus_posting_group__code",
        "vat_prod_posting_group__code",
    )
    return {
        number: AccountDefaults(id, name, *(group or "" for group in groups))
        for number, id, name, *groups in rows
    }


def _factors(lines: Sequence[JournalLine]) -> dict:
    """The factor of each currency and date, or why there is none."""
    factors = {}
    for line in lines:
        key = (line.currency_code, line.posting_date)
        if not line.currency_code or line.posting_date is None or key in factors:
            continue
        try:
            factors[key] = factors_on([line.currency_code], line.posting_date)[line.currency_code]
        except ErpError as error:
            factors[key] = replace(error.as_problem(line_no=line.line_no), field="currency_code")
    return factors
