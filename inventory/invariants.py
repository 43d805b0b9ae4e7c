"""Laws of the item ledger, for `manage.py check_ledgers`."""

from decimal import Decimal

from django.db import connection

from erp.kernel.invariants import Finding, invariant
from inventory import ledger
from inventory.models import Item
from inventory.projections import STATE, STOCK

ZERO = Decimal(0)


def _rows(sql: str) -> list[dict]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _totals(sql: str) -> dict[str, Decimal]:
    return {name: value or ZERO for name, value in _rows(sql)[0].items()}


@invariant("INV-1", "The state of every item entry follows from its applications and values")
def states_follow() -> Finding:
    """Remaining, invoiced and returned quantity, costs; valuation dates of applied entries."""
    columns = (
        "remaining_quantity", "invoiced_quantity", "returned_quantity", "unit_cost", "cost_amount_actual",
        "cost_amount_expected", "expected_cost_total", "rounding_amount",
    )  # fmt: skip
    differs = " OR ".join(f"s.{column} IS DISTINCT FROM l.{column}" for column in columns)
    wrong = _rows(
        f"""
        SELECT coalesce(s.entry_id, l.entry_id) AS entry,
            {", ".join(f"s.{c} AS has_{c}, l.{c} AS is_{c}" for c in (*columns, "cost_forwarded"))}
        FROM inventory_itementrystate s FULL JOIN ({STATE}) AS l USING (entry_id)
        LEFT JOIN inventory_item i ON i.id = s.item_id
        WHERE {differs} OR (i.cost_is_adjusted AND s.cost_forwarded <> l.cost_forwarded) ORDER BY 1 LIMIT 1000
        """
    )
    dates = _rows(
        """
        SELECT a.entry_no, a.inbound_entry_id, a.outbound_entry_id FROM inventory_itemapplicationentry a
        JOIN inventory_itementrystate i ON i.entry_id = a.inbound_entry_id
        JOIN inventory_itementrystate o ON o.entry_id = a.outbound_entry_id
        WHERE a.quantity < 0 AND o.valuation_date < i.valuation_date ORDER BY 1 LIMIT 1000
        """
    )
    failures = [
        f"Entry {row['entry']}: "
        + ", ".join(
            f"{c} {row[f'has_{c}']}, ledger {row[f'is_{c}']}"
            for c in (*columns, "cost_forwarded")
            if row[f"has_{c}"] != row[f"is_{c}"]
        )
        for row in wrong
    ]
    failures += [
        f"Entry {row['outbound_entry_id']} is valued before its receipt {row['inbound_entry_id']}"
        for row in dates
    ]
    totals = _totals(
        "SELECT count(*) AS entries, sum(remaining_quantity) AS remaining, sum(quantity) AS quantity"
        " FROM inventory_itementrystate"
    )
    return Finding(int(totals.pop("entries")), totals, failures)


@invariant(
    "INV-2", "Remaining quantities lie between nothing and the entry's quantity; open ones add up to stock"
)
def remaining_is_bounded() -> Finding:
    """No entry gives more than it has, is invoiced or returned beyond its quantity, or keeps expected cost."""
    wrong = _rows(
        """
        SELECT entry_id, quantity, remaining_quantity, invoiced_quantity, returned_quantity, cost_amount_expected
        FROM inventory_itementrystate
        WHERE remaining_quantity * sign(quantity) NOT BETWEEN 0 AND abs(quantity)
           OR invoiced_quantity * sign(quantity) NOT BETWEEN 0 AND abs(quantity)
           OR returned_quantity NOT BETWEEN 0 AND greatest(-quantity, 0)
           OR (invoiced_quantity = quantity AND cost_amount_expected <> 0)
        ORDER BY entry_id LIMIT 1000
        """
    )
    failures = [
        f"Entry {row['entry_id']}: of {row['quantity']} remain {row['remaining_quantity']}, invoiced"
        f" {row['invoiced_quantity']}, returned {row['returned_quantity']}, expected {row['cost_amount_expected']}"
        for row in wrong
    ]
    places = _rows(
        """
        SELECT coalesce(s.item_id, o.item_id) AS item, coalesce(s.variant_code, o.variant_code) AS variant,
            coalesce(s.location_code, o.location_code) AS location, s.quantity AS stock, o.remaining
        FROM inventory_stock s FULL JOIN (
            SELECT item_id, variant_code, location_code, sum(remaining_quantity) AS remaining
            FROM inventory_itementrystate GROUP BY 1, 2, 3
        ) AS o USING (item_id, variant_code, location_code)
        WHERE coalesce(s.quantity, 0) <> coalesce(o.remaining, 0) ORDER BY 1, 2, 3 LIMIT 1000
        """
    )
    failures += [
        f"Item {row['item']} {row['variant']} at “{row['location']}”: stock {row['stock']}, open {row['remaining']}"
        for row in places
    ]
    totals = _totals(
        "SELECT count(*) AS entries, sum(remaining_quantity) AS remaining,"
        " (SELECT sum(quantity) FROM inventory_stock) AS stock FROM inventory_itementrystate"
    )
    return Finding(int(totals.pop("entries")), totals, failures)


