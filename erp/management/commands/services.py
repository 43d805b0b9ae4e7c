"""See, stop or clear the embedded services; `make stop` and `make reset` call it."""

import fcntl
from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from erp import embedded
from erp.embedded import postgresql, redis_server


class Command(BaseCommand):
    """What the embedded PostgreSQL and Redis do, and their end."""

    help = "status: whether the embedded services run; stop: stop them; reset: also remove all their data."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=["status", "stop", "reset"])

    def handle(self, *, action: str, **_options: object) -> None:
        """Carry out the action."""
        getattr(self, action)(embedded.home())

    def status(self, home: embedded.Home) -> None:
        """Tell whether each runs, and where its data lies."""
        for name, service, folder in (
            ("PostgreSQL", postgresql, "postgres"),
            ("Redis", redis_server, "redis"),
        ):
            state = "runs" if home.is_ours() and service.is_up(home) else "is down"
            self.stdout.write(f"{name} {state}; its data: {home.services() / folder}")

    def stop(self, home: embedded.Home) -> None:
        """Stop both, unless a running Handel needs them."""
        self.check_nobody_runs(home)
        embedded.stop()
        self.stdout.write("PostgreSQL and Redis are stopped.")

    def reset(self, home: embedded.Home) -> None:
        """Remove the data folder's content; a database that DATABASE_URL names is not touched."""
        if not home.is_ours():
            self.stdout.write(f"Nothing to remove: {home.folder} is not a data folder of Handel's.")
            return
        self.check_nobody_runs(home)
        embedded.reset()
        self.stdout.write(f"Removed the data in {home.folder}. The next start makes everything anew.")

    def check_nobody_runs(self, home: embedded.Home) -> None:
        """Refuse to pull the data away from under a running Handel."""
        if not home.is_ours():
            return
        with (home.folder / "run.lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise CommandError("Handel is running. Stop it first with Ctrl-C in its window.") from error
