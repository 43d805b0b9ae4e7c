"""The sets of the API that this room declares; `erp/api.py` composes them."""

from erp.kernel.odata.entity import register
from inventory.api.entries import ItemLedgerEntries
from inventory.api.items import Items
from inventory.api.places import InventoryPostingGroups, ItemCategories, Locations
from inventory.api.units import ItemUnitsOfMeasure, UnitsOfMeasure
from inventory.api.variants import ItemReferences, ItemVariants

register(
    InventoryPostingGroups,
    ItemCategories,
    ItemLedgerEntries,
    ItemReferences,
    ItemUnitsOfMeasure,
    ItemVariants,
    Items,
    Locations,
    UnitsOfMeasure,
)
