"""A server with the company of the stories, and somebody who may talk to it."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from erp.kernel.access_tokens import issue
from posting.models import GeneralLedgerSetup
from tests.world import World
from tests.world.template import put_setup


@pytest.fixture
def company(transactional_db) -> World:
    """The company, where the server can see it: a customer, and ten bicycles."""
    put_setup()
    world = World()
    world.customer("Adatum", number="C1")
    world.item("BICYCLE", stock=10, cost=240, price=400, description="Bicycle, 28 inch")
    return world


@pytest.fixture
def service(company, live_server) -> str:
    """Where the company is spoken to."""
    return f"{live_server.url}/api/v2.0/companies({GeneralLedgerSetup.objects.get().uuid})"


@pytest.fixture
def token(company) -> str:
    """For everything that the one who writes the stories may do."""
    now = timezone.now()
    _row, text = issue(
        company.by, "clients", ["API.ReadWrite.All"], expires_at=now + timedelta(days=1), at=now
    )
    return text


TOTAL = Decimal(800)
