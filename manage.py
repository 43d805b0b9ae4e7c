#!/usr/bin/env python3
"""Handel's command line. Without DATABASE_URL and REDIS_URL it starts the embedded services where they are down."""

import os
import signal
import sys

from erp import embedded

# These neither read nor write any data, so they start nothing.
WITHOUT_SERVICES = {"", "help", "version", "makemessages", "compilemessages", "collectstatic", "services"}


def main() -> None:
    """Choose the environment, see to the services, run the command."""
    for ending in (signal.SIGTERM, signal.SIGHUP):  # leave in good order, not in the middle of a word
        signal.signal(ending, lambda number, _frame: sys.exit(128 + number))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "erp.settings")
    command = next((word for word in sys.argv[1:] if not word.startswith("-")), "")
    if command in ("run", "services") or "DATABASE_URL" not in os.environ or embedded.home().is_ours():
        os.environ.setdefault("HANDEL_ENV", "demo")
    try:
        if os.environ.get("HANDEL_ENV") in embedded.ENVIRONMENTS:
            if command not in WITHOUT_SERVICES:
                embedded.use()
            elif not embedded.home().is_ours():  # such a command does not make a data folder just for its key
                os.environ.setdefault("SECRET_KEY", "signs-nothing")

        from django.core.management import execute_from_command_line

        execute_from_command_line(sys.argv)
    except embedded.ServiceError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
