"""The embedded PostgreSQL and Redis: found, started, revived after a crash, and gone when nobody needs them."""

import os
import signal
import stat
import subprocess
import sys
import time

import psycopg2
import pytest

from erp.embedded import account, postgresql, redis_server
from erp.embedded.errors import ServiceError
from erp.embedded.home import MARK, Home
from tests.house.command_line import CHECKOUT, environment, manage, python


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A data folder with both services in it."""
    home = Home(tmp_path_factory.mktemp("embedded") / "data")
    home.prepare()
    postgresql.start(home)
    redis_server.start(home)
    yield home
    redis_server.stop(home)
    postgresql.stop(home)
    home.remove()


def execute(home: Home, sql: str) -> list[tuple]:
    with psycopg2.connect(home.owner_database_url().replace("postgres://", "postgresql://")) as connection:
        cursor = connection.cursor()
        cursor.execute(sql)
        return cursor.fetchall() if cursor.description else []


def server_pid(home: Home) -> int:
    return int((home.services() / "postgres" / "postmaster.pid").read_text().splitlines()[0])


def wait_until_gone(pid: int) -> None:
    """A process that nobody has collected yet counts as gone."""
    for _ in range(100):
        state = subprocess.run(
            ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
        )
        if state.stdout.strip()[:1] in ("", "Z"):
            return
        time.sleep(0.05)
    raise AssertionError(f"process {pid} still runs")


def test_both_answer_on_sockets_in_the_data_folder_only(home):
    assert execute(home, "SELECT current_database()") == [("handel",)]
    assert execute(home, "SHOW listen_addresses") == [("",)]
    assert redis_server.client(home).config_get("port") == {"port": "0"}


def test_starting_again_changes_nothing(home):
    before = server_pid(home)
    postgresql.start(home)
    redis_server.start(home)
    assert server_pid(home) == before


def test_a_crash_leaves_a_stale_lock_that_the_next_start_survives(home):
    execute(home, "SET synchronous_commit = on; CREATE TABLE kept AS SELECT 42 AS answer")
    pid = server_pid(home)
    os.kill(pid, signal.SIGKILL)
    wait_until_gone(pid)
    assert (home.services() / "postgres" / "postmaster.pid").exists()
    assert not postgresql.is_up(home)

    postgresql.start(home)
    assert execute(home, "SELECT answer FROM kept") == [(42,)]


def test_a_stale_lock_that_names_somebody_elses_process_is_no_obstacle(home):
    postgresql.stop(home)
    lock = home.services() / "postgres" / "postmaster.pid"
    lock.write_text(f"{os.getpid()}\n{home.services() / 'postgres'}\n0\n5432\n\n\n\nready\n")
    account.give(lock)

    postgresql.start(home)
    assert server_pid(home) != os.getpid()


def test_a_data_folder_that_was_moved_starts_where_it_is_now(tmp_path):
    old = Home(tmp_path / "old")
    old.prepare()
    redis_server.start(old)
    redis_server.stop(old)
    (tmp_path / "old").rename(tmp_path / "new")

    new = Home(tmp_path / "new")
    new.prepare()
    redis_server.start(new)
    assert redis_server.is_up(new)
    redis_server.stop(new)
    new.remove()


def test_an_unfinished_data_folder_is_made_anew(tmp_path, monkeypatch):
    data = tmp_path / "postgres"
    half = tmp_path / "postgres.new"
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")
    monkeypatch.setattr(account, "run", lambda *command: half.mkdir())

    postgresql.make_data_folder(data)
    assert data.is_dir()
    assert not half.exists()
    assert not (data / "PG_VERSION").exists()


def test_a_cluster_of_another_version_is_refused_with_a_way_to_go_on(tmp_path):
    (tmp_path / "PG_VERSION").write_text("16\n")
    with pytest.raises(ServiceError, match="is of PostgreSQL 16, this is 18"):
        postgresql.check_version(tmp_path)


def test_no_permission_of_an_existing_folder_changes(tmp_path):
    """Also where the services' account cannot get in: then they live elsewhere, and the data folder links there."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    folders = [closed, *closed.parents, account.programs(), account.OWN_PLACE.parent]
    before = [(folder, stat.S_IMODE(folder.stat().st_mode), folder.stat().st_uid) for folder in folders]
    home = Home(closed / "data")
    home.prepare()
    redis_server.start(home)
    redis_server.stop(home)
    services = home.services()
    home.remove()

    assert [
        (folder, stat.S_IMODE(folder.stat().st_mode), folder.stat().st_uid) for folder in folders
    ] == before
    assert list(closed.iterdir()) == []
    assert not services.exists()
    if account.account():
        assert services.is_relative_to(account.OWN_PLACE)


