"""What the application's role in the database may not do, triggers or not."""

import pytest
from django.db import DatabaseError, connection, transaction

from erp.kernel.roles import check_role
from tests.support.roles import working_as

FENCED = """
SELECT DISTINCT relname FROM pg_class JOIN pg_trigger ON tgrelid = pg_class.oid JOIN pg_proc ON pg_proc.oid = tgfoid
WHERE proname = 'kernel_refuse_change' ORDER BY relname
"""


@pytest.fixture
def application(db, application_role, django_db_blocker):
    with connection.cursor() as cursor:
        cursor.execute(FENCED)
        tables = [table for (table,) in cursor.fetchall()]
    with working_as(application_role, django_db_blocker):
        yield tables


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE {table} SET {column} = {column}", "permission denied"),
        ("DELETE FROM {table}", "permission denied"),
        ("TRUNCATE {table}", "permission denied"),
        ("SELECT * FROM {table} FOR UPDATE", "permission denied"),
        ("ALTER TABLE {table} DISABLE TRIGGER USER", "must be owner"),
        ("DROP TABLE {table}", "must be owner"),
    ],
)
def test_ledgers_and_papers_are_closed_to_it(application, statement, said):
    assert {"posting_glentry", "receivables_detailedcustomerledgerentry", "sales_salesinvoiceline"} <= set(
        application
    )
    for table in application:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum = 1", [table]
            )
            (column,) = cursor.fetchone()
        with (
            pytest.raises(DatabaseError, match=said),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement.format(table=table, column=column))


@pytest.mark.parametrize(
    "statement",
    [
        "SET session_replication_role = replica",
        "ALTER FUNCTION kernel_refuse_change() OWNER TO CURRENT_USER",
        "CREATE TABLE mine (id int)",
        "INSERT INTO django_migrations (app, name, applied) VALUES ('posting', 'mine', now())",
    ],
)
def test_nor_is_there_a_way_around(application, statement):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_deployment_hears_whether_its_role_could(application, application_role):
    assert check_role(["default"]) == []
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
    assert [warning.id for warning in check_role(["default"])] == ["kernel.W001"]


def test_what_acts_as_the_owner_never_takes_a_temporary_table_for_ours(db):
    """The application's role may make temporary tables. Unless they are named last, functions find them first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        (schema,) = cursor.fetchone()
        cursor.execute(
            "SELECT proname, array_to_string(proconfig, ';') FROM pg_proc"
            " WHERE prosecdef AND pronamespace = current_schema()::regnamespace"
        )
        found = dict(cursor.fetchall())
    assert {"posting_seal_register", "kernel_number_line"} <= set(found)
    assert [
        name for name, settings in found.items() if f"search_path={schema}, pg_temp" not in settings
    ] == []
