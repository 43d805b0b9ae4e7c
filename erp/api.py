"""The REST API, composed: the sets that each room declares, under one address."""
# ruff: noqa: F401 (to import a room's sets is to declare them)

import approvals.api
import customers.api
import integration.api
import inventory.api
import posting.api
import receivables.api
import sales.api
from erp.kernel.api.urls import urlpatterns

__all__ = ["urlpatterns"]
