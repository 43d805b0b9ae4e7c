import pytest

from tests.unit.inventory.shop import Shop


@pytest.fixture
def shop(db):
    return Shop()


@pytest.fixture
def late_shop(db):
    """A company that adjusts costs by the routine, not within each posting."""
    return Shop(automatic_cost_adjustment="never")
