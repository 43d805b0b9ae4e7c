"""A PostgreSQL and a Redis for one test alone, to be stopped and started again in the middle of it."""

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from django.db import connection, connections

from erp.embedded import account, postgresql, redis_server
from erp.embedded.home import Home

PATIENCE = 300  # seconds that anything may take on a busy machine with a slow disk


class OwnServices:
    """Services in a folder of their own; PostgreSQL keeps what it has committed, as it does in production."""

    def __init__(self, folder: Path):
        self.home = Home(folder / "own")

    def start_postgresql(self) -> None:
        with patch.dict(os.environ, HANDEL_ENV="demo"), patch.object(postgresql, "PATIENCE", PATIENCE):
            postgresql.start(self.home)

    def crash_postgresql(self) -> None:
        """Stop it as a power cut would: no goodbye to anybody, no checkpoint."""
        data = self.home.services() / "postgres"
        program = postgresql.program("pg_ctl")
        account.run(program, "stop", "-m", "immediate", "-w", "-t", PATIENCE, "-D", data)

    def start_redis(self) -> None:
        redis_server.start(self.home)

    def stop_redis(self) -> None:
        redis_server.stop(self.home)

    @contextmanager
    def copy_of_the_database(self) -> Iterator[None]:
        """Everything that is in the test database, and this process and its children work with the copy."""
        given = connection.get_connection_params()
        login = {name: given.get(name) for name in ("host", "port", "user", "password")}
        environment = os.environ | {f"PG{name.upper()}": str(value) for name, value in login.items() if value}
        dump = [postgresql.program("pg_dump"), "--no-owner", "--no-privileges", given["dbname"]]
        copied = subprocess.run(dump, env=environment, capture_output=True, check=True).stdout
        to = ["-h", self.home.sockets(), "-U", postgresql.USER, postgresql.DATABASE]
        load = [postgresql.program("psql"), "-q", *to]  # what only the other server knows is left out
        subprocess.run(load, input=copied, capture_output=True, check=True)
        there_were = _fences()
        connections.close_all()
        there = {"HOST": str(self.home.sockets()), "PORT": "", "USER": postgresql.USER, "PASSWORD": ""}
        with patch.dict(connection.settings_dict, NAME=postgresql.DATABASE, **there):
            try:
                assert _fences() == there_were
                yield
            finally:
                connections.close_all()


def _fences() -> tuple[int, int]:
    """How many triggers and constraints a database has."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal),"
            " (SELECT count(*) FROM pg_constraint WHERE contype <> 'n' AND connamespace = 'public'::regnamespace)"
        )
        return cursor.fetchone()


@contextmanager
def own_services(folder: Path) -> Iterator[OwnServices]:
    """Services that nobody else uses; gone afterwards."""
    own = OwnServices(folder)
    own.home.prepare()
    try:
        yield own
    finally:
        redis_server.stop(own.home)
        postgresql.stop(own.home)
        own.home.remove()


def address_of_this_database() -> str:
    """DATABASE_URL of the database that this process works with, over TCP or a socket."""
    given = connection.get_connection_params()
    login = given["user"] + (f":{given['password']}" if given.get("password") else "")
    host = given.get("host") or ""
    if host.startswith("/"):
        return f"postgres://{login}@/{given['dbname']}?host={host}"
    return f"postgres://{login}@{host or '127.0.0.1'}:{given.get('port') or 5432}/{given['dbname']}"


def wait_until(done: Callable[[], bool], what: str) -> None:
    """Look again and again, for as long as patience lasts."""
    deadline = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < deadline, f"waited in vain: {what}"
        time.sleep(0.05)
