"""The rows of the item ledger's tables, field by field, as `erp.kernel.bulk` wants them."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple


class ChangedRow(NamedTuple):
    entry_id: int
    valuation_date: date
    remaining_quantity: Decimal
    invoiced_quantity: Decimal
    returned_quantity: Decimal
    cost_amount_actual: Decimal
    cost_amount_expected: Decimal
    expected_cost_total: Decimal
    cost_forwarded: Decimal
    rounding_amount: Decimal


class StateRow(NamedTuple):
    entry_id: int
    item_id: int
    variant_code: str
    location_code: str
    drop_shipment: bool
    posting_date: date
    serial_no: str
    lot_no: str
    quantity: Decimal
    unit_cost: Decimal
    valuation_date: date
    remaining_quantity: Decimal
    invoiced_quantity: Decimal
    returned_quantity: Decimal
    cost_amount_actual: Decimal
    cost_amount_expected: Decimal
    expected_cost_total: Decimal
    cost_forwarded: Decimal
    rounding_amount: Decimal


class StockRow(NamedTuple):
    item_id: int
    variant_code: str
    location_code: str
    quantity: Decimal
    invoiced_quantity: Decimal
    cost_amount_actual: Decimal
    cost_amount_expected: Decimal


class EntryRow(NamedTuple):
    entry_no: int
    item_id: int
    variant_code: str
    location_code: str
    posting_date: date
    document_date: date
    entry_type: str
    document_type: str
    document_no: str
    document_line_no: int
    external_document_no: str
    description: str
    source_type: str
    source_no: str
    order_no: str
    order_line_no: int
    quantity: Decimal
    unit_code: str
    per_unit: Decimal
    unit_cost: Decimal
    serial_no: str
    lot_no: str
    applies_to_id: int | None
    applies_from_id: int | None
    drop_shipment: bool
    correction: bool
    return_reason_code: str
    source_code: str
    reverses_id: int | None


class ValueRow(NamedTuple):
    entry_no: int
    item_entry_id: int
    item_id: int
    variant_code: str
    location_code: str
    posting_date: date
    valuation_date: date
    type: str
    item_entry_type: str
    document_type: str
    document_no: str
    document_line_no: int
    source_type: str
    source_no: str
    salesperson_code: str
    item_entry_quantity: Decimal
    valued_quantity: Decimal
    invoiced_quantity: Decimal
    cost_per_unit: Decimal
    cost_amount_actual: Decimal
    cost_amount_expected: Decimal
    cost_amount_non_inventoriable: Decimal
    cost_posted_to_gl: Decimal
    expected_cost_posted_to_gl: Decimal
    sales_amount_actual: Decimal
    sales_amount_expected: Decimal
    purchase_amount_actual: Decimal
    purchase_amount_expected: Decimal
    discount_amount: Decimal
    expected_cost: bool
    adjustment: bool
    inventoriable: bool
    valued_by_average: bool
    drop_shipment: bool
    applies_to_id: int | None
    gen_bus_posting_group: str
    gen_prod_posting_group: str
    inventory_posting_group: str
    source_code: str


class ApplicationRow(NamedTuple):
    entry_no: int
    item_entry_id: int
    inbound_entry_id: int
    outbound_entry_id: int | None
    quantity: Decimal
    posting_date: date
    transferred_from_id: int | None
    cost_application: bool
