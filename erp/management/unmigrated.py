"""One clear sentence where a command meets a database without its tables."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management.base import CommandError
from django.db import ProgrammingError
from psycopg2.errors import UndefinedTable


@contextmanager
def tables_expected() -> Iterator[None]:
    """A missing table becomes the advice to migrate; anything else stays what it is."""
    try:
        yield
    except ProgrammingError as error:
        if not isinstance(error.__cause__, UndefinedTable):
            raise
        reason = str(error).partition("\n")[0]
        raise CommandError(
            f"The tables are not there yet ({reason}): run `manage.py migrate` first."
        ) from None
