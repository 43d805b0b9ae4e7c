"""What callers hand to the item ledger: papers, movements of goods, and invoicings of goods moved earlier."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

ZERO = Decimal(0)


class Paper(NamedTuple):
    """The document that an entry stands on. While planning its number may be "***"."""

    document_type: str
    document_no: str
    posting_date: date
    document_date: date
    external_document_no: str = ""
    source_type: str = ""
    source_no: str = ""
    order_no: str = ""
    source_code: str = ""
    salesperson_code: str = ""


class Movement(NamedTuple):
    """Goods that come (positive) or go (negative), in base units; one item ledger entry.

    paper, value_paper  keys into the papers; the value entry stands on `value_paper` when invoiced at once
    invoiced            moved and invoiced in one step: the cost is actual, otherwise expected
    unit_cost           per base unit, for what no receipt covers; None takes the card's
    cost_amount         direct cost in local currency of goods that come, without indirect cost; None lets
                        quantity × unit cost count. The cost of goods that go follows from the costing method
    sales_amount        net revenue in local currency, revenue positive; purchase_amount: net, goods that come positive
    discount_amount     line discount contained in neither; purchases: added back for the last direct cost
    applies_to          goods that go: the receipt they are taken from (its entry number)
    applies_from        goods that come: the issue they return, at exactly its cost
    without_value       goods that come and are worth nothing, whatever the issue they return has cost
    carries_cost_of     transfers: index, in the same plan, of the movement out whose cost this one carries in
    reverses            the entry that this one undoes; use `undo_movement` of inventory.ledger to build it
    """

    paper: str
    line_no: int
    item_id: int
    entry_type: str
    quantity: Decimal
    variant_code: str = ""
    location_code: str = ""
    order_line_no: int = 0
    unit_code: str = ""
    per_unit: Decimal = Decimal(1)
    unit_cost: Decimal | None = None
    invoiced: bool = True
    value_paper: str = ""
    sales_amount: Decimal = ZERO
    discount_amount: Decimal = ZERO
    purchase_amount: Decimal = ZERO
    cost_amount: Decimal | None = None
    gen_bus: str = ""
    gen_prod: str = ""
    description: str = ""
    applies_to: int | None = None
    applies_from: int | None = None
    carries_cost_of: int | None = None
    serial_no: str = ""
    lot_no: str = ""
    drop_shipment: bool = False
    correction: bool = False
    reverses: int | None = None
    return_reason_code: str = ""
    without_value: bool = False


class Invoicing(NamedTuple):
    """A part of goods moved earlier that is invoiced now; one value entry (purchases: also indirect cost, variance).

    quantity     signed as the entry's, in base units
    cost_amount  purchases: the invoiced direct cost in local currency; None moves the expected cost to actual
    """

    paper: str
    line_no: int
    item_entry_no: int
    quantity: Decimal
    sales_amount: Decimal = ZERO
    discount_amount: Decimal = ZERO
    purchase_amount: Decimal = ZERO
    cost_amount: Decimal | None = None
    gen_bus: str = ""
    gen_prod: str = ""


class Cost(NamedTuple):
    """What one movement or invoicing cost, signed as its quantity: a sale is negative.

    non_inventoriable  of items without stock: it counts as cost of the sale, but no inventory account hears of it
    """

    actual: Decimal = ZERO
    expected: Decimal = ZERO
    non_inventoriable: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        return self.actual + self.expected + self.non_inventoriable
