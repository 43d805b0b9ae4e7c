"""Speaking to the API as a client does: `api.get("customers?$top=1")`, `api.post("customers", {...})`.

The fixtures live in tests/world/api.py, so that stories can use them too.
"""

from tests.world.api import api, company_url

__all__ = ["api", "company_url"]
