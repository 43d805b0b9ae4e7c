"""Cost that reaches the general ledger after its value entry was posted: what is still due, and who links it."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db import connection

from erp.kernel.bulk import insert_rows
from erp.kernel.ledger import Numbers
from inventory.models.entries import LateCostPosting


class Due(NamedTuple):
    """A value entry and what the general ledger should still hear of it."""

    entry_no: int
    actual: Decimal
    expected: Decimal
    posting_date: date
    document_no: str
    item_entry_type: str
    type: str
    location: str
    group: str
    gen_bus: str
    gen_prod: str


DUE = """
WITH late AS (
    SELECT value_entry_id, sum(cost_amount) AS actual, sum(expected_cost_amount) AS expected
    FROM inventory_latecostposting GROUP BY value_entry_id
), cost AS (
    SELECT v.*,
        v.cost_amount_actual - v.cost_posted_to_gl - coalesce(l.actual, 0) AS due_actual,
        CASE WHEN %(expected)s THEN v.cost_amount_expected ELSE 0 END
            - v.expected_cost_posted_to_gl - coalesce(l.expected, 0) AS due_expected,
        sum(v.expected_cost_posted_to_gl + coalesce(l.expected, 0)) OVER (PARTITION BY v.item_entry_id) AS interim
    FROM inventory_valueentry v LEFT JOIN late l ON l.value_entry_id = v.entry_no
    WHERE v.inventoriable
)
SELECT c.entry_no, c.due_actual,
    CASE WHEN s.invoiced_quantity <> s.quantity OR c.interim <> 0 THEN c.due_expected ELSE 0 END AS due_expected,
    c.posting_date, c.document_no, c.item_entry_type, c.type, c.location_code, c.inventory_posting_group,
    c.gen_bus_posting_group, c.gen_prod_posting_group
FROM cost c JOIN inventory_itementrystate s ON s.entry_id = c.item_entry_id
WHERE (c.due_actual <> 0 OR (c.due_expected <> 0 AND (s.invoiced_quantity <> s.quantity OR c.interim <> 0)))
    AND (%(until)s::date IS NULL OR c.posting_date <= %(until)s)
ORDER BY c.posting_date, c.entry_no
"""


def costs_due(*, expected_cost: bool, until: date | None = None) -> list[Due]:
    """Every value entry whose posted cost is not its cost, oldest first. One query.

    expected_cost  whether expected cost belongs into the interim accounts; where it does not, what stands there is due
                   back. Expected cost of what is completely invoiced has come and gone, and is only taken up again
                   where a part of it was posted
    """
    with connection.cursor() as cursor:
        cursor.execute(DUE, {"expected": expected_cost, "until": until})
        return [Due(*row) for row in cursor.fetchall()]


class LateCostSection:
    """Links value entries to the register that posted the rest of their cost, for `registers.write`."""

    def __init__(self, due: Sequence[Due]):
        self.due = due
        self.counts: dict[str, int] = {}

    def write(self, numbers: Numbers) -> None:
        """One statement."""
        insert_rows(LateCostPosting, self._rows(numbers.register_no))

    def _rows(self, register_no: int) -> Iterable["LateRow"]:
        return [LateRow(due.entry_no, register_no, due.actual, due.expected) for due in self.due]


class LateRow(NamedTuple):
    value_entry_id: int
    register_no: int
    cost_amount: Decimal
    expected_cost_amount: Decimal
