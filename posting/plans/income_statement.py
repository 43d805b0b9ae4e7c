"""The entries that bring every income account to zero at the end of a fiscal year."""

from collections.abc import Sequence
from datetime import date

from erp.kernel.money import ZERO
from posting.selectors import IncomeBalance
from posting.values import Facts, Line, Transaction


def plan_closing(
    balances: Sequence[IncomeBalance],
    *,
    on: date,
    document_no: str,
    retained_earnings_id: int,
    description: str = "",
) -> Transaction | None:
    """Take the balances back and put their sum on retained earnings, on the closing date; None when all are zero.

    Source: Business Central, close income statement.
    """
    if not balances:
        return None
    facts = Facts(
        posting_date=on,
        vat_date=on,
        document_date=on,
        document_type="",
        document_no=document_no,
        description=description,
        closing=True,
    )
    lines = [Line(account_id=balance.account_id, amount=-balance.amount) for balance in balances]
    result = sum((balance.amount for balance in balances), ZERO)
    if result:
        lines.append(Line(account_id=retained_earnings_id, amount=result))
    return Transaction(facts, lines)
