"""Colours, sizes and makes of an item, and the names that others give to it."""

from typing import Any

from django.utils.translation import gettext as _

from erp.kernel.odata.asking import Asking
from erp.kernel.odata.entity import ALL, EntitySet, One
from erp.kernel.odata.errors import invalid, missing
from erp.kernel.odata.properties import Choice, Code, Day, Guid, Moment, Number, Text
from erp.kernel.odata.writing import create_row, keep
from inventory import demand
from inventory.models import Item, ItemReference, ItemVariant, Stock, UnitOfMeasure

KINDS = {"": "", "customer": "Customer", "vendor": "Vendor", "bar_code": "Bar Code"}


class ItemVariants(EntitySet):
    """Variants of items."""

    name, entity, model = "itemVariants", "itemVariant", ItemVariant
    verbs = ALL
    scope = "items"
    properties = (
        Guid("id", key="pk", of=ItemVariant, read_only=True),
        Guid("itemId", "item__uuid", of=Item, to="item"),
        Number("itemNumber", "item__number", length=20, of=Item, by="number", to="item"),
        Code("code", "code", length=10, required=True, example="RED"),
        Text("description", "description", length=100, example="Red"),
        Moment("lastModifiedDateTime", "modified_at", read_only=True),
    )
    navigation = (One("picture", to="pictures", by="id"), One("item", to="items", key="itemId", path="item"))

    def create(self, asking: Asking, given: dict[str, Any]) -> Any:
        """A variant of an item that is named."""
        _need_item(given)
        return create_row(self, given)

    def change(self, asking: Asking, record: ItemVariant, given: dict[str, Any]) -> None:
        """Its description; item and code stay, because entries name them."""
        keep(self, record, given, "item", "code")
        super().change(asking, record, given)

    def remove(self, asking: Asking, record: ItemVariant) -> None:
        """Only one of which nothing was posted or stands on a document."""
        check_variant_delete(record)
        super().remove(asking, record)


class ItemReferences(EntitySet):
    """What customers, vendors and bar codes call an item."""

    name, entity, model = "itemReferences", "itemReference", ItemReference
    verbs = ALL
    scope = "items"
    is_extension = True
    properties = (
        Guid("id", key="pk", of=ItemReference, read_only=True),
        Guid("itemId", "item__uuid", of=Item, to="item"),
        Number("itemNumber", "item__number", length=20, of=Item, by="number", to="item"),
        Code("variantCode", "variant_code", length=10),
        Code(
            "unitOfMeasureCode",
            "unit__code",
            length=10,
            of=UnitOfMeasure,
            by="code",
            to="unit",
            nullable=True,
        ),
        Choice("referenceType", "type", values=KINDS, type="ItemReferenceType"),
        Number("referenceTypeNumber", "type_no", length=20),
        Number("referenceNumber", "reference_no", length=50, required=True),
        Text("description", "description", length=100),
        Text("description2", "description_2", length=50),
        Day("startingDate", "starting_date"),
        Day("endingDate", "ending_date"),
        Moment("lastModifiedDateTime", "modified_at", read_only=True),
    )
    navigation = (One("item", to="items", key="itemId", path="item"),)

    def create(self, asking: Asking, given: dict[str, Any]) -> Any:
        """A name of an item that is named."""
        _need_item(given)
        return create_row(self, given)


def _need_item(given: dict[str, Any]) -> None:
    if given.get("item") is None:
        raise missing(_("{property} must be given.").format(property="itemId"), "itemId")


def check_variant_delete(variant: ItemVariant) -> None:
    """Raises `ApiError` 400 where the variant is named by stock or by documents."""
    used = Stock.objects.filter(item=variant.item, variant_code=variant.code).exists() or any(
        line.variant_code == variant.code for line in demand.open_lines({variant.item_id})
    )
    if used:
        message = _("{variant} cannot be deleted: it was posted, or stands on open documents.")
        raise invalid(message.format(variant=variant), code="Application_DialogException")
