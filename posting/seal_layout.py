"""Which rows and columns a seal covers. Each room names its own ledgers, in a migration:

    operations = [
        Sealed("posting_glentry", "entry_no register_id account_id …", counter="gl_entry_no"),
        Sealed("inventory_resourceledgerentry", "id register_no …", key="id", register="register_no"),
        Sealed("sales_salesinvoiceline", "id document_id …", key="id", parent="sales_salesinvoice"),
    ]

Wants a dependency on ("posting", "0010_seal"). A column that is added to a ledger later is sealed from a new version
on: `Sealed(…, version=2)` with all columns; what was sealed before keeps the layout of its own version.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from django.db import connection, router, transaction
from django.db.migrations.operations.base import Operation, OperationCategory


class Ledger(NamedTuple):
    """A table as one version of the seal sees it.

    columns   in the order in which they are hashed
    key       the rows of a register are hashed in this order
    counter   the register's own range has the keys: `from_<counter>` to `to_<counter>`
    register  the column that names the register of a row
    parent    the paper that a line belongs to by `document_id`, and with it to the register of the paper, unless the
              line names one of its own in `register`
    """

    table: str
    columns: tuple[str, ...]
    key: str
    counter: str | None
    register: str | None
    parent: str | None


def layout(version: int) -> list[Ledger]:
    """The ledgers of one version, in the order in which they are hashed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM posting_seal_layout_of(%s)", [version])
        return [Ledger(table, tuple(columns.split()), *rest) for table, columns, *rest in cursor.fetchall()]


FORM = {"datestyle": "ISO, YMD", "timezone": "UTC", "enable_seqscan": "off", "jit": "off"}


@contextmanager
def canonical() -> Iterator[None]:
    """Within: the database prints values as seals want them, and looks rows up by index. In a transaction."""
    with connection.cursor() as cursor:
        before = {name: _set(cursor, name, value) for name, value in FORM.items()}
        yield
        for name, value in before.items():
            _set(cursor, name, value)


def _set(cursor, name: str, value: str) -> str:
    """Change a setting for this transaction; returns what it was."""
    cursor.execute("SELECT current_setting(%s), set_config(%s, %s, true)", [name, name, value])
    return cursor.fetchone()[0]


@contextmanager
def snapshot() -> Iterator[None]:
    """Within: the database as it was at one moment, whatever is posted meanwhile, in canonical form; read only.

    Within a transaction: what that sees.
    """
    own = not connection.in_atomic_block
    with transaction.atomic():
        if own:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        with canonical():
            yield


def left_out(layouts: dict[int, list[Ledger]]) -> dict[int, list[str]]:
    """By version: what an older one sealed and this one does not. Nothing may ever be left out."""
    found, known = {}, {}
    for version, ledgers in sorted(layouts.items()):
        sealed = {ledger.table: ledger for ledger in ledgers}
        found[version] = [table for table in known if table not in sealed]
        for table, ledger in sealed.items():
            before = known.get(table, ledger)
            if before[2:] != ledger[2:]:
                found[version].append(f"the rows of {table}, which it looks up otherwise")
            found[version] += [f"{table}.{name}" for name in before.columns if name not in ledger.columns]
        known |= sealed
    return found


class Sealed(Operation):
    """Has the rows of a table sealed with their register. Exactly one of counter, register and parent ties them to it;
    lines may have parent and register.
    """

    reversible = True
    reduces_to_sql = True
    category = OperationCategory.SQL

    def __init__(
        self,
        table: str,
        columns: str,
        *,
        key: str = "entry_no",
        counter: str | None = None,
        register: str | None = None,
        parent: str | None = None,
        version: int = 1,
    ):
        self.table, self.columns, self.key, self.version = table, columns, key, version
        self.counter, self.register, self.parent = counter, register, parent

    def state_forwards(self, app_label, state):
        """The models know nothing of it."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        if not router.allow_migrate(schema_editor.connection.alias, app_label):
            return
        values = (self.table, self.version, self.columns, self.key, self.counter, self.register, self.parent)
        quoted = ", ".join("NULL" if value is None else schema_editor.quote_value(value) for value in values)
        schema_editor.execute(f"INSERT INTO posting_seal_layout VALUES ({quoted})", params=None)
        schema_editor.execute("SELECT posting_seal_build()")

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        if router.allow_migrate(schema_editor.connection.alias, app_label):
            name = schema_editor.quote_value(self.table)
            schema_editor.execute(
                f"DELETE FROM posting_seal_layout WHERE ledger = {name} AND version = {self.version}",
                params=None,
            )
            schema_editor.execute("SELECT posting_seal_build()")

    @property
    def migration_name_fragment(self) -> str:
        return f"{self.table}_sealed"

    def describe(self) -> str:
        return f"Rows of {self.table} are sealed with their register"
