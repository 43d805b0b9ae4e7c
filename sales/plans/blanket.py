"""What may still be called off from a blanket order, and what is fixed by what was called off already. Pure."""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from erp.kernel.errors import Problem
from erp.kernel.quantity import to_base
from sales.arithmetic.values import ZERO
from sales.models import SalesLine
from sales.plans.line import plain

# What a line was called off as: it stays as long as documents are linked to it.
FIXED = frozenset({"unit_code", "location_code", "variant_code"})


def check_call_off(lines: Sequence[SalesLine], unposted: Mapping[int, Decimal]) -> list[Problem]:
    """Why no order can be made of what the lines of a blanket order say is next: E-BLK-NOTHING, E-BLK-QTY.

    unposted  by line number: base units that stand on linked documents and are not posted
    """
    if not any(line.qty_to_ship for line in lines):
        message = _("There is nothing to order: enter Qty. to Ship on the lines that are called off.")
        return [Problem("E-BLK-NOTHING", message, field="qty_to_ship")]
    problems = []
    for line in lines:
        asked = to_base(line.qty_to_ship, line.per_unit)
        waiting = unposted.get(line.line_no, ZERO)
        most = line.outstanding_base - waiting
        if asked and not (ZERO <= asked <= most or most <= asked <= ZERO):
            units = _("units") if line.per_unit == 1 else _("base units")
            message = _(
                "Of line {line_no} ({number}) at most {most} {units} can be ordered: {outstanding} are outstanding, "
                "{waiting} of them on documents that are not posted."
            ).format(
                line_no=line.line_no,
                number=line.number,
                most=plain(max(most, ZERO) if line.quantity > 0 else min(most, ZERO)),
                units=units,
                outstanding=plain(line.outstanding_base),
                waiting=plain(waiting),
            )
            problems.append(Problem("E-BLK-QTY", message, line_no=line.line_no, field="qty_to_ship"))
    return problems


def check_linked(
    line: SalesLine, changes: Mapping[str, object], unposted: Decimal, *, is_linked: bool
) -> list[Problem]:
    """Changes of a blanket order's line that documents called off from it stand against: E-BLK-LINKED.

    unposted   base units on linked documents that are not posted
    is_linked  there are such documents, posted from or not
    """
    if not is_linked:
        return []
    problems = []
    message = _("{field} of line {line_no} ({number}) cannot change: it is on orders that were made of it.")
    problems += [
        Problem(
            "E-BLK-LINKED",
            message.format(
                field=line._meta.get_field(name).verbose_name, line_no=line.line_no, number=line.number
            ),
            line_no=line.line_no,
            field=name,
        )
        for name in sorted(FIXED & changes.keys())
        if changes[name] != getattr(line, name)
    ]
    quantity = changes.get("quantity")
    least = to_base(line.quantity_shipped, line.per_unit) + unposted
    if quantity is not None and abs(to_base(quantity, line.per_unit)) < abs(least):
        message = _("Quantity must not be less than the {least} base units that were called off.")
        problems.append(
            Problem(
                "E-BLK-LINKED",
                message.format(least=plain(least)),
                line_no=line.line_no,
                field="quantity",
            )
        )
    return problems


def linked_problem(line_nos: Collection[int], subject: object) -> list[Problem]:
    """Lines that cannot go, because documents were called off from them: E-BLK-LINKED."""
    message = _("Line {line_no} of {subject} is on orders that were made of it; it cannot be deleted.")
    return [
        Problem("E-BLK-LINKED", message.format(line_no=line_no, subject=subject), line_no=line_no)
        for line_no in sorted(line_nos)
    ]
