from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from erp.kernel.access import needs
from erp.kernel.errors import Problem, raise_problems
from sales.arithmetic.values import ZERO
from sales.models import ChargeAssignment, SalesDocument, SalesLine
from sales.models.base import LineType
from sales.plans.charges import Share, check_charge, open_part, plan_assignment, refit
from sales.rights import to_change_line
from sales.routines.lock import line_now, lock, refuse_locked
from sales.targets import Kind, Target, find_goods
from sales.values import SalesValues


@needs(to_change_line)
@transaction.atomic
def assign_charge(
    line: SalesLine,
    quantities: Mapping[Target, Decimal],
    *,
    by,
    at: datetime,
    values: SalesValues | None = None,
) -> list[ChargeAssignment]:
    """Say which goods an item charge is for: so much of its quantity for each; what is not named gets nothing.

    quantities  of the charge line, with its sign; together at most what no posting has assigned yet
    returns     the assignments of the line, those used up by postings included
    raises      AwaitsApproval; ProblemsFound: E-CHG-TYPE for what is no charge, E-CHG-TARGET for goods that are not
                there or another customer's, E-CHG-SIGN, E-CHG-MORE, E-QTY-PRECISION

    A released document can be assigned: neither amounts nor goods change.
    Source: Business Central, item charge assignments of sales lines.
    """
    line, values = lock_charge(line, values)
    document = line.document
    found = find_goods(document, quantities)
    problems = [_missing(line, target) for target in quantities if target not in found]
    typed = [(found[target], quantity) for target, quantity in quantities.items() if target in found]
    left = open_part(line, assigned_of(line), precision=values.precision)
    shares, wrong = plan_assignment(line, typed, left, precision=values.precision)
    raise_problems(document, problems + wrong)
    return put_assignment(line, shares, at=at)


def lock_charge(line: SalesLine, values: SalesValues | None) -> tuple[SalesLine, SalesValues]:
    """The charge line as it is now, with its locked document and the set-up."""
    document = lock(line.document_id)
    line = line_now(line)
    line.document = document
    raise_problems(document, check_charge(line))
    refuse_locked(document)
    return line, SalesValues.fit(document.currency_code, values)


def assigned_of(line: SalesLine) -> Decimal:
    """How much of a charge line postings have assigned."""
    return sum((row.quantity_assigned for row in line.charge_assignments.all()), ZERO)


def put_assignment(line: SalesLine, shares: Sequence[Share], *, at: datetime) -> list[ChargeAssignment]:
    """Write the open assignments of a line that the caller holds: five statements at most."""
    known = {Target.of(row): row for row in line.charge_assignments.select_related("target_line")}
    wanted = {share.goods.target: share for share in shares}
    for target, row in known.items():
        share = wanted.get(target)
        row.quantity, row.amount = (share.quantity, share.amount) if share else (ZERO, ZERO)
    gone = [row.pk for row in known.values() if not row.quantity and not row.quantity_assigned]
    ChargeAssignment.objects.filter(pk__in=gone).delete()
    kept = [row for row in known.values() if row.pk not in gone]
    ChargeAssignment.objects.bulk_update(kept, ["quantity", "amount"])
    new = [_row(line, share) for target, share in wanted.items() if target not in known]
    ChargeAssignment.objects.bulk_create(new)
    SalesDocument.objects.filter(pk=line.document_id).update(modified_at=at)
    return kept + new


def refit_assignment(line: SalesLine, *, precision: Decimal) -> None:
    """Keep what is assigned in step with the quantity and amount of a charge line that the caller holds."""
    rows = list(line.charge_assignments.exclude(quantity=0).order_by("id"))
    if not rows:
        return
    left = open_part(line, assigned_of(line), precision=precision)
    for row, share in zip(
        rows, refit([row.quantity for row in rows], left, precision=precision), strict=True
    ):
        row.quantity, row.amount = share
    ChargeAssignment.objects.bulk_update(rows, ["quantity", "amount"])


def refit_assignments(lines: Iterable[SalesLine], *, precision: Decimal) -> None:
    """The same for the charges among some lines, whose amounts are new."""
    for line in lines:
        if line.type == LineType.CHARGE:
            refit_assignment(line, precision=precision)


def _row(line: SalesLine, share: Share) -> ChargeAssignment:
    goods = share.goods
    is_line = goods.target.kind == Kind.LINE
    return ChargeAssignment(
        line=line,
        target=goods.target.kind,
        target_line_id=goods.line_id,
        target_no=goods.target.number,
        target_line_no=0 if is_line else goods.target.line_no,
        item_no=goods.item_no,
        description=goods.description,
        quantity=share.quantity,
        amount=share.amount,
    )


def _missing(line: SalesLine, target: Target) -> Problem:
    message = _("{kind} {number} has no goods of this customer on line {target}; choose another line.")
    if target.kind == Kind.LINE:
        message = _("Line {target} of this document sells no item; choose another line.")
    kind = Kind(target.kind).label if target.kind in Kind.values else target.kind
    message = message.format(kind=kind, number=target.number, target=target.line_no)
    return Problem("E-CHG-TARGET", message, line_no=line.line_no, field="quantity")
