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
validates: the database does, and an amount that is not rounded is refused as everywhere. Within a block of
`erp.kernel.together` the statements wait, so that several share a round trip.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from io import StringIO
from typing import Any, NamedTuple

from django.db import connections, models, router

from erp.kernel.bulk_sql import (
    Column,
    columns_for,
    copying,
    drawing,
    in_quotes,
    inserting,
    inserting_one,
    inserting_row,
    own_names,
    target,
    updating,
    upserting,
)
from erp.kernel.changelog import stamp
from erp.kernel.column_text import array_text, copy_text
from erp.kernel.together import noted_on, write

COPY_FROM = 20  # rows: below, the extra round trip of COPY does not pay
PAGE = 2000  # rows of one UPDATE or upsert


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
    columns = columns_for(model, names, connection.alias)
    if len(rows) == 1:
        write(connection, inserting_row(model, names, then), _adapted(columns, complete[0]))
    elif len(rows) < COPY_FROM:
        write(connection, inserting(model, names, then), _arrays(columns, complete))
    else:
        text = copy_text([column.adapt for column in columns], complete)
        _copy_in(connection, f"COPY {target(model, columns)} FROM STDIN", text, then)
    return len(rows)


def insert_one(instance: models.Model) -> None:
    """Insert a new instance and give it its key. One statement, not put together anew like that of `save`.

    Columns with a default of the database get that. An instance that has its key already, by `take_keys`, keeps it.
    """
    model = type(instance)
    connection = connections[router.db_for_write(model)]
    names = own_names(model)
    if instance.pk is not None:
        names = (model._meta.pk.attname, *names)
    columns = columns_for(model, names, connection.alias)
    values = _adapted(columns, [getattr(instance, column.name) for column in columns])
    if instance.pk is not None:
        write(connection, inserting_row(model, names, ""), values)
    else:
        with connection.cursor() as cursor:
            inserting_one(model).execute(cursor, values)
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
    columns = columns_for(model, (*own, *constants), connection.alias)
    known = {column.name: column for column in columns}
    fixed = [known[name].adapt(value) if known[name].adapt else value for name, value in constants.items()]
    keys, *lists = zip(*rows, strict=True)
    given = [array_text(known[name].adapt, values) for name, values in zip(own, lists, strict=True)]
    statement = copying(model, source, tuple(own), tuple(copied), tuple(constants), tuple(merged))
    return statement.write(connection, [*fixed, array_text(None, keys), *given], len(rows))


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
    columns = columns_for(model, names, connection.alias)
    statement = updating(model, names, _keys(key))
    return sum(
        statement.write(connection, _arrays(columns, page), len(page) if exact else None)
        for page in _pages(rows)
    )


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
    columns = columns_for(model, names, connection.alias)
    statement = upserting(model, names, keys, tuple(add), replaced)
    for page in _pages(complete):
        write(connection, statement, _arrays(columns, page))
    return len(merged)


def take_keys(*tables: type[models.Model]) -> tuple[int, ...]:
    """Reserve one id of each of several tables, for heads that are about to be inserted with their lines."""
    connection = connections[router.db_for_write(tables[0])]
    with connection.cursor() as cursor:
        drawing(tables).execute(cursor, [])
        return cursor.fetchone()


def take_ids(model: type[models.Model], count: int) -> list[int]:
    """Reserve ids of a table for rows that are about to be inserted, so that their children can be written too."""
    if count < 1:
        return []
    connection = connections[router.db_for_write(model)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
            [in_quotes(model._meta.db_table), model._meta.pk.column, count],
        )
        return [id for (id,) in cursor.fetchall()]


def _copy_in(connection, statement: str, text: str, then: str) -> None:
    """COPY passes Django's cursor by: it sees to what comes first."""
    waiting = noted_on(connection)
    if waiting is not None:
        waiting.send()
    with connection.cursor() as cursor:
        connection.validate_no_broken_transaction()
        stamp(connection)
        with connection.wrap_database_errors:
            cursor.copy_expert(statement, StringIO(text))
        if then:
            cursor.execute(then)


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


def _adapted(columns: Sequence[Column], values: Sequence[Any]) -> list[Any]:
    """One row, as psycopg2 takes it."""
    return [
        column.adapt(value) if column.adapt else value for column, value in zip(columns, values, strict=True)
    ]


def _arrays(columns: Sequence[Column], rows: Sequence[Sequence]) -> list[str]:
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
