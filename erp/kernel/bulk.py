"""Writing many rows with one statement.

    class GLRow(NamedTuple):
        entry_no: int
        account_id: int
        amount: Decimal

    insert_rows(GLEntry, rows)
    update_rows(SalesLine, rows, key="id")
    upsert_rows(Stock, rows, key=("item_id", "location_code"), add=("quantity_base",))

Rows are NamedTuples whose fields are attnames of the model ("customer_id", not "customer"), all of one type. An insert
gives the columns that the rows do not name the model's default. A column goes to the database as one array, so the
statement is the same for any number of rows, and the server keeps it. Nothing here calls save(), sends signals or
validates: the database does, and an amount that is not rounded is refused as everywhere.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from io import StringIO
from typing import Any, NamedTuple

from django.db import connections, models, router

from erp.kernel.changelog import stamp
from erp.kernel.column_text import array_text, copy_text
from erp.kernel.fields import AmountField
from erp.kernel.prepared import Statement

COPY_FROM = 20  # rows: below, the extra round trip of COPY does not pay
PAGE = 2000  # rows of one UPDATE or upsert

_PLAIN_FIELDS = (
    models.CharField, models.TextField, models.IntegerField, models.DecimalField, models.DateField, models.TimeField,
    models.BooleanField, models.UUIDField, models.ForeignKey,
)  # fmt: skip


class _Column(NamedTuple):
    """One column of a statement; `adapt` turns a Python value into one that psycopg2 knows, None where it does."""

    name: str
    quoted: str
    cast: str
    adapt: Callable[[Any], Any] | None


def insert_rows(model: type[models.Model], rows: Iterable[NamedTuple], *, then: str = "") -> int:
    """Insert rows with one statement, COPY from a handful on; returns how many.

    then    SQL that follows, in the same round trip where the rows are few
    raises  django.db.IntegrityError as any insert does; TypeError for a column that the model lacks, rows of
            several types, or an auto_now column that the rows do not name (the clock is read at the door)
    """
    rows = list(rows)
    if not rows:
        return 0
    connection = connections[router.db_for_write(model)]
    names, complete = _completed(model, rows)
    columns = _columns(model, names, connection.alias)
    with connection.cursor() as cursor:
        if len(rows) == 1:
            values = [
                each.adapt(value) if each.adapt else value
                for each, value in zip(columns, complete[0], strict=True)
            ]
            _inserting_row(model, names, then).execute(cursor, values)
        elif len(rows) < COPY_FROM:
            _inserting(model, names, then).execute(cursor, _arrays(columns, complete))
        else:
            text = copy_text([column.adapt for column in columns], complete)
            connection.validate_no_broken_transaction()
            stamp(connection)
            with connection.wrap_database_errors:
                cursor.copy_expert(f"COPY {_target(model, columns)} FROM STDIN", StringIO(text))
            if then:
                cursor.execute(then)
    return len(rows)


def insert_one(instance: models.Model) -> None:
    """Insert a new instance and give it its key. One statement, not put together anew like that of `save`.

    Columns with a default of the database get that.
    """
    model = type(instance)
    connection = connections[router.db_for_write(model)]
    columns = _columns(model, _own_names(model), connection.alias)
    values = (getattr(instance, column.name) for column in columns)
    adapted = [
        column.adapt(value) if column.adapt else value for column, value in zip(columns, values, strict=True)
    ]
    with connection.cursor() as cursor:
        _inserting_one(model).execute(cursor, adapted)
        (instance.pk,) = cursor.fetchone()
    instance._state.adding, instance._state.db = False, connection.alias


def copy_rows(
    model: type[models.Model],
    rows: Iterable[NamedTuple],
    *,
    source: type[models.Model],
    copied: Sequence[str],
    fill: Mapping[str, Any],
    merged: Sequence[str] = (),
) -> int:
    """Insert rows that are mostly copies of another table's: what stays the same never leaves the database.

    rows    the first field is the key of the source row, the others are columns of `model`
    copied  columns that are taken from the source as they are
    fill    columns that are the same in all rows
    merged  JSON columns of the rows whose keys are laid over those of the source; None leaves them as they are

    One statement; the rows are inserted in their order, and columns that nothing names get the model's default.
    raises  LookupError when a source row is missing; TypeError for a column that the model lacks, or one whose default
            is made per row and that nothing names
    """
    rows = list(rows)
    if not rows:
        return 0
    connection = connections[router.db_for_write(model)]
    _key, *own = _names(rows)
    defaults, per_row = _defaults(model, (*own, *copied, *fill))
    if per_row:
        raise TypeError(
            f"{model.__name__} wants a value per row of {', '.join(per_row)}: copy it, or give it"
        )
    constants = {**defaults, **fill}
    columns = _columns(model, (*own, *constants), connection.alias)
    known = {column.name: column for column in columns}
    fixed = [known[name].adapt(value) if known[name].adapt else value for name, value in constants.items()]
    keys, *lists = zip(*rows, strict=True)
    given = [array_text(known[name].adapt, values) for name, values in zip(own, lists, strict=True)]
    statement = _copying(model, source, tuple(own), tuple(copied), tuple(constants), tuple(merged))
    with connection.cursor() as cursor:
        statement.execute(cursor, [*fixed, array_text(None, keys), *given])
        inserted = cursor.rowcount
    if inserted != len(rows):
        raise LookupError(f"{len(rows)} rows of {source.__name__} to copy, but {inserted} were there")
    return inserted


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
    names = _names(rows)
    columns = _columns(model, names, connection.alias)
    statement = _updating(model, names, _keys(key))
    updated = 0
    with connection.cursor() as cursor:
        for page in _pages(rows):
            statement.execute(cursor, _arrays(columns, page))
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
    keys, replaced = _keys(key), _names(rows)
    merged = _merged(rows, keys, add)
    names, complete = _completed(model, merged)
    columns = _columns(model, names, connection.alias)
    statement = _upserting(model, names, keys, tuple(add), replaced)
    with connection.cursor() as cursor:
        for page in _pages(complete):
            statement.execute(cursor, _arrays(columns, page))
    return len(merged)


def take_ids(model: type[models.Model], count: int) -> list[int]:
    """Reserve ids of a table for rows that are about to be inserted, so that their children can be written too."""
    if count < 1:
        return []
    connection = connections[router.db_for_write(model)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
            [_quoted(model._meta.db_table), model._meta.pk.column, count],
        )
        return [id for (id,) in cursor.fetchall()]


@cache
def _inserting(model: type[models.Model], names: tuple[str, ...], then: str) -> Statement:
    columns = _columns_of(model, names)
    return Statement(f"INSERT INTO {_target(model, columns)} SELECT * FROM {_unnested(columns)}", then=then)


@cache
def _inserting_row(model: type[models.Model], names: tuple[str, ...], then: str) -> Statement:
    columns = _columns_of(model, names)
    return Statement(
        f"INSERT INTO {_target(model, columns)} VALUES ({', '.join(['%s'] * len(columns))})", then=then
    )


@cache
def _inserting_one(model: type[models.Model]) -> Statement:
    columns = _columns_of(model, _own_names(model))
    places, key = ", ".join(["%s"] * len(columns)), _quoted(model._meta.pk.column)
    return Statement(f"INSERT INTO {_target(model, columns)} VALUES ({places}) RETURNING {key}")


@cache
def _copying(
    model: type[models.Model],
    source: type[models.Model],
    own: tuple[str, ...],
    copied: tuple[str, ...],
    constants: tuple[str, ...],
    merged: tuple[str, ...],
) -> Statement:
    columns = _columns_of(model, (*own, *copied, *constants))
    (key,) = _columns_of(source, (source._meta.pk.attname,))
    given = columns[: len(own)]
    laid_over = "coalesce(s.{0} || v.{0}, s.{0}, v.{0})"
    taken = [laid_over.format(each.quoted) if each.name in merged else f"v.{each.quoted}" for each in given]
    taken += [f"s.{each.quoted}" for each in columns[len(own) : len(own) + len(copied)]]
    taken += [f"%s::{each.cast}" for each in columns[len(own) + len(copied) :]]
    return Statement(
        f"INSERT INTO {_target(model, columns)} SELECT {', '.join(taken)}"
        f" FROM {_unnested([key, *given])} WITH ORDINALITY"
        f" AS v (key, {', '.join(each.quoted for each in given)}, place)"
        f" JOIN {_quoted(source._meta.db_table)} AS s ON s.{key.quoted} = v.key ORDER BY v.place"
    )


@cache
def _updating(model: type[models.Model], names: tuple[str, ...], keys: tuple[str, ...]) -> Statement:
    columns = _columns_of(model, names)
    same = {each.name: f"{each.quoted} = v.{each.quoted}" for each in columns}
    assign = ", ".join(each for name, each in same.items() if name not in keys)
    match = " AND ".join(f"t.{same[name]}" for name in keys)
    return Statement(
        f"UPDATE {_quoted(model._meta.db_table)} AS t SET {assign}"
        f" FROM {_unnested(columns)} AS v ({', '.join(each.quoted for each in columns)}) WHERE {match}"
    )


@cache
def _upserting(
    model: type[models.Model],
    names: tuple[str, ...],
    keys: tuple[str, ...],
    add: tuple[str, ...],
    replaced: tuple[str, ...],
) -> Statement:
    columns = _columns_of(model, names)
    quoted = {each.name: each.quoted for each in columns}
    assign = ", ".join(
        f"{quoted[name]} = " + (f"t.{quoted[name]} + " if name in add else "") + f"EXCLUDED.{quoted[name]}"
        for name in replaced
        if name not in keys
    )
    return Statement(
        f"INSERT INTO {_target(model, columns, alias='t')} SELECT * FROM {_unnested(columns)}"
        f" ON CONFLICT ({', '.join(quoted[name] for name in keys)})"
        f" DO {f'UPDATE SET {assign}' if assign else 'NOTHING'}"
    )


def _completed(
    model: type[models.Model], rows: Sequence[NamedTuple]
) -> tuple[tuple[str, ...], Sequence[Sequence]]:
    """The names of all columns that have to be written, and the rows with defaults where they name none."""
    names = _names(rows)
    fill, per_row = _defaults(model, names)
    if not (fill or per_row):
        return names, rows
    constants = tuple(fill.values())
    complete = [(*row, *constants, *(make() for make in per_row.values())) for row in rows]
    return (*names, *fill, *per_row), complete


def _columns_of(model: type[models.Model], names: tuple[str, ...]) -> tuple[_Column, ...]:
    return _columns(model, names, router.db_for_write(model))


def _target(model: type[models.Model], columns: Iterable[_Column], *, alias: str = "") -> str:
    """A table with the columns that are written, as INSERT and COPY name it."""
    named = f" AS {alias}" if alias else ""
    return f"{_quoted(model._meta.db_table)}{named} ({', '.join(column.quoted for column in columns)})"


def _unnested(columns: Iterable[_Column]) -> str:
    """Arrays, one per column, as rows."""
    return f"unnest({', '.join(f'%s::{column.cast}[]' for column in columns)})"


def _arrays(columns: Sequence[_Column], rows: Sequence[Sequence]) -> list[str]:
    """Rows, by column, as `_unnested` takes them."""
    return [
        array_text(column.adapt, values)
        for column, values in zip(columns, zip(*rows, strict=True), strict=True)
    ]


def _names(rows: Sequence[NamedTuple]) -> tuple[str, ...]:
    first = type(rows[0])
    if any(type(row) is not first for row in rows):
        raise TypeError("Rows of one statement are of one NamedTuple type")
    return first._fields


def _keys(key: str | Sequence[str]) -> tuple[str, ...]:
    return (key,) if isinstance(key, str) else tuple(key)


def _quoted(name: str) -> str:
    return f'"{name}"'


@cache
def _columns(model: type[models.Model], names: tuple[str, ...], alias: str) -> tuple[_Column, ...]:
    connection = connections[alias]
    fields = {field.attname: field for field in model._meta.local_concrete_fields}
    unknown = [name for name in names if name not in fields]
    if unknown:
        raise TypeError(f"{model.__name__} has no column {', '.join(unknown)}")
    return tuple(_column(fields[name], connection) for name in names)


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
def _own_names(model: type[models.Model]) -> tuple[str, ...]:
    fields = model._meta.local_concrete_fields
    return tuple(
        field.attname
        for field in fields
        if not (field.primary_key or field.generated or field.has_db_default())
    )


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


def _pages(rows: Sequence[Sequence]) -> Iterator[Sequence[Sequence]]:
    for start in range(0, len(rows), PAGE):
        yield rows[start : start + PAGE]
