"""Posted papers of a customer, and what of their lines can still come back at exactly its cost."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from django.db.models import QuerySet, Sum

from erp.kernel.quantity import from_base
from inventory.selectors import PaperEntry, entries_behind
from sales.models import ReturnReceipt, SalesCreditMemo, SalesDocument, SalesInvoice, SalesShipment
from sales.models.base import LineType, PostedLine, PostedPaper

ZERO = Decimal(0)


class PostedKind(NamedTuple):
    """One kind of posted paper: its table, what the item ledger calls it, and whether goods came back on it."""

    model: type[PostedPaper]
    document_type: str
    receives: bool


KINDS = {
    "shipment": PostedKind(SalesShipment, "sales_shipment", False),
    "invoice": PostedKind(SalesInvoice, "sales_invoice", False),
    "return_receipt": PostedKind(ReturnReceipt, "sales_return_receipt", True),
    "credit_memo": PostedKind(SalesCreditMemo, "sales_credit_memo", True),
}


class ReversibleLine(NamedTuple):
    """A line of a posted paper. `left` is in the line's unit: what no line has taken back; None: it does not matter."""

    paper: PostedPaper
    line: PostedLine
    left: Decimal | None

    @property
    def is_reversible(self) -> bool:
        return self.left is None or self.left != 0

    @property
    def key(self) -> str:
        return f"{self.paper.number}/{self.line.line_no}"


def papers_of(document: SalesDocument, kind: str) -> QuerySet:
    """Posted papers of a kind of the document's sell-to customer."""
    return KINDS[kind].model.objects.filter(customer_id=document.customer_id)


def reversible_lines(
    document: SalesDocument, kind: str, papers: Sequence[PostedPaper], *, only_reversible: bool = True
) -> list[ReversibleLine]:
    """The lines of some papers of a kind that say something, as a document can take them. Four queries at most.

    only_reversible  leave out papers in another currency, and goods of which everything has come back
    """
    about = KINDS[kind]
    if only_reversible:
        papers = [paper for paper in papers if paper.currency_code == document.currency_code]
    by_key = {paper.pk: paper for paper in papers}
    rows = about.model._meta.get_field("lines").related_model.objects.filter(document__in=by_key)
    rows = [
        row for row in rows.order_by("document", "line_no") if row.quantity or row.type == LineType.COMMENT
    ]
    entries = entries_behind(about.document_type, [paper.number for paper in papers])
    left = unclaimed(document, {entry.entry_no: entry.left for entry in entries})
    behind: dict[tuple[str, int], list[PaperEntry]] = {}
    for entry in entries:
        behind.setdefault((entry.document_no, entry.line_no), []).append(entry)
    counts = about.receives != document.traits.receives and document.traits.receives
    found = []
    for row in rows:
        paper = by_key[row.document_id]
        mine = behind.get((paper.number, row.line_no), ())
        rest = _left(row, mine, left) if counts and row.type == LineType.ITEM else None
        found.append(ReversibleLine(paper, row, rest))
    return [line for line in found if line.is_reversible or not only_reversible]


def unclaimed(document: SalesDocument, left: Mapping[int, Decimal]) -> dict[int, Decimal]:
    """What of some item entries the lines that stand on the document leave to be taken back. One query."""
    rest = dict(left)
    claims = document.lines.filter(applies_from_item_entry__in=rest).order_by()
    for no, claimed in claims.values_list("applies_from_item_entry").annotate(Sum("outstanding_base")):
        rest[no] -= abs(claimed)
    return rest


def _left(line: PostedLine, entries: Sequence[PaperEntry], left: Mapping[int, Decimal]) -> Decimal | None:
    """What of a line's goods can still come back; a line that left no entry may come back whole."""
    issues = [entry for entry in entries if entry.quantity < 0]
    if not issues:
        return None if line.quantity > 0 and not entries else line.quantity
    base = sum((min(-entry.quantity, max(left[entry.entry_no], ZERO)) for entry in issues), ZERO)
    return from_base(base, line.per_unit)
