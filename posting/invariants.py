"""The laws of the general ledger, and the balances by day built anew. Each law is a query or two over all rows."""

from decimal import Decimal

from django.db import connection

from erp.kernel.invariants import Finding, invariant
from erp.kernel.ledger import LedgerHead
from erp.kernel.money import ZERO
from erp.kernel.projections import projection
from posting.models import GLAccount, Seal
from posting.models.entries import GLEntry, Register, VATEntry
from posting.registers import RANGES

SHOWN = 50  # failing rows that a finding names

# The debit and credit columns of an entry: a correction stands on the other side, with a negative sign.
DEBIT = "CASE WHEN (amount > 0) <> correction THEN amount ELSE 0 END"
CREDIT = "CASE WHEN (amount > 0) <> correction THEN 0 ELSE -amount END"

COLUMN_TOTALS = (
    "SELECT count(*), coalesce(sum(debit_amount), 0), coalesce(sum(credit_amount), 0) FROM posting_glbalance"
)


def _rows(sql: str, params: tuple = ()) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


@invariant("I-1", "Every transaction of the general ledger sums to zero")
def transactions_balance() -> Finding:
    off = _rows(
        "SELECT transaction_no, sum(amount) FROM posting_glentry GROUP BY 1 HAVING sum(amount) <> 0"
        " ORDER BY 1 LIMIT %s",
        (SHOWN,),
    )
    [(count, debit, credit)] = _rows(
        "SELECT count(DISTINCT transaction_no), coalesce(sum(amount) FILTER (WHERE amount > 0), 0),"
        " coalesce(-sum(amount) FILTER (WHERE amount < 0), 0) FROM posting_glentry"
    )
    return Finding(
        checked=count,
        totals={"debit": debit, "credit": credit},
        failures=[f"Transaction {number} is out of balance by {amount}" for number, amount in off],
    )


@invariant("I-2", "Every transaction sums to zero on each of its posting dates")
def dates_balance() -> Finding:
    off = _rows(
        "SELECT transaction_no, posting_date, sum(amount) FROM posting_glentry GROUP BY 1, 2"
        " HAVING sum(amount) <> 0 ORDER BY 1, 2 LIMIT %s",
        (SHOWN,),
    )
    [(count,)] = _rows(
        "SELECT count(*) FROM (SELECT DISTINCT transaction_no, posting_date FROM posting_glentry) AS d"
    )
    return Finding(
        checked=count,
        failures=[
            f"Transaction {number} is out of balance by {amount} on {day}" for number, day, amount in off
        ],
    )


@invariant("I-3", "Ledger numbers have no gaps, and the registers' ranges hold every entry once")
def numbers_are_contiguous() -> Finding:
    failures = []
    head = LedgerHead.objects.get(pk=1)
    for model, counter in ((Register, "register_no"), (GLEntry, "gl_entry_no"), (VATEntry, "vat_entry_no")):
        failures += _gaps(model, given=getattr(head, counter))
    for counter in RANGES:
        failures += _range_faults(counter, given=getattr(head, counter))
    failures += [
        f"G/L entry {entry_no} is not in the range of its register {register_no}"
        for entry_no, register_no in _rows(
            "SELECT e.entry_no, e.register_id FROM posting_glentry e JOIN posting_register r"
            " ON r.register_no = e.register_id"
            " WHERE (e.entry_no BETWEEN r.from_gl_entry_no AND r.to_gl_entry_no) IS NOT TRUE ORDER BY 1 LIMIT %s",
            (SHOWN,),
        )
    ]
    totals = {
        "registers": Decimal(head.register_no),
        "G/L entries": Decimal(head.gl_entry_no),
        "VAT entries": Decimal(head.vat_entry_no),
    }
    return Finding(
        checked=head.register_no + head.gl_entry_no + head.vat_entry_no, totals=totals, failures=failures
    )


def _gaps(model, *, given: int) -> list[str]:
    """Numbers that are missing between 1 and the last one given out."""
    key, table = model._meta.pk.column, model._meta.db_table
    rows = _rows(
        f"SELECT before, after FROM (SELECT coalesce(lag({key}) OVER (ORDER BY {key}), 0) AS before, {key} AS after"
        f" FROM {table} UNION ALL (SELECT coalesce(max({key}), 0), %s + 1 FROM {table})) AS steps"
        " WHERE after <> before + 1 ORDER BY after LIMIT %s",
        (given, SHOWN),
    )
    name = model._meta.verbose_name
    return [f"{name}: after {before} comes {after}" for before, after in rows]


