from decimal import Decimal

from erp.kernel.money import WIDE, round_to
from sales.models.base import Paper


def in_lcy(amount: Decimal, paper: Paper) -> Decimal:
    """An amount of a paper in local currency, to sum papers of several currencies."""
    return round_to(WIDE.divide(Decimal(amount), paper.currency_factor))
