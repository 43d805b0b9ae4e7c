"""The floor: rows that our posting wrote, written again by plain psycopg2 into twins of the same tables.

Twins have the same columns, defaults, checks and indexes, and start with the same rows; they have no triggers and no
foreign keys. A document is one transaction with one statement a table and kind of change, and nothing is read.
"""

import gc
import io
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from datetime import datetime
from functools import partial

import psycopg2
from django.db import connection
from psycopg2.extras import execute_values

from tests.bench.floor_capture import Column, Document, Table

VALUES, COPY = "floor_values", "floor_copy"  # the schema of the twins says how rows are added
Write = Callable[["psycopg2.extensions.cursor"], None]
_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


def make_twins(cursor, schema: str, tables: Iterable[Table]) -> None:
    """Make the tables again in a schema of their own, with the rows that the cursor's transaction sees."""
    cursor.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE")
    cursor.execute(f"CREATE SCHEMA {schema}")
    for table in tables:
        twin, names = f'{schema}."{table.name}"', _names(table.columns)
        cursor.execute(f'CREATE TABLE {twin} (LIKE public."{table.name}" INCLUDING ALL)')
        cursor.execute(
            f'INSERT INTO {twin} ({names}) OVERRIDING SYSTEM VALUE SELECT {names} FROM public."{table.name}"'
        )
        cursor.execute(f"ANALYZE {twin}")


def open_floor():
    """A plain connection with the parameters that Django's has."""
    return psycopg2.connect(**connection.get_connection_params())


def replay(own, schema: str, tables: dict[str, Table], documents: Sequence[Document]) -> float:
    """Write documents, one commit each; returns the seconds that took.

    The statements are put together before, and nothing is collected as garbage meanwhile: this is to be fast.
    """
    prepared = [_writes(schema, tables, document) for document in documents]
    gc.collect()
    gc.disable()
    try:
        with closing(own.cursor()) as cursor:
            begun = time.perf_counter()
            for writes in prepared:
                for write in writes:
                    write(cursor)
                own.commit()
            return time.perf_counter() - begun
    finally:
        gc.enable()


def _writes(schema: str, tables: dict[str, Table], document: Document) -> list[Write]:
    """A document's statements, in the order of the tables; rows are ready tuples."""
    writes: list[Write] = []
    for name, table in tables.items():
        if name not in document:
            continue
        rows, twin = document[name], f'{schema}."{name}"'
        if table.is_grown and table.changed and (rows.added or rows.changed):
            writes.append(
                _insert(twin, table, sorted(rows.added + rows.changed, key=table.key_of), upsert=True)
            )
        else:
            if rows.added and schema == COPY:
                writes.append(partial(_copy, f"COPY {twin} ({_names(table.columns)}) FROM STDIN", rows.added))
            elif rows.added:
                writes.append(_insert(twin, table, rows.added))
            if rows.changed and table.changed:
                writes.append(_update(twin, table, rows.changed))
        if rows.removed:
            writes.append(_delete(twin, table, rows.removed))
    return writes


def _insert(twin: str, table: Table, rows: list[tuple], *, upsert: bool = False) -> Write:
    statement = f"INSERT INTO {twin} ({_names(table.columns)}) VALUES %s"
    if upsert:
        assign = ", ".join(f'"{name}" = EXCLUDED."{name}"' for name in sorted(table.changed))
        statement += f" ON CONFLICT ({_names(table.keys)}) DO UPDATE SET {assign}"
    return partial(execute_values, sql=statement, argslist=rows, page_size=len(rows))


def _update(twin: str, table: Table, rows: list[tuple]) -> Write:
    """Only what a posting changes is set."""
    wanted = [
        (place, column)
        for place, column in enumerate(table.columns)
        if column.is_key or column.name in table.changed
    ]
    assign = ", ".join(f'"{name}" = v."{name}"' for name in sorted(table.changed))
    statement = f"UPDATE {twin} AS t SET {assign} FROM (VALUES %s) AS v ({_names(c for _place, c in wanted)})"
    values = [tuple(row[place] for place, _column in wanted) for row in rows]
    return partial(
        execute_values,
        sql=f"{statement} WHERE {_same(table.keys)}",
        argslist=values,
        template=_template(column for _place, column in wanted),
        page_size=len(values),
    )


def _delete(twin: str, table: Table, rows: list[tuple]) -> Write:
    keys = [table.key_of(row) for row in rows]
    statement = (
        f"DELETE FROM {twin} AS t USING (VALUES %s) AS v ({_names(table.keys)}) WHERE {_same(table.keys)}"
    )
    return partial(
        execute_values, sql=statement, argslist=keys, template=_template(table.keys), page_size=len(keys)
    )


def _copy(statement: str, rows: list[tuple], cursor) -> None:
    cursor.copy_expert(statement, io.StringIO("".join(["\t".join(map(_text, row)) + "\n" for row in rows])))


def _text(value) -> str:
    kind = type(value)
    if value is None:
        return r"\N"
    if kind is str:
        return value.translate(_ESCAPES)
    if kind is bool:
        return "t" if value else "f"
    if kind is datetime:
        return value.isoformat()
    return str(value)


def _names(columns: Iterable[Column]) -> str:
    return ", ".join(f'"{column.name}"' for column in columns)


def _same(keys: Iterable[Column]) -> str:
    return " AND ".join(f't."{key.name}" = v."{key.name}"' for key in keys)


def _template(columns: Iterable[Column]) -> str:
    return f"({', '.join(f'%s::{column.type}' for column in columns)})"
