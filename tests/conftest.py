"""What every test can count on: a real PostgreSQL and Redis (tests/settings.py), and calm property tests."""

import os

from hypothesis import HealthCheck, settings

from tests.support.ledger_flush import ledgers_may_be_flushed
from tests.world.fixtures import world

__all__ = ["ledgers_may_be_flushed", "world"]

settings.register_profile(
    "handel", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.register_profile("ci", parent=settings.get_profile("handel"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "handel")
