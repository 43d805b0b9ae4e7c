"""Lets the tests empty ledgers between tests that commit, which nobody else may.

Tests marked `django_db(transaction=True)` end with a TRUNCATE of every table. The fixture here takes the append-only
fences down for that one transaction, and puts back the rows that migrations made. Import it into a conftest.
"""

from collections.abc import Iterator
from unittest.mock import patch

import pytest
from django.db import OperationalError, transaction
from psycopg2.errors import DeadlockDetected

FLUSH = "django.db.backends.postgresql.operations.DatabaseOperations.execute_sql_flush"

FENCED = """
SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid
WHERE proname = 'kernel_refuse_change'
"""

# Rows that migrations make and code relies on; a room that has some appends its statement.
AFTER_FLUSH = [
    """
    INSERT INTO kernel_ledgerhead
        (id, register_no, transaction_no, gl_entry_no, vat_entry_no, customer_detail_no, bank_entry_no, item_entry_no,
         value_entry_no, item_application_no)
    VALUES (1, 0, 0, 0, 0, 0, 0, 0, 0, 0)
    """,
]


@pytest.fixture(scope="session", autouse=True)
def ledgers_may_be_flushed() -> Iterator[None]:
    """Tests that commit may empty the ledgers afterwards."""
    with patch(FLUSH, flush_without_fences):
        yield


TRIES = 5


def flush_without_fences(operations, sql_list: list[str]) -> None:
    """Empty the tables as Django would, ledgers included.

    A browser that has been closed may have left the server with a last request, which holds locks of its own until
    it is done: the database breaks such a circle by refusing one of the two, and here it is tried again.
    """
    for attempt in range(1, TRIES + 1):
        try:
            _flush(operations.connection, sql_list)
            break
        except OperationalError as error:
            if not isinstance(error.__cause__, DeadlockDetected) or attempt == TRIES:
                raise


def _flush(connection, sql_list: list[str]) -> None:
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute("RESET ROLE")  # whoever was asked for in the test, it is the owner who empties tables
        cursor.execute(FENCED)
        fenced = [table for (table,) in cursor.fetchall()]
        for table in fenced:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for sql in sql_list:
            cursor.execute(sql)
        for table in fenced:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        for sql in AFTER_FLUSH if fenced else []:
            cursor.execute(sql)
