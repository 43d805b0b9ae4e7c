"""What a posting wrote, row by row, in any table: triggers note it down while documents are posted once, untimed.

    with capturing() as capture:
        for order in orders:
            post(order)
        tables, documents = capture.read()

Nothing here knows which tables a posting writes, so the floor never lags behind what posting does.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db import connection

INSERT, UPDATE, DELETE = "INSERT", "UPDATE", "DELETE"
# psycopg2 has no plain counterpart of these: their rows are kept as text, which PostgreSQL takes as it is.
AS_TEXT = "typcategory = 'A' OR typname IN ('json', 'jsonb', 'uuid', 'bytea', 'inet', 'interval')"
COLUMNS = f"""
SELECT attname, format_type(atttypid, atttypmod), {AS_TEXT}, attnum = ANY (indkey)
FROM pg_attribute JOIN pg_type ON pg_type.oid = atttypid
JOIN pg_index ON indrelid = attrelid AND indisprimary
WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
ORDER BY attnum
"""
NOTES = """
CREATE SCHEMA capture;
CREATE TABLE capture.row (
    id bigserial PRIMARY KEY, document bigint, name text, operation text, old jsonb, new jsonb);
CREATE FUNCTION capture.note() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO capture.row (document, name, operation, old, new)
    VALUES (txid_current(), TG_TABLE_NAME, TG_OP, to_jsonb(OLD), to_jsonb(NEW));
    RETURN NULL;
END $$;
"""


class Column(NamedTuple):
    name: str
    type: str
    is_text: bool
    is_key: bool


@dataclass(frozen=True)
class Table:
    """A table that posting writes.

    columns  those that are stored, in their order
    changed  names of the columns that an UPDATE has changed in any document
    is_grown whether rows were added to it in any document
    """

    name: str
    columns: list[Column]
    changed: frozenset[str]
    is_grown: bool

    @property
    def keys(self) -> list[Column]:
        return [column for column in self.columns if column.is_key]

    def key_of(self, row: tuple) -> tuple:
        return tuple(value for value, column in zip(row, self.columns, strict=True) if column.is_key)


@dataclass
class Rows:
    """What one transaction did to one table, in the order of its keys; rows are whole, as they were left."""

    added: list[tuple] = field(default_factory=list)
    changed: list[tuple] = field(default_factory=list)
    removed: list[tuple] = field(default_factory=list)


Document = dict[str, Rows]  # by table, in the order in which they are first written


class Capture:
    def read(self) -> tuple[dict[str, Table], list[Document]]:
        """The tables, in the order in which a posting comes to them, and what each transaction did, one by one."""
        tables = {name: _table(name) for name in _names()}
        documents: dict[int, Document] = {}
        for table in tables.values():
            for document, rows in _net(table):
                documents.setdefault(document, {})[table.name] = rows
        return tables, [documents[key] for key in sorted(documents)]


@contextmanager
def capturing() -> Iterator[Capture]:
    """Note what every transaction does in any table, until this ends."""
    with connection.cursor() as cursor:
        cursor.execute(NOTES)
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (name,) in cursor.fetchall():
            cursor.execute(
                f'CREATE TRIGGER zz_capture AFTER INSERT OR UPDATE OR DELETE ON public."{name}"'
                " FOR EACH ROW EXECUTE FUNCTION capture.note()"
            )
    try:
        yield Capture()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SET client_min_messages = warning")
            cursor.execute("DROP SCHEMA capture CASCADE")
            cursor.execute("RESET client_min_messages")


def _names() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name FROM (SELECT name, id - min(id) OVER (PARTITION BY document) AS place FROM capture.row) r"
            " GROUP BY name ORDER BY min(place), name"
        )
        return [name for (name,) in cursor.fetchall()]


def _table(name: str) -> Table:
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS, [f'public."{name}"'])
        columns = [Column(*row) for row in cursor.fetchall()]
        cursor.execute(
            "SELECT DISTINCT n.key FROM capture.row r, jsonb_each(r.new) n"
            " WHERE r.name = %s AND r.operation = %s AND n.value IS DISTINCT FROM r.old -> n.key",
            [name, UPDATE],
        )
        changed = {column for (column,) in cursor.fetchall()}
        cursor.execute(
            "SELECT EXISTS (SELECT FROM capture.row WHERE name = %s AND operation = %s)", [name, INSERT]
        )
        (is_grown,) = cursor.fetchone()
    stored = {column.name for column in columns}
    return Table(name, columns, frozenset(changed & stored), is_grown)


def _net(table: Table) -> Iterator[tuple[int, Rows]]:
    """What a transaction did in all: what it added and changed was added, what it added and removed never was."""
    chosen = ", ".join(
        f'n."{column.name}"::text' if column.is_text else f'n."{column.name}"' for column in table.columns
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT r.document, r.operation, {chosen} FROM capture.row r"
            f' CROSS JOIN LATERAL jsonb_populate_record(NULL::public."{table.name}", coalesce(r.new, r.old)) n'
            " WHERE r.name = %s ORDER BY r.document, r.id",
            [table.name],
        )
        found = cursor.fetchall()
    states: dict[int, dict[tuple, list[Any]]] = {}
    for document, operation, *row in found:
        row = tuple(row)
        known = states.setdefault(document, {}).setdefault(table.key_of(row), [operation, None, None])
        known[1:] = operation, row
    for document, by_key in states.items():
        rows = Rows()
        for key in sorted(by_key):
            first, last, row = by_key[key]
            if first == INSERT and last == DELETE:
                continue
            if first == INSERT:
                rows.added.append(row)
            elif last == DELETE:
                rows.removed.append(row)
            else:
                rows.changed.append(row)
        yield document, rows
