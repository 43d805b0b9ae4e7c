from collections.abc import Mapping
from datetime import datetime

from sales.models import ChargeAssignment, SalesComment, SalesDocument, SalesLine
from sales.plans.chosen_part import REDUCED, PartPlan, Taken, reduce
from sales.routines.carry_over import sum_invoice_discount
from sales.routines.total import total
from sales.values import SalesValues


def keep_rest(
    quote: SalesDocument,
    plan: PartPlan,
    taken: Mapping[int, Taken],
    *,
    values: SalesValues,
    at: datetime,
) -> None:
    """Leave on a quote, which the caller has locked, what did not go along with a part of it.

    taken  by line number, how much of the line's amounts went along

    Charges of a line that went along in part are assigned anew.
    """
    rules = values.line_rules(quote)
    stays = {row.line.pk: row for row in plan.stays}
    gone = {row.line.pk: row.line.line_no for row in plan.chosen if row.line.pk not in stays}
    reduced = []
    for row in plan.chosen:
        if row.line.pk in stays and row.line.sells_something:
            reduce(row.line, stays[row.line.pk].quantity, taken[row.line.line_no], rules)
            reduced.append(row.line)
    quote.lines.filter(pk__in=gone).delete()
    ChargeAssignment.objects.filter(line__in=reduced).delete()
    SalesLine.objects.bulk_update(reduced, REDUCED)
    SalesComment.objects.filter(kind=quote.type, number=quote.number, line_no__in=gone.values()).delete()
    sum_invoice_discount(quote, [row.line for row in plan.stays])
    quote.save(update_fields=["invoice_discount_value"])
    total(quote, values=values, at=at)
