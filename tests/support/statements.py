"""What the database was asked: in words, and how often."""

import re
from collections.abc import Callable
from unittest.mock import patch

from django.db import connection
from django.test.utils import CaptureQueriesContext
from psycopg2.extensions import cursor as PlainCursor

from erp.kernel import together


def statements_of(captured: CaptureQueriesContext) -> list[str]:
    """The statements that were sent; one that the server keeps under a name is told by its text."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, statement FROM pg_prepared_statements")
        kept = dict(cursor.fetchall())
    return [
        re.sub(r"^EXECUTE (\w+)", lambda called: kept.get(called[1], called[0]), query["sql"])
        for query in captured.captured_queries
    ]


def count_statements(step: Callable[[], object]) -> int:
    """How many SQL statements something takes, COPY and savepoints among them, BEGIN and COMMIT not.

    Those that share a round trip count one by one.
    """
    seen = []

    class Counting(PlainCursor):
        def execute(self, *args, **kwargs):
            seen.append("message")
            return super().execute(*args, **kwargs)

        def copy_expert(self, *args, **kwargs):
            seen.append("message")
            return super().copy_expert(*args, **kwargs)

    def note(waiting, statement, values):
        seen.append("noted")
        return noting(waiting, statement, values)

    def send(waiting):
        shared = bool(waiting._waiting)
        sending(waiting)
        if shared:
            seen.remove("message")

    # The messages that only carry what was noted are counted by what they carry.
    noting, sending = together._Together.note, together._Together.send
    connection.ensure_connection()
    usual, connection.connection.cursor_factory = connection.connection.cursor_factory, Counting
    try:
        with patch.object(together._Together, "note", note), patch.object(together._Together, "send", send):
            step()
    finally:
        connection.connection.cursor_factory = usual
    return len(seen)
