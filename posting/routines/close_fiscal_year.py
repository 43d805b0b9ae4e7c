"""Close the oldest open fiscal year. This does not stop postings into it: only allowed posting dates do."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction

from erp.kernel.access import needs
from posting import errors
from posting.models import AccountingPeriod


@dataclass(frozen=True, slots=True)
class FiscalYear:
    """First and last day of a fiscal year, and how many periods it has."""

    start: date
    end: date
    periods: int


@needs("posting.change_accountingperiod")
@transaction.atomic
def close_fiscal_year() -> FiscalYear:
    """Mark the periods of the oldest open year as closed; it cannot be opened again.

    raises  E-FY-NONE; E-FY-NEXT when the next year does not exist, since later entries of this one belong before it
    """
    periods = list(AccountingPeriod.objects.select_for_update().order_by("starting_date"))
    years = [period for period in periods if period.new_fiscal_year]
    place = next((place for place, year in enumerate(years) if not year.closed), None)
    if place is None:
        raise errors.NoOpenYear()
    if place + 1 == len(years):
        raise errors.NextYearMissing()
    start, following = years[place].starting_date, years[place + 1].starting_date
    closing = [period.pk for period in periods if start <= period.starting_date < following]
    AccountingPeriod.objects.filter(pk__in=closing).update(closed=True, date_locked=True)
    return FiscalYear(start, following - timedelta(days=1), len(closing))
