"""What of an item lay where, as of a day and as it was known at a moment."""

from collections.abc import Mapping
from typing import Any

from erp.kernel.money import ZERO
from erp.kernel.odata.asking import Asking
from erp.kernel.odata.entity import Action, Done
from erp.kernel.odata.properties import Day, Dec, Moment, Number
from inventory.models import Item
from inventory.selectors import stock_as_of
from posting.as_of import known_at

SEES_COST = "inventory.view_valueentry"


def stock(asking: Asking, item: Item, given: Mapping[str, Any]) -> Done:
    """Quantity by variant and location, with its cost for those who may see costs."""
    sees_cost = asking.user.has_perm(SEES_COST)
    rows = stock_as_of(on=given.get("as_of"), known=known_at(given.get("known_at")), items=[item.number])
    places = []
    for row in rows:
        place = {"variantCode": row.variant_code, "locationCode": row.location_code, "quantity": row.quantity}
        cost = {"cost": row.cost_actual, "expectedCost": row.cost_expected} if sees_cost else {}
        places.append(place | cost)
    inventory = sum((row.quantity for row in rows), ZERO)
    return Done(body={"itemNumber": item.number, "inventory": inventory, "places": places})


STOCK = Action(
    "stockAsOf",
    stock,
    permissions=("inventory.view_item", "inventory.view_stock"),
    scope="read",
    extension=True,
    locks=False,
    given=(
        Day("asOf", to="as_of", about="What has a later posting date does not count; without it all does."),
        Moment("knownAt", to="known_at", about="What was posted later does not count; without it all does."),
    ),
    answers=(Number("itemNumber"), Dec("inventory"), Dec("quantity"), Dec("cost"), Dec("expectedCost")),
    about="What lay where at the end of a day, as it was known at a moment.",
)
