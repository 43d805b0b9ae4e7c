"""Carry the result of a closed fiscal year to retained earnings."""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from erp.kernel.access import needs
from erp.kernel.errors import raise_problems
from erp.kernel.ledger import lock_ledgers
from posting import errors, journal, selectors
from posting.models import AccountingPeriod, GLAccount
from posting.plans.income_statement import plan_closing
from posting.values import Transaction

if TYPE_CHECKING:
    from erp.kernel.models import User

SOURCE_CODE = "CLSINCOME"


@needs("posting.post_journal")
@transaction.atomic
def close_income_statement(
    *,
    fiscal_year_end: date,
    document_no: str,
    retained_earnings: str,
    by: "User | None",
    at: datetime,
    description: str = "",
    journal_batch: str = SOURCE_CODE,
) -> journal.Posted | None:
    """Zero every income statement account on the closing date; None when there is nothing to carry.

    fiscal_year_end    last day of a fiscal year that is closed
    retained_earnings  number of the account that takes the result
    raises             E-FY-OPEN; ProblemsFound for accounts and dates

    Later entries of the year are carried by doing it again: only what is not zero yet moves.
    """
    lock_ledgers()
    plan = plan_close_income_statement(
        fiscal_year_end=fiscal_year_end,
        document_no=document_no,
        retained_earnings=retained_earnings,
        description=description,
    )
    if plan is None:
        return None
    return journal.post(
        [plan], source_code=SOURCE_CODE, by=by, at=at, manual=False, journal_batch=journal_batch
    )


def plan_close_income_statement(
    *, fiscal_year_end: date, document_no: str, retained_earnings: str, description: str = ""
) -> Transaction | None:
    """What closing would post; nothing is written."""
    account_id = GLAccount.objects.filter(number=retained_earnings).values_list("pk", flat=True).first()
    if account_id is None:
        raise_problems("", [errors.account_missing(retained_earnings, field="retained_earnings")])
    return plan_closing(
        selectors.income_balances(start=_first_day(fiscal_year_end), on=fiscal_year_end),
        on=fiscal_year_end,
        document_no=document_no,
        retained_earnings_id=account_id,
        description=description or _("Close income statement"),
    )


def _first_day(fiscal_year_end: date) -> date:
    """The start of the closed fiscal year that ends on this day."""
    years = AccountingPeriod.objects.filter(new_fiscal_year=True)
    year = years.filter(starting_date__lte=fiscal_year_end).order_by("-starting_date").first()
    next_day = fiscal_year_end + timedelta(days=1)
    if year is None or not year.closed or not years.filter(starting_date=next_day).exists():
        raise errors.YearNotClosed(date=fiscal_year_end)
    return year.starting_date