@invariant("INV-3", "Stock by place is the sum of the item ledger and of its values")
def stock_is_the_ledger() -> Finding:
    """Quantities against item entries, amounts against value entries."""
    columns = ("quantity", "invoiced_quantity", "cost_amount_actual", "cost_amount_expected")
    wrong = _rows(
        f"""
        SELECT coalesce(s.item_id, l.item_id) AS item, coalesce(s.location_code, l.location_code) AS location,
            {", ".join(f"s.{c} AS has_{c}, l.{c} AS is_{c}" for c in columns)}
        FROM inventory_stock s FULL JOIN ({STOCK}) AS l USING (item_id, variant_code, location_code)
        WHERE {" OR ".join(f"coalesce(s.{c}, 0) <> coalesce(l.{c}, 0)" for c in columns)} ORDER BY 1, 2 LIMIT 1000
        """
    )
    entries = _rows(
        """
        SELECT e.entry_no, e.quantity, coalesce(sum(v.item_entry_quantity), 0) AS valued
        FROM inventory_itemledgerentry e LEFT JOIN inventory_valueentry v ON v.item_entry_id = e.entry_no
        GROUP BY e.entry_no, e.quantity HAVING e.quantity <> coalesce(sum(v.item_entry_quantity), 0)
        ORDER BY 1 LIMIT 1000
        """
    )
    failures = [
        f"Item {row['item']} at “{row['location']}”: "
        + ", ".join(
            f"{c} {row[f'has_{c}']}, ledger {row[f'is_{c}']}"
            for c in columns
            if row[f"has_{c}"] != row[f"is_{c}"]
        )
        for row in wrong
    ]
    failures += [
        f"Entry {row['entry_no']} moves {row['quantity']}, its values {row['valued']}" for row in entries
    ]
    totals = _totals(
        "SELECT count(*) AS places, sum(quantity) AS quantity, sum(cost_amount_actual) AS actual_cost,"
        " sum(cost_amount_expected) AS expected_cost FROM inventory_stock"
    )
    return Finding(int(totals.pop("places")), totals, failures)


@invariant(
    "INV-4", "Goods are applied within one item, variant and location, and every receipt has its own row"
)
def applications_fit() -> Finding:
    """A receipt's own row has its quantity; a match joins a receipt and an issue of the same place."""
    wrong = _rows(
        """
        SELECT a.entry_no, a.inbound_entry_id, a.outbound_entry_id FROM inventory_itemapplicationentry a
        JOIN inventory_itemledgerentry i ON i.entry_no = a.inbound_entry_id
        LEFT JOIN inventory_itemledgerentry o ON o.entry_no = a.outbound_entry_id
        WHERE i.quantity <= 0 OR a.quantity = 0
           OR (a.quantity > 0 AND a.quantity <> i.quantity)
           OR o.quantity >= 0 OR o.item_id <> i.item_id OR o.variant_code <> i.variant_code
           OR (a.quantity < 0 AND (o.entry_no IS NULL OR o.location_code <> i.location_code))
        ORDER BY 1 LIMIT 1000
        """
    )
    missing = _rows(
        """
        SELECT e.entry_no FROM inventory_itemledgerentry e JOIN inventory_item t ON t.id = e.item_id
        WHERE e.quantity > 0 AND t.type = 'inventory' AND (
            SELECT count(*) FROM inventory_itemapplicationentry a
            WHERE a.inbound_entry_id = e.entry_no AND a.quantity > 0
        ) <> 1 ORDER BY 1 LIMIT 1000
        """
    )
    failures = [
        f"Application {row['entry_no']} joins {row['inbound_entry_id']} and {row['outbound_entry_id']}"
        for row in wrong
    ]
    failures += [f"Receipt {row['entry_no']} has no application row of its own" for row in missing]
    totals = _totals("SELECT count(*) AS rows, sum(quantity) AS quantity FROM inventory_itemapplicationentry")
    return Finding(int(totals.pop("rows")), totals, failures)


