"""An open document with the content of a posted invoice: what a correction starts from."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal

from erp.kernel.access import needs
from inventory.models import ItemDocumentType
from inventory.selectors import Moved, entries_behind, movements
from sales.arithmetic.spread import spread
from sales.arithmetic.values import UNIT, ZERO
from sales.models import ChargeAssignment, SalesLine
from sales.models.base import LineType, PostedMoney
from sales.plans.copying import Copied
from sales.plans.correction import Charged
from sales.posted_goods import charges_behind, document_type_of
from sales.rights import to_draft
from sales.routines.copy_document import copy_document
from sales.routines.draft import draft

Target = ChargeAssignment.Target
TARGETS = {
    ItemDocumentType.SALES_SHIPMENT: Target.SHIPMENT,
    ItemDocumentType.SALES_RETURN_RECEIPT: Target.RETURN_RECEIPT,
}


@needs(to_draft)
def draft_from_posted(type: str, paper: PostedMoney, *, by, at: datetime, on: date) -> Copied:
    """Write a document of a type with head, lines and dates of a posted paper; in a transaction.

    returns  as copying does, with what was left out. The invoice discount stays as it was given: it is not calculated
             again when the document is posted. Item charges are assigned as they were
    """
    document = draft(type, paper.customer, by=by, at=at, on=on)
    copied = copy_document(document, paper, include_header=True, by=by, at=at, on=on)
    document.refresh_from_db()
    document.invoice_discount_code = ""
    document.save(update_fields=["invoice_discount_code"])
    _assign_charges(paper, copied)
    return Copied(document, copied.lines, copied.skipped, copied.origins)


def new_lines(copied: Copied) -> dict[int, list[SalesLine]]:
    """The new lines by the number of the posted line that they came from."""
    found: dict[int, list[SalesLine]] = {}
    for line in copied.lines:
        if line.line_no in copied.origins:
            found.setdefault(copied.origins[line.line_no][2], []).append(line)
    return found


def _assign_charges(paper: PostedMoney, copied: Copied) -> None:
    """Give the charges to the goods that carried them: to lines of a document that sells them again, else to the goods
    that moved. Four queries, none without charges."""
    charges = [line for line in copied.lines if line.type == LineType.CHARGE]
    given = charges_behind(paper, charges)
    if not given:
        return
    goods = _Goods.load(paper, copied, {charge.item_entry_no for charge in given})
    assignments = []
    for line in charges:
        origin = copied.origins[line.line_no][2]
        assignments += _assignments(line, [charge for charge in given if charge.line_no == origin], goods)
    ChargeAssignment.objects.bulk_create(assignments)


class _Goods:
    """What carried charges, by item entry, as an assignment of the new document names it."""

    def __init__(self, moved: Mapping[int, Moved], lines: Mapping[int, SalesLine], sells_again: bool):
        self.moved, self.lines, self.sells_again = moved, lines, sells_again

    @classmethod
    def load(cls, paper: PostedMoney, copied: Copied, entry_nos: Collection[int]) -> "_Goods":
        origins = new_lines(copied)
        behind = entries_behind(document_type_of(paper), [paper.number])
        lines = {entry.entry_no: origins[entry.line_no][0] for entry in behind if entry.line_no in origins}
        return cls(movements(entry_nos), lines, not copied.document.traits.receives)

    def target(self, entry_no: int) -> dict | None:
        """The fields of an assignment; None where the goods can be named by nothing that is there."""
        item_no, description, document_type, document_no, line_no = self.moved[entry_no]
        facts = {"item_no": item_no, "description": description}
        line = self.lines.get(entry_no)
        kind = TARGETS.get(document_type)
        if line is not None and (self.sells_again or kind is None):
            return facts | {"target": Target.LINE, "target_line_id": line.pk}
        if kind is None:
            return None
        return facts | {"target": kind, "target_no": document_no, "target_line_no": line_no}


def _assignments(line: SalesLine, given: Iterable[Charged], goods: _Goods) -> list[ChargeAssignment]:
    """One assignment per target, by what each carried; what can no longer be named is left for somebody to choose."""
    weights: dict[tuple, Decimal] = {}
    for charge in given:
        target = goods.target(charge.item_entry_no)
        if target is not None:
            key = tuple(target.items())
            weights[key] = weights.get(key, ZERO) + charge.sales_amount
    quantities = spread(line.quantity, list(weights.values()), precision=UNIT)
    amounts = spread(line.amount, list(weights.values()))
    return [
        ChargeAssignment(line=line, quantity=quantity, amount=amount, **dict(target))
        for target, quantity, amount in zip(weights, quantities, amounts, strict=True)
    ]
