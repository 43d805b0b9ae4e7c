"""Every table of the inventory room."""

from inventory.models.category import ItemCategory
from inventory.models.entries import (
    EntryType,
    ItemApplicationEntry,
    ItemDocumentType,
    ItemEntryState,
    ItemLedgerEntry,
    LateCostPosting,
    PhysicalInventoryEntry,
    ResourceLedgerEntry,
    Stock,
    ValueEntry,
)
from inventory.models.item import Item, ItemReference, ItemVariant
from inventory.models.journal import ItemJournalBatch, ItemJournalLine
from inventory.models.location import Location
from inventory.models.resource import ItemCharge, Resource
from inventory.models.setup import (
    CostingMethod,
    InventoryPostingGroup,
    InventoryPostingSetup,
    InventorySetup,
    Policy,
)
from inventory.models.unit import ItemUnit, UnitOfMeasure

__all__ = [
    "CostingMethod",
    "EntryType",
    "InventoryPostingGroup",
    "InventoryPostingSetup",
    "InventorySetup",
    "Item",
    "ItemApplicationEntry",
    "ItemCategory",
    "ItemCharge",
    "ItemDocumentType",
    "ItemEntryState",
    "ItemJournalBatch",
    "ItemJournalLine",
    "ItemLedgerEntry",
    "ItemReference",
    "ItemUnit",
    "ItemVariant",
    "LateCostPosting",
    "Location",
    "PhysicalInventoryEntry",
    "Policy",
    "Resource",
    "ResourceLedgerEntry",
    "Stock",
    "UnitOfMeasure",
    "ValueEntry",
]
