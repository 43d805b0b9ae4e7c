"""What the database says of sealed rows: their hashes, and which are missing or too many."""

from collections.abc import Mapping

from django.db import connection

from posting.seal_layout import Ledger

SHOWN = 5

DIGEST = "count(*), encode(sha256(convert_to(string_agg(s.text, '' ORDER BY s.key), 'UTF8')), 'hex')"
RANGED = """SELECT r.register_no, {line} AS text, e.{key} AS key FROM posting_register r
JOIN {table} e ON e.{key} BETWEEN r.from_{counter} AND r.to_{counter} WHERE r.register_no BETWEEN %(a)s AND %(b)s"""
NAMED = """SELECT e.{register} AS register_no, {line} AS text, e.{key} AS key FROM {table} e
WHERE e.{register} BETWEEN %(a)s AND %(b)s"""
LINES = """SELECT p.register_no, {line} AS text, e.{key} AS key FROM {parent} p
JOIN {table} e ON e.document_id = p.id WHERE p.register_no BETWEEN %(a)s AND %(b)s"""

# The ledger that fills each range; another may have numbers out of the same range.
FILLED = {
    "gl_entry_no": "posting_glentry",
    "vat_entry_no": "posting_vatentry",
    "customer_detail_no": "receivables_detailedcustomerledgerentry",
    "bank_entry_no": "receivables_bankledgerentry",
    "item_entry_no": "inventory_itemledgerentry",
    "value_entry_no": "inventory_valueentry",
    "item_application_no": "inventory_itemapplicationentry",
}


def digest_sql(ledger: Ledger) -> str:
    """Register, number of rows and their hash in one table, for the registers from a to b."""
    [(line,)] = fetch("SELECT posting_seal_line(%s::regclass, %s)", ledger.table, " ".join(ledger.columns))
    if ledger.counter:
        forms = [RANGED]
    elif not ledger.parent:
        forms = [NAMED]
    else:
        forms = [LINES + " AND e.{register} IS NULL", NAMED] if ledger.register else [LINES]
    rows = " UNION ALL ".join(form.format(line=line.replace("%", "%%"), **ledger._asdict()) for form in forms)
    return f"SELECT s.register_no, {DIGEST} FROM ({rows}) s GROUP BY s.register_no"


def missing_entries(counter: str, start: int, end: int) -> list[int]:
    """The first numbers of a range without an entry."""
    sql = (
        "SELECT n FROM generate_series(%s::bigint, %s) n WHERE NOT EXISTS"
        f" (SELECT FROM {FILLED[counter]} e WHERE e.entry_no = n) ORDER BY n LIMIT {SHOWN}"
    )
    return [number for (number,) in fetch(sql, start, end)]


def stray_rows(ledger: Ledger, last: int, reached: Mapping[str, int]) -> list[int]:
    """The first keys of rows that belong to no register.

    last     number of the last register
    reached  the last number of every range
    """
    if ledger.counter:
        where = f"WHERE e.{ledger.key} NOT BETWEEN 1 AND %(reached)s"
    elif ledger.parent:
        register = f"coalesce(e.{ledger.register}, p.register_no)" if ledger.register else "p.register_no"
        where = (
            f"LEFT JOIN {ledger.parent} p ON p.id = e.document_id"
            f" WHERE p.id IS NULL OR {register} NOT BETWEEN 1 AND %(last)s"
        )
    else:
        where = f"WHERE e.{ledger.register} NOT BETWEEN 1 AND %(last)s"
    sql = f"SELECT e.{ledger.key} FROM {ledger.table} e {where} ORDER BY 1 LIMIT {SHOWN}"
    return [key for (key,) in fetch(sql, last=last, reached=reached.get(ledger.counter, 0))]


def fetch(sql: str, *params: object, **named: object) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, named or params or None)
        return cursor.fetchall()
