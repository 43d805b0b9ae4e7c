"""Return reasons and exact cost while a line is written: where the goods go, what they are worth, how many may come."""

from collections.abc import Collection, Iterable, Mapping

from django.utils.translation import gettext as _

from erp.kernel.errors import Problem
from inventory.selectors import issues
from sales.models import ReturnReason, SalesDocument, SalesLine
from sales.plans.returning import check_taken_back, take_cost

# What decides on the cost of goods that come back, and what else decides on how many may come.
COSTED = frozenset({"return_reason_code", "applies_from_item_entry", "unit_code"})
COUNTED = COSTED | {"quantity"}


def take_returns(lines: Iterable[SalesLine], *, located: Collection[int] = ()) -> list[Problem]:
    """Give new lines what their return reasons and the sales they take back say; two queries, none without either.

    located  numbers of lines whose location was typed: a reason leaves it alone
    returns  E-CODE-NONE for reasons that nobody set up, E-RET-ENTRY, E-RET-MAX
    """
    wanting = [line for line in lines if line.return_reason_code or line.applies_from_item_entry is not None]
    if not wanting:
        return []
    reasons = _reasons({line.return_reason_code for line in wanting})
    sold = issues({line.applies_from_item_entry for line in wanting} - {None})
    problems = []
    for line in wanting:
        reason = reasons.get(line.return_reason_code)
        if line.return_reason_code and reason is None:
            problems.append(_unknown(line))
            continue
        if reason and reason.default_location_code and line.line_no not in located:
            line.location_code = reason.default_location_code
        issue = sold.get(line.applies_from_item_entry)
        take_cost(line, reason, issue)
        problems += check_taken_back(line, issue)
    return problems


def follow_return(
    document: SalesDocument, line: SalesLine, changes: Mapping[str, object], *, reason_before: str
) -> list[Problem]:
    """Bring along what follows from another return reason, another sale to take back, or another quantity.

    changes        what was typed, and stands on the line already; its codes are known to be set up
    reason_before  the reason that the line had: what it put on the line goes with it

    A reason puts its location on the line as long as nothing has come, and takes it away again when it goes. Source:
    Business Central, validation of Return Reason Code and Appl.-from Item Entry.
    """
    if not COUNTED & changes.keys():
        return []
    code, entry = line.return_reason_code, line.applies_from_item_entry
    if not (code or reason_before or entry is not None or "applies_from_item_entry" in changes):
        return []
    reasons = _reasons({code, reason_before})
    reason, before = reasons.get(code), reasons.get(reason_before)
    if code != reason_before and "location_code" not in changes and not line.quantity_shipped:
        if before and before.default_location_code and line.location_code == before.default_location_code:
            line.location_code = document.location_code
        if reason and reason.default_location_code:
            line.location_code = reason.default_location_code
    issue = issues({entry}).get(entry) if entry is not None else None
    if COSTED & changes.keys():
        take_cost(line, reason, issue)
    return check_taken_back(line, issue)


def _reasons(codes: Iterable[str]) -> dict[str, ReturnReason]:
    found = ReturnReason.objects.filter(code__in=set(codes) - {""})
    return {reason.code: reason for reason in found}


def _unknown(line: SalesLine) -> Problem:
    message = _("There is no return reason {code}; choose one that is set up.")
    return Problem(
        "E-CODE-NONE",
        message.format(code=line.return_reason_code),
        line_no=line.line_no,
        field="return_reason_code",
        setup="admin:sales_returnreason_changelist",
    )
