"""What agreements fix: lines of a blanket order that orders were made of, and the lines of those orders."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from erp.kernel.errors import Problem
from sales.arithmetic.values import ZERO
from sales.models import SalesDocument, SalesLine
from sales.plans.blanket import FIXED, check_linked, linked_problem
from sales.selectors import called_off_lines, unposted_of_blanket


def check_agreed(document: SalesDocument, line: SalesLine, changes: Mapping[str, object]) -> list[Problem]:
    """Why a line may not change like this: E-BLK-LINKED. Asks the database only where an agreement is concerned."""
    if document.traits.calls_off and changes.keys() & {"quantity", *FIXED}:
        is_linked = line.line_no in called_off_lines(document.number)
        unposted = unposted_of_blanket(document.number).get(line.line_no, ZERO) if is_linked else ZERO
        return check_linked(line, changes, unposted, is_linked=is_linked)
    if line.blanket_order_no and changes.get("unit_code", line.unit_code) != line.unit_code:
        message = _("Line {line_no} keeps its unit: blanket order {blanket} agreed on a price for {unit}.")
        facts = {"line_no": line.line_no, "blanket": line.blanket_order_no, "unit": line.unit_code}
        return [Problem("E-BLK-LINKED", message.format(**facts), line_no=line.line_no, field="unit_code")]
    return []


def check_not_called_off(document: SalesDocument, *lines: SalesLine) -> list[Problem]:
    """Why lines (none named: all) of a blanket order may not go: E-BLK-LINKED. One query, of blanket orders alone."""
    if not document.traits.calls_off:
        return []
    called = called_off_lines(document.number)
    named = {line.line_no for line in lines}
    return linked_problem(called & named if lines else called, document)
