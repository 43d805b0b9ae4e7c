"""Change the stock rules that decide how earlier postings count."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from erp.kernel.access import needs
from inventory.ledger import StockSetup
from inventory.models import CostingMethod, InventorySetup, Item
from inventory.routines.post_cost_to_gl import post_cost_to_gl

if TYPE_CHECKING:
    from erp.kernel.models import User

AVERAGE_FIELDS = ("average_cost_pool", "average_cost_period")


@needs("inventory.change_inventorysetup")
@transaction.atomic
def change_setup(*, by: "User | None", at: datetime, **changes) -> InventorySetup:
    """Set fields of the inventory set-up.

    A new average cost pool or period flags all average items for adjustment. Switching expected cost posting posts,
    or takes back, the interim balance of what is not invoiced.
    """
    rules = InventorySetup.objects.select_for_update().filter(pk=1).first() or InventorySetup(pk=1)
    before = {name: getattr(rules, name) for name in changes}
    for name, value in changes.items():
        setattr(rules, name, value)
    rules.full_clean()
    rules.save()
    changed = {name for name, value in before.items() if value != changes[name]}
    if changed & set(AVERAGE_FIELDS):
        Item.objects.filter(costing_method=CostingMethod.AVERAGE).update(cost_is_adjusted=False)
    if "expected_cost_posting" in changed and rules.automatic_cost_posting:
        post_cost_to_gl(by=by, at=at, setup=StockSetup.load())
    return rules