POSTED = """
SELECT coalesce(sum(v.cost_posted_to_gl + coalesce(l.actual, 0)), 0) AS actual,
    coalesce(sum(v.expected_cost_posted_to_gl + coalesce(l.expected, 0)), 0) AS expected
FROM inventory_valueentry v LEFT JOIN (
    SELECT value_entry_id, sum(cost_amount) AS actual, sum(expected_cost_amount) AS expected
    FROM inventory_latecostposting GROUP BY value_entry_id
) AS l ON l.value_entry_id = v.entry_no
"""


@invariant(
    "INV-5", "Inventory accounts hold the actual cost that was posted, interim accounts the expected cost"
)
def accounts_are_the_values() -> Finding:
    """The general ledger against value entries: all accounts that the inventory posting setup names, together."""
    posted = _totals(POSTED)
    in_gl = _totals(
        """
        SELECT sum(g.amount) FILTER (WHERE g.account_id IN (
                SELECT inventory_account_id FROM inventory_inventorypostingsetup)) AS actual,
            sum(g.amount) FILTER (WHERE g.account_id IN (
                SELECT inventory_interim_account_id FROM inventory_inventorypostingsetup)) AS expected
        FROM posting_glentry g
        """
    )
    failures = [
        f"{name} cost: general ledger {in_gl[name]}, value entries {posted[name]}"
        for name in ("actual", "expected")
        if in_gl[name] != posted[name]
    ]
    totals = {f"{name} in G/L": amount for name, amount in in_gl.items()}
    totals |= {f"{name} in values": amount for name, amount in posted.items()}
    return Finding(2, totals, failures)


@invariant("INV-6", "Cost of goods sold is what sales cost")
def cogs_is_what_sales_cost() -> Finding:
    """What inventory posted on COGS accounts against the posted cost of sales; lines typed by hand are left out."""
    sales = _totals(f"{POSTED} WHERE v.item_entry_type = 'sale' AND v.type <> 'rounding'")["actual"]
    cogs = _totals(
        """
        SELECT sum(amount) AS amount FROM posting_glentry
        WHERE system_created AND account_id IN (SELECT cogs_account_id FROM posting_generalpostingsetup)
        """
    )["amount"]
    failures = [] if cogs == -sales else [f"COGS {cogs}, cost of sales {-sales}"]
    return Finding(1, {"COGS": cogs, "cost of sales": -sales}, failures)


@invariant("INV-7", "Costs of items that count as adjusted are final")
def costs_are_final() -> Finding:
    """Nothing would be adjusted if their whole history were costed again."""
    setup = ledger.StockSetup.load()
    rows = Item.objects.filter(type=Item.Type.INVENTORY, cost_is_adjusted=True).order_by("pk")
    numbers = dict(rows.values_list("pk", "number"))
    ids, failures, off = list(numbers), [], ZERO
    for start in range(0, len(ids), 100):
        plan = ledger.plan_adjustment(ledger.load_history(ids[start : start + 100], setup=setup, lock=False))
        off += plan.adjusted_cost
        failures += [
            f"Item {numbers[value.entry.item_id]}, entry {value.entry.no}: off by {value.actual + value.expected}"
            for value in plan.values
        ]
    return Finding(len(ids), {"off by": off}, failures)
