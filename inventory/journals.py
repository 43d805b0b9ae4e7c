"""Item journals that are being typed: their batches and lines, what numbers they will get, what is in stock."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from erp.kernel.errors import ErpError
from erp.kernel.models import NumberSeries
from erp.kernel.money import WIDE, ZERO, round_to
from erp.kernel.numbering import peek_number
from inventory.models import EntryType, Item, ItemJournalBatch, ItemJournalLine
from inventory.selectors import Place, inventory_of

DEFAULT = "DEFAULT"  # the batch that is there before anybody wrote in it
SERIES = "ITEM-JOURNAL"
COMING = (EntryType.PURCHASE, EntryType.POSITIVE_ADJUSTMENT)


def item_batches() -> list[ItemJournalBatch]:
    """The item journals by name; where nobody wrote in one yet, the one that everybody starts with."""
    return list(ItemJournalBatch.objects.order_by("name")) or [first_item_batch()]


def item_batch_named(name: str) -> ItemJournalBatch | None:
    """An item journal; the first one is there before anybody wrote in it."""
    found = ItemJournalBatch.objects.filter(name=name).first()
    return found or (first_item_batch() if name == DEFAULT else None)


def first_item_batch() -> ItemJournalBatch:
    """The item journal that everybody starts with, not stored yet."""
    has_series = NumberSeries.objects.filter(code=SERIES).exists()
    return ItemJournalBatch(name=DEFAULT, number_series=SERIES if has_series else "")


def item_lines_of(batch: ItemJournalBatch) -> list[ItemJournalLine]:
    return list(batch.lines.order_by("line_no")) if batch.pk else []


def item_numbers_to_come(batch: ItemJournalBatch, lines: Sequence[ItemJournalLine]) -> dict[int, str]:
    """The document number of each line by its line number: typed, or the one that posting will draw for its day."""
    drawn: dict[date, str] = {}
    if batch.number_series:
        for on in sorted({line.posting_date for line in lines if line.posting_date and not line.document_no}):
            try:
                first = peek_number(batch.number_series, on=on)
            except ErpError:
                continue  # posting says why
            drawn[on] = first if first not in drawn.values() else ""  # known once the days before are posted
    return {line.line_no: line.document_no or drawn.get(line.posting_date, "") for line in lines}


def items_by_number(numbers: Sequence[str]) -> dict[str, Item]:
    """Items with their units by number. One query."""
    return {item.number: item for item in Item.objects.select_related("base_unit").filter(number__in=numbers)}


def on_hand(lines: Sequence[ItemJournalLine]) -> dict[int, Decimal]:
    """What lies at the place of each line now, in base units, by line number; services have no stock."""
    items = items_by_number([line.item_no for line in lines])
    places = {
        line.line_no: Place(items[line.item_no].pk, line.variant_code, line.location_code)
        for line in lines
        if line.item_no in items and items[line.item_no].keeps_stock
    }
    if not places:
        return {}
    stock = inventory_of(set(places.values()))
    return {line_no: stock[place] for line_no, place in places.items()}


def goes_short(line: ItemJournalLine, item: Item | None, stock: Decimal | None) -> bool:
    """Whether a line takes out more than lies at its place; told for lines in base units, and stops nothing."""
    if item is None or stock is None or line.unit_code not in ("", item.base_unit.code):
        return False
    goes_out = (line.entry_type in COMING) != (line.quantity > 0)
    return goes_out and abs(line.quantity) > stock


class ItemJournalTotals(NamedTuple):
    """What an item journal moves, as far as it can be said before posting: amounts are quantity × unit amount."""

    lines: int
    coming: Decimal
    going: Decimal


def item_totals(lines: Sequence[ItemJournalLine], items: Mapping[str, Item]) -> ItemJournalTotals:
    """The amounts of an item journal; a line without a unit amount counts at the item's unit cost."""
    coming = going = ZERO
    for line in lines:
        amount = line_amount(line, items.get(line.item_no))
        if (line.entry_type in COMING) == (line.quantity > 0):
            coming += abs(amount)
        else:
            going += abs(amount)
    return ItemJournalTotals(len(lines), coming, going)


def line_amount(line: ItemJournalLine, item: Item | None) -> Decimal:
    """Quantity × unit amount; without a typed unit amount that of the card, where the line is in base units."""
    unit_amount = line.unit_amount
    if unit_amount is None:
        if item is None or line.unit_code not in ("", item.base_unit.code):
            return ZERO
        unit_amount = item.unit_price if line.entry_type == EntryType.SALE else item.unit_cost
    return round_to(WIDE.multiply(line.quantity, unit_amount))
