"""Statements that the server keeps from their second run on."""

import pytest
from django.db import DataError, connection, transaction
from django.test.utils import CaptureQueriesContext

from erp.kernel.prepared import Statement

pytestmark = pytest.mark.django_db


def run(statement: Statement, *values) -> tuple:
    with connection.cursor() as cursor:
        statement.execute(cursor, values)
        return cursor.fetchone()


def kept() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements")
        return cursor.fetchone()[0]


def test_the_second_run_has_it_prepared_and_the_answers_stay_the_same():
    sums, before = Statement("SELECT %s + %s, '100 %%'", fixed={1: 40}), kept()
    with CaptureQueriesContext(connection) as captured:
        assert [run(sums, number) for number in (1, 2, 3, 4)] == [
            (number + 40, "100 %") for number in (1, 2, 3, 4)
        ]
    heads = [query["sql"].split()[0] for query in captured.captured_queries]
    assert heads == ["SELECT", "PREPARE", "EXECUTE", "EXECUTE"]
    assert kept() == before + 1


def test_a_statement_without_values():
    assert [run(Statement("SELECT '5 %%' LIKE '5 %%%%'")) for _time in range(3)] == [(True,)] * 3
    fixed = Statement("SELECT %s", fixed={0: "%"})
    assert [run(fixed) for _time in range(3)] == [("%",)] * 3


def test_what_fails_while_it_is_prepared_is_prepared_the_next_time():
    share = Statement("SELECT 1 / %s")
    assert run(share, 1) == (1,)
    for _time in range(2):
        with pytest.raises(DataError), transaction.atomic():
            run(share, 0)
    assert [run(share, 1), run(share, 1)] == [(1,), (1,)]


def test_behind_a_pooler_nothing_is_prepared(monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", True)
    before, one = kept(), Statement("SELECT %s::int")
    assert [run(one, 1) for _time in range(3)] == [(1,)] * 3
    assert kept() == before


@pytest.mark.django_db(transaction=True)
def test_a_new_connection_starts_anew():
    one = Statement("SELECT %s::int")
    for _connection in range(2):
        assert [run(one, number) for number in (1, 2, 3)] == [(1,), (2,), (3,)]
        connection.close()
