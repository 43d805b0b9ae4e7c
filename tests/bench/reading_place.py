"""The databases whose ledgers are read: made once, kept, and taken along when migrations are added."""

from django.core.management import call_command
from django.db import connection

from tests.bench.ledgers import Sizes, fill, is_filled
from tests.bench.posting_company import point_at


def ledgers(suffix: str, sizes: Sizes, *, tell=print) -> str:
    """The name of a database with such ledgers, beside the configured one."""
    home = connection.settings_dict["NAME"]
    name = f"{home}_{suffix}"
    _create(name)
    point_at(name)
    try:
        call_command("migrate", verbosity=0, interactive=False)
        if not is_filled():
            tell(f"Filling {name} …")
            fill(sizes, tell=tell)
    finally:
        point_at(home)
    return name


def _create(name: str) -> None:
    """Outside any transaction, as databases are made."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if cursor.fetchone() is None:
            cursor.execute(f"CREATE DATABASE {connection.ops.quote_name(name)}")
