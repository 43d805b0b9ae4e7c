"""Units, and how many base units of an item each holds."""

from typing import Any

from django.db.models import BooleanField, CharField, ExpressionWrapper, F, Q, Value

from erp.kernel.errors import raise_problems
from erp.kernel.odata.asking import Asking
from erp.kernel.odata.entity import ALL, EntitySet, One
from erp.kernel.odata.properties import Bool, Code, Dec, Guid, Moment, Text
from erp.kernel.odata.writing import create_row, keep
from inventory.checks import check_unit, check_unit_delete
from inventory.models import Item, ItemUnit, UnitOfMeasure


class UnitsOfMeasure(EntitySet):
    """What goods are counted in."""

    name, entity, model = "unitsOfMeasure", "unitOfMeasure", UnitOfMeasure
    verbs = ALL
    properties = (
        Guid("id", "uuid", read_only=True),
        Code("code", "code", length=10, required=True, sortable=True, example="PCS"),
        Text("displayName", "description", length=50, example="Piece"),
        Code("internationalStandardCode", "iso_code", length=10, example="H87"),
        Text("symbol", Value("", CharField()), length=10, absent=True),
        Moment("lastModifiedDateTime", "modified_at", read_only=True, sortable=True),
    )


class ItemUnitsOfMeasure(EntitySet):
    """Each unit that an item is bought or sold in."""

    name, entity, model = "itemUnitsOfMeasure", "itemUnitOfMeasure", ItemUnit
    verbs = ALL
    scope = "items"
    is_extension = True
    properties = (
        Guid("id", key="pk", of=ItemUnit, read_only=True),
        Guid("itemId", "item__uuid", of=Item, to="item", required=True),
        Code("itemNumber", "item__number", length=20, of=Item, by="number", to="item"),
        Guid("unitOfMeasureId", "unit__uuid", of=UnitOfMeasure, to="unit", required=True),
        Code("code", "unit__code", length=10, of=UnitOfMeasure, by="code", to="unit", example="BOX"),
        Text("displayName", "unit__description", length=50, read_only=True),
        Dec("quantityPerUnit", "per_unit", example=12, about="Base units that one of these holds."),
        Dec("roundingPrecision", "rounding_precision"),
        Dec("weight", "weight"),
        Bool("isBaseUnit", lambda _asking: _is_base(), read_only=True, filterable=False),
        Moment("lastModifiedDateTime", "modified_at", read_only=True),
    )
    navigation = (
        One("item", to="items", key="itemId", path="item"),
        One("unitOfMeasure", to="unitsOfMeasure", key="unitOfMeasureId", path="unit"),
    )

    def create(self, asking: Asking, given: dict[str, Any]) -> Any:
        """A further unit of an item."""
        row = ItemUnit(**given)
        raise_problems(row, check_unit(row))
        return create_row(self, given)

    def change(self, asking: Asking, record: ItemUnit, given: dict[str, Any]) -> None:
        """What it holds, as long as nothing stands on it."""
        keep(self, record, given, "item", "unit")
        before = ItemUnit.objects.get(pk=record.pk)
        for name, value in given.items():
            setattr(record, name, value)
        raise_problems(record, check_unit(record, before=before))
        super().change(asking, record, given)

    def remove(self, asking: Asking, record: ItemUnit) -> None:
        raise_problems(record, check_unit_delete(record))
        super().remove(asking, record)


def _is_base() -> Any:
    return ExpressionWrapper(Q(unit=F("item__base_unit")), BooleanField())
