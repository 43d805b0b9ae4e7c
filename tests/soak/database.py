"""A database of the run's own: made, set up, and dropped again."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple
from urllib.parse import urlsplit, urlunsplit

import psycopg2

from tests.soak.crew import ROOT


class Own(NamedTuple):
    """Where it is, and what puts the whole server down and up again; None where it serves others, too."""

    url: str
    restart: Callable[[], None] | None


@contextmanager
def own_database(*, template: str = "") -> Iterator[Own]:
    """On the server of DATABASE_URL a new database; without it an embedded server of its own, which may be restarted.

    template  a database that has all migrations, to be copied instead of making one anew
    """
    given = os.environ.get("DATABASE_URL", "")
    with _on_server(given, template) if given else _embedded() as own:
        os.environ["DATABASE_URL"] = own.url
        if not template:
            _manage("migrate", "--verbosity", "0")
        yield own


@contextmanager
def _on_server(url: str, template: str) -> Iterator[Own]:
    name = f"handel_soak_{os.getpid()}"
    copied = f' TEMPLATE "{template}"' if template else ""
    _execute(url, f'CREATE DATABASE "{name}"{copied}')
    try:
        parts = urlsplit(url)
        yield Own(urlunsplit(parts._replace(path=f"/{name}")), None)
    finally:
        _execute(url, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _execute(url: str, sql: str) -> None:
    connection = psycopg2.connect(url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(sql)
    connection.close()


@contextmanager
def _embedded() -> Iterator[Own]:
    """Data that survive a crash of the server: the environment of the demo, not the forgetful one of the tests."""
    folder = tempfile.mkdtemp(prefix="handel-soak-")
    os.environ |= {"HANDEL_ENV": "demo", "HANDEL_HOME": folder}
    from erp import embedded
    from erp.embedded import account, postgresql

    home = embedded.use()
    data = home.services() / "postgres"

    def restart() -> None:
        """As a crash would: without asking anybody to finish."""
        account.run(postgresql.program("pg_ctl"), "stop", "-m", "immediate", "-w", "-D", data, check=False)
        postgresql.start(home)

    try:
        yield Own(home.owner_database_url(), restart)
    finally:
        os.environ.pop("DATABASE_URL", None)
        embedded.reset()
        shutil.rmtree(folder, ignore_errors=True)


def _manage(*words: str) -> None:
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"}
    subprocess.run([sys.executable, "manage.py", *words], cwd=ROOT, env=environment, check=True)
