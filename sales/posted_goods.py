"""Which item entries stand behind the lines of a posted invoice or credit memo that is to be taken back."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal

from inventory.models import ItemDocumentType
from inventory.selectors import PaperEntry, charges_on, entries_behind, papers_invoicing, papers_returning
from sales.models import CancelledDocument, SalesInvoice
from sales.models.base import LineType, PostedLine, PostedMoney
from sales.plans.correction import Charged, Taken, take_goods

INVOICE, CREDIT_MEMO = ItemDocumentType.SALES_INVOICE, ItemDocumentType.SALES_CREDIT_MEMO
Entries = Mapping[int, Sequence[PaperEntry]]


def document_type_of(paper: PostedMoney) -> str:
    """What the item ledger calls the paper."""
    return INVOICE if isinstance(paper, SalesInvoice) else CREDIT_MEMO


def goods_behind(paper: PostedMoney) -> dict[int, list[PaperEntry]]:
    """By line number, the item entries that a paper invoiced.

    Where a credit memo took an invoice back and was itself taken back by another invoice, the goods that are with the
    customer now are those of that other invoice: its entries come after the original's, line by line.

    Two queries; two more for each time that the invoice was cancelled before.
    """
    document_type = document_type_of(paper)
    found = entries_behind(document_type, [paper.number])
    entries = list(found)
    while document_type == INVOICE and any(entry.left < abs(entry.quantity) for entry in found):
        again = _sold_again([entry.entry_no for entry in found])
        found = entries_behind(INVOICE, again) if again else []
        entries += found
    by_line: dict[int, list[PaperEntry]] = {}
    for entry in entries:
        by_line.setdefault(entry.line_no, []).append(entry)
    return by_line


def _sold_again(entry_nos: Collection[int]) -> list[str]:
    """The invoices that took credit memos back which had returned some of these entries."""
    numbers = papers_returning(entry_nos, document_type=CREDIT_MEMO)
    rows = CancelledDocument.objects.filter(kind=CancelledDocument.Kind.CREDIT_MEMO, cancelled_no__in=numbers)
    return list(rows.order_by("id").values_list("cancelled_by_no", flat=True))


def charges_behind(paper: PostedMoney, lines: Iterable[PostedLine]) -> list[Charged]:
    """What the item charges of a paper gave to goods. One query, none without charges."""
    if not any(line.type == LineType.CHARGE for line in lines):
        return []
    return [Charged(*row) for row in charges_on(document_type_of(paper), paper.number)]


def goods_to_take(
    lines: Iterable[PostedLine], entries: Entries
) -> tuple[dict[int, list[Taken]], list[tuple[PostedLine, Decimal]]]:
    """By line number the entries that give each line's goods back; and the lines of which some are back already."""
    taken: dict[int, list[Taken]] = {}
    missing, left = [], {}
    for line in lines:
        if line.type == LineType.ITEM and line.quantity:
            found, short = take_goods(line.quantity_base, entries.get(line.line_no, ()), left)
            taken[line.line_no] = found
            if short:
                missing.append((line, short))
    return taken, missing


def invoices_of(entry_nos: Collection[int]) -> dict[int, list[str]]:
    """By item entry, the posted invoices and credit memos that invoiced it and were not cancelled. Two queries."""
    rows = papers_invoicing(entry_nos, document_types=[INVOICE, CREDIT_MEMO])
    cancelled = set(
        CancelledDocument.objects.filter(
            cancelled_no__in={number for _no, _type, number in rows}
        ).values_list("kind", "cancelled_no")
    )
    found: dict[int, list[str]] = {}
    for entry_no, document_type, number in rows:
        kind = (
            CancelledDocument.Kind.INVOICE if document_type == INVOICE else CancelledDocument.Kind.CREDIT_MEMO
        )
        if (kind, number) not in cancelled:
            found.setdefault(entry_no, []).append(number)
    return found
