import pytest

from tests.unit.receivables.company import Company, build


@pytest.fixture
def company(db) -> Company:
    """A company in which nothing is posted yet."""
    return build()
