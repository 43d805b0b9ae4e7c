"""The laws of the customer ledger and of the bank ledger, each one a query that finds the rows that break it."""

from collections.abc import Callable
from decimal import Decimal

from django.db import connection
from django.db.models import Max

from erp.kernel.invariants import Finding, invariant
from erp.kernel.money import ZERO
from receivables import selectors
from receivables.models.entries import DetailedCustomerLedgerEntry

ENTRY = "receivables_customerledgerentry"
DETAIL = "receivables_detailedcustomerledgerentry"
ITEM = "receivables_openitem"
SHOWN = 50
DISCOUNT_TYPES = tuple(
    str(kind) for kind in (*selectors.DISCOUNTS, *selectors.LATE_DISCOUNTS, *selectors.TOLERANCES)
)


def _rows(sql: str, parameters=()) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


def _count(table: str, where: str = "true") -> int:
    return _rows(f"SELECT count(*) FROM {table} WHERE {where}")[0][0]


def _sum(table: str, column: str) -> Decimal:
    return _rows(f"SELECT coalesce(sum({column}), 0) FROM {table}")[0][0]


def _finding(checked: int, sql: str, say: Callable[..., str], **totals: Decimal) -> Finding:
    """Run a query that finds what is wrong; one sentence per row."""
    return Finding(checked, totals, [say(*row) for row in _rows(f"{sql} LIMIT {SHOWN}")])


@invariant("AR-1", "Numbers of customer details and bank entries have no gaps")
def numbers_are_contiguous() -> Finding:
    failures, checked = [], 0
    for table, counter in ((DETAIL, "customer_detail_no"), ("receivables_bankledgerentry", "bank_entry_no")):
        [(count, last, given)] = _rows(
            f"SELECT count(*), coalesce(max(entry_no), 0), (SELECT {counter} FROM kernel_ledgerhead) FROM {table}"
        )
        checked += count
        if not count == last == given:
            failures.append(f"{counter}: {count} rows up to {last}, but {given} numbers were given out")
    return Finding(checked, failures=failures)


@invariant("I-6", "Each receivables account equals the details of the customer ledger on every day")
def accounts_equal_details() -> Finding:
    accounts = "SELECT DISTINCT receivables_account_id FROM customers_customerpostinggroup"
    found = _rows(
        f"""
        SELECT account.number, posting_date, sum(gl), sum(details)
        FROM (
            SELECT account_id, posting_date, sum(amount) AS gl, 0 AS details FROM posting_glentry
            WHERE account_id IN ({accounts}) GROUP BY account_id, posting_date
            UNION ALL
            SELECT receivables_account_id, posting_date, 0, amount_lcy FROM (
                SELECT customer_posting_group_id, posting_date, sum(amount_lcy) AS amount_lcy
                FROM {DETAIL} GROUP BY customer_posting_group_id, posting_date
            ) AS detail
            JOIN customers_customerpostinggroup AS posting_group ON posting_group.id = customer_posting_group_id
        ) AS both_sides
        JOIN posting_glaccount AS account ON account.id = account_id
        GROUP BY account.number, posting_date ORDER BY account.number, posting_date
        """
    )
    return Finding(
        len(found),
        {
            "general_ledger": sum((row[2] for row in found), ZERO),
            "customer_ledger": sum((row[3] for row in found), ZERO),
        },
        [
            f"Account {number} moved by {gl} on {on}, the customer ledger by {details}"
            for number, on, gl, details in found
            if gl != details
        ][:SHOWN],
    )


@invariant("I-7", "A customer's balance is what remains of the open items, and the sum of the details")
def balances_equal_open_items() -> Finding:
    return _finding(
        _count("receivables_customerbalance"),
        f"""
        SELECT customer.number, currency_code, sum(balance), sum(balance_lcy), sum(open), sum(open_lcy),
               sum(details), sum(details_lcy)
        FROM (
            SELECT customer_id, currency_code, amount AS balance, amount_lcy AS balance_lcy, 0 AS open, 0 AS open_lcy,
                   0 AS details, 0 AS details_lcy FROM receivables_customerbalance
            UNION ALL
            SELECT customer_id, currency_code, 0, 0, remaining_amount, remaining_amount_lcy, 0, 0 FROM {ITEM}
            UNION ALL
            SELECT customer_id, currency_code, 0, 0, 0, 0, sum(amount), sum(amount_lcy)
            FROM {DETAIL} GROUP BY customer_id, currency_code
        ) AS all_sides
        JOIN customers_customer AS customer ON customer.id = customer_id
        GROUP BY customer.number, currency_code
        HAVING sum(balance) <> sum(details) OR sum(balance_lcy) <> sum(details_lcy)
            OR sum(open) <> sum(details) OR sum(open_lcy) <> sum(details_lcy)
        ORDER BY customer.number
        """,
        lambda number, code, balance, balance_lcy, left, left_lcy, details, details_lcy: (
            f"Customer {number} {code}: balance {balance} ({balance_lcy}), open items {left} ({left_lcy}),"
            f" details {details} ({details_lcy})"
        ),
        balances=_sum("receivables_customerbalance", "amount_lcy"),
        open_items=_sum(ITEM, "remaining_amount_lcy"),
        details=_sum(DETAIL, "amount_lcy"),
    )


