"""What the database says, in the words of the model's picture; read by SQL, past all our readers."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import connection

from tests.soak.model.money import Name

PROJECTED = """
SELECT a.number, sum(b.debit_amount - b.credit_amount)
FROM posting_glbalance b JOIN posting_glaccount a ON a.id = b.account_id
GROUP BY 1 HAVING sum(b.debit_amount - b.credit_amount) <> 0
"""
ACCOUNTS = """
SELECT a.number, sum(e.amount) FROM posting_glentry e JOIN posting_glaccount a ON a.id = e.account_id
GROUP BY 1 HAVING sum(e.amount) <> 0
"""
VAT = """
SELECT vat_identifier, sum(base), sum(amount) FROM posting_vatentry GROUP BY 1
HAVING sum(base) <> 0 OR sum(amount) <> 0
"""
BALANCES = """
SELECT c.number, sum(b.amount_lcy) FROM receivables_customerbalance b JOIN customers_customer c ON c.id = b.customer_id
GROUP BY 1 HAVING sum(b.amount_lcy) <> 0
"""
OPEN_ITEMS = """
SELECT e.document_type, e.document_no, c.number, o.remaining_amount, o.due_date
FROM receivables_openitem o JOIN receivables_customerledgerentry e ON e.entry_no = o.entry_id
JOIN customers_customer c ON c.id = e.customer_id
"""
STOCK = """
SELECT i.number, s.location_code, s.quantity, s.invoiced_quantity, s.cost_amount_actual, s.cost_amount_expected
FROM inventory_stock s JOIN inventory_item i ON i.id = s.item_id
WHERE s.quantity <> 0 OR s.invoiced_quantity <> 0 OR s.cost_amount_actual <> 0 OR s.cost_amount_expected <> 0
"""
ENTRIES = """
SELECT s.entry_id, i.number, s.quantity, s.remaining_quantity, s.invoiced_quantity, s.cost_amount_actual,
       s.cost_amount_expected
FROM inventory_itementrystate s JOIN inventory_item i ON i.id = s.item_id
"""
HEADS = """
SELECT d.id, d.your_reference, d.type, d.status, c.number FROM sales_salesdocument d
JOIN customers_customer c ON c.id = d.customer_id
"""
LINES = """
SELECT document_id, line_no, number, quantity, unit_price, line_amount, inv_discount_amount, quantity_shipped,
       quantity_invoiced, qty_to_ship, qty_to_invoice
FROM sales_salesline WHERE type <> 'comment' ORDER BY document_id, line_no
"""
NUMBERS = """
SELECT left(number, 3), array_agg(right(number, 5)::int ORDER BY number) FROM (
    SELECT number FROM sales_salesinvoice UNION ALL SELECT number FROM sales_salescreditmemo
    UNION ALL SELECT number FROM sales_salesshipment UNION ALL SELECT number FROM sales_returnreceipt
    UNION ALL SELECT DISTINCT document_no FROM receivables_customerledgerentry
              WHERE document_type IN ('payment', 'refund') AND document_no LIKE 'PAY-%'
) AS issued GROUP BY 1
"""
MAILS = "SELECT subject_no, count(*) FROM kernel_outgoingmail GROUP BY 1"


def photograph() -> dict[str, dict]:
    """Everything that the model pictures, in one look at the database."""
    heads = _rows(HEADS)
    lines: dict[int, list[tuple]] = {}
    for row in _rows(LINES):
        lines.setdefault(row[0], []).append(row[1:])
    return {
        "accounts": dict(_rows(ACCOUNTS)),
        "projected accounts": dict(_rows(PROJECTED)),
        "VAT": {row[0]: list(row[1:]) for row in _rows(VAT)},
        "balances": dict(_rows(BALANCES)),
        "open items": {Name(*row[:2]): row[2:] for row in _rows(OPEN_ITEMS)},
        "stock": {row[:2]: row[2:] for row in _rows(STOCK)},
        "item entries": {row[0]: row[1:] for row in _rows(ENTRIES)},
        "documents": {
            ref: (type, status, customer, tuple(lines.get(id, ())))
            for id, ref, type, status, customer in heads
        },
        "numbers": {series: _without_gaps(series, numbers) for series, numbers in _rows(NUMBERS)},
        "mails": dict(_rows(MAILS)),
    }


def _without_gaps(series: str, numbers: list[int]) -> int | str:
    """How many there are, where they are 1, 2, 3 …"""
    is_whole = numbers == list(range(1, len(numbers) + 1))
    return len(numbers) if is_whole else f"{series} has gaps or doubles: {numbers}"


def _rows(sql: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def differences(expected: Mapping[str, Mapping], found: Mapping[str, Mapping]) -> list[str]:
    """One sentence per fact in which the database is not as the model has it."""
    expected = {**expected, "projected accounts": expected["accounts"]}
    sentences = []
    for kind in sorted(expected.keys() | found.keys()):
        model, house = expected.get(kind, {}), found.get(kind, {})
        differing = [
            key for key in model.keys() | house.keys() if key not in model or model[key] != house.get(key)
        ]
        sentences += [
            f"{kind}, {_said(key)}: model {_said(model.get(key))}, database {_said(house.get(key))}"
            for key in sorted(differing, key=str)
        ]
    return sentences


def _said(value: Any) -> str:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, tuple | list):
        return "(" + ", ".join(_said(each) for each in value) + ")"
    return str(value)
