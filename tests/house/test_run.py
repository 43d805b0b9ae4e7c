"""`manage.py run`, as `make run` calls it: everything up, everything down, and a clear word when something dies."""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import closing

import psycopg2
import pytest

from erp.demo_users import DEMO_USERS
from erp.embedded import postgresql, redis_server
from erp.embedded.home import Home
from tests.house.command_line import CHECKOUT, environment, manage


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A data folder that has been in use: migrated, with somebody in it, so that the demo company is not loaded."""
    home = Home(tmp_path_factory.mktemp("run") / "data")
    make = "from django.core.management import call_command as c; c('migrate', verbosity=0);"
    make += "from django.contrib.auth import get_user_model as u; u().objects.create_user('somebody')"
    made = manage("shell", "-v0", "-c", make, HANDEL_HOME=home.folder)
    assert made.returncode == 0, made.stderr
    yield home
    manage("services", "reset", HANDEL_HOME=home.folder)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def running(home: Home, port: int) -> Iterator[subprocess.Popen]:
    """Handel, started; ended by force after two minutes and when the test is over."""
    process = subprocess.Popen(
        [sys.executable, "manage.py", "run"], env=environment(HANDEL_HOME=home.folder, PORT=port), cwd=CHECKOUT,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    too_long = threading.Timer(120, process.kill)
    too_long.start()
    try:
        yield process
    finally:
        too_long.cancel()
        process.kill()
        process.communicate()


def read_until(process: subprocess.Popen, sentence: str) -> str:
    """What it has said up to a line with this sentence."""
    said = ""
    for line in process.stdout:
        said += line
        if sentence in line:
            return said
    raise AssertionError(f"it ended after: {said}")


def children(process: subprocess.Popen) -> dict[str, int]:
    """The processes it has started, by what they are."""
    listed = subprocess.run(
        ["ps", "-ww", "-o", "pid=,command=", "--ppid", str(process.pid)],
        capture_output=True,
        text=True,
        check=True,
    )
    words = {"worker": " worker ", "beat": " beat ", "web": " gunicorn "}
    rows = [line.strip().split(" ", 1) for line in listed.stdout.splitlines()]
    return {name: int(pid) for name, word in words.items() for pid, command in rows if word in command}


def test_one_command_starts_everything_and_one_signal_stops_it(home):
    port = free_port()
    with running(home, port) as process:
        said = read_until(process, "Ctrl-C stops everything")
        assert f"Handel is ready: http://localhost:{port}" in said
        assert str(home.services() / "postgres") in said
        for user in DEMO_USERS:
            assert re.search(rf"{user.username} +{user.password} +{user.title}", said)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz") as answer:
            assert set(json.load(answer).values()) == {"ok"}
        assert set(children(process)) == {"web", "worker", "beat"}
        with closing(
            psycopg2.connect(home.owner_database_url().replace("postgres://", "postgresql://"))
        ) as connection:
            cursor = connection.cursor()
            cursor.execute(
                "SELECT usename FROM pg_stat_activity WHERE datname = 'handel' AND pid <> pg_backend_pid()"
            )
            assert {role for (role,) in cursor.fetchall()} == {"handel_app"}  # it owns no table

        again = manage("run", HANDEL_HOME=home.folder, PORT=free_port())
        assert again.returncode == 1
        assert "Handel already runs with" in again.stderr
        assert manage("services", "reset", HANDEL_HOME=home.folder).returncode == 1

        process.send_signal(signal.SIGINT)
        assert "Handel has stopped." in process.communicate(timeout=180)[0]
        assert process.returncode == 0
        assert not postgresql.is_up(home)
        assert not redis_server.is_up(home)


def test_a_process_that_dies_takes_the_others_along_and_is_named(home):
    with running(home, free_port()) as process:
        read_until(process, "Ctrl-C stops everything")
        started = children(process)
        os.kill(started["beat"], signal.SIGKILL)
        said = process.communicate(timeout=180)[0]
        assert process.returncode == 1
        assert "The beat process was ended by SIGKILL. Its log" in said
        assert "Handel has stopped." in said
        for pid in started.values():
            with pytest.raises(ProcessLookupError):
                os.kill(pid, 0)
        assert not redis_server.is_up(home)


def test_a_taken_port_is_named(home):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = manage("run", HANDEL_HOME=home.folder, PORT=port)
    assert result.returncode == 1
    assert f"Port {port} on 127.0.0.1 cannot be used: Address already in use." in result.stderr
    assert f"make run PORT={port + 1}" in result.stderr


def test_a_port_that_is_no_number_is_named(home):
    result = manage("run", HANDEL_HOME=home.folder, PORT="http")
    assert result.returncode == 1
    assert "PORT is to be a number from 1 to 65535, not 'http'." in result.stderr


def test_the_demo_company_has_somebody_in_every_role():
    assert {user.title for user in DEMO_USERS} == {
        "Sales clerk", "Accountant", "Sales manager", "Warehouse", "Integrator", "Administrator",
    }  # fmt: skip
