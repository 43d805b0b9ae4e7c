"""Everything on this machine with one command; `make run` calls it."""

import fcntl
import os
import signal
import socket
import time
import urllib.error
import urllib.request
from argparse import ArgumentParser
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from erp import embedded, health, processes
from erp.demo_users import DEMO_USERS

PATIENCE = 90  # seconds until web, worker and beat must be there


class Command(BaseCommand):
    """Migrate, load the demo company on the first start, start web, worker and beat, and stop all on Ctrl-C."""

    help = (
        "Start Handel on this machine: database, demo company, web, worker and beat. Ctrl-C stops everything."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=None, help="default: PORT, else 8000")
        parser.add_argument(
            "--host", default=os.environ.get("HOST", "127.0.0.1"), help="default: HOST, else 127.0.0.1"
        )

    def handle(self, *, port: int | None, host: str, **_options: object) -> None:
        """One step after the other; whatever happens, nothing is left running."""
        if not settings.LOCAL:
            raise CommandError(
                "`run` is for one machine; docs/operations.md says how to start Handel in production."
            )
        for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(
                ending, signal.default_int_handler
            )  # also in a shell's background, where SIGINT is ignored
        self.host, self.port = host, port or self.given_port()
        self.home = embedded.home()
        self.home.claim()
        self.running: list[processes.Process] = []
        with (self.home.folder / "run.lock").open("w") as lock:
            self.check_alone(lock)
            try:
                self.bring_up_to_date()
                self.start_processes()
                self.wait_until_healthy()
                self.say_where_things_are()
                while True:
                    for process in self.running:
                        process.check()
                    time.sleep(0.5)
            except processes.Died as error:
                raise CommandError(str(error)) from error
            except KeyboardInterrupt:
                self.say("")
            finally:
                self.say("Stopping …")
                processes.stop(self.running)
                connections.close_all()
                embedded.stop()
                self.say("Handel has stopped.")

    def given_port(self) -> int:
        """The port that the environment names."""
        text = os.environ.get("PORT") or "8000"
        if not text.isdigit() or not 0 < int(text) < 65536:
            raise CommandError(f"PORT is to be a number from 1 to 65535, not {text!r}.")
        return int(text)

    def check_alone(self, lock) -> None:
        """Refuse to start twice in one data folder, or on a port that somebody else has."""
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CommandError(
                f"Handel already runs with {self.home.folder}. Stop it, or set HANDEL_HOME and PORT for another."
            ) from error
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((self.host, self.port))
            except OSError as error:
                raise CommandError(
                    f"Port {self.port} on {self.host} cannot be used: {error.strerror}. "
                    f"Choose another: make run PORT={self.port + 1}"
                ) from error

    def bring_up_to_date(self) -> None:
        """Migrate where something is missing; load the demo company into a database without anybody in it."""
        if health.database_health()[1] != health.OK:
            self.say("Migrating the database …")
            call_command("migrate", interactive=False, verbosity=0)
        if not get_user_model().objects.exists():
            self.say("Loading the demo company (on the first start only) …")
            call_command("demo", stdout=self.stdout, stderr=self.stderr)  # all of it or nothing
        connections.close_all()

    def start_processes(self) -> None:
        """Start web, worker and beat."""
        self.say("Starting web, worker and beat …")
        beat_schedule = str(self.home.folder / "beat" / "schedule")
        commands = {
            "worker": ("celery", "-A", "erp", "worker", "--concurrency", "2", "--loglevel", "INFO"),
            "beat": ("celery", "-A", "erp", "beat", "--schedule", beat_schedule, "--pidfile", "", "--loglevel", "INFO"),
            "web": (
                "gunicorn", "erp.wsgi", "--bind", f"{self.host}:{self.port}", "--workers", "2", "--threads", "4",
                "--access-logfile", "-", "--no-control-socket",
            ),
        }  # fmt: skip
        for name, arguments in commands.items():
            log = self.home.folder / "logs" / f"{name}.log"
            process = processes.start(name, *arguments, log=log, environment=self.environment())
            self.running.append(process)

    def environment(self) -> dict[str, str]:
        """What the processes are told: exactly the services that we have."""
        return os.environ | {
            "HANDEL_ENV": settings.HANDEL_ENV,
            "HANDEL_HOME": str(self.home.folder),
            "DATABASE_URL": os.environ.get("DATABASE_URL") or self.home.database_url(),
            "REDIS_URL": os.environ.get("REDIS_URL") or self.home.redis_url(),
            "PYTHONUNBUFFERED": "1",
        }

    def wait_until_healthy(self) -> None:
        """Wait for /healthz to answer 200; tell what is missing when it takes too long."""
        url = f"http://{self.reachable_host()}:{self.port}{health.PATH}"
        deadline = time.monotonic() + PATIENCE
        answer = "no answer"
        while time.monotonic() < deadline:
            for process in self.running:
                process.check()
            try:
                with urllib.request.urlopen(url, timeout=5):
                    return
            except urllib.error.HTTPError as error:
                answer = error.read().decode(errors="replace")
            except OSError:
                pass
            time.sleep(0.2)
        raise CommandError(f"Handel is not healthy after {PATIENCE} seconds. {url} says: {answer}")

    def reachable_host(self) -> str:
        """Where a program on this machine finds us."""
        return "localhost" if self.host in ("127.0.0.1", "0.0.0.0", "::") else self.host

    def say_where_things_are(self) -> None:
        """Address, log-ins, data."""
        rows = [
            ("Log-in", "Password", "Role"),
            *((user.username, user.password, user.title) for user in DEMO_USERS),
        ]
        log_ins = "\n".join(f"  {name:<14}{password:<18}{title}".rstrip() for name, password, title in rows)
        self.say(
            f"\nHandel is ready: http://{self.reachable_host()}:{self.port}\n\n{log_ins}\n\n"
            f"  Database      {self.place_of('DATABASE_URL', 'postgres')}\n"
            f"  Redis         {self.place_of('REDIS_URL', 'redis')}\n"
            f"  Data folder   {self.home.folder}\n"
            f"  Logs          {self.home.folder / 'logs'}\n\n"
            "Ctrl-C stops everything; `make reset` starts over."
        )

    def place_of(self, variable: str, folder: str) -> str | Path:
        """Where the data of a service lies."""
        return (
            f"the server that {variable} names" if os.environ.get(variable) else self.home.services() / folder
        )

    def say(self, text: str) -> None:
        """Tell the person at the terminal, at once."""
        self.stdout.write(text)
        self.stdout.flush()
