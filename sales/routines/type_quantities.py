from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction

from erp.kernel.access import needs
from erp.kernel.errors import Problem, raise_problems
from sales.arithmetic.values import ZERO
from sales.models import SalesDocument, SalesLine
from sales.plans import line as edit
from sales.rights import to_type_quantities
from sales.routines.lock import lock, refuse_locked


@needs(to_type_quantities)
@transaction.atomic
def type_quantities(
    document: SalesDocument,
    *,
    ship: Mapping[int, Decimal] | None = None,
    invoice: Mapping[int, Decimal] | None = None,
) -> list[SalesLine]:
    """Say of all lines at once what is shipped and invoiced next; whoever is not named waits.

    ship, invoice  quantity by line number; None: as it is. What is shipped may be invoiced, unless `invoice` says so
    raises         AwaitsApproval; ProblemsFound: E-QTY-SHIP, E-QTY-INV, E-QTY-PRECISION of every line
    """
    document = lock(document.pk)
    refuse_locked(document)
    problems: list[Problem] = []
    lines = [line for line in document.lines.order_by("line_no") if line.sells_something]
    for line in lines:
        if ship is not None:
            problems += edit.set_qty_to_ship(line, ship.get(line.line_no, ZERO))
        if invoice is not None:
            problems += edit.set_qty_to_invoice(line, invoice.get(line.line_no, ZERO))
    raise_problems(document, problems)
    SalesLine.objects.bulk_update(lines, ["qty_to_ship", "qty_to_invoice"])
    return lines
