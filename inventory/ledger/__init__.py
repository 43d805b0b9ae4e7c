"""The door to the item ledger: quantities, values, applications. Nobody else writes them.

    state = load(item_ids, entry_nos=…, on=posting_date)        locks the items
    plan = plan(movements, invoicings, papers=papers, state=state)
    section = ItemSection(plan, papers)                         for posting.registers.write, next to a GLSection

Start reading in `plan`; the words are in `values`.
"""

from inventory.ledger.charges import ChargedEntry, ChargeRevenue, ChargeSection, load_charged
from inventory.ledger.facts import Card, EntryRow, StockState
from inventory.ledger.first_receipts import Place
from inventory.ledger.itemplan import ItemPlan
from inventory.ledger.plan import plan, plan_adjustment
from inventory.ledger.resources import ResourceSection, ResourceUse
from inventory.ledger.section import ItemSection
from inventory.ledger.setup import StockSetup
from inventory.ledger.state import load, load_history
from inventory.ledger.undoing import undo_movement
from inventory.ledger.values import Cost, Invoicing, Movement, Paper

__all__ = [
    "Card",
    "ChargeRevenue",
    "ChargeSection",
    "ChargedEntry",
    "Cost",
    "EntryRow",
    "Invoicing",
    "ItemPlan",
    "ItemSection",
    "Movement",
    "Paper",
    "Place",
    "ResourceSection",
    "ResourceUse",
    "StockSetup",
    "StockState",
    "load",
    "load_charged",
    "load_history",
    "plan",
    "plan_adjustment",
    "undo_movement",
]
