"""What every test can count on: a real PostgreSQL and Redis (tests/settings.py), and calm property tests."""

import os

import pytest
from hypothesis import HealthCheck, settings

from tests.support.ledger_flush import ledgers_may_be_flushed
from tests.support.roles import application_role, as_the_application
from tests.world.fixtures import world

# What is made once for all tests of a process stands here and nowhere else: imported twice it would be made twice.
__all__ = ["application_role", "as_the_application", "ledgers_may_be_flushed", "world"]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests come last: the browser leaves an event loop and threads in its process, and races fork theirs."""
    items.sort(key=lambda item: "chromium" in getattr(item, "fixturenames", ()))


settings.register_profile(
    "handel", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.register_profile("ci", parent=settings.get_profile("handel"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "handel")
