"""What follows from the item ledger, built anew from it: the state of every entry, and stock by place.

`STATE` and `STOCK` are also what the invariants compare the projections with.
"""

from django.db import connection

from erp.kernel.projections import projection

# One row per item entry, everything but the valuation date. Shares of receipts are rounded one by one, as in costing.
STATE = """
WITH value AS (
    SELECT item_entry_id AS entry,
        sum(cost_amount_actual) AS actual,
        sum(cost_amount_expected) AS expected,
        sum(invoiced_quantity) AS invoiced,
        coalesce(sum(cost_amount_actual) FILTER (WHERE type = 'rounding'), 0) AS rounding,
        coalesce(sum(cost_amount_actual + cost_amount_expected)
            FILTER (WHERE expected_cost OR (adjustment AND type <> 'rounding')), 0) AS expected_total
    FROM inventory_valueentry GROUP BY item_entry_id
), given AS (
    SELECT a.inbound_entry_id AS entry, sum(-a.quantity) AS quantity,
        sum(round((v.actual + v.expected - v.rounding) * -a.quantity / e.quantity, 2)) AS cost
    FROM inventory_itemapplicationentry a
    JOIN inventory_itemledgerentry e ON e.entry_no = a.inbound_entry_id
    JOIN value v ON v.entry = a.inbound_entry_id
    WHERE a.quantity < 0 GROUP BY a.inbound_entry_id
), taken AS (
    SELECT outbound_entry_id AS entry, sum(-quantity) AS quantity
    FROM inventory_itemapplicationentry WHERE quantity < 0 GROUP BY outbound_entry_id
), returned AS (
    SELECT coalesce(a.transferred_from_id, a.outbound_entry_id) AS entry, sum(a.quantity) AS quantity
    FROM inventory_itemapplicationentry a
    WHERE a.quantity > 0 AND coalesce(a.transferred_from_id, a.outbound_entry_id) IS NOT NULL
      AND NOT EXISTS (SELECT FROM inventory_itemledgerentry r WHERE r.reverses_id = a.inbound_entry_id)
    GROUP BY 1
), without_cost AS (
    SELECT e.applies_from_id AS entry, sum(e.quantity) AS quantity
    FROM inventory_itemledgerentry e
    WHERE e.applies_from_id IS NOT NULL
      AND NOT EXISTS (
        SELECT FROM inventory_itemapplicationentry a
        WHERE a.inbound_entry_id = e.entry_no AND a.quantity > 0
          AND coalesce(a.transferred_from_id, a.outbound_entry_id) IS NOT NULL)
      AND NOT EXISTS (SELECT FROM inventory_itemledgerentry r WHERE r.reverses_id = e.entry_no)
    GROUP BY 1
)
SELECT e.entry_no AS entry_id, e.item_id, e.variant_code, e.location_code, e.drop_shipment, e.posting_date,
    e.serial_no, e.lot_no, e.quantity, e.unit_cost,
    CASE WHEN i.type <> 'inventory' THEN 0 WHEN e.quantity > 0 THEN e.quantity - coalesce(g.quantity, 0)
         ELSE e.quantity + coalesce(t.quantity, 0) END AS remaining_quantity,
    coalesce(v.invoiced, 0) AS invoiced_quantity,
    coalesce(r.quantity, 0) + coalesce(w.quantity, 0) AS returned_quantity,
    coalesce(v.actual, 0) AS cost_amount_actual,
    coalesce(v.expected, 0) AS cost_amount_expected,
    coalesce(v.expected_total, 0) AS expected_cost_total,
    CASE WHEN i.costing_method = 'average' THEN 0 ELSE coalesce(g.cost, 0) END AS cost_forwarded,
    coalesce(v.rounding, 0) AS rounding_amount
FROM inventory_itemledgerentry e
JOIN inventory_item i ON i.id = e.item_id
LEFT JOIN value v ON v.entry = e.entry_no
LEFT JOIN given g ON g.entry = e.entry_no
LEFT JOIN taken t ON t.entry = e.entry_no
LEFT JOIN returned r ON r.entry = e.entry_no
LEFT JOIN without_cost w ON w.entry = e.entry_no
"""

STOCK = """
SELECT v.item_id, v.variant_code, v.location_code,
    sum(v.item_entry_quantity) AS quantity, sum(v.invoiced_quantity) AS invoiced_quantity,
    sum(v.cost_amount_actual) AS cost_amount_actual, sum(v.cost_amount_expected) AS cost_amount_expected
FROM inventory_valueentry v WHERE v.inventoriable GROUP BY v.item_id, v.variant_code, v.location_code
"""

# An issue is valued no earlier than the receipts it took from, a return or transfer in no earlier than its source.
LATER = """
UPDATE inventory_itementrystate s SET valuation_date = later.day FROM (
    SELECT entry, max(day) AS day FROM (
        SELECT a.outbound_entry_id AS entry, f.valuation_date AS day
        FROM inventory_itemapplicationentry a
        JOIN inventory_itementrystate f ON f.entry_id = a.inbound_entry_id
        WHERE a.quantity < 0
        UNION ALL
        SELECT a.inbound_entry_id, f.valuation_date
        FROM inventory_itemapplicationentry a
        JOIN inventory_itementrystate f ON f.entry_id = coalesce(a.transferred_from_id, a.outbound_entry_id)
        WHERE a.quantity > 0
    ) AS flow GROUP BY entry
) AS later
WHERE later.entry = s.entry_id AND later.day > s.valuation_date
"""


@projection("inventory.entry_state")
def rebuild_entry_states() -> int:
    """The state of every item ledger entry."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM inventory_itementrystate")
        columns = (
            "entry_id, item_id, variant_code, location_code, drop_shipment, posting_date, serial_no, lot_no, quantity,"
            " unit_cost, remaining_quantity, invoiced_quantity, returned_quantity, cost_amount_actual,"
            " cost_amount_expected, expected_cost_total, cost_forwarded, rounding_amount"
        )
        cursor.execute(
            f"INSERT INTO inventory_itementrystate ({columns}, valuation_date)"
            f" SELECT {columns}, posting_date FROM ({STATE}) AS state"
        )
        rows = cursor.rowcount
        while True:
            cursor.execute(LATER)
            if not cursor.rowcount:
                return rows


@projection("inventory.stock")
def rebuild_stock() -> int:
    """Stock by item, variant and location."""
    amounts = "quantity, invoiced_quantity, cost_amount_actual, cost_amount_expected"
    columns = f"item_id, variant_code, location_code, {amounts}"
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM inventory_stock")
        cursor.execute(f"INSERT INTO inventory_stock ({columns}) SELECT {columns} FROM ({STOCK}) AS stock")
        return cursor.rowcount
