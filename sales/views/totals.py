"""The figures under the lines of a document, and the invoice discount that is typed among them."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from erp.kernel.money import CENT, WIDE, round_to
from posting.models import GeneralLedgerSetup
from sales.models import SalesDocument, SalesLine
from sales.plans.paper_totals import totals_of
from sales.statistics_form import DiscountForm
from sales.views.figures import in_lcy

SEES_COST = "inventory.view_valueentry"
HUNDRED = Decimal(100)


class Margin(NamedTuple):
    """What is left of the sales in local currency when the goods are paid for, as the lines know their cost."""

    profit: Decimal
    percent: Decimal | None


def totals_context(document: SalesDocument, lines: Sequence[SalesLine], rights) -> dict[str, object]:
    """What `sales/document/_totals.html` wants, with the margin for those who may see what goods cost."""
    totals = totals_of(lines)
    before = totals.net + totals.invoice_discount
    percent = (
        round_to(WIDE.divide(totals.invoice_discount * HUNDRED, before), Decimal("0.01")) if before else None
    )
    may_type = rights.is_open and rights.may_edit_lines and any(line.allow_invoice_discount for line in lines)
    return {
        "document": document,
        "totals": totals,
        "subtotal": before,
        "discount_percent": percent,
        "discount_form": DiscountForm(initial={"inv_discount": totals.invoice_discount})
        if may_type
        else None,
        "margin": _margin(document, lines, rights),
        "currency": document.currency_code
        or GeneralLedgerSetup.objects.values_list("lcy_code", flat=True).get(),
    }


def _margin(document: SalesDocument, lines: Sequence[SalesLine], rights) -> Margin | None:
    """None where nobody may know, or nothing is sold."""
    if not lines or not rights.user.has_perm(SEES_COST):
        return None
    sales = in_lcy(sum((line.amount for line in lines), Decimal(0)), document)
    cost = sum((WIDE.multiply(line.quantity, line.unit_cost_lcy) for line in lines), Decimal(0))
    profit = sales - round_to(cost, CENT)
    percent = round_to(WIDE.divide(profit * HUNDRED, sales), Decimal("0.1")) if sales else None
    return Margin(profit, percent)
