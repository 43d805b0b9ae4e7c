"""What plans read: cards, entries, stock and ties as plain values, and the state that holds them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from inventory.costing import Content
from inventory.ledger.setup import StockSetup
from inventory.models import Item


class Card(NamedTuple):
    """What the item card says."""

    id: int
    number: str
    type: str
    method: str
    unit_cost: Decimal
    standard_cost: Decimal
    last_direct_cost: Decimal
    indirect_percent: Decimal
    overhead_rate: Decimal
    value_zero: bool
    inventory_group: str | None
    gen_prod: str | None
    prevent_negative: str
    reserve: str
    blocked: bool
    sales_blocked: bool
    purchasing_blocked: bool
    variant_mandatory: str
    cost_is_adjusted: bool
    unit_price: Decimal
    profit_percent: Decimal
    price_includes_vat: bool
    relation: str
    vat_bus: str | None
    vat_prod: str | None

    @property
    def keeps_stock(self) -> bool:
        return self.type == Item.Type.INVENTORY


CARD_FIELDS = (
    "id", "number", "type", "costing_method", "unit_cost", "standard_cost", "last_direct_cost",
    "indirect_cost_percent", "overhead_rate", "inventory_value_zero", "inventory_posting_group__code",
    "gen_prod_posting_group__code", "prevent_negative_inventory", "reserve", "blocked", "sales_blocked",
    "purchasing_blocked", "variant_mandatory", "cost_is_adjusted", "unit_price", "profit_percent",
    "price_includes_vat", "price_profit_calculation", "vat_bus_posting_group_price__code",
    "vat_prod_posting_group__code",
)  # fmt: skip


class Variant(NamedTuple):
    blocked: bool
    sales_blocked: bool
    purchasing_blocked: bool


class EntryRow(NamedTuple):
    """An item ledger entry with its state."""

    no: int
    item_id: int
    variant: str
    location: str
    drop: bool
    posting_date: date
    valuation_date: date
    serial: str
    lot: str
    quantity: Decimal
    remaining: Decimal
    invoiced: Decimal
    returned: Decimal
    unit_cost: Decimal
    actual: Decimal
    expected: Decimal
    expected_total: Decimal
    forwarded: Decimal
    rounding: Decimal
    entry_type: str
    fixed: int | None
    applies_from: int | None
    correction: bool
    reversed_by: int | None


ENTRY_FIELDS = (
    "entry_id", "item_id", "variant_code", "location_code", "drop_shipment", "posting_date", "valuation_date",
    "serial_no", "lot_no", "quantity", "remaining_quantity", "invoiced_quantity", "returned_quantity", "unit_cost",
    "cost_amount_actual", "cost_amount_expected", "expected_cost_total", "cost_forwarded", "rounding_amount",
    "entry__entry_type", "entry__applies_to", "entry__applies_from", "entry__correction", "reversed_by",
)  # fmt: skip


class StockRow(NamedTuple):
    quantity: Decimal
    invoiced: Decimal
    actual: Decimal
    expected: Decimal


class Tie(NamedTuple):
    """An application entry: a match (negative), or a receipt that carries the cost of an issue (positive)."""

    inbound: int
    outbound: int | None
    transferred_from: int | None
    quantity: Decimal


class ValueFacts(NamedTuple):
    """The value entry that an adjustment of its item entry corrects, and whose date and papers it copies."""

    item_entry_no: int
    entry_no: int
    posting_date: date
    document_type: str
    document_no: str
    line_no: int
    source_type: str
    source_no: str
    salesperson_code: str
    gen_bus: str
    gen_prod: str


class FirstValue(NamedTuple):
    """What an entry was expected to bring when it was moved."""

    sales_expected: Decimal
    purchase_expected: Decimal
    gen_bus: str
    gen_prod: str


TIE_FIELDS = ("inbound_entry_id", "outbound_entry_id", "transferred_from_id", "quantity")


REFERENCE_FIELDS = (
    "item_entry_id", "entry_no", "posting_date", "document_type", "document_no", "document_line_no", "source_type",
    "source_no", "salesperson_code", "gen_bus_posting_group", "gen_prod_posting_group",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class StockState:
    """Items, what lies open, and of earlier entries everything whose cost a posting may change. Plans only read it.

    varied   items that have variants
    entries  open entries, requested ones, and those tied to them; `known` have all their ties loaded
    window   entries of average items from their first open period on; `opening` is what the pools held before
    """

    setup: StockSetup
    cards: Mapping[int, Card]
    variants: Mapping[tuple[int, str], Variant] = field(default_factory=dict)
    varied: frozenset[int] = frozenset()
    stock: Mapping[tuple[int, str, str], StockRow] = field(default_factory=dict)
    entries: Mapping[int, EntryRow] = field(default_factory=dict)
    ties: tuple[Tie, ...] = ()
    known: frozenset[int] = frozenset()
    window: frozenset[int] = frozenset()
    opening: Mapping[tuple, Content] = field(default_factory=dict)
    references: Mapping[int, ValueFacts] = field(default_factory=dict)
    firsts: Mapping[int, FirstValue] = field(default_factory=dict)
    on: date | None = None
