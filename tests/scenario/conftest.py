"""The stories are lived by the application: its role in the database can do all that they need, and no more."""

import pytest


@pytest.fixture(autouse=True)
def _as_the_application(as_the_application) -> None:
    """For every story of this folder."""
