"""Deciding a posting to the item ledger: what is applied to what, what it costs, what the general ledger hears.

Pure: a state goes in, an `ItemPlan` comes out, and nothing is written. The steps of `plan`:

1. apply    every movement becomes an entry; issues take goods from receipts, receipts fill waiting issues
2. invoice  purchase invoices change the cost of receipts from expected to actual
3. settle   costs flow: shares of receipts, periodic averages, sources of returns and transfers
4. value    the movements' value entries, adjustments of earlier entries, invoicing of the rest, rounding
5. conclude stock by place, item cards, lines for the general ledger
"""

from collections.abc import Mapping, Sequence

from inventory.ledger.concluding import conclude
from inventory.ledger.facts import StockState
from inventory.ledger.itemplan import ItemPlan
from inventory.ledger.moving import Mover
from inventory.ledger.values import Invoicing, Movement, Paper
from inventory.ledger.valuing import Valuer
from inventory.ledger.working import Working


def plan(
    movements: Sequence[Movement],
    invoicings: Sequence[Invoicing] = (),
    *,
    papers: Mapping[str, Paper],
    state: StockState,
) -> ItemPlan:
    """Decide what movements and invoicings do; all problems at once.

    papers  by the keys that movements and invoicings name
    state   from `load`, of all items concerned; a plan leaves it alone, so it may be planned twice
    raises  ValueError when something is dated before the day that the state was loaded for
    """
    used = {movement.paper for movement in movements} | {invoicing.paper for invoicing in invoicings}
    if state.on is not None and any(papers[key].posting_date < state.on for key in used):
        raise ValueError(f"The state was loaded for postings from {state.on} on")
    working = Working(state)
    mover = Mover(working, papers)
    for index, movement in enumerate(movements):
        mover.move(index, movement)
    valuer = Valuer(working, papers)
    for index, invoicing in enumerate(invoicings):
        valuer.invoice_purchase(index, invoicing)
    working.settle(everything=False)
    valuer.value_movements(mover.moved)
    valuer.adjust()
    for index, invoicing in enumerate(invoicings):
        valuer.invoice(index, invoicing)
    valuer.close_undone(mover.undone)
    valuer.round_off()
    return conclude(working, valuer, movements, papers)


def plan_adjustment(state: StockState) -> ItemPlan:
    """Decide what is to be adjusted of items whose whole history is loaded."""
    working = Working(state)
    valuer = Valuer(working, {}, everything=True)
    working.settle(everything=True)
    valuer.adjust()
    valuer.round_off()
    return conclude(working, valuer, (), {}, everything=True)
