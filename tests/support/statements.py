"""What the database was asked, in words."""

import re

from django.db import connection
from django.test.utils import CaptureQueriesContext


def statements_of(captured: CaptureQueriesContext) -> list[str]:
    """The statements that were sent; one that the server keeps under a name is told by its text."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, statement FROM pg_prepared_statements")
        kept = dict(cursor.fetchall())
    return [
        re.sub(r"^EXECUTE (\w+)", lambda called: kept.get(called[1], called[0]), query["sql"])
        for query in captured.captured_queries
    ]
