"""Whether the general ledger is in order, in one figure."""

from decimal import Decimal

from django.db.models import Sum

from erp.kernel.money import ZERO
from posting.models.entries import GLBalance


def books_differ_by() -> Decimal:
    """Debit less credit over all accounts: zero, or something is badly wrong. One query, on the balances by day."""
    sums = GLBalance.objects.aggregate(
        debit=Sum("debit_amount", default=ZERO), credit=Sum("credit_amount", default=ZERO)
    )
    return sums["debit"] - sums["credit"]