def _range_faults(counter: str, *, given: int) -> list[str]:
    """Registers whose range of a ledger does not begin where the one before ended."""
    first, last = f"from_{counter}", f"to_{counter}"
    ledger = counter.removesuffix("_no").replace("_", " ")
    rows = _rows(
        f"SELECT register_no, {first}, {last}, before FROM ("
        f" SELECT register_no, {first}, {last}, coalesce(lag({last}) OVER (ORDER BY register_no), 0) AS before"
        f" FROM posting_register WHERE {first} IS NOT NULL) AS ranges"
        f" WHERE {first} <> before + 1 OR {last} < {first} OR {last} IS NULL ORDER BY register_no LIMIT %s",
        (SHOWN,),
    )
    faults = [
        f"Register {number} has {ledger} {start} to {end}, but the one before ended at {before}"
        for number, start, end, before in rows
    ]
    [(reached,)] = _rows(f"SELECT coalesce(max({last}), 0) FROM posting_register")
    if reached != given:
        faults.append(f"Registers end at {ledger} {reached}, but {given} numbers were given out")
    return faults


@invariant("I-22", "Every register is sealed, and its seal follows the one before")
def registers_are_sealed() -> Finding:
    """What this very transaction has posted is sealed at its commit; here it is done before looking."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS posting_register_sealed IMMEDIATE")
        cursor.execute("SET CONSTRAINTS posting_register_sealed DEFERRED")
    failures = [
        f"Register {number} has no seal"
        if sealed is None
        else f"The seal of register {number} is of no register"
        for number, sealed in _rows(
            "SELECT coalesce(r.register_no, s.register_no), s.register_no FROM posting_register r"
            " FULL JOIN posting_seal s ON s.register_no = r.register_no"
            " WHERE r.register_no IS NULL OR s.register_no IS NULL ORDER BY 1 LIMIT %s",
            (SHOWN,),
        )
    ]
    failures += [
        f"The seal of register {number} does not follow the one before"
        for (number,) in _rows(
            "SELECT register_no FROM (SELECT register_no, previous, lag(seal, 1, repeat('0', 64)) OVER"
            " (ORDER BY register_no) AS before FROM posting_seal) AS chain WHERE previous <> before"
            " ORDER BY register_no LIMIT %s",
            (SHOWN,),
        )
    ]
    return Finding(checked=Seal.objects.count(), failures=failures)


@invariant("I-4", "Debit less credit is the amount, on every account, day and closing date")
def columns_make_amounts() -> Finding:
    off = _rows(
        """
        WITH entries AS (
            SELECT account_id, posting_date, closing, sum(amount) AS amount FROM posting_glentry GROUP BY 1, 2, 3
        )
        SELECT a.number, coalesce(e.posting_date, b.posting_date), coalesce(b.debit_amount, 0),
               coalesce(b.credit_amount, 0), coalesce(e.amount, 0)
        FROM entries e FULL JOIN posting_glbalance b
          ON (b.account_id, b.posting_date, b.closing) = (e.account_id, e.posting_date, e.closing)
        JOIN posting_glaccount a ON a.id = coalesce(e.account_id, b.account_id)
        WHERE coalesce(b.debit_amount - b.credit_amount, 0) <> coalesce(e.amount, 0) ORDER BY 1, 2 LIMIT %s
        """,
        (SHOWN,),
    )
    [(count, debit, credit)] = _rows(COLUMN_TOTALS)
    return Finding(
        checked=count,
        totals={"debit": debit, "credit": credit},
        failures=[
            f"Account {number} on {day}: debit {debit} less credit {credit} is not {amount}"
            for number, day, debit, credit, amount in off
        ],
    )


@invariant("I-5", "The trial balance is zero at every date, closing dates included")
def trial_balance_is_zero() -> Finding:
    days = _rows(
        "SELECT posting_date, closing, sum(debit_amount), sum(credit_amount) FROM posting_glbalance"
        " GROUP BY 1, 2 ORDER BY 1, 2"
    )
    failures = [
        f"The balances of {'C' if closing else ''}{day} differ by {debit - credit}"
        for day, closing, debit, credit in days
        if debit != credit
    ]
    totals = {
        "debit": sum((day[2] for day in days), ZERO),
        "credit": sum((day[3] for day in days), ZERO),
    }
    return Finding(checked=len(days), totals=totals, failures=failures[:SHOWN])


@invariant("I-21", "VAT accounts equal the VAT entries, and every VAT base its G/L entry")
def vat_equals_general_ledger() -> Finding:
    accounts = _rows(
        """
        WITH tax AS (
            SELECT account_id, sum(amount) AS amount FROM (
                SELECT vat_account_id AS account_id, amount FROM posting_vatentry
                UNION ALL SELECT reverse_charge_account_id, -amount FROM posting_vatentry
            ) AS both_sides WHERE account_id IS NOT NULL GROUP BY 1
        ), ledger AS (
            SELECT account_id, sum(debit_amount - credit_amount) AS amount FROM posting_glbalance GROUP BY 1
        )
        SELECT a.number, coalesce(l.amount, 0), coalesce(t.amount, 0)
        FROM posting_glaccount a LEFT JOIN tax t ON t.account_id = a.id LEFT JOIN ledger l ON l.account_id = a.id
        WHERE t.account_id IS NOT NULL OR a.control = %s ORDER BY 1
        """,
        (GLAccount.Control.VAT,),
    )
    bases = _rows(
        """
        SELECT v.entry_no, v.base_before_discount, e.entry_no, e.amount
        FROM posting_vatentry v LEFT JOIN posting_glentry e
          ON e.entry_no = v.gl_entry_no AND e.transaction_no = v.transaction_no
        WHERE CASE WHEN v.calculation_type = 'full' THEN v.base <> 0 OR e.amount IS DISTINCT FROM v.amount
                   ELSE e.amount IS DISTINCT FROM v.base_before_discount END
        ORDER BY 1 LIMIT %s
        """,
        (SHOWN,),
    )
    failures = [
        f"VAT account {number} has {ledger}, its VAT entries {tax}"
        for number, ledger, tax in accounts
        if ledger != tax
    ]
    failures += [
        f"VAT entry {tax_no} has the base {base}, its G/L entry {entry_no} the amount {amount}"
        for tax_no, base, entry_no, amount in bases
    ]
    totals = {
        "G/L": sum((ledger for _number, ledger, _tax in accounts), ZERO),
        "VAT": sum((tax for _number, _ledger, tax in accounts), ZERO),
    }
    return Finding(checked=len(accounts) + VATEntry.objects.count(), totals=totals, failures=failures)


@invariant("P-GL", "The balances by day are what the G/L entries add up to")
def balances_equal_entries() -> Finding:
    off = _rows(
        f"""
        WITH entries AS (
            SELECT account_id, posting_date, closing, sum({DEBIT}) AS debit, sum({CREDIT}) AS credit
            FROM posting_glentry GROUP BY 1, 2, 3
        )
        SELECT a.number, coalesce(e.posting_date, b.posting_date), coalesce(b.debit_amount, 0),
               coalesce(b.credit_amount, 0), coalesce(e.debit, 0), coalesce(e.credit, 0)
        FROM entries e FULL JOIN posting_glbalance b
          ON (b.account_id, b.posting_date, b.closing) = (e.account_id, e.posting_date, e.closing)
        JOIN posting_glaccount a ON a.id = coalesce(e.account_id, b.account_id)
        WHERE coalesce(b.debit_amount, 0) <> coalesce(e.debit, 0)
           OR coalesce(b.credit_amount, 0) <> coalesce(e.credit, 0)
        ORDER BY 1, 2 LIMIT %s
        """,
        (SHOWN,),
    )
    [(count, debit, credit)] = _rows(COLUMN_TOTALS)
    return Finding(
        checked=count,
        totals={"debit": debit, "credit": credit},
        failures=[
            f"Account {number} on {day}: balance {debit} / {credit}, entries {entry_debit} / {entry_credit}"
            for number, day, debit, credit, entry_debit, entry_credit in off
        ],
    )


@projection("posting.gl_balance")
def rebuild_balances() -> int:
    """Add up the G/L entries by account and day anew."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM posting_glbalance")
        cursor.execute(
            "INSERT INTO posting_glbalance (account_id, posting_date, closing, debit_amount, credit_amount)"
            f" SELECT account_id, posting_date, closing, sum({DEBIT}), sum({CREDIT})"
            " FROM posting_glentry GROUP BY 1, 2, 3"
        )
        return cursor.rowcount
