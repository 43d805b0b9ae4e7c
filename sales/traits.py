"""The differences between the six document types, as data."""

from typing import NamedTuple


class Traits(NamedTuple):
    """What one type of sales document may do.

    sign              +1 where posting makes the customer owe, -1 where it makes us owe
    ships             goods can leave on it
    receives          goods can come back on it
    invoices          an invoice or credit memo can be posted from it
    at_once           it is posted whole: goods and paper together, then it is gone
    in_steps          it may be posted in parts and stays until every line is invoiced
    has_posting_date  quotes and blanket orders have none
    priced_on         the date that prices are looked up for
    number_series     the field of the sales set-up that names the series of its own number
    goods_series      the same of the posted shipment or return receipt; blank where nothing is posted
    money_series      the same of the posted invoice or credit memo
    calls_off         orders are made of parts of it, until all that was agreed is ordered
    """

    sign: int
    ships: bool
    receives: bool
    invoices: bool
    at_once: bool
    in_steps: bool
    has_posting_date: bool
    priced_on: str
    number_series: str
    goods_series: str = ""
    money_series: str = ""
    calls_off: bool = False


OUT = ("posted_shipment_nos", "posted_invoice_nos")
BACK = ("posted_return_receipt_nos", "posted_credit_memo_nos")

TRAITS = {
    "quote": Traits(1, False, False, False, False, False, False, "order_date", "quote_nos"),
    "order": Traits(1, True, False, True, False, True, True, "order_date", "order_nos", *OUT),
    "invoice": Traits(1, True, False, True, True, False, True, "posting_date", "invoice_nos", *OUT),
    "credit_memo": Traits(-1, False, True, True, True, False, True, "posting_date", "credit_memo_nos", *BACK),
    "blanket_order": Traits(
        1, False, False, False, False, False, False, "order_date", "blanket_order_nos", calls_off=True
    ),
    "return_order": Traits(-1, False, True, True, False, True, True, "order_date", "return_order_nos", *BACK),
}
