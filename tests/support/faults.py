"""A database that gives up, on request: the server refuses rows, ends connections, or does not answer a COMMIT."""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from django.db import OperationalError, connection
from django.db.backends.base.base import BaseDatabaseWrapper

DIE = "PERFORM pg_terminate_backend(pg_backend_pid());"
INJECT = """
CREATE SEQUENCE test_fault_count;
CREATE FUNCTION test_fault() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.amount < 0 AND nextval('test_fault_count') <= {times} THEN {deed} END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER test_fault BEFORE INSERT ON posting_glentry FOR EACH ROW EXECUTE FUNCTION test_fault();
"""
CLEAR = """
DROP TRIGGER IF EXISTS test_fault ON posting_glentry;
DROP FUNCTION IF EXISTS test_fault();
DROP SEQUENCE IF EXISTS test_fault_count;
"""


@contextmanager
def posting_breaks(state: str = "", *, times: int = 1_000_000) -> Iterator[None]:
    """Postings break in the middle of the COPY of their G/L entries, so many of them; then the disk is good again.

    state  the SQLSTATE that the server says; blank: it ends the connection without a word
    """
    deed = f"RAISE EXCEPTION 'injected' USING ERRCODE = '{state}';" if state else DIE
    _execute(INJECT.format(times=times, deed=deed))
    try:
        yield
    finally:
        _execute(CLEAR)


@contextmanager
def commit_without_answer(table: str) -> Iterator[list[bool]]:
    """The first COMMIT with rows in a table goes through, and the connection breaks before anybody hears of it.

    Gives a list that is not empty any more once that has happened.
    """
    done: list[bool] = []
    commit = BaseDatabaseWrapper._commit

    def lost(self) -> None:
        breaks = False
        if not done:
            with self.cursor() as cursor:
                cursor.execute(f"SELECT EXISTS (SELECT FROM {table})")
                (breaks,) = cursor.fetchone()
        commit(self)
        if breaks:
            done.append(True)
            self.connection.close()
            raise OperationalError("server closed the connection unexpectedly")

    with patch.object(BaseDatabaseWrapper, "_commit", lost):
        yield done


@contextmanager
def nobody_there() -> Iterator[None]:
    """Connections are refused: the database is down."""
    connection.close()
    facts = connection.settings_dict
    with patch.dict(facts, HOST="127.0.0.1", PORT="1"):
        yield
    connection.close()


def _execute(sql: str) -> None:
    connection.close_if_unusable_or_obsolete()
    with connection.cursor() as cursor:
        cursor.execute(sql)
