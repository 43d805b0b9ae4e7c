"""Monday 2 March 2026 again, an integrator, and the log of what was refused."""

import logging

import pytest
from django.test import Client

from erp.kernel.models import User
from tests.unit.doors.conftest import browser, monday, sign_in

__all__ = ["browser", "monday", "sign_in"]


@pytest.fixture
def mette(world) -> User:
    return world.user("mette", role="INTEGRATOR")


@pytest.fixture
def denied(caplog):
    """What was logged about attempts that were refused."""
    caplog.set_level(logging.INFO, logger="handel.access")
    return lambda: [record.getMessage() for record in caplog.records if record.name == "handel.access"]


@pytest.fixture
def clara(sign_in) -> Client:
    return sign_in("CLERK")
