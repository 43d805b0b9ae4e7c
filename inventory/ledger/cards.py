"""Unit cost, last direct cost, price and profit on the item cards after a posting. Pure."""

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from erp.kernel.money import WIDE, ZERO, round_to
from erp.kernel.quantity import QTY
from inventory.costing import Entry
from inventory.ledger.facts import Card
from inventory.ledger.rows import CardUpdate
from inventory.ledger.setup import StockSetup
from inventory.models import CostingMethod
from inventory.prices import related


class DirectCost(NamedTuple):
    """A receipt that was invoiced: what sets the last direct cost.

    amount  of the line in local currency, before line discount
    """

    item_id: int
    quantity: Decimal
    amount: Decimal
    drop: bool


class Totals(NamedTuple):
    """All of an item that is, or ever was, in stock.

    quantity, invoiced, cost  sums over all entries
    waiting                   issues that are still open, for goods to come
    anything_open             receipts with goods left, or such issues
    latest_issue              the last real issue (no correction, no drop shipment), if it is known
    """

    quantity: Decimal
    invoiced: Decimal
    cost: Decimal
    waiting: Iterable[Entry] = ()
    anything_open: bool = False
    latest_issue: Entry | None = None


def update_card(
    card: Card,
    totals: Totals | None,
    received: Iterable[DirectCost],
    *,
    setup: StockSetup,
    adjusted: bool,
    is_adjusted: bool,
) -> CardUpdate | None:
    """The card's new figures, or None where nothing changes.

    totals    None for items that keep no stock
    received  what was invoiced now, in order
    adjusted  costs are final: the unit cost becomes the average of what is there; otherwise it follows the last
              direct cost only where nothing older is in stock
    is_adjusted  the card's flag: the routine has nothing left to adjust
    """
    last_direct, unit_cost = card.last_direct_cost, card.unit_cost
    for cost in received:
        if cost.amount and not card.value_zero:
            last_direct = round_to(WIDE.divide(cost.amount, cost.quantity), QTY)
        if (
            totals is not None
            and not cost.drop
            and (not unit_cost or (cost.quantity > 0 and last_direct))
            and 0 < totals.invoiced <= cost.quantity
        ):
            unit_cost = last_direct
    if card.method == CostingMethod.STANDARD:
        unit_cost = card.standard_cost
    elif totals is not None and adjusted:
        unit_cost = adjusted_unit_cost(totals) or unit_cost
    price, profit = card.unit_price, card.profit_percent
    if unit_cost != card.unit_cost:
        vat = setup.vat_percent(card.vat_bus or "", card.vat_prod or "") if card.price_includes_vat else ZERO
        price, profit = related(
            mode=card.relation, unit_price=price, unit_cost=unit_cost, profit_percent=profit, vat_percent=vat
        )
    update = CardUpdate(card.id, unit_cost, last_direct, price, profit, is_adjusted)
    before = CardUpdate(
        card.id,
        card.unit_cost,
        card.last_direct_cost,
        card.unit_price,
        card.profit_percent,
        card.cost_is_adjusted,
    )
    return None if update == before else update


def adjusted_unit_cost(totals: Totals) -> Decimal:
    """The average of everything but issues still open; of the latest issue when nothing is left; zero: no answer."""
    waiting = list(totals.waiting)
    quantity = totals.quantity - sum(entry.quantity for entry in waiting)
    cost = totals.cost - sum(entry.actual + entry.expected for entry in waiting)
    if not quantity and not totals.anything_open and totals.latest_issue is not None:
        issue = totals.latest_issue
        quantity, cost = issue.quantity, issue.actual + issue.expected
    if not quantity:
        return ZERO
    return max(round_to(WIDE.divide(cost, quantity), QTY), ZERO)
