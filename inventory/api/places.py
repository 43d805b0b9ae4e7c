"""Where stock lies, how it is sorted in the catalogue, and by which group it is posted."""

from typing import Any

from django.utils.translation import gettext as _

from erp.kernel.errors import raise_problems
from erp.kernel.odata.asking import Asking
from erp.kernel.odata.entity import ALL, EntitySet
from erp.kernel.odata.errors import invalid
from erp.kernel.odata.properties import Code, Guid, Moment, Text
from inventory.checks import check_location_delete
from inventory.models import InventoryPostingGroup, Item, ItemCategory, Location
from posting.api.codes import country_code


class Locations(EntitySet):
    """Places where stock is kept."""

    name, entity, model = "locations", "location", Location
    verbs = ALL
    properties = (
        Guid("id", "uuid", read_only=True),
        Code("code", "code", length=10, required=True, sortable=True, example="MAIN"),
        Text("displayName", "name", length=100, example="Main warehouse"),
        Text("contact", "contact", length=100),
        Text("addressLine1", "address", length=100),
        Text("addressLine2", length=50, absent=True),
        Text("city", "city", length=30),
        Text("state", length=30, absent=True),
        country_code("country"),
        Text("postalCode", "post_code", length=20),
        Text("phoneNumber", "phone_no", length=30),
        Text("email", "email", length=80),
        Text("website", length=255, absent=True),
        Moment("lastModifiedDateTime", "modified_at", read_only=True, sortable=True),
    )

    def remove(self, asking: Asking, record: Location) -> None:
        """Only one where nothing lies and that nothing names."""
        raise_problems(record, check_location_delete(record))
        super().remove(asking, record)


class ItemCategories(EntitySet):
    """Items that belong together."""

    name, entity, model = "itemCategories", "itemCategory", ItemCategory
    verbs = ALL
    scope = "items"
    properties = (
        Guid("id", key="pk", of=ItemCategory, read_only=True),
        Code("code", "code", length=20, required=True, sortable=True, example="BIKES"),
        Text("displayName", "description", length=100, example="Bicycles"),
        Moment("lastModifiedDateTime", "modified_at", read_only=True, sortable=True),
    )

    def change(self, asking: Asking, record: ItemCategory, given: dict[str, Any]) -> None:
        """Items keep the code: one that is used stays."""
        if given.get("code", record.code) != record.code:
            _check_unused(record)
        super().change(asking, record, given)

    def remove(self, asking: Asking, record: ItemCategory) -> None:
        _check_unused(record)
        super().remove(asking, record)


def _check_unused(category: ItemCategory) -> None:
    if Item.objects.filter(category_code=category.code).exists():
        message = _("{category} is the category of items: give them another one first.")
        raise invalid(message.format(category=category.code), "code", "Application_DialogException")


class InventoryPostingGroups(EntitySet):
    """By which accounts stock is posted."""

    name, entity, model = "inventoryPostingGroups", "inventoryPostingGroup", InventoryPostingGroup
    properties = (
        Guid("id", key="pk", of=InventoryPostingGroup, read_only=True),
        Code("code", "code", length=20, read_only=True, sortable=True),
        Text("description", "description", length=100, read_only=True),
        Moment("lastModifiedDateTime", "modified_at", read_only=True, sortable=True),
    )
