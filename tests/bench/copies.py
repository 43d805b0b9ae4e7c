"""Postings copied many times by the database itself: ledgers of any size in minutes.

A sample is posted by the routines; its rows in all ledgers are then copied with numbers, dates, documents and masters
of their own. So every column is filled as the routines fill it, and the laws of the ledgers hold for copies as for the
sample. Only a database that is filled to be measured is written this way: triggers and foreign keys sleep meanwhile.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import connection, models

from erp.kernel.fields import AmountField
from erp.kernel.ledger import COUNTERS, LedgerHead
from inventory.models.entries import ItemApplicationEntry, ItemLedgerEntry, ValueEntry
from posting.models.entries import GLEntry, Register, VATEntry
from posting.registers import RANGES
from receivables.models.entries import BankLedgerEntry, CustomerLedgerEntry, DetailedCustomerLedgerEntry
from sales.models import SalesInvoice, SalesInvoiceLine

TRANSACTION = {"transaction_no": "transaction_no"}
# Which numbers the columns of a ledger hold: a counter of the ledger head, or a table that counts by itself.
NUMBERED: dict[type[models.Model], dict[str, str]] = {
    GLEntry: TRANSACTION | {"entry_no": "gl_entry_no", "reverses_id": "gl_entry_no"},
    VATEntry: TRANSACTION | {"entry_no": "vat_entry_no", "gl_entry_no": "gl_entry_no"},
    CustomerLedgerEntry: TRANSACTION | {"entry_no": "gl_entry_no"},
    DetailedCustomerLedgerEntry: TRANSACTION | {
        "entry_no": "customer_detail_no", "application_no": "customer_detail_no", "customer_entry_id": "gl_entry_no",
        "applied_entry_id": "gl_entry_no", "gl_entry_no": "gl_entry_no",
    },
    BankLedgerEntry: TRANSACTION | {"entry_no": "bank_entry_no", "gl_entry_no": "gl_entry_no"},
    ItemLedgerEntry: {"entry_no": "item_entry_no"},
    ValueEntry: {"entry_no": "value_entry_no", "item_entry_id": "item_entry_no", "applies_to_id": "value_entry_no"},
    ItemApplicationEntry: {
        "entry_no": "item_application_no", "item_entry_id": "item_entry_no", "inbound_entry_id": "item_entry_no",
        "outbound_entry_id": "item_entry_no",
    },
    SalesInvoice: {"id": "sales_salesinvoice", "customer_entry_no": "gl_entry_no"},
    SalesInvoiceLine: {"id": "sales_salesinvoiceline", "document_id": "sales_salesinvoice"},
}  # fmt: skip
REGISTER_COLUMNS = {"register_id", "register_no"}


@dataclass(frozen=True)
class Sample:
    """Consecutive postings: the numbers reached before them and after them, by counter."""

    before: Mapping[str, int]
    after: Mapping[str, int]

    @property
    def takes(self) -> dict[str, int]:
        """How many numbers of each counter one copy needs."""
        return {name: self.after[name] - before for name, before in self.before.items()}


@dataclass(frozen=True)
class Change:
    """How copies differ from their sample and from each other; SQL in which `c` is the copy.

    columns  of each copy, by name, for the others to use: {"who": "mod(g, 10)"}; g counts the copies from 0
    days     after the sample, for every date
    factor   a whole number by which every amount is multiplied
    texts    in place of a text of the sample, in whatever column it stands: {"ADATUM": "'K' || c.who"}
    keys     in place of the key of a master, by its model and key
    """

    columns: Mapping[str, str]
    days: str
    factor: str = "1"
    texts: Mapping[str, str] = field(default_factory=dict)
    keys: Mapping[tuple[type[models.Model], int], str] = field(default_factory=dict)


def take_sample(post: Callable[[], object]) -> Sample:
    """Post, and remember which rows came of it. Nothing else may be posted meanwhile."""
    before = reached()
    post()
    return Sample(before, reached())


def reached() -> dict[str, int]:
    """The last number of every counter and table."""
    head = LedgerHead.objects.get(pk=1)
    own = {name: getattr(head, name) for name in COUNTERS}
    for model in (SalesInvoice, SalesInvoiceLine):
        own[model._meta.db_table] = model.objects.aggregate(last=models.Max("pk"))["last"] or 0
    return own


def copy(
    sample: Sample,
    count: int,
    change: Change,
    *,
    per_register: int,
    begun: datetime,
    pause: timedelta,
    batch: int = 50_000,
    tell: Callable[[str], None] = lambda words: None,
) -> datetime:
    """Copy a sample; the copies follow whatever is posted by now, without a gap in any ledger.

    per_register  copies that share a register
    begun, pause  when the first register was written, and the time between two of them
    returns       the moment after the last register
    """
    now = reached()
    for model, numbered in NUMBERED.items():
        table = model._meta.db_table
        counter = numbered[model._meta.pk.column]
        if not sample.takes[counter]:
            continue
        sql = _copy_rows(model, numbered, sample, now, change, per_register)
        with connection.cursor() as cursor:
            for first in range(0, count, batch):
                cursor.execute(sql, {"first": first, "last": min(first + batch, count) - 1})
        tell(table)
    registers = -(-count // per_register)
    _write_registers(sample, count, now, per_register=per_register, begun=begun, pause=pause)
    _move_on(sample, count, registers)
    return begun + registers * pause


def _copy_rows(model, numbered, sample: Sample, now, change: Change, per_register: int) -> str:
    """The statement that copies the rows of one ledger, copy by copy and in the order of its numbers."""
    table, key = model._meta.db_table, model._meta.pk.column
    counter = numbered[key]
    within = f"{key} > {sample.before[counter]} AND {key} <= {sample.after[counter]}"
    with connection.cursor() as cursor:
        fields = [each for each in model._meta.concrete_fields if not getattr(each, "generated", False)]
        names = ", ".join(f'"{each.column}"' for each in fields)
        cursor.execute(f"SELECT {names} FROM {table} WHERE {within}")
        held = {each.column: set() for each in fields}
        for row in cursor.fetchall():
            for each, value in zip(fields, row, strict=True):
                held[each.column].add(value)
    values = []
    for each in fields:
        column = f't."{each.column}"'
        if each.column in numbered:
            own = numbered[each.column]
            before, step = sample.before[own], sample.takes[own]
            moved = f"{column} + {now[own] - before} + c.g * {step}"
            values.append(f"CASE WHEN {column} > {before} THEN {moved} ELSE {column} END")
        elif each.column in REGISTER_COLUMNS:
            values.append(f"{now['register_no'] + 1} + c.g / {per_register}")
        else:
            values.append(_changed(each, column, held[each.column], change))
    copies = ", ".join(f"{sql} AS {name}" for name, sql in change.columns.items())
    return (
        f"INSERT INTO {table} ({names}) SELECT {', '.join(values)} FROM (SELECT g, {copies}"
        f" FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS g) AS c"
        f" CROSS JOIN (SELECT * FROM {table} WHERE {within}) AS t ORDER BY c.g, t.{key}"
    )


def _changed(each: models.Field, column: str, held: set, change: Change) -> str:
    if isinstance(each, models.UUIDField):
        return "gen_random_uuid()" if each.unique else column
    if isinstance(each, AmountField):
        return column if change.factor == "1" or held <= {0} else f"{column} * {change.factor}"
    if isinstance(each, models.DateTimeField):
        return f"{column} + {change.days} * interval '1 day'"
    if isinstance(each, models.DateField):
        return column if held <= {None} else f"{column} + {change.days}"
    if isinstance(each, models.ForeignKey):
        found = {key: sql for (model, key), sql in change.keys.items() if model is each.related_model}
        return _replaced(column, {key: sql for key, sql in found.items() if key in held})
    if isinstance(each, models.CharField):
        found = {text: sql for text, sql in change.texts.items() if text in held}
        return _replaced(column, {"'" + text.replace("'", "''") + "'": sql for text, sql in found.items()})
    return column


def _replaced(column: str, found: Mapping[object, str]) -> str:
    if not found:
        return column
    cases = " ".join(f"WHEN {old} THEN {new}" for old, new in found.items())
    return f"CASE {column} {cases} ELSE {column} END"


def _write_registers(sample: Sample, count: int, now, *, per_register: int, begun, pause) -> None:
    names, values = [], []
    for name in RANGES:
        if step := sample.takes[name]:
            names += [f"from_{name}", f"to_{name}"]
            values.append(f"{now[name]} + r * {per_register * step} + 1")
            values.append(f"{now[name]} + least((r + 1) * {per_register}, {count}) * {step}")
    registers = -(-count // per_register)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {Register._meta.db_table} (register_no, created_at, created_by, source_code, journal_batch,"
            f" {', '.join(names)}) SELECT {now['register_no']} + 1 + r, %s + r * %s, t.created_by, t.source_code,"
            f" t.journal_batch, {', '.join(values)} FROM {Register._meta.db_table} t,"
            " generate_series(0::bigint, %s) AS r WHERE t.register_no = %s ORDER BY r",
            [begun, pause, registers - 1, sample.after["register_no"]],
        )


def _move_on(sample: Sample, count: int, registers: int) -> None:
    """Heads and sequences go where the rows are."""
    steps = {name: sample.takes[name] * count for name in COUNTERS} | {"register_no": registers}
    moved = ", ".join(f"{name} = {name} + {step}" for name, step in steps.items())
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {LedgerHead._meta.db_table} SET {moved} WHERE id = 1")
        for model in (SalesInvoice, SalesInvoiceLine):
            table = model._meta.db_table
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}")


@contextmanager
def asleep(tables: Sequence[str]) -> Iterator[None]:
    """Fill tables without triggers, foreign keys and secondary indexes; the indexes are made anew afterwards.

    Within a transaction, as a superuser: the fences of the ledgers stand for everybody else.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        cursor.execute("SET LOCAL session_replication_role = replica; SET LOCAL synchronous_commit = off")
        cursor.execute("SET LOCAL work_mem = '256MB'; SET LOCAL maintenance_work_mem = '1GB'")
        cursor.execute(
            """
            SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i
            WHERE i.indrelid = ANY(%s::regclass[]) AND NOT i.indisprimary
              AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)
            """,
            [list(tables)],
        )
        indexes = cursor.fetchall()
        for name, _definition in indexes:
            cursor.execute(f"DROP INDEX {name}")
    yield
    with connection.cursor() as cursor:
        for _name, definition in indexes:
            cursor.execute(definition)
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
