"""What a return reason and the sale that is taken back make of a line that brings goods to us. Pure."""

from django.utils.translation import gettext as _

from erp.kernel.errors import Problem
from erp.kernel.money import WIDE, round_to
from erp.kernel.quantity import to_base
from inventory.selectors import Issue
from sales.arithmetic.values import UNIT, ZERO
from sales.models import ReturnReason, SalesLine
from sales.models.base import LineType
from sales.plans.line import plain


def take_cost(line: SalesLine, reason: ReturnReason | None, issue: Issue | None) -> None:
    """What one unit of the line costs: nothing by its reason, what the sale cost, or what the item costs now.

    line  with its item; other types have no such cost
    """
    if line.type != LineType.ITEM:
        return
    if reason is not None and reason.inventory_value_zero:
        line.unit_cost_lcy = ZERO
        return
    unit_cost = issue.unit_cost if issue and line.item.keeps_stock else line.item.unit_cost
    line.unit_cost_lcy = round_to(WIDE.multiply(unit_cost, line.per_unit), UNIT)


def check_taken_back(line: SalesLine, issue: Issue | None) -> list[Problem]:
    """Whether a line may take back the sale that it names: E-RET-ENTRY, E-RET-MAX.

    issue  the entry of goods that went which `applies_from_item_entry` names; None: there is none
    """
    entry = line.applies_from_item_entry
    if entry is None:
        return []
    of_this = issue is not None and (issue.item_id, issue.variant_code) == (line.item_id, line.variant_code)
    if not of_this:
        message = _("Entry {entry} is no sale of {number}; name one of this item and variant, or none.")
        return [
            _problem(
                line, "E-RET-ENTRY", message, entry=entry, number=f"{line.number} {line.variant_code}".strip()
            )
        ]
    wanted = to_base(line.outstanding_quantity, line.per_unit)
    if wanted and (wanted > 0) != line.document.traits.receives:
        message = _(
            "Line {line_no} of {document} sends goods out and cannot take entry {entry} back; turn its quantity round "
            "or leave Appl.-from Item Entry blank."
        )
        return [
            _problem(line, "E-RET-ENTRY", message, entry=entry, line_no=line.line_no, document=line.document)
        ]
    if abs(wanted) <= issue.left:
        return []
    message = _(
        "Only {left} of the {shipped} shipped units of entry {entry} can still be returned; line {line_no} takes back "
        "{wanted}."
    )
    return [
        _problem(
            line,
            "E-RET-MAX",
            message,
            entry=entry,
            left=plain(issue.left),
            shipped=plain(issue.quantity),
            line_no=line.line_no,
            wanted=plain(abs(wanted)),
        )
    ]


def _problem(line: SalesLine, code: str, message: str, **data) -> Problem:
    return Problem(code, message.format(**data), line_no=line.line_no, field="applies_from_item_entry")
