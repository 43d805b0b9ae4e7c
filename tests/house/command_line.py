"""Running Handel's commands as a person would: in a process of their own, with an environment of their own."""

import os
import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent.parent
OURS = (
    "HANDEL_",
    "DATABASE_URL",
    "OWNER_DATABASE_URL",
    "REDIS_URL",
    "DJANGO_",
    "SECRET_KEY",
    "PORT",
    "HOST",
    "DEBUG",
    "PYTEST_",
)


def environment(**variables: object) -> dict[str, str]:
    """This machine's environment without what steers Handel, plus the given variables."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    return plain | {name: str(value) for name, value in variables.items()}


def manage(*arguments: str, **variables: object) -> subprocess.CompletedProcess:
    """Run manage.py."""
    return python(CHECKOUT / "manage.py", *arguments, **variables)


def python(*arguments: object, **variables: object) -> subprocess.CompletedProcess:
    """Run Python in the checkout."""
    return subprocess.run(
        [sys.executable, *map(str, arguments)], env=environment(**variables), cwd=CHECKOUT,
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
