"""Stories that are told over the API."""

from tests.world.api import api, company_url

__all__ = ["api", "company_url"]
