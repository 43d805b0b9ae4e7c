from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from erp.kernel.access import needs
from erp.kernel.errors import Problem, raise_problems
from sales.models import PriceList, PriceListLine

PIECE = 1_000


@needs("sales.add_pricelistline")
@transaction.atomic
def copy_prices(
    target: PriceList,
    source: PriceList,
    *,
    starting_date: date | None = None,
    ending_date: date | None = None,
) -> int:
    """Put all lines of a price list on another one as well; returns how many.

    starting_date, ending_date  when the copies are valid; None: as the lines that they are copied from
    raises                      ProblemsFound: E-PRC-SELF for the same list, E-PRC-PERIOD for days in the wrong order
    """
    if target.pk == source.pk:
        message = _("Lines of {list} can't be copied to itself; name another price list.")
        raise_problems(target, [Problem("E-PRC-SELF", message.format(list=target), field="source")])
    lines = PriceListLine.objects.filter(price_list=source).order_by("pk")
    count, copies = 0, []
    for line in lines.iterator(chunk_size=PIECE):
        copies.append(_copy(line, target, starting_date, ending_date))
        if len(copies) == PIECE:
            count += len(PriceListLine.objects.bulk_create(copies))
            copies = []
    return count + len(PriceListLine.objects.bulk_create(copies))


def _copy(line: PriceListLine, target: PriceList, start: date | None, end: date | None) -> PriceListLine:
    line.pk, line._state.adding = None, True
    line.price_list = target
    line.starting_date = start or line.starting_date
    line.ending_date = end or line.ending_date
    if line.starting_date and line.ending_date and line.starting_date > line.ending_date:
        message = _("A price of {product} would be valid from {start} until {end}; give both days, in order.")
        message = message.format(product=line.asset_no or "–", start=line.starting_date, end=line.ending_date)
        raise_problems(target, [Problem("E-PRC-PERIOD", message, field="starting_date")])
    return line
