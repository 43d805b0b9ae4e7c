"""The sets of the API that this room declares; `erp/api.py` composes them.

The rooms below declare theirs first: each that can be followed is then asked for what changed in it.
"""

import customers.api  # noqa: F401
import inventory.api  # noqa: F401
import posting.api  # noqa: F401
import receivables.api  # noqa: F401
import sales.api  # noqa: F401
from erp.kernel.odata.entity import register
from integration.api.delta import offer_delta
from integration.api.events import Events
from integration.api.subscriptions import Subscriptions

register(Subscriptions, Events)
offer_delta()
