"""The embedded PostgreSQL: make the data folder, start, stop."""

import contextlib
import os
import shutil
import time
from pathlib import Path

import psycopg2

from erp.embedded import account
from erp.embedded.errors import ServiceError
from erp.embedded.home import Home

MAJOR_VERSION = "18"
DATABASE = USER = "handel"
APPLICATION = "handel_app"  # works with what the owner's migrations make; they give it its rights
NO_PROCESS = "99999999"  # more than any system counts to
PATIENCE = 60  # seconds for a start, which may have to recover from a crash

CONFIGURATION = """# Written by Handel on every start.
listen_addresses = ''
unix_socket_directories = '"{sockets}"'
unix_socket_permissions = 0700
timezone = 'UTC'
log_timezone = 'UTC'
"""
FORGETFUL = """# Tests need no data after a power cut.
fsync = off
synchronous_commit = off
full_page_writes = off
"""


def start(home: Home) -> None:
    """Have PostgreSQL answer, with our database in it; what a crash left behind is put right."""
    data = home.services() / "postgres"
    if not is_up(home):
        if not data.exists():
            make_data_folder(data)
        check_version(data)
        configure(home, data)
        clear_stale_locks(home, data)
        if not is_up(home):
            launch(home, data)
    with contextlib.closing(connect(home, "postgres")) as connection:
        connection.autocommit = True
        cursor = connection.cursor()
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
        if not cursor.fetchone():
            cursor.execute(f"CREATE DATABASE {DATABASE}")
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APPLICATION])
        if not cursor.fetchone():
            cursor.execute(f"CREATE ROLE {APPLICATION} LOGIN")


def launch(home: Home, data: Path) -> None:
    """Start the server; after a crash, wait for the last of its old processes to end."""
    log = home.services() / "postgres.log"
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            account.run(program("pg_ctl"), "start", "-w", "-t", PATIENCE, "-D", data, "-l", log)
        except ServiceError as error:
            last = "\n".join(log.read_text(errors="replace").splitlines()[-10:]) if log.exists() else ""
            if "still in use" in last and time.monotonic() < deadline:
                time.sleep(0.5)
                continue
            raise ServiceError(
                f"PostgreSQL does not start. Its log {log} ends with:\n{last}\n{error}"
            ) from error
        return


def stop(home: Home) -> None:
    """Stop PostgreSQL, ending what is still connected."""
    data = home.services() / "postgres"
    if (data / "postmaster.pid").exists() and server_runs(data):
        account.run(program("pg_ctl"), "stop", "-m", "fast", "-w", "-t", PATIENCE, "-D", data)


def program(name: str) -> Path:
    """One of PostgreSQL's own programs."""
    return account.programs() / account.POSTGRESQL / "bin" / name


def make_data_folder(data: Path) -> None:
    """Make a new cluster. Only a complete one gets the final name."""
    half = data.with_name("postgres.new")
    shutil.rmtree(half, ignore_errors=True)
    account.run(
        program("initdb"), "-D", half, "--username", USER, "--auth-local=trust", "--auth-host=reject",
        "--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
        "--no-instructions",
    )  # fmt: skip
    with (half / "postgresql.conf").open("a") as configuration:
        configuration.write("\ninclude 'handel.conf'\n")
    half.rename(data)


def check_version(data: Path) -> None:
    """Refuse a cluster of another major version with a word about how to move it."""
    version = (data / "PG_VERSION").read_text().strip()
    if version != MAJOR_VERSION:
        raise ServiceError(
            f"{data} is of PostgreSQL {version}, this is {MAJOR_VERSION}. docs/operations.md, Upgrade, tells more."
        )


def configure(home: Home, data: Path) -> None:
    """Write what depends on where the folder lies now, for it may have been moved."""
    sockets = str(home.sockets()).replace("'", "''")
    text = CONFIGURATION.format(sockets=sockets)
    if os.environ.get("HANDEL_ENV") == "test":
        text += FORGETFUL
    path = data / "handel.conf"
    path.write_text(text)
    account.give(path)


def clear_stale_locks(home: Home, data: Path) -> None:
    """After a crash the lock files may name a process that is by now somebody else's, which would stop a start.

    The data folder's lock stays, for PostgreSQL reads in it which shared memory must be free before it may start;
    only the process that it names is changed to one that cannot be.
    """
    lock = data / "postmaster.pid"
    deadline = time.monotonic() + PATIENCE
    while lock.exists() and server_runs(data):  # starting, recovering or stopping
        if is_up(home):
            return
        if time.monotonic() > deadline:
            log = data.parent / "postgres.log"
            raise ServiceError(f"PostgreSQL in {data} runs but does not answer; {log} may say why.")
        time.sleep(0.2)
    if lock.exists():
        lock.write_text("\n".join([NO_PROCESS, *lock.read_text().split("\n")[1:]]))
    for leftover in home.sockets().glob(".s.PGSQL.*"):
        leftover.unlink()


def server_runs(data: Path) -> bool:
    """Whether the process that postmaster.pid names is PostgreSQL on this very folder."""
    try:
        pid = int((data / "postmaster.pid").read_text().split("\n")[0])
        command = account.run("/usr/bin/env", "ps", "-ww", "-o", "command=", "-p", pid, check=False).stdout
    except (FileNotFoundError, ValueError):
        return False
    return "postgres" in command and str(data) in command


def is_up(home: Home) -> bool:
    """Whether PostgreSQL answers."""
    try:
        connect(home, "postgres").close()
    except psycopg2.OperationalError:
        return False
    return True


def connect(home: Home, database: str):
    """A connection through the socket."""
    return psycopg2.connect(host=str(home.sockets()), user=USER, dbname=database, connect_timeout=5)
