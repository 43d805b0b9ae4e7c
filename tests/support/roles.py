"""Lets stories run with the rights that the application has in production, in the same connection."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection
from django.db.backends.signals import connection_created

from erp.kernel.roles import grant


@pytest.fixture(scope="session")
def application_role(django_db_setup, django_db_blocker) -> Iterator[str]:
    """A role with the application's rights in the test database; gone in the end."""
    with django_db_blocker.unblock():
        role = f"{connection.settings_dict['NAME']}_app"
        grant(connection, role)
        yield role
        with connection.cursor() as cursor:
            cursor.execute(f'DROP OWNED BY "{role}"')
            cursor.execute(f'DROP ROLE "{role}"')


@pytest.fixture
def as_the_application(application_role, django_db_blocker) -> Iterator[None]:
    """Whatever the test does, it does as the application."""
    with django_db_blocker.unblock():
        connection.ensure_connection()
    with working_as(application_role, django_db_blocker):
        yield


@contextmanager
def working_as(role: str, blocker) -> Iterator[None]:
    """Take a role in the connection that is open, and in those that are opened from now on."""

    def take(connection, **_unused) -> None:
        with connection.connection.cursor() as cursor:
            cursor.execute(f'SET ROLE "{role}"')

    connection_created.connect(take, weak=False)
    with blocker.unblock():
        take(connection)
    try:
        yield
    finally:
        connection_created.disconnect(take)
        with blocker.unblock():
            if connection.connection is not None and not connection.connection.closed:
                with connection.connection.cursor() as cursor:
                    cursor.execute("RESET ROLE")
