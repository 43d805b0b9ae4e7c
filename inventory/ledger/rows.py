"""Value entries as planned, before they have numbers."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from erp.kernel.money import ZERO
from inventory.costing import Entry
from inventory.ledger.facts import ValueFacts


class Value(NamedTuple):
    """A value entry to be.

    paper  key of the paper it stands on; None for an adjustment, which stands on the paper of `like`
    like   the earlier value entry whose date, paper and groups an adjustment copies
    """

    entry: Entry
    paper: str | None
    posting_date: date
    line_no: int
    type: str
    gen_bus: str
    gen_prod: str
    group: str
    like: ValueFacts | None = None
    item_entry_quantity: Decimal = ZERO
    valued_quantity: Decimal = ZERO
    invoiced_quantity: Decimal = ZERO
    actual: Decimal = ZERO
    expected: Decimal = ZERO
    non_inventoriable: Decimal = ZERO
    sales_actual: Decimal = ZERO
    sales_expected: Decimal = ZERO
    purchase_actual: Decimal = ZERO
    purchase_expected: Decimal = ZERO
    discount: Decimal = ZERO
    expected_cost: bool = False
    adjustment: bool = False
    inventoriable: bool = True
    averaged: bool = False


class CardUpdate(NamedTuple):
    """The machine-written columns of an item card."""

    id: int
    unit_cost: Decimal
    last_direct_cost: Decimal
    unit_price: Decimal
    profit_percent: Decimal
    cost_is_adjusted: bool
