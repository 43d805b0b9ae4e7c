"""Open entries that somebody is about to settle: marked by a journal line, or named by their document."""

from collections.abc import Collection
from decimal import Decimal

from receivables.models.entries import CustomerLedgerEntry, OpenItem
from receivables.selectors.entries import EntryRow, _rows


def marked_entries(applies_to_id: str) -> list[EntryRow]:
    """Open entries that a journal line chose to settle, with what is to be applied of each."""
    if not applies_to_id:
        return []
    entries = CustomerLedgerEntry.objects.filter(open_item__applies_to_id=applies_to_id)
    return _rows(entries.order_by("open_item__due_date", "entry_no"))


def documents_marked(applies_to_ids: Collection[str]) -> dict[str, list[str]]:
    """The document numbers of the open entries under each of some IDs. One query."""
    found: dict[str, list[str]] = {}
    if applies_to_ids:
        items = OpenItem.objects.filter(applies_to_id__in=applies_to_ids).order_by("due_date", "entry_id")
        for mark, document_no in items.values_list("applies_to_id", "entry__document_no"):
            found.setdefault(mark, []).append(document_no)
    return found


def amounts_to_apply(entry_nos: Collection[int]) -> dict[int, Decimal]:
    """How much of each open entry is marked to be applied."""
    return dict(OpenItem.objects.filter(pk__in=entry_nos).values_list("entry_id", "amount_to_apply"))


def open_document(document_no: str, *, document_type: str = "", customer_no: str = "") -> EntryRow | None:
    """The open entry of a document number, where there is exactly one that fits."""
    entries = CustomerLedgerEntry.objects.filter(document_no=document_no, open_item__isnull=False)
    if document_type:
        entries = entries.filter(document_type=document_type)
    if customer_no:
        entries = entries.filter(customer__number=customer_no)
    found = _rows(entries[:2])
    return found[0] if len(found) == 1 else None


def open_documents(numbers: Collection[str]) -> list[EntryRow]:
    """The open entries of some document numbers. One query."""
    entries = CustomerLedgerEntry.objects.filter(document_no__in=numbers, open_item__isnull=False)
    return _rows(entries.order_by("entry_no"))


def open_entries_of(customer_no: str) -> list[EntryRow]:
    """What is open with the customer of a number, in the order in which oldest first would settle it."""
    entries = CustomerLedgerEntry.objects.filter(customer__number=customer_no, open_item__isnull=False)
    return _rows(entries.order_by("open_item__due_date", "entry_no")) if customer_no else []