@invariant("I-8", "An entry is open exactly while its details leave something, in both currencies alike")
def open_items_equal_details() -> Finding:
    return _finding(
        _count(ENTRY),
        f"""
        SELECT entry.entry_no, coalesce(details.amount, 0), coalesce(details.amount_lcy, 0),
               item.remaining_amount, item.remaining_amount_lcy
        FROM {ENTRY} AS entry
        LEFT JOIN (
            SELECT customer_entry_id, sum(amount) AS amount, sum(amount_lcy) AS amount_lcy
            FROM {DETAIL} GROUP BY customer_entry_id
        ) AS details ON details.customer_entry_id = entry.entry_no
        LEFT JOIN {ITEM} AS item ON item.entry_id = entry.entry_no
        WHERE coalesce(details.amount, 0) <> coalesce(item.remaining_amount, 0)
           OR coalesce(details.amount_lcy, 0) <> coalesce(item.remaining_amount_lcy, 0)
           -- A rest of a foreign currency may be worth less than half a cent of ours; the other way round it may not.
           OR (coalesce(details.amount, 0) = 0 AND coalesce(details.amount_lcy, 0) <> 0)
           OR (entry.currency_code = '' AND coalesce(details.amount, 0) <> coalesce(details.amount_lcy, 0))
           OR (item.entry_id IS NOT NULL AND item.remaining_amount = 0)
        ORDER BY entry.entry_no
        """,
        lambda number, amount, amount_lcy, left, left_lcy: (
            f"Entry {number}: details leave {amount} ({amount_lcy}), the open item says {left} ({left_lcy})"
        ),
        details=_sum(DETAIL, "amount_lcy"),
        open_items=_sum(ITEM, "remaining_amount_lcy"),
    )


@invariant("I-9", "What remains of an entry goes its own way, and not beyond it")
def remaining_within_original() -> Finding:
    return _finding(
        _count(ITEM),
        f"""
        SELECT entry.entry_no, entry.amount, item.remaining_amount
        FROM {ITEM} AS item JOIN {ENTRY} AS entry ON entry.entry_no = item.entry_id
        WHERE sign(item.remaining_amount) <> sign(entry.amount) OR abs(item.remaining_amount) > abs(entry.amount)
        ORDER BY entry.entry_no
        """,
        lambda number, amount, left: f"Entry {number} over {amount} has {left} remaining",
    )


@invariant("I-10", "Within an application, what one entry gives another takes")
def applications_are_even() -> Finding:
    return _finding(
        _count(DETAIL, "type = 'application'"),
        f"""
        SELECT application_no, sum(amount_lcy), sum(amount), count(DISTINCT currency_code)
        FROM {DETAIL} WHERE type = 'application'
        GROUP BY application_no
        HAVING sum(amount_lcy) <> 0 OR (count(DISTINCT currency_code) = 1 AND sum(amount) <> 0)
        ORDER BY application_no
        """,
        lambda number, lcy, amount, _currencies: (
            f"Application {number} is off by {lcy}, in its currency by {amount}"
        ),
    )


@invariant("I-11", "An application moves nothing between customers")
def applications_stay_with_customers() -> Finding:
    return _finding(
        _count(DETAIL, "type = 'application'"),
        f"""
        SELECT application_no, customer_id, sum(amount_lcy) FROM {DETAIL} WHERE type = 'application'
        GROUP BY application_no, customer_id HAVING sum(amount_lcy) <> 0 ORDER BY application_no
        """,
        lambda number, customer, amount: f"Application {number} leaves {amount} with customer {customer}",
    )


