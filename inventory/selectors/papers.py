"""What papers moved, valued and returned: the item, value and resource entries behind them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db.models import F, Max, Sum

from erp.kernel.money import WIDE, ZERO, round_to
from erp.kernel.quantity import QTY
from inventory.models.entries import ItemDocumentType, ItemLedgerEntry, ResourceLedgerEntry, ValueEntry


@dataclass(frozen=True, slots=True)
class MovementRow:
    """An item ledger entry as people see it."""

    entry_no: int
    item_no: str
    posting_date: date
    entry_type: str
    document_type: str
    document_no: str
    description: str
    location_code: str
    variant_code: str
    quantity: Decimal
    remaining_quantity: Decimal
    invoiced_quantity: Decimal
    cost: Decimal
    return_reason_code: str = ""


@dataclass(frozen=True, slots=True)
class ValueRow:
    """A value entry as people see it."""

    entry_no: int
    item_entry_no: int
    item_no: str
    posting_date: date
    type: str
    document_type: str
    document_no: str
    valued_quantity: Decimal
    invoiced_quantity: Decimal
    cost_actual: Decimal
    cost_expected: Decimal
    sales_actual: Decimal
    adjustment: bool
    item_charge_no: str


@dataclass(frozen=True, slots=True)
class ResourceRow:
    """A resource ledger entry as people see it; cost and revenue in local currency, signed as the quantity."""

    entry_no: int
    resource_no: str
    posting_date: date
    document_type: str
    document_no: str
    description: str
    quantity: Decimal
    unit_code: str
    cost: Decimal
    sales: Decimal


@dataclass(frozen=True, slots=True)
class DocumentEntries:
    """What a paper left in the item ledger and in the value entries, by entry number."""

    items: tuple[MovementRow, ...]
    values: tuple[ValueRow, ...]


def entries_for(document_no: str, *, posting_date: date | None = None) -> DocumentEntries:
    """The item and value entries of a document number. Two queries."""
    paper = {"document_no": document_no} | ({"posting_date": posting_date} if posting_date else {})
    items = ItemLedgerEntry.objects.filter(**paper).order_by("entry_no")
    items = items.annotate(cost=F("state__cost_amount_actual") + F("state__cost_amount_expected"))
    moved = items.values_list(
        "entry_no", "item__number", "posting_date", "entry_type", "document_type", "document_no", "description",
        "location_code", "variant_code", "quantity", "state__remaining_quantity", "state__invoiced_quantity", "cost",
        "return_reason_code",
    )  # fmt: skip
    values = ValueEntry.objects.filter(**paper).order_by("entry_no").values_list(
        "entry_no", "item_entry_id", "item__number", "posting_date", "type", "document_type", "document_no",
        "valued_quantity", "invoiced_quantity", "cost_amount_actual", "cost_amount_expected", "sales_amount_actual",
        "adjustment", "item_charge_no",
    )  # fmt: skip
    return DocumentEntries(tuple(MovementRow(*row) for row in moved), tuple(ValueRow(*row) for row in values))


def resource_entries_for(document_no: str) -> list[ResourceRow]:
    """The resource entries of a document number. One query."""
    rows = ResourceLedgerEntry.objects.filter(document_no=document_no).order_by("id")
    columns = ("id", "resource__number", "posting_date", "document_type", "document_no", "description", "quantity",
               "unit_code", "total_cost", "total_price")  # fmt: skip
    return [ResourceRow(*row) for row in rows.values_list(*columns)]


def returnable(entry_nos: Collection[int]) -> dict[int, Decimal]:
    """How much of some issues can still come back at exactly their cost. One query."""
    rows = ItemLedgerEntry.objects.filter(pk__in=entry_nos, quantity__lt=0, reversals=None)
    left = -F("quantity") - F("state__returned_quantity")
    return dict(rows.annotate(left=left).values_list("pk", "left"))


def costs_by_entry(entry_nos: Collection[int]) -> dict[int, tuple[Decimal, Decimal]]:
    """Quantity and cost of entries, expected and actual, signed as they moved. One query."""
    rows = ItemLedgerEntry.objects.filter(pk__in=entry_nos)
    cost = F("state__cost_amount_actual") + F("state__cost_amount_expected")
    return {no: (quantity, cost) for no, quantity, cost in rows.values_list("pk", "quantity", cost)}


def invoiced_costs(document_no: str, *, document_type: str) -> dict[int, Decimal]:
    """By line of a posted invoice or credit memo, what its goods cost by now; negative for what left. One query.

    Of an entry that several papers invoiced, each has its share of what the entry costs.
    """
    rows = ValueEntry.objects.filter(
        document_no=document_no, document_type=document_type, item_charge_no=""
    ).exclude(invoiced_quantity=0)
    columns = ("document_line_no", "invoiced_quantity", "cost_amount_non_inventoriable",
               "item_entry__state__cost_amount_actual", "item_entry__state__invoiced_quantity")  # fmt: skip
    costs: dict[int, Decimal] = {}
    for line_no, quantity, non_inventoriable, actual, invoiced in rows.values_list(*columns):
        share = round_to(WIDE.divide(WIDE.multiply(actual, quantity), invoiced)) if invoiced else ZERO
        costs[line_no] = costs.get(line_no, ZERO) + share + non_inventoriable
    return costs


def costs_of(entry_nos: Collection[int]) -> dict[int, Decimal]:
    """Cost per base unit of entries, expected and actual; for exact cost reversing. One query."""
    rows = ItemLedgerEntry.objects.filter(pk__in=entry_nos)
    columns = ("pk", "quantity", "state__cost_amount_actual", "state__cost_amount_expected")
    return {
        no: round_to(WIDE.divide(actual + expected, quantity), QTY)
        for no, quantity, actual, expected in rows.values_list(*columns)
    }


class PaperEntry(NamedTuple):
    """An item entry behind a line of a posted paper; quantities in base units, signed as the entry's.

    quantity   what the line moved; of an invoice or credit memo, what of the entry it invoiced
    left       positive: of an issue what can still come back at exactly its cost, of a receipt what still lies there
    unit_cost  of one base unit, expected and actual
    """

    document_no: str
    line_no: int
    entry_no: int
    quantity: Decimal
    left: Decimal
    unit_cost: Decimal


MOVING = frozenset({ItemDocumentType.SALES_SHIPMENT, ItemDocumentType.SALES_RETURN_RECEIPT})
_STATE = ("quantity", "state__returned_quantity", "state__remaining_quantity", "state__cost_amount_actual",
          "state__cost_amount_expected")  # fmt: skip


def entries_behind(document_type: str, numbers: Collection[str]) -> list[PaperEntry]:
    """The item entries behind the lines of some posted papers of a type, oldest first; what was undone is left out.

    document_type  of the item ledger, as "sales_invoice"

    One query for shipments and receipts, two for invoices and credit memos.
    """
    entries = ItemLedgerEntry.objects.filter(reverses=None, reversals=None).order_by("entry_no")
    if document_type in MOVING:
        rows = entries.filter(document_type=document_type, document_no__in=numbers)
        columns = ("document_no", "document_line_no", "entry_no", "quantity", *_STATE)
        return [_paper_entry(*row) for row in rows.values_list(*columns)]
    values = ValueEntry.objects.filter(
        document_type=document_type, document_no__in=numbers, adjustment=False, item_charge_no=""
    )
    values = values.exclude(invoiced_quantity=0).order_by("item_entry_id")
    invoiced = values.values_list("document_no", "document_line_no", "item_entry_id").annotate(
        quantity=Sum("invoiced_quantity")
    )
    found = list(invoiced)
    states = {
        no: state
        for no, *state in entries.filter(pk__in={row[2] for row in found}).values_list("pk", *_STATE)
    }
    return [_paper_entry(*row, *states[row[2]]) for row in found if row[2] in states]


def _paper_entry(
    document_no, line_no, entry_no, quantity, whole, returned, remaining, actual, expected
) -> PaperEntry:
    left = -whole - returned if whole < 0 else remaining
    unit_cost = round_to(WIDE.divide(actual + expected, whole), QTY)
    return PaperEntry(document_no, line_no, entry_no, quantity, left, unit_cost)


@dataclass(frozen=True, slots=True)
class Issue:
    """Goods that went, and what of them can still come back; base units, positive."""

    item_id: int
    variant_code: str
    quantity: Decimal
    left: Decimal
    unit_cost: Decimal


def issues(entry_nos: Collection[int]) -> dict[int, Issue]:
    """Entries of goods that went, by number; one that is undone has nothing left to return. One query."""
    rows = ItemLedgerEntry.objects.filter(pk__in=entry_nos, quantity__lt=0)
    found = {}
    columns = ("pk", "item_id", "variant_code", "reversals", *_STATE)
    for no, item_id, variant, undone, *state in rows.values_list(*columns):
        entry = _paper_entry("", 0, no, state[0], *state)
        left = ZERO if undone else entry.left
        found[no] = Issue(item_id, variant, -entry.quantity, left, entry.unit_cost)
    return found


def moved_by(document_type: str, document_no: str, line_nos: Collection[int]) -> list[tuple[int, int]]:
    """Line number and entry of what some lines of a paper moved, undone or not, oldest first. One query."""
    rows = ItemLedgerEntry.objects.filter(
        document_type=document_type, document_no=document_no, document_line_no__in=line_nos, reverses=None
    )
    return list(rows.order_by("entry_no").values_list("document_line_no", "entry_no"))


class Moved(NamedTuple):
    """What an entry moved, and by which line of which paper."""

    item_no: str
    description: str
    document_type: str
    document_no: str
    line_no: int


def movements(entry_nos: Collection[int]) -> dict[int, Moved]:
    """What some entries moved. One query."""
    columns = ("item__number", "description", "document_type", "document_no", "document_line_no")
    rows = ItemLedgerEntry.objects.filter(pk__in=entry_nos).values_list("pk", *columns)
    return {entry_no: Moved(*row) for entry_no, *row in rows}


def papers_returning(entry_nos: Collection[int], *, document_type: str) -> set[str]:
    """Numbers of the papers of a type that brought some issues back at exactly their cost. One query."""
    rows = ValueEntry.objects.filter(item_entry__applies_from__in=entry_nos, document_type=document_type)
    return set(rows.order_by().values_list("document_no", flat=True).distinct())


def papers_invoicing(
    entry_nos: Collection[int], *, document_types: Collection[str]
) -> list[tuple[int, str, str]]:
    """Entry, type and number of each paper that invoiced some goods, oldest first. One query."""
    rows = ValueEntry.objects.filter(
        item_entry__in=entry_nos, document_type__in=document_types, adjustment=False, item_charge_no=""
    )
    rows = rows.exclude(invoiced_quantity=0).order_by("entry_no")
    return list(rows.values_list("item_entry_id", "document_type", "document_no"))


def charges_on(document_type: str, document_no: str) -> list[tuple[int, int, Decimal]]:
    """What the item charges of a paper gave to goods: line, entry, revenue in local currency. One query."""
    rows = ValueEntry.objects.filter(document_type=document_type, document_no=document_no)
    rows = rows.exclude(item_charge_no="").order_by("entry_no")
    return list(rows.values_list("document_line_no", "item_entry_id", "sales_amount_actual"))


def charged_entries(entry_nos: Collection[int]) -> dict[int, str]:
    """Entries that item charges gave revenue to, and the last paper that did; what was taken back is left out."""
    rows = ValueEntry.objects.filter(item_entry__in=entry_nos).exclude(item_charge_no="").order_by()
    sums = rows.values_list("item_entry_id").annotate(
        total=Sum("sales_amount_actual"), paper=Max("document_no")
    )
    return {entry_no: number for entry_no, total, number in sums if total}


def revalued(entry_nos: Collection[int]) -> set[int]:
    """Entries that somebody gave another value. One query."""
    rows = ValueEntry.objects.filter(item_entry__in=entry_nos, type=ValueEntry.Type.REVALUATION)
    return set(rows.order_by().values_list("item_entry_id", flat=True))
