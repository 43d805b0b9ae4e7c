"""Set-up that depends on the day: exchange rates of past months, numbers and periods of three years."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from erp.kernel.periods import add_months
from erp.setup_data.columns import BadCell
from erp.setup_data.context import Context
from erp.setup_data.files import Row

CENT_OF_A_CENT = Decimal("0.0001")


def years_around(on: date) -> tuple[int, int, int]:
    """Last year, this year, next year."""
    return on.year - 1, on.year, on.year + 1


def number_lines(row: Row, context: Context) -> Iterator[Row]:
    """A line for all time and, where numbers start anew each year, one for each of the three years."""
    cells = row.cells
    common = {
        "series": cells["code"],
        "implementation": "sequence" if cells["gaps_allowed"] == "yes" else "normal",
    }
    first = {"line_no": "10000", "starting_date": "", "starting_number": cells["starting_number"]}
    yield row.with_cells({**common, **first})
    if not cells["starting_number_each_year"]:
        return
    for year in years_around(context.on):
        yield row.with_cells(
            {
                **common,
                "line_no": str(year * 10),
                "starting_date": f"{year}-01-01",
                "starting_number": cells["starting_number_each_year"].format(yyyy=year),
            }
        )


def rates(row: Row, context: Context) -> Iterator[Row]:
    """A row of rates against one unit of its first currency becomes a rate against the local one per currency."""
    months_ago, *quotes = row.cells.items()
    units = {code: _positive(text) for code, text in quotes}
    if context.lcy_code not in units:
        raise BadCell(_("there is no rate for the local currency %(lcy)s") % {"lcy": context.lcy_code})
    if not months_ago[1].isdigit():
        raise BadCell(_("months_ago counts whole months back"))
    starting_date = add_months(context.on.replace(day=1), -int(months_ago[1]))
    for code, per_base in units.items():
        if code != context.lcy_code:
            hundred = (100 * units[context.lcy_code] / per_base).quantize(CENT_OF_A_CENT)
            yield row.with_cells(
                {
                    "currency": code,
                    "starting_date": starting_date.isoformat(),
                    "exchange_amount": "100",
                    "relational_amount": str(hundred),
                    "source": "sample",
                }
            )


def periods(row: Row, context: Context) -> Iterator[Row]:
    """The twelve months that a row names, in each of the three years."""
    month = int(row.cells["month"])
    for year in years_around(context.on):
        yield row.with_cells(
            {
                "starting_date": date(year, month, 1).isoformat(),
                "name": f"{row.cells['name']} {year}",
                "new_fiscal_year": row.cells["new_fiscal_year"],
            }
        )


def _positive(text: str) -> Decimal:
    try:
        rate = Decimal(text)
    except ArithmeticError:
        rate = Decimal(0)
    if not rate > 0:
        raise BadCell(_("%(text)s is not a rate") % {"text": repr(text)})
    return rate
