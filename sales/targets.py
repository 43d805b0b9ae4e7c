"""Goods that an item charge can be assigned to: lines of its own document, and goods that moved on posted papers."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet

from erp.kernel.money import WIDE
from sales.arithmetic.values import HUNDRED, ONE
from sales.models import ChargeAssignment, ReturnReceiptLine, SalesDocument, SalesLine, SalesShipmentLine
from sales.models.base import LineType

Kind = ChargeAssignment.Target
PAPERS = {Kind.SHIPMENT: SalesShipmentLine, Kind.RETURN_RECEIPT: ReturnReceiptLine}
SHOWN = 30  # goods of earlier papers that are offered at once


class Target(NamedTuple):
    """What an assignment names.

    kind    `ChargeAssignment.Target`
    number  of the posted paper; blank for a line of the same document
    """

    kind: str
    line_no: int
    number: str = ""

    @classmethod
    def of(cls, row: ChargeAssignment) -> "Target":
        """What a row names, with its working line at hand (`select_related`)."""
        if row.target == Kind.LINE:
            return cls(row.target, row.target_line.line_no)
        return cls(row.target, row.target_line_no, row.target_no)


@dataclass(frozen=True, slots=True)
class Goods:
    """Goods that can carry a charge.

    line_id         of a line of the same document; None on a posted paper
    quantity        in the line's unit
    amount          after line discount and without VAT, in local currency, not rounded: only sizes matter
    weight, volume  of all of it
    is_invoiced     completely; a suggestion leaves it out
    posting_date    of the posted paper
    """

    target: Target
    item_no: str
    description: str
    quantity: Decimal
    unit_code: str
    amount: Decimal
    weight: Decimal
    volume: Decimal
    line_id: int | None = None
    is_invoiced: bool = False
    posting_date: date | None = None


def own_goods(document: SalesDocument) -> list[Goods]:
    """The item lines of a document. One query."""
    lines = document.lines.filter(type=LineType.ITEM).exclude(quantity=0).order_by("line_no")
    return [_own(document, line) for line in lines]


def find_goods(document: SalesDocument, targets: Collection[Target]) -> dict[Target, Goods]:
    """The goods that targets name; those that are not there, or belong to another customer, are left out.

    At most three queries.
    """
    found = {}
    own = [target.line_no for target in targets if target.kind == Kind.LINE]
    if own:
        found = {goods.target: goods for goods in own_goods(document) if goods.target.line_no in own}
    for kind, model in PAPERS.items():
        named = Q()
        for target in targets:
            if target.kind == kind:
                named |= Q(document__number=target.number, line_no=target.line_no)
        if named:
            found |= {goods.target: goods for goods in _posted(kind, _moved(model, document).filter(named))}
    return found


def earlier_goods(document: SalesDocument, *, number: str = "") -> list[Goods]:
    """What the customer got or gave back on posted papers, the newest first; of one paper where a number is typed.

    Two queries.
    """
    found = []
    for kind, model in PAPERS.items():
        rows = _moved(model, document).order_by("-document__posting_date", "-document_id", "line_no")
        found += _posted(kind, rows.filter(document__number__iexact=number) if number else rows[:SHOWN])
    return found


def _moved(model, document: SalesDocument) -> QuerySet:
    """Lines with goods of the customer that were not undone."""
    undone = model.objects.filter(document=OuterRef("document"), undoes_line_no=OuterRef("line_no"))
    rows = model.objects.filter(
        document__customer=document.customer_id,
        type=LineType.ITEM,
        item_entry_no__isnull=False,
        undoes_line_no=0,
    )
    return rows.exclude(quantity=0).exclude(Exists(undone)).select_related("document")


def _posted(kind: str, rows: Iterable) -> list[Goods]:
    goods = []
    for row in rows:
        paper = row.document
        gross = WIDE.multiply(row.quantity, row.unit_price)
        goods.append(
            Goods(
                target=Target(kind, row.line_no, paper.number),
                item_no=row.number,
                description=row.description,
                quantity=row.quantity,
                unit_code=row.unit_code,
                amount=_net(WIDE.multiply(gross, ONE - row.line_discount_percent / HUNDRED), paper, row),
                weight=WIDE.multiply(row.gross_weight, row.quantity_base),
                volume=WIDE.multiply(row.unit_volume, row.quantity_base),
                posting_date=paper.posting_date,
            )
        )
    return goods


def _own(document: SalesDocument, line: SalesLine) -> Goods:
    return Goods(
        target=Target(Kind.LINE, line.line_no),
        item_no=line.number,
        description=line.description,
        quantity=line.quantity,
        unit_code=line.unit_code,
        amount=_net(line.line_amount, document, line),
        weight=WIDE.multiply(line.gross_weight, line.quantity_base),
        volume=WIDE.multiply(line.unit_volume, line.quantity_base),
        line_id=line.pk,
        is_invoiced=line.quantity_invoiced == line.quantity,
    )


def _net(amount: Decimal, paper, line) -> Decimal:
    """Without the VAT that the paper's prices include, in local currency."""
    if paper.prices_including_vat and line.vat_calculation_type == "normal":
        amount = WIDE.divide(WIDE.multiply(amount, HUNDRED), HUNDRED + line.vat_percent)
    return WIDE.divide(amount, paper.currency_factor)
