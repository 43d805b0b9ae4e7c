"""Open items and balances, built anew from the customer ledger and its details."""

from django.db import connection

from erp.kernel.projections import projection

BALANCES = """
INSERT INTO receivables_customerbalance (customer_id, currency_code, amount, amount_lcy)
SELECT customer_id, currency_code, sum(amount), sum(amount_lcy)
FROM receivables_detailedcustomerledgerentry GROUP BY customer_id, currency_code
"""

REMAINING = """
CREATE TEMPORARY TABLE receivables_remaining ON COMMIT DROP AS
SELECT customer_entry_id AS entry_id, sum(amount) AS amount, sum(amount_lcy) AS amount_lcy
FROM receivables_detailedcustomerledgerentry
GROUP BY customer_entry_id HAVING sum(amount) <> 0 OR sum(amount_lcy) <> 0
"""

SETTLED = """
DELETE FROM receivables_openitem AS item
WHERE NOT EXISTS (SELECT FROM receivables_remaining AS left_over WHERE left_over.entry_id = item.entry_id)
"""

CHANGED = """
UPDATE receivables_openitem AS item
SET remaining_amount = left_over.amount, remaining_amount_lcy = left_over.amount_lcy,
    positive = coalesce(nullif(left_over.amount, 0), left_over.amount_lcy) > 0,
    customer_id = entry.customer_id, currency_code = entry.currency_code
FROM receivables_remaining AS left_over
JOIN receivables_customerledgerentry AS entry ON entry.entry_no = left_over.entry_id
WHERE left_over.entry_id = item.entry_id
"""

# What the entry looked like when it was last settled, or before a settlement that was undone since.
MISSING = """
INSERT INTO receivables_openitem (
    entry_id, customer_id, due_date, currency_code, positive, remaining_amount, remaining_amount_lcy,
    adjusted_currency_factor, payment_discount_date, payment_discount_tolerance_date, remaining_payment_discount,
    max_payment_tolerance, on_hold, applies_to_id, amount_to_apply, last_issued_reminder_level
)
SELECT
    entry.entry_no, entry.customer_id, coalesce(known.initial_entry_due_date, entry.due_date), entry.currency_code,
    coalesce(nullif(left_over.amount, 0), left_over.amount_lcy) > 0, left_over.amount, left_over.amount_lcy,
    entry.original_currency_factor,
    CASE WHEN known IS NULL THEN entry.payment_discount_date ELSE known.payment_discount_date_before END,
    CASE WHEN known IS NULL THEN entry.payment_discount_tolerance_date
         ELSE known.payment_discount_tolerance_date_before END,
    coalesce(known.remaining_payment_discount_before, entry.original_payment_discount_possible),
    sign(left_over.amount) * least(
        abs(coalesce(known.max_payment_tolerance_before, entry.max_payment_tolerance)), abs(left_over.amount)
    ),
    coalesce(known.on_hold_before, ''), '', 0, coalesce(known.reminder_level_before, 0)
FROM receivables_remaining AS left_over
JOIN receivables_customerledgerentry AS entry ON entry.entry_no = left_over.entry_id
LEFT JOIN LATERAL (
    SELECT source.*
    FROM receivables_detailedcustomerledgerentry AS last_detail
    JOIN receivables_detailedcustomerledgerentry AS source
        ON source.entry_no = coalesce(last_detail.reverses_id, last_detail.entry_no)
    WHERE last_detail.customer_entry_id = entry.entry_no AND last_detail.application_no <> 0
    ORDER BY last_detail.entry_no DESC LIMIT 1
) AS known ON true
WHERE NOT EXISTS (SELECT FROM receivables_openitem AS item WHERE item.entry_id = entry.entry_no)
"""


@projection("receivables.balances")
def rebuild_balances() -> int:
    """What each customer owes in each currency: the sum of the details."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM receivables_customerbalance")
        cursor.execute(BALANCES)
        return cursor.rowcount


@projection("receivables.open_items")
def rebuild_open_items() -> int:
    """One open item per entry of which something is left.

    Rows that exist keep what people may change on them (due date, discount, hold); a missing row gets what the last
    application found, or what was posted.
    """
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS receivables_remaining")
        for statement in (REMAINING, SETTLED, CHANGED, MISSING):
            cursor.execute(statement)
        cursor.execute("SELECT count(*) FROM receivables_openitem")
        return cursor.fetchone()[0]
