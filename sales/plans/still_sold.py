"""Whether what lines name may still be sold: much may have been blocked since they were written. Pure."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from erp.kernel.errors import Problem
from posting.models import GLAccount
from sales.masters import LineMasters, NewLine
from sales.models import SalesDocument, SalesLine
from sales.models.base import LineType
from sales.plans.check_master import check_item, check_resource, check_variant


def named_by(lines: Iterable[SalesLine]) -> list[NewLine]:
    """What lines name, to load their masters by."""
    return [
        NewLine(type=line.type, number=line.number, variant_code=line.variant_code)
        for line in lines
        if line.sells_something
    ]


def check_still_sold(
    document: SalesDocument, lines: Iterable[SalesLine], masters: LineMasters
) -> list[Problem]:
    """Items, variants, resources and accounts of lines that are blocked by now; those that are gone are passed over."""
    credit = document.traits.receives
    problems: list[Problem] = []
    for line in lines:
        if line.type == LineType.ITEM and line.number in masters.items:
            item = masters.items[line.number]
            variant = masters.variants.get((item.pk, line.variant_code))
            problems += check_item(item, credit=credit, line_no=line.line_no)
            problems += check_variant(item, variant, credit=credit, line_no=line.line_no)
        elif line.type == LineType.RESOURCE and line.number in masters.resources:
            problems += check_resource(masters.resources[line.number], line_no=line.line_no)
        elif line.type == LineType.GL_ACCOUNT and _is_blocked(masters.accounts.get(line.number)):
            message = _("Account {number} is blocked.").format(number=line.number)
            problems.append(Problem("E-GL-BLOCKED", message, line_no=line.line_no, field="number"))
    return problems


def _is_blocked(account: GLAccount | None) -> bool:
    return account is not None and account.blocked
