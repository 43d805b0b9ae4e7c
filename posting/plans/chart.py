"""How the chart of accounts indents, and what its totals add up."""

from collections.abc import Sequence
from typing import NamedTuple

from django.utils.translation import gettext as _

from erp.kernel.errors import Problem
from posting.errors import ACCOUNTS


class ChartRow(NamedTuple):
    """An account as far as the chart's order goes."""

    number: str
    type: str
    indentation: int = 0
    totaling: str = ""


def plan_indentation(rows: Sequence[ChartRow]) -> tuple[list[ChartRow], list[Problem]]:
    """Indent what stands between a begin-total and its end-total, and let the end-total add up that range.

    rows     in the order of their numbers
    returns  the rows as they should be, and E-GL-CHART for totals without their other half
    """
    planned, problems, begun = [], [], []
    for row in rows:
        if row.type == "end_total":
            if not begun:
                message = _("End-total {number} has no begin-total.").format(number=row.number)
                problems.append(Problem("E-GL-CHART", message, field="type", setup=ACCOUNTS))
                planned.append(row)
                continue
            row = row._replace(totaling=f"{begun.pop()}..{row.number}")
        planned.append(row._replace(indentation=len(begun)))
        if row.type == "begin_total":
            begun.append(row.number)
    for number in begun:
        message = _("Begin-total {number} has no end-total.").format(number=number)
        problems.append(Problem("E-GL-CHART", message, field="type", setup=ACCOUNTS))
    return planned, problems
