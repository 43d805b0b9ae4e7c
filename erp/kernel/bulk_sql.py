"""The SQL of `erp.kernel.bulk`: a statement for each table and choice of columns, put together once."""

import json
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any, NamedTuple

from django.db import connections, models, router

from erp.kernel.fields import AmountField
from erp.kernel.prepared import Statement
from erp.kernel.together import noted_on

_PLAIN_FIELDS = (
    models.CharField, models.TextField, models.IntegerField, models.DecimalField, models.DateField, models.TimeField,
    models.BooleanField, models.UUIDField, models.ForeignKey,
)  # fmt: skip


class Column(NamedTuple):
    """One column of a statement; `adapt` turns a Python value into one that psycopg2 knows, None where it does."""

    name: str
    quoted: str
    cast: str
    adapt: Callable[[Any], Any] | None


class Exact(NamedTuple):
    """A statement that writes as many rows as are wanted, or is refused.

    miss  what is said where it wrote another number, with places for both
    """

    plain: Statement
    checked: Statement
    miss: str

    def write(self, connection, values: Sequence[Any], wanted: int | None) -> int:
        """Run it; returns how many rows it wrote. Where the number matters to nobody but us it may wait for others.

        wanted  None: any number is fine
        raises  LookupError, here or where what waits is sent
        """
        waiting = noted_on(connection)
        if waiting is not None and wanted is not None:
            waiting.note(self.checked, [*values, wanted])
            return wanted
        with connection.cursor() as cursor:
            self.plain.execute(cursor, values)
            written = cursor.rowcount
        if wanted is not None and written != wanted:
            raise LookupError(self.miss % (wanted, written))
        return written


@cache
def drawing(tables: tuple[type[models.Model], ...]) -> Statement:
    """The next key of each of several tables."""
    keys = [
        f"nextval(pg_get_serial_sequence('{in_quotes(table._meta.db_table)}', '{table._meta.pk.column}'))"
        for table in tables
    ]
    return Statement(f"SELECT {', '.join(keys)}")


@cache
def inserting(model: type[models.Model], names: tuple[str, ...], then: str) -> Statement:
    """Rows from arrays, one for each column."""
    columns = _columns_of(model, names)
    return Statement(f"INSERT INTO {target(model, columns)} SELECT * FROM {_unnested(columns)}", then=then)


@cache
def inserting_row(model: type[models.Model], names: tuple[str, ...], then: str) -> Statement:
    """One row."""
    columns = _columns_of(model, names)
    return Statement(
        f"INSERT INTO {target(model, columns)} VALUES ({', '.join(['%s'] * len(columns))})", then=then
    )


@cache
def inserting_one(model: type[models.Model]) -> Statement:
    """One row without its key, which is answered."""
    columns = _columns_of(model, own_names(model))
    places, key = ", ".join(["%s"] * len(columns)), in_quotes(model._meta.pk.column)
    return Statement(f"INSERT INTO {target(model, columns)} VALUES ({places}) RETURNING {key}")


@cache
def copying(
    model: type[models.Model],
    source: type[models.Model],
    own: tuple[str, ...],
    copied: tuple[str, ...],
    constants: tuple[str, ...],
    merged: tuple[str, ...],
) -> Exact:
    """Rows of another table by key, with what is new of them laid over."""
    columns = _columns_of(model, (*own, *copied, *constants))
    (key,) = _columns_of(source, (source._meta.pk.attname,))
    given = columns[: len(own)]
    laid_over = "coalesce(s.{0} || v.{0}, s.{0}, v.{0})"
    taken = [laid_over.format(each.quoted) if each.name in merged else f"v.{each.quoted}" for each in given]
    taken += [f"s.{each.quoted}" for each in columns[len(own) : len(own) + len(copied)]]
    taken += [f"%s::{each.cast}" for each in columns[len(own) + len(copied) :]]
    return _exact(
        f"INSERT INTO {target(model, columns)} SELECT {', '.join(taken)}"
        f" FROM {_unnested([key, *given])} WITH ORDINALITY"
        f" AS v (key, {', '.join(each.quoted for each in given)}, place)"
        f" JOIN {in_quotes(source._meta.db_table)} AS s ON s.{key.quoted} = v.key ORDER BY v.place",
        f"%s rows of {source.__name__} to copy, but %s were there",
    )


