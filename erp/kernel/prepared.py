"""Statements that the server keeps: sent, parsed and, after a few runs, planned once per connection.

    CHOSEN = Statement("SELECT * FROM kernel_numberseries WHERE code = %s")
    CHOSEN.execute(cursor, ["INV"])

Its first run on a connection is an ordinary one, with the second the server prepares it: who comes once pays nothing.
Behind a pooler that lends its connections by transaction (`DB_POOLED`) nothing is prepared.
"""

from collections.abc import Sequence
from itertools import count
from typing import Any

from psycopg2.extensions import AsIs

_numbers = count(1)


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
        kept = _kept_by(cursor.db)
        name = None if kept is None else kept.get(self)
        if name:
            cursor.execute(self._call(name, values), values or None)
        elif name is None:
            cursor.execute(self.sql + self._then, self._complete(values))
            if kept is not None:
                kept[self] = ""
        else:
            name = (
                f"handel_{next(_numbers)}"  # a new one each time: nobody knows how far a failed attempt came
            )
            places = [AsIs(f"${number}") for number in range(1, len(values) + 1)]
            text = cursor.mogrify(self.sql, self._complete(places)).decode()
            text = text.replace("%", "%%") if values else text
            cursor.execute(f"PREPARE {name} AS {text}; {self._call(name, values)}", values or None)
            kept[self] = name

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
