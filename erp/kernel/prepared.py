"""Statements that the server keeps: sent, parsed and, after a few runs, planned once per connection.

    CHOSEN = Statement("SELECT * FROM kernel_numberseries WHERE code = %s")
    CHOSEN.execute(cursor, ["INV"])

Its first run on a connection is an ordinary one, with the second the server prepares it: who comes once pays nothing.
Behind a pooler that lends its connections by transaction (`DB_POOLED`) nothing is prepared.
"""

from collections.abc import Sequence
from itertools import count
from typing import Any, NamedTuple

from psycopg2.extensions import AsIs

_numbers = count(1)


class Call(NamedTuple):
    """One run of a statement: what is sent, and what is known about the connection once that was well."""

    sql: str
    values: Sequence[Any]
    kept: "dict[Statement, str] | None" = None
    statement: "Statement | None" = None
    name: str = ""

    def done(self) -> None:
        """It was run."""
        if self.kept is not None:
            self.kept[self.statement] = self.name


class Statement:
    """SQL with a fixed shape.

    sql     with `%s` for every value, as Django has it
    fixed   what is always the same, by its place among the values; the other places are filled in by each run
    then    another statement, without values, in the same round trip
    """

    def __init__(self, sql: str, *, fixed: dict[int, Any] | None = None, then: str = ""):
        self.sql = sql
        self._fixed = fixed or {}
        self._then = then and f"; {then}"

    def execute(self, cursor, values: Sequence[Any]) -> None:
        """Run it with a cursor of Django's; one statement, whether it is prepared with it or not."""
        call = self.call(cursor.db, values)
        cursor.execute(call.sql, call.values or None)
        call.done()

    def call(self, connection, values: Sequence[Any]) -> "Call":
        """The same, to be run by somebody else."""
        kept = _kept_by(connection)
        name = None if kept is None else kept.get(self)
        if name:
            return Call(self._call(name, values), values)
        if name is None:
            return Call(self.sql + self._then, self._complete(values), kept, self)
        name = f"handel_{next(_numbers)}"  # a new one each time: nobody knows how far a failed attempt came
        places = [AsIs(f"${number}") for number in range(1, len(values) + 1)]
        with connection.cursor() as cursor:
            text = cursor.mogrify(self.sql, self._complete(places)).decode()
        text = text.replace("%", "%%") if values else text
        return Call(f"PREPARE {name} AS {text}; {self._call(name, values)}", values, kept, self, name)

    def _call(self, name: str, values: Sequence[Any]) -> str:
        places = f" ({', '.join(['%s'] * len(values))})" if values else ""
        return f"EXECUTE {name}{places}{self._then}"

    def _complete(self, values: Sequence[Any]) -> list[Any]:
        given = iter(values)
        total = len(values) + len(self._fixed)
        return [self._fixed[place] if place in self._fixed else next(given) for place in range(total)]


def _kept_by(connection) -> dict[Statement, str] | None:
    """What a connection has run, with the name under which its server keeps it; None where it keeps nothing."""
    if connection.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS"):
        return None
    session, kept = getattr(connection, "handel_statements", (None, None))
    if session is not connection.connection:
        kept = {}
        connection.handel_statements = connection.connection, kept
    return kept