@cache
def updating(model: type[models.Model], names: tuple[str, ...], keys: tuple[str, ...]) -> Exact:
    """Rows by key, from arrays."""
    columns = _columns_of(model, names)
    same = {each.name: f"{each.quoted} = v.{each.quoted}" for each in columns}
    assign = ", ".join(each for name, each in same.items() if name not in keys)
    match = " AND ".join(f"t.{same[name]}" for name in keys)
    return _exact(
        f"UPDATE {in_quotes(model._meta.db_table)} AS t SET {assign}"
        f" FROM {_unnested(columns)} AS v ({', '.join(each.quoted for each in columns)}) WHERE {match}",
        f"%s rows for {model.__name__}, but %s were updated: missing or double keys",
    )


@cache
def upserting(
    model: type[models.Model],
    names: tuple[str, ...],
    keys: tuple[str, ...],
    add: tuple[str, ...],
    replaced: tuple[str, ...],
) -> Statement:
    """Rows from arrays; where the key is there already, added to or replaced."""
    columns = _columns_of(model, names)
    quoted = {each.name: each.quoted for each in columns}
    assign = ", ".join(
        f"{quoted[name]} = " + (f"t.{quoted[name]} + " if name in add else "") + f"EXCLUDED.{quoted[name]}"
        for name in replaced
        if name not in keys
    )
    return Statement(
        f"INSERT INTO {target(model, columns, alias='t')} SELECT * FROM {_unnested(columns)}"
        f" ON CONFLICT ({', '.join(quoted[name] for name in keys)})"
        f" DO {f'UPDATE SET {assign}' if assign else 'NOTHING'}"
    )


@cache
def columns_for(model: type[models.Model], names: tuple[str, ...], alias: str) -> tuple[Column, ...]:
    """Columns of a table by the names that rows have for them."""
    connection = connections[alias]
    fields = {field.attname: field for field in model._meta.local_concrete_fields}
    unknown = [name for name in names if name not in fields]
    if unknown:
        raise TypeError(f"{model.__name__} has no column {', '.join(unknown)}")
    return tuple(_column(fields[name], connection) for name in names)


@cache
def own_names(model: type[models.Model]) -> tuple[str, ...]:
    """The columns that an insert of an instance names: neither its key nor what the database fills in."""
    fields = model._meta.local_concrete_fields
    return tuple(
        field.attname
        for field in fields
        if not (field.primary_key or field.generated or field.has_db_default())
    )


def target(model: type[models.Model], columns: Iterable[Column], *, alias: str = "") -> str:
    """A table with the columns that are written, as INSERT and COPY name it."""
    named = f" AS {alias}" if alias else ""
    return f"{in_quotes(model._meta.db_table)}{named} ({', '.join(column.quoted for column in columns)})"


def in_quotes(name: str) -> str:
    """A name as SQL has it."""
    return f'"{name}"'


def _exact(sql: str, miss: str) -> Exact:
    said = miss.replace("%", "%%")
    checked = f"WITH done AS ({sql} RETURNING 1) SELECT kernel_expect(count(*), %s, '{said}') FROM done"
    return Exact(Statement(sql), Statement(checked), miss)


def _columns_of(model: type[models.Model], names: tuple[str, ...]) -> tuple[Column, ...]:
    return columns_for(model, names, router.db_for_write(model))


def _unnested(columns: Iterable[Column]) -> str:
    """Arrays, one per column, as rows."""
    return f"unnest({', '.join(f'%s::{column.cast}[]' for column in columns)})"


def _column(field: models.Field, connection) -> Column:
    kind = field.rel_db_type(connection) if field.primary_key else field.db_type(connection)
    cast = kind.partition("(")[
        0
    ]  # without its size: a cast to varchar(20) would cut silently, the column refuses
    return Column(field.attname, connection.ops.quote_name(field.column), cast, _adapter(field, connection))


def _adapter(field: models.Field, connection) -> Callable[[Any], Any] | None:
    if isinstance(field, AmountField):
        return field.refuse_unrounded
    if isinstance(field, models.JSONField):
        return lambda value: None if value is None else json.dumps(value, cls=field.encoder)
    if isinstance(field, _PLAIN_FIELDS):
        return None
    return lambda value: field.get_db_prep_save(value, connection)
