"""The masters that a document's lines name, read at once: a constant number of queries for any number of lines."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Model, Q
from django.utils.translation import gettext as _

from erp.kernel.errors import Problem
from erp.kernel.quantity import QTY
from inventory.models import Item, ItemCharge, ItemReference, ItemUnit, ItemVariant, Location, Resource
from posting.models import GLAccount
from sales.models import StandardText
from sales.models.base import LineType


class NewLine(NamedTuple):
    """A line as somebody types it. None and blank mean: what the master, the price list or the head says."""

    number: str = ""
    quantity: Decimal = Decimal(0)
    type: str = LineType.ITEM
    unit_price: Decimal | None = None
    line_discount_percent: Decimal | None = None
    line_discount_amount: Decimal | None = None
    line_amount: Decimal | None = None
    unit_code: str = ""
    variant_code: str = ""
    location_code: str | None = None
    description: str = ""
    item_reference_no: str = ""
    return_reason_code: str = ""
    applies_to_item_entry: int | None = None
    applies_from_item_entry: int | None = None
    allow_invoice_discount: bool | None = None
    gen_prod_posting_group: str = ""
    vat_prod_posting_group: str = ""
    shipment_date: date | None = None


@dataclass
class LineMasters:
    """Items, accounts, resources, item charges, units and variants by what the lines call them."""

    items: dict[str, Item] = field(default_factory=dict)
    accounts: dict[str, GLAccount] = field(default_factory=dict)
    resources: dict[str, Resource] = field(default_factory=dict)
    texts: dict[str, StandardText] = field(default_factory=dict)
    charges: dict[str, ItemCharge] = field(default_factory=dict)
    units: dict[tuple[int, str], Decimal] = field(default_factory=dict)
    precisions: dict[tuple[int, str], Decimal] = field(default_factory=dict)
    variants: dict[tuple[int, str], ItemVariant] = field(default_factory=dict)
    locations: set[str] = field(default_factory=set)
    references: dict[str, list[ItemReference]] = field(default_factory=dict)

    @classmethod
    def load(cls, lines: Iterable[NewLine], *, customer_no: str, on) -> "LineMasters":
        """Read everything that the lines name; on is the date on which references must be valid."""
        masters = cls()
        lines = list(lines)
        referred = {line.item_reference_no for line in lines if line.item_reference_no and not line.number}
        if referred:
            masters._load_references(referred, customer_no, on)
        numbers = {line.number for line in lines if line.type == LineType.ITEM and line.number}
        numbers |= {row.item.number for rows in masters.references.values() for row in rows}
        if numbers:
            masters._load_items(numbers)
        places = {line.location_code for line in lines if line.location_code}
        if places:
            known = Location.objects.filter(code__in=places)
            masters.locations = set(known.values_list("code", flat=True))
        masters.accounts = _named(GLAccount, LineType.GL_ACCOUNT, lines)
        masters.resources = _named(Resource, LineType.RESOURCE, lines, "base_unit")
        masters.charges = _named(ItemCharge, LineType.CHARGE, lines)
        codes = {line.number for line in lines if line.type == LineType.COMMENT and line.number}
        if codes:
            masters.texts = {text.code: text for text in StandardText.objects.filter(code__in=codes)}
        return masters

    def _load_items(self, numbers: set[str]) -> None:
        found = Item.objects.filter(number__in=numbers).select_related(
            "base_unit",
            "sales_unit",
            "gen_prod_posting_group",
            "vat_prod_posting_group",
            "inventory_posting_group",
            "vat_bus_posting_group_price",
        )
        self.items = {item.number: item for item in found}
        keys = [item.id for item in self.items.values()]
        for row in ItemUnit.objects.filter(item_id__in=keys).select_related("unit"):
            self.units[row.item_id, row.unit.code] = row.per_unit
            self.precisions[row.item_id, row.unit.code] = row.rounding_precision
        variants = ItemVariant.objects.filter(item_id__in=keys)
        self.variants = {(row.item_id, row.code): row for row in variants}

    def _load_references(self, referred: set[str], customer_no: str, on) -> None:
        mine = Q(type=ItemReference.Type.CUSTOMER, type_no=customer_no)
        anyones = Q(type__in=[ItemReference.Type.BAR_CODE, ItemReference.Type.NONE])
        valid = (Q(starting_date=None) | Q(starting_date__lte=on)) & (
            Q(ending_date=None) | Q(ending_date__gte=on)
        )
        rows = ItemReference.objects.filter(mine | anyones, valid, reference_no__in=referred)
        for row in rows.select_related("item", "unit").order_by("id"):
            self.references.setdefault(row.reference_no, []).append(row)

    def precision(self, item_id: int | None, unit_code: str) -> Decimal:
        """The smallest quantity that may be typed in a unit of an item."""
        return self.precisions.get((item_id, unit_code)) or QTY

    def resolve_reference(self, line: NewLine, line_no: int) -> tuple[NewLine, list[Problem]]:
        """Replace a typed reference by the item, variant and unit it stands for.

        The customer's own reference goes before a bar code, and that before a general one; two items of the same
        rank leave the choice to the user (E-REF-AMBIGUOUS).
        """
        if line.number or not line.item_reference_no:
            return line, []
        rows = self.references.get(line.item_reference_no, [])
        if not rows:
            message = _("No item has the reference {reference}.").format(reference=line.item_reference_no)
            return line, [Problem("E-REF-NONE", message, line_no=line_no, field="item_reference_no")]
        best = min(_RANK[row.type] for row in rows)
        rows = [row for row in rows if _RANK[row.type] == best]
        if len({row.item_id for row in rows}) > 1:
            names = ", ".join(sorted(row.item.number for row in rows))
            message = _("The reference {reference} stands for several items ({items}): choose one.")
            message = message.format(reference=line.item_reference_no, items=names)
            return line, [Problem("E-REF-AMBIGUOUS", message, line_no=line_no, field="item_reference_no")]
        row = rows[0]
        return (
            line._replace(
                number=row.item.number,
                variant_code=line.variant_code or row.variant_code,
                unit_code=line.unit_code or (row.unit.code if row.unit else ""),
                description=line.description or row.description,
            ),
            [],
        )


def _named(model: type[Model], type: str, lines: Iterable[NewLine], *also: str) -> dict:
    """The masters that lines of a type name, by number, with their product groups. One query, or none."""
    numbers = {line.number for line in lines if line.type == type and line.number}
    if not numbers:
        return {}
    found = model.objects.filter(number__in=numbers)
    found = found.select_related("gen_prod_posting_group", "vat_prod_posting_group", *also)
    return {master.number: master for master in found}


_RANK = {
    ItemReference.Type.CUSTOMER: 0,
    ItemReference.Type.BAR_CODE: 1,
    ItemReference.Type.NONE: 2,
}
