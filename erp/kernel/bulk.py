"""Writing many rows with one statement.

    class GLRow(NamedTuple):
        entry_no: int
        account_id: int
        amount: Decimal

    insert_rows(GLEntry, rows)
    update_rows(SalesLine, rows, key="id")
    upsert_rows(Stock, rows, key=("item_id", "location_code"), add=("quantity_base",))

Rows are NamedTuples whose fields are attnames of the model ("customer_id", not "customer"), all of one type. An insert
gives the columns that the rows do not name the model's default. Nothing here calls save(), sends signals or
validates: the database does, and an amount that is not rounded is refused as everywhere.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache
from io import StringIO
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connections, models, router
from psycopg2.extras import execute_values

from erp.kernel.changelog import stamp
from erp.kernel.fields import AmountField

COPY_FROM = 20  # rows: measured, COPY takes half the time of VALUES; below, its extra round trip does not pay
PAGE = 2000  # rows of one UPDATE or upsert

_PLAIN_FIELDS = (
    models.CharField, models.TextField, models.IntegerField, models.DecimalField, models.DateField, models.TimeField,
    models.BooleanField, models.UUIDField, models.ForeignKey,
)  # fmt: skip
_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


class _Column(NamedTuple):
    """One column of a statement; `adapt` turns a Python value into one that psycopg2 knows, None where it does."""

    name: str
    quoted: str
    cast: str
    adapt: Callable[[Any], Any] | None


def insert_rows(model: type[models.Model], rows: Iterable[NamedTuple]) -> int:
    """Insert rows with one statement, COPY from a handful on; returns how many.

    raises  django.db.IntegrityError as any insert does; TypeError for a column that the model lacks, rows of
            several types, or an auto_now column that the rows do not name (the clock is read at the door)
    """
    rows = list(rows)
    if not rows:
        return 0
    connection = connections[router.db_for_write(model)]
    names = _names(rows)
    fill, per_row = _defaults(model, names)
    columns = _columns(model, (*names, *fill, *per_row), connection.alias)
    constants = tuple(fill.values())
    complete = (
        [(*row, *constants, *(make() for make in per_row.values())) for row in rows]
        if fill or per_row
        else rows
    )
    target = f"{_table(model, connection)} ({', '.join(column.quoted for column in columns)})"
    values = _adapted(columns, complete)
    with connection.cursor() as cursor:
        if len(rows) < COPY_FROM:
            execute_values(cursor, f"INSERT INTO {target} VALUES %s", values, page_size=len(rows))
        else:
            connection.validate_no_broken_transaction()
            stamp(connection)
            with connection.wrap_database_errors:
                cursor.copy_expert(f"COPY {target} FROM STDIN", StringIO(_copy_text(values)))
    return len(rows)


def update_rows(
    model: type[models.Model],
    rows: Iterable[NamedTuple],
    *,
    key: str | Sequence[str] = "id",
    exact: bool = True,
) -> int:
    """Update rows by key; every field of the rows that is not the key is set. Returns how many changed.

    exact  refuse, with LookupError, when a key is missing in the table or stands twice in the rows; False where
           that is fine
    """
    rows = list(rows)
    if not rows:
        return 0
    connection = connections[router.db_for_write(model)]
    columns = _columns(model, _names(rows), connection.alias)
    keys = _keys(key)
    known = {column.name: column for column in columns}
    table = _table(model, connection)
    assign = ", ".join(
        f"{column.quoted} = v.{column.quoted}" for column in columns if column.name not in keys
    )
    match = " AND ".join(f"t.{known[name].quoted} = v.{known[name].quoted}" for name in keys)
    names = ", ".join(column.quoted for column in columns)
    statement = f"UPDATE {table} AS t SET {assign} FROM (VALUES %s) AS v ({names}) WHERE {match}"
    template = f"({', '.join(f'%s::{column.cast}' for column in columns)})"
    updated = 0
    with connection.cursor() as cursor:
        for page in _pages(_adapted(columns, rows)):
            execute_values(cursor, statement, page, template=template, page_size=len(page))
            updated += cursor.rowcount
    if exact and updated != len(rows):
        raise LookupError(
            f"{len(rows)} rows for {model.__name__}, but {updated} were updated: missing or double keys"
        )
    return updated


def upsert_rows(
    model: type[models.Model],
    rows: Iterable[NamedTuple],
    *,
    key: str | Sequence[str],
    add: Sequence[str] = (),
) -> int:
    """Insert rows, or change those whose key exists: what a projection wants. Returns how many keys.

    key  columns of a unique constraint, none of them null; rows of one key are merged before they are written
    add  columns whose value is added to what stands there; the others are replaced, the last row winning

    Rows are written in the order of their keys, so that two of these never wait for each other in a circle.
    """
    rows = list(rows)
    if not rows:
        return 0
    connection = connections[router.db_for_write(model)]
    names, keys = _names(rows), _keys(key)
    merged = _merged(rows, keys, add)
    fill, per_row = _defaults(model, names)
    columns = _columns(model, (*names, *fill, *per_row), connection.alias)
    constants = tuple(fill.values())
    complete = [(*row, *constants, *(make() for make in per_row.values())) for row in merged]
    table = _table(model, connection)
    quoted = {column.name: column.quoted for column in columns}
    assign = ", ".join(
        f"{quoted[name]} = " + (f"t.{quoted[name]} + " if name in add else "") + f"EXCLUDED.{quoted[name]}"
        for name in names
        if name not in keys
    )
    statement = (
        f"INSERT INTO {table} AS t ({', '.join(quoted.values())}) VALUES %s"
        f" ON CONFLICT ({', '.join(quoted[name] for name in keys)})"
        f" DO {f'UPDATE SET {assign}' if assign else 'NOTHING'}"
    )
    with connection.cursor() as cursor:
        for page in _pages(_adapted(columns, complete)):
            execute_values(cursor, statement, page, page_size=len(page))
    return len(merged)


def take_ids(model: type[models.Model], count: int) -> list[int]:
    """Reserve ids of a table for rows that are about to be inserted, so that their children can be written too."""
    if count < 1:
        return []
    connection = connections[router.db_for_write(model)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
            [_table(model, connection), model._meta.pk.column, count],
        )
        return [id for (id,) in cursor.fetchall()]


def _names(rows: Sequence[NamedTuple]) -> tuple[str, ...]:
    first = type(rows[0])
    if any(type(row) is not first for row in rows):
        raise TypeError("Rows of one statement are of one NamedTuple type")
    return first._fields


def _keys(key: str | Sequence[str]) -> tuple[str, ...]:
    return (key,) if isinstance(key, str) else tuple(key)


def _table(model: type[models.Model], connection) -> str:
    return connection.ops.quote_name(model._meta.db_table)


@cache
def _columns(model: type[models.Model], names: tuple[str, ...], alias: str) -> list[_Column]:
    connection = connections[alias]
    fields = {field.attname: field for field in model._meta.local_concrete_fields}
    unknown = [name for name in names if name not in fields]
    if unknown:
        raise TypeError(f"{model.__name__} has no column {', '.join(unknown)}")
    return [_column(fields[name], connection) for name in names]


def _column(field: models.Field, connection) -> _Column:
    kind = field.rel_db_type(connection) if field.primary_key else field.db_type(connection)
    cast = kind.partition("(")[
        0
    ]  # without its size: a cast to varchar(20) would cut silently, the column refuses
    return _Column(field.attname, connection.ops.quote_name(field.column), cast, _adapter(field, connection))


def _adapter(field: models.Field, connection) -> Callable[[Any], Any] | None:
    if isinstance(field, AmountField):
        return field.refuse_unrounded
    if isinstance(field, models.JSONField):
        return lambda value: None if value is None else json.dumps(value, cls=field.encoder)
    if isinstance(field, _PLAIN_FIELDS):
        return None
    return lambda value: field.get_db_prep_save(value, connection)


@cache
def _defaults(
    model: type[models.Model], names: tuple[str, ...]
) -> tuple[dict[str, Any], dict[str, Callable]]:
    """What the columns that the rows do not name are filled with: one value for all, or one made per row."""
    fill, per_row = {}, {}
    for field in model._meta.local_concrete_fields:
        if field.attname in names or field.generated or field.has_db_default():
            continue
        if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
            raise TypeError(
                f"{model.__name__}.{field.attname} must be in the rows: nothing here reads the clock"
            )
        if field.has_default():
            (per_row if callable(field.default) else fill)[field.attname] = field.default
        elif field.empty_strings_allowed and not field.null and not field.primary_key:
            fill[field.attname] = ""
    return fill, per_row


def _merged(rows: Sequence[NamedTuple], keys: tuple[str, ...], add: Sequence[str]) -> list[NamedTuple]:
    by_key: dict[tuple, NamedTuple] = {}
    for row in rows:
        key = tuple(getattr(row, name) for name in keys)
        known = by_key.get(key)
        if known is not None:
            row = row._replace(**{name: getattr(known, name) + getattr(row, name) for name in add})
        by_key[key] = row
    return [by_key[key] for key in sorted(by_key)]


def _adapted(columns: Sequence[_Column], rows: Sequence[Sequence]) -> Sequence[Sequence]:
    adapters = [(place, column.adapt) for place, column in enumerate(columns) if column.adapt]
    if not adapters:
        return rows
    adapted = []
    for row in rows:
        values = list(row)
        for place, adapt in adapters:
            values[place] = adapt(values[place])
        adapted.append(values)
    return adapted


def _pages(rows: Sequence[Sequence]) -> Iterator[Sequence[Sequence]]:
    for start in range(0, len(rows), PAGE):
        yield rows[start : start + PAGE]


def _copy_text(rows: Sequence[Sequence]) -> str:
    return "".join("\t".join(map(_copy_value, row)) + "\n" for row in rows)


def _copy_value(value: Any) -> str:
    write = _COPY_WRITERS.get(type(value)) or next(
        (write for kind, write in _COPY_WRITERS.items() if isinstance(value, kind)), None
    )
    if write is None:
        raise TypeError(f"Cannot copy a {type(value).__name__}")
    return write(value)


_COPY_WRITERS: dict[type, Callable[[Any], str]] = {
    type(None): lambda _value: r"\N",
    bool: lambda value: "t" if value else "f",
    str: lambda value: str(value).translate(_ESCAPES),
    int: lambda value: str(int(value)),
    Decimal: str,
    datetime: datetime.isoformat,
    date: date.isoformat,
    time: time.isoformat,
    UUID: str,
    float: repr,
}