def test_the_secret_key_is_made_once_and_only_its_owner_may_read_it(tmp_path):
    home = Home(tmp_path / "data")
    key = home.secret_key()
    assert len(key) >= 50
    assert home.secret_key() == key
    assert stat.S_IMODE((home.folder / "secret-key").stat().st_mode) == 0o600


def test_a_folder_with_other_peoples_files_is_neither_used_nor_cleared(tmp_path):
    (tmp_path / "thesis.txt").write_text("the only copy")
    home = Home(tmp_path)
    with pytest.raises(ServiceError, match="files that are not Handel's"):
        home.prepare()
    home.remove()
    assert (tmp_path / "thesis.txt").exists()


def test_clearing_leaves_a_folder_that_was_there_before_and_what_others_put_into_it(tmp_path):
    home = Home(tmp_path)
    home.prepare()
    (tmp_path / "notes.txt").write_text("mine")
    home.remove()
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_a_path_too_long_for_a_socket_gets_a_short_one(tmp_path, monkeypatch):
    monkeypatch.setattr(account, "account", lambda: None)
    monkeypatch.setattr(Home, "make_services", lambda home: None)
    home = Home(tmp_path / ("long" * 30))
    assert len(str(home.sockets() / ".s.PGSQL.5432")) < 104
    assert not home.sockets().is_relative_to(home.folder)


def test_the_last_one_out_switches_off_the_light(tmp_path):
    """Two processes use the services; they stop when the second one leaves, not before."""
    home = Home(tmp_path / "data")
    use = "from erp import embedded; embedded.use(); print('here', flush=True); input()"
    setting = environment(HANDEL_HOME=home.folder, DATABASE_URL="postgres://elsewhere/handel")
    first, second = (
        subprocess.Popen(
            [sys.executable, "-c", use],
            env=setting,
            cwd=CHECKOUT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for _ in range(2)
    )
    assert first.stdout.readline() == second.stdout.readline() == b"here\n"
    assert redis_server.is_up(home)
    first.communicate(b"\n")
    assert redis_server.is_up(home)
    second.communicate(b"\n")
    assert not redis_server.is_up(home)
    assert not (home.services() / "postgres").exists()  # DATABASE_URL named another one
    home.remove()


def test_manage_py_without_settings_starts_what_is_down_and_finds_what_is_up(tmp_path):
    home = Home(tmp_path / "data")
    ask = """
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
print(connection.cursor().connection.info.host)
cache.set("asked", 1)
call_command("services", "status")
"""
    told = manage("shell", "-v0", "-c", ask, HANDEL_HOME=home.folder)
    assert told.stdout.splitlines() == [
        str(home.sockets()),
        f"PostgreSQL runs; its data: {home.services() / 'postgres'}",
        f"Redis runs; its data: {home.services() / 'redis'}",
    ], told.stderr
    assert "PostgreSQL is down" in manage("services", "status", HANDEL_HOME=home.folder).stdout
    home.remove()


def test_a_data_folder_that_cannot_be_made_is_a_clear_word(tmp_path):
    (tmp_path / "file").write_text("")
    result = manage("check", HANDEL_HOME=tmp_path / "file" / "data")
    assert result.returncode == 1
    assert f"{tmp_path / 'file' / 'data'} cannot be used as data folder" in result.stderr
    assert "Traceback" not in result.stderr


def test_reset_forgets_everything_and_only_once(tmp_path):
    home = Home(tmp_path / "data")
    use = "from erp import embedded; embedded.use()"
    assert python("-c", use, HANDEL_HOME=home.folder, DATABASE_URL="x").returncode == 0
    assert (home.folder / MARK).exists()
    assert "Removed the data" in manage("services", "reset", HANDEL_HOME=home.folder).stdout
    assert not home.folder.exists()
    assert "Nothing to remove" in manage("services", "reset", HANDEL_HOME=home.folder).stdout
