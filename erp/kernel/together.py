"""Writes that go to the database together: many statements, one round trip.

    with together():
        insert_rows(GLEntry, entries)          # noted
        update_rows(Stock, stock)              # noted
    # both have run

Bulk writes within the block are noted, and sent in order with the next statement that somebody wants an answer of, at
the latest at the end of the block. What the database refuses is raised there. Blocks may be nested; each has sent what
was noted in it when it ends.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.db.transaction import TransactionManagementError

from erp.kernel.prepared import Call, Statement

MISSED = "HD001"  # what `kernel_expect` raises


class _Together:
    """The statements that wait on one connection."""

    def __init__(self, connection):
        self._connection = connection
        self._waiting: list[Call] = []

    def note(self, statement: Statement, values: Sequence[Any]) -> None:
        """Keep a statement for later; its result is nobody's."""
        self._waiting.append(statement.call(self._connection, values))

    def send(self) -> None:
        """Run what waits."""
        if self._waiting:
            calls, self._waiting = self._waiting, []
            with self._connection.cursor() as cursor, _misses_told():
                cursor.execute(*_joined(calls))
            _done(calls)

    def before(self, execute, sql, params, many, context):
        """Let what waits run before a statement, in the same round trip where there is one."""
        if not self._waiting:
            return execute(sql, params, many, context)
        if str(sql).startswith("ROLLBACK TO"):
            self._waiting.clear()  # the savepoint is younger than none of it: it was sent with what waited then
            return execute(sql, params, many, context)
        if many or not isinstance(sql, str) or isinstance(params, Mapping) or context["cursor"].cursor.name:
            self.send()
            return execute(sql, params, many, context)
        calls, self._waiting = self._waiting, []
        with _misses_told():
            found = execute(*_joined([*calls, Call(sql, params or ())]), False, context)
        _done(calls)
        return found


@contextmanager
def together(using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Send the bulk writes of the block in as few round trips as their order allows.

    raises  TransactionManagementError outside a transaction; at the end of the block, or at a statement within, what
            any of the writes would have raised
    """
    connection = connections[using]
    if not connection.in_atomic_block:
        raise TransactionManagementError("Writes go together within a transaction")
    outer = noted_on(connection)
    if outer is not None:
        yield
        outer.send()
        return
    connection.handel_together = own = _Together(connection)
    try:
        with connection.execute_wrapper(own.before):
            yield
            own.send()
    finally:
        connection.handel_together = None


def write(connection, statement: Statement, values: Sequence[Any]) -> None:
    """Run a statement that nobody wants an answer of: at once, or with the others of the block."""
    waiting = noted_on(connection)
    if waiting is not None:
        waiting.note(statement, values)
        return
    with connection.cursor() as cursor:
        statement.execute(cursor, values)


def noted_on(connection) -> _Together | None:
    """What waits on a connection; None outside such a block."""
    return getattr(connection, "handel_together", None)


def _joined(calls: Sequence[Call]) -> tuple[str, list[Any] | None]:
    """One message, and its values; None where there are none, for then a % is no more than that."""
    values = [value for call in calls for value in call.values]
    texts = (call.sql if call.values or not values else call.sql.replace("%", "%%") for call in calls)
    return "; ".join(texts), values or None


def _done(calls: Sequence[Call]) -> None:
    for call in calls:
        call.done()


@contextmanager
def _misses_told() -> Iterator[None]:
    """Let rows that were not there be told as in a statement by itself."""
    try:
        yield
    except DatabaseError as error:
        said = getattr(error.__cause__, "diag", None)
        if said is None or said.sqlstate != MISSED:
            raise
        raise LookupError(said.message_primary) from error
