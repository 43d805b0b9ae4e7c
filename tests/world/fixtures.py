import pytest

from tests.world.template import put_setup
from tests.world.world import World


@pytest.fixture
def world(db) -> World:
    """A company with the neutral set-up (docs/posting.md), nobody in it, on Monday 2 March 2026.

    Its local currency is EUR, domestic VAT 25 and 10 %. A test that commits asks for `transactional_db` before it.
    """
    put_setup()
    return World()
