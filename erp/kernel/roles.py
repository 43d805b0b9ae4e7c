"""Two roles in the database: one owns the tables and migrates them, the other is the application's.

The application's role inserts into ledgers and reads them; it cannot change or delete what was posted, and it cannot
take the triggers away that refuse it to everybody else. What it may is said anew after each migration (`grant`).

DATABASE_URL names the application's role, OWNER_DATABASE_URL the owner's. Without the latter the application works as
the owner, and only the triggers stand in front of the ledgers: `manage.py check --deploy --database default` says so.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core import checks
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg2 import sql

WHO = ("USER", "PASSWORD", "HOST", "PORT")
# What triggers write, with the rights of their owner, and what migrations do.
WRITTEN_BY_TRIGGERS = ("posting_seal", "posting_seal_layout")
READ_ONLY = ("django_migrations", *WRITTEN_BY_TRIGGERS)

TABLES = """
SELECT relation.relname, EXISTS (
    SELECT FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid
    WHERE tgrelid = relation.oid AND proname = 'kernel_refuse_change')
FROM pg_class AS relation
WHERE relation.relnamespace = current_schema()::regnamespace AND relation.relkind IN ('r', 'p', 'v', 'm')
ORDER BY relation.relname
"""


@contextmanager
def as_owner(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Work as the owner of the tables; the connection is a new one before and after."""
    owner = {name: settings.DATABASE_OWNER[name] for name in WHO if name in settings.DATABASE_OWNER}
    application = {name: connection.settings_dict[name] for name in owner}
    connection.close()
    connection.settings_dict |= owner
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict |= application


@transaction.atomic
def grant(connection: BaseDatabaseWrapper, role: str, password: str = "") -> None:
    """Let a role do what the application does, and no more; the role is made where there is none.

    To be called as the owner of the tables. Making a role wants CREATEROLE; giving rights wants to own the tables.
    """
    name = sql.Identifier(role)
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        if cursor.fetchone() is None:
            secret = sql.SQL(" PASSWORD {}").format(sql.Literal(password)) if password else sql.SQL("")
            cursor.execute(sql.SQL("CREATE ROLE {} LOGIN").format(name) + secret)
        cursor.execute("SELECT current_schema()")
        schema = sql.Identifier(cursor.fetchone()[0])
        cursor.execute(TABLES)
        tables = cursor.fetchall()
        cursor.execute(sql.SQL("REVOKE ALL ON ALL TABLES IN SCHEMA {} FROM {}").format(schema, name))
        for rights, chosen in (
            ("SELECT", [table for table, _fenced in tables]),
            ("INSERT", [table for table, _fenced in tables if table not in READ_ONLY]),
            ("UPDATE, DELETE", [table for table, fenced in tables if not fenced and table not in READ_ONLY]),
        ):
            listed = sql.SQL(", ").join(map(sql.Identifier, chosen))
            cursor.execute(sql.SQL(f"GRANT {rights} ON {{}} TO {{}}").format(listed, name))
        for statement in (
            "GRANT USAGE ON SCHEMA {schema} TO {role}",
            "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {role}",
            "ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT USAGE, SELECT ON SEQUENCES TO {role}",
        ):
            cursor.execute(sql.SQL(statement).format(schema=schema, role=name))


ABLE = """
SELECT bool_or(has_table_privilege(relation.oid, 'UPDATE') OR has_table_privilege(relation.oid, 'DELETE')
    OR has_table_privilege(relation.oid, 'TRUNCATE') OR pg_has_role(relation.relowner, 'MEMBER'))
FROM pg_class AS relation JOIN pg_trigger ON tgrelid = relation.oid JOIN pg_proc ON pg_proc.oid = tgfoid
WHERE proname = 'kernel_refuse_change'
"""


@checks.register(checks.Tags.database, deploy=True)
def check_role(databases=None, **_unused) -> list[checks.CheckMessage]:
    """Warn where the application's role could alter a ledger."""
    found = []
    for alias in databases or ():
        with connections[alias].cursor() as cursor:
            cursor.execute(ABLE)
            if cursor.fetchone()[0]:
                found.append(
                    checks.Warning(
                        "The application's database role could alter ledgers.",
                        hint="Give DATABASE_URL a role of its own and name the owner's in OWNER_DATABASE_URL.",
                        id="kernel.W001",
                    )
                )
    return found
