from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from erp.kernel.access import needs
from erp.kernel.errors import raise_problems
from sales.models import ChargeAssignment, SalesLine
from sales.plans.charges import Method, open_part, plan_suggestion
from sales.rights import to_change_line
from sales.routines.assign_charge import assigned_of, lock_charge, put_assignment
from sales.targets import Target, find_goods, own_goods
from sales.values import SalesValues


@needs(to_change_line)
@transaction.atomic
def suggest_assignment(
    line: SalesLine,
    method: Method,
    targets: Collection[Target] | None = None,
    *,
    by,
    at: datetime,
    values: SalesValues | None = None,
) -> list[ChargeAssignment]:
    """Share an item charge over goods: equally, or by their amount, weight or volume. One line takes everything.

    targets  the goods to share it over; None: those that are assigned already, else all item lines of the document.
             Lines that are invoiced completely are left out
    returns  the assignments of the line
    raises   as `assign_charge`; ProblemsFound: E-CHG-MEASURE where no goods have a weight, volume or amount

    Source: Business Central, suggesting item charge assignments.
    """
    line, values = lock_charge(line, values)
    document = line.document
    if targets is None:
        rows = line.charge_assignments.exclude(quantity=0).select_related("target_line").order_by("id")
        targets = [Target.of(row) for row in rows]
    found = find_goods(document, targets)
    goods = [found[target] for target in targets if target in found] if targets else own_goods(document)
    left = open_part(line, assigned_of(line), precision=values.precision)
    shares, problems = plan_suggestion(line, goods, method, left, precision=values.precision)
    raise_problems(document, problems)
    return put_assignment(line, [share for share in shares if share.quantity], at=at)