@invariant(
    "I-12", "Each entry has one initial detail, and the G/L entry of its number on its receivables account"
)
def entries_have_their_gl_entry() -> Finding:
    return _finding(
        _count(ENTRY),
        f"""
        SELECT entry.entry_no, entry.amount_lcy, gl.amount, details.count, details.amount_lcy
        FROM {ENTRY} AS entry
        JOIN customers_customerpostinggroup AS posting_group ON posting_group.id = entry.customer_posting_group_id
        LEFT JOIN posting_glentry AS gl
            ON gl.entry_no = entry.entry_no AND gl.account_id = posting_group.receivables_account_id
        LEFT JOIN (
            SELECT customer_entry_id, count(*) AS count, sum(amount_lcy) AS amount_lcy, sum(amount) AS amount
            FROM {DETAIL} WHERE type = 'initial_entry' GROUP BY customer_entry_id
        ) AS details ON details.customer_entry_id = entry.entry_no
        WHERE gl.amount IS DISTINCT FROM entry.amount_lcy OR details.count IS DISTINCT FROM 1
           OR details.amount_lcy <> entry.amount_lcy OR details.amount <> entry.amount
        ORDER BY entry.entry_no
        """,
        lambda number, amount, gl, count, initial: (
            f"Entry {number} over {amount}: G/L entry {gl}, {count} initial details over {initial}"
        ),
        customer_entries=_sum(ENTRY, "amount_lcy"),
    )


@invariant("I-13", "Whatever is unapplied is undone by exactly one detail, to the cent")
def unapplications_undo() -> Finding:
    return _finding(
        _count(DETAIL, "reverses_id IS NOT NULL"),
        f"""
        SELECT undo.entry_no, done.entry_no
        FROM {DETAIL} AS undo JOIN {DETAIL} AS done ON done.entry_no = undo.reverses_id
        WHERE undo.amount <> -done.amount OR undo.amount_lcy <> -done.amount_lcy
           OR undo.customer_entry_id <> done.customer_entry_id OR undo.type <> done.type
           OR done.reverses_id IS NOT NULL
        ORDER BY undo.entry_no
        """,
        lambda undo, done: f"Detail {undo} does not undo detail {done}",
    )


@invariant("I-14", "A reversed entry and its mirror are closed against each other")
def reversals_are_closed() -> Finding:
    return _finding(
        _count(ENTRY, "reverses_id IS NOT NULL"),
        f"""
        SELECT mirror.entry_no, original.entry_no
        FROM {ENTRY} AS mirror JOIN {ENTRY} AS original ON original.entry_no = mirror.reverses_id
        WHERE mirror.amount <> -original.amount OR mirror.amount_lcy <> -original.amount_lcy
           OR (
               NOT EXISTS (SELECT FROM {ENTRY} AS again WHERE again.reverses_id = mirror.entry_no)
               AND EXISTS (SELECT FROM {ITEM} WHERE entry_id IN (mirror.entry_no, original.entry_no))
           )
        ORDER BY mirror.entry_no
        """,
        lambda mirror, original: f"Entry {mirror} does not close entry {original}, which it reverses",
    )


@invariant("I-16", "Discounts and tolerances go the way of their entry, and not beyond it")
def discounts_within_entries() -> Finding:
    return _finding(
        _count(ITEM),
        f"""
        SELECT entry.entry_no, item.remaining_amount, item.remaining_payment_discount, item.max_payment_tolerance
        FROM {ITEM} AS item JOIN {ENTRY} AS entry ON entry.entry_no = item.entry_id
        WHERE item.remaining_payment_discount * entry.amount < 0 OR item.max_payment_tolerance * entry.amount < 0
           OR abs(item.remaining_payment_discount)
              > greatest(abs(entry.original_payment_discount_possible), abs(item.remaining_amount))
           OR abs(item.max_payment_tolerance) > abs(item.remaining_amount)
        ORDER BY entry.entry_no
        """,
        lambda number, left, discount, tolerance: (
            f"Entry {number} with {left} remaining may be reduced by {discount} and tolerates {tolerance}"
        ),
    )


@invariant("I-17", "Discounts, tolerances, gains and roundings stand in the G/L as they do in the details")
def details_equal_their_gl_entries() -> Finding:
    return _finding(
        _count(DETAIL, "gl_entry_no IS NOT NULL"),
        f"""
        SELECT gl_entry_no, details.amount_lcy, gl.amount
        FROM (
            SELECT gl_entry_no, sum(amount_lcy) AS amount_lcy FROM {DETAIL}
            WHERE gl_entry_no IS NOT NULL GROUP BY gl_entry_no
        ) AS details
        LEFT JOIN posting_glentry AS gl ON gl.entry_no = details.gl_entry_no
        WHERE gl.amount IS DISTINCT FROM -details.amount_lcy
        UNION ALL
        SELECT entry_no, amount_lcy, NULL FROM {DETAIL}
        WHERE gl_entry_no IS NULL AND amount_lcy <> 0 AND type NOT IN ('initial_entry', 'application')
        ORDER BY 1
        """,
        lambda number, details, gl: f"G/L entry {number}: details {details}, posted {gl}",
        discounts=_rows(
            f"SELECT coalesce(sum(amount_lcy), 0) FROM {DETAIL} WHERE type IN %s", [DISCOUNT_TYPES]
        )[0][0],
    )


