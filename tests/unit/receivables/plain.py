"""Entries and applications without a database: the rules of settling by themselves."""

from dataclasses import replace
from datetime import date
from decimal import Decimal as D

from receivables.plans.application import settle
from receivables.plans.values import (
    ApplyRequest,
    Chosen,
    CurrencyRules,
    Effects,
    GroupAccounts,
    OpenItemState,
    Rules,
)

DOMESTIC = GroupAccounts(1, "DOMESTIC", 1100, 4420, 4430, 4440, 4450, 4610, 4610, 4610, 4610)
EU = DOMESTIC._replace(id=2, code="EU", receivables=1110)
USD = CurrencyRules(
    "USD", realized_gains=7100, realized_losses=7110, unrealized_gains=7120, unrealized_losses=7130
)
RULES = Rules(currencies={"": CurrencyRules(), "USD": USD})


def day(number: int) -> date:
    return date(2026, 3, number)


def item(
    number: int,
    amount: str,
    kind: str = "",
    *,
    on: date = date(2026, 3, 1),
    due: date | None = None,
    factor: str = "1",
    **values,
) -> OpenItemState:
    """An open entry: an invoice when positive, a payment when negative, unless told otherwise."""
    total = D(amount)
    factor = D(factor)
    lcy = RULES.to_lcy(total, factor)
    state = OpenItemState(
        key=number,
        customer_id=1,
        customer_no="C1",
        document_type=kind or ("invoice" if total > 0 else "payment"),
        document_no=f"D{number}",
        posting_date=on,
        due_date=due or on,
        group=DOMESTIC,
        amount=total,
        amount_lcy=lcy,
        remaining=total,
        remaining_lcy=lcy,
        factor=factor,
        adjusted_factor=factor,
    )
    return replace(state, **values)


def run(
    new: OpenItemState, *items: OpenItemState, rules: Rules = RULES, tolerate: bool = True, **answers
) -> Effects:
    """Settle all of the items by one new entry."""
    chosen = [Chosen(each, each.remaining) for each in items]
    effects = settle(new, chosen, rules=rules, answers=ApplyRequest(**answers), tolerate=tolerate)
    assert not effects.problems
    assert (
        sum((contra.amount for contra in effects.contras), D(0))
        + sum((amount for _account, amount in effects.receivables), D(0))
        == 0
    )
    return effects


def left(effects: Effects, each: OpenItemState) -> D:
    """What remains of an entry afterwards."""
    return effects.after.get(each.key, each).remaining


def amounts(effects: Effects, kind: str, key: int | None = None) -> list[D]:
    """The amounts of the details of a type."""
    return [
        detail.amount for detail in effects.details if detail.type == kind and key in (None, detail.item.key)
    ]


def accounts(effects: Effects) -> dict[int, D]:
    """The G/L of an application: net amount by account."""
    sums: dict[int, D] = {}
    for account, amount in [*((c.account_id, c.amount) for c in effects.contras), *effects.receivables]:
        sums[account] = sums.get(account, D(0)) + amount
    return {account: amount for account, amount in sums.items() if amount}
