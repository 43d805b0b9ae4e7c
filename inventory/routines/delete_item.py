"""Delete an item that nothing was ever posted for."""

from typing import TYPE_CHECKING

from django.db import transaction

from erp.kernel.access import needs
from erp.kernel.changelog import acting_as
from erp.kernel.errors import raise_problems
from inventory.checks import check_delete
from inventory.models import Item

if TYPE_CHECKING:
    from erp.kernel.models import User


@needs("inventory.delete_item")
@transaction.atomic
def delete_item(item: Item, *, by: "User | None") -> None:
    """Delete the card with its units, variants and references; raises E-ITEM-DELETE while something stands on it."""
    item = Item.objects.select_for_update().get(pk=item.pk)
    raise_problems(item, check_delete(item))
    with acting_as(by):
        item.delete()