@invariant("I-18", "In local currency an amount and its local value are the same")
def local_entries_have_one_value() -> Finding:
    return _finding(
        _count(ENTRY, "currency_code = ''"),
        f"""
        SELECT customer_entry_id, sum(amount), sum(amount_lcy) FROM {DETAIL} WHERE currency_code = ''
        GROUP BY customer_entry_id HAVING sum(amount) <> sum(amount_lcy)
        UNION ALL
        SELECT detail.customer_entry_id, detail.amount, detail.amount_lcy FROM {DETAIL} AS detail
        WHERE currency_code = '' AND type IN ('unrealized_gain', 'unrealized_loss')
        ORDER BY 1
        """,
        lambda number, amount, lcy: f"Entry {number} in local currency: {amount} and {lcy}",
    )


@invariant("I-23", "Each bank's G/L account equals the bank ledger")
def bank_accounts_equal_bank_ledger() -> Finding:
    found = _rows(
        """
        SELECT account.number, sum(gl), sum(bank)
        FROM (
            SELECT account_id, amount AS gl, 0 AS bank FROM posting_glentry
            WHERE account_id IN (SELECT gl_account_id FROM receivables_bankaccountpostinggroup)
            UNION ALL
            SELECT posting_group.gl_account_id, 0, entry.amount_lcy
            FROM receivables_bankledgerentry AS entry
            JOIN receivables_bankaccount AS bank ON bank.id = entry.bank_account_id
            JOIN receivables_bankaccountpostinggroup AS posting_group ON posting_group.id = bank.posting_group_id
        ) AS both_sides
        JOIN posting_glaccount AS account ON account.id = account_id AND NOT account.direct_posting
        GROUP BY account.number ORDER BY account.number
        """
    )
    return Finding(
        len(found),
        {
            "general_ledger": sum((row[1] for row in found), ZERO),
            "bank_ledger": sum((row[2] for row in found), ZERO),
        },
        [f"Account {number} stands at {gl}, its banks at {bank}" for number, gl, bank in found if gl != bank],
    )


@invariant("I-25", "Aged receivables are the balance of the receivables accounts on that day")
def ageing_equals_receivables() -> Finding:
    last = DetailedCustomerLedgerEntry.objects.aggregate(on=Max("posting_date"))["on"]
    if last is None:
        return Finding(0)
    aged = selectors.aged_receivables(on=last)
    gl = _rows(
        """
        SELECT coalesce(sum(amount), 0) FROM posting_glentry WHERE posting_date <= %s
        AND account_id IN (SELECT DISTINCT receivables_account_id FROM customers_customerpostinggroup)
        """,
        [last],
    )[0][0]
    failures = [] if aged.total == gl else [f"Aged receivables on {last} are {aged.total}, the accounts {gl}"]
    return Finding(len(aged.rows), {"aged": aged.total, "accounts": gl}, failures)


@invariant("I-27", "The buckets of every ageing add up to the same total")
def buckets_add_up() -> Finding:
    last = DetailedCustomerLedgerEntry.objects.aggregate(on=Max("posting_date"))["on"]
    if last is None:
        return Finding(0)
    totals, failures = {}, []
    for by in (selectors.DUE, selectors.POSTING, selectors.DOCUMENT):
        for period in ("30D", "1M+CM"):
            totals[f"{by} {period}"] = selectors.aged_receivables(on=last, by=by, period=period).total
    if len(set(totals.values())) > 1:
        failures = [f"Aged on {last}: {totals}"]
    return Finding(len(totals), totals, failures)


@invariant("I-34", "A discount or tolerance never turns what remains of an entry round")
def discounts_do_not_turn_entries() -> Finding:
    return _finding(
        _count(ENTRY),
        f"""
        SELECT customer_entry_id, entry.amount, sum(detail.amount)
        FROM {DETAIL} AS detail JOIN {ENTRY} AS entry ON entry.entry_no = detail.customer_entry_id
        GROUP BY customer_entry_id, entry.amount HAVING sum(detail.amount) * entry.amount < 0
        ORDER BY customer_entry_id
        """,
        lambda number, amount, left: f"Entry {number} over {amount} was turned into {left}",
    )
