import pytest

from tests.unit.posting.builder import Books, build_books


@pytest.fixture
def books(db) -> Books:
    return build_books()
