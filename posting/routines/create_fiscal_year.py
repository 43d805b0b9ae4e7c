"""Add a fiscal year to the accounting periods."""

from datetime import date

from django.db import transaction
from django.db.models import Max

from erp.kernel.access import needs
from erp.kernel.periods import calc_date
from posting import errors
from posting.models import AccountingPeriod


@needs("posting.add_accountingperiod")
@transaction.atomic
def create_fiscal_year(
    *, starting_date: date, periods: int = 12, length: str = "1M"
) -> list[AccountingPeriod]:
    """Create the periods of a year, and the first one of the year after where none follows yet.

    length  date formula from one period's start to the next one's
    raises  E-FY-ORDER when periods exist that reach the starting date or lie after it

    The following year's first row makes the end of this one known; creating that year later fills it up.
    """
    last = AccountingPeriod.objects.aggregate(last=Max("starting_date"))["last"]
    open_end = AccountingPeriod.objects.filter(starting_date=last, new_fiscal_year=True).exists()
    if last is not None and (starting_date < last or (starting_date == last and not open_end)):
        raise errors.YearExists(date=starting_date, last=last)
    starts = [starting_date]
    for _period in range(periods):
        starts.append(calc_date(length, starts[-1]))
    AccountingPeriod.objects.bulk_create(
        [
            AccountingPeriod(
                starting_date=start, name=f"{start:%B}"[:20], new_fiscal_year=place in (0, periods)
            )
            for place, start in enumerate(starts)
            if start != last
        ]
    )
    return list(AccountingPeriod.objects.filter(starting_date__in=starts[:-1]).order_by("starting_date"))
