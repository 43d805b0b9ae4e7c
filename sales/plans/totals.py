"""A document's amounts as a whole: VAT while entering, and VAT by group at release and posting."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

from sales.arithmetic.values import CENT, ZERO, AmountLine, VATKey
from sales.arithmetic.vat import DocumentVAT, LineVAT, document_vat, enter_vat_on_lines
from sales.models import SalesLine

AMOUNTS = ("amount", "vat_base_amount", "amount_including_vat")


class TotalRules(NamedTuple):
    """What the document and its currency say about VAT."""

    prices_including_vat: bool = False
    vat_base_discount: Decimal = ZERO
    precision: Decimal = CENT
    vat_direction: str = "nearest"


def amount_line(line: SalesLine) -> AmountLine:
    """The line as arithmetic sees it."""
    return AmountLine(
        line_no=line.line_no,
        quantity=line.quantity,
        unit_price=line.unit_price,
        line_amount=line.line_amount,
        vat=vat_key(line),
        inv_discount_amount=line.inv_discount_amount,
        allow_invoice_discount=line.allow_invoice_discount,
        vat_difference=line.vat_difference,
    )


def vat_key(line: SalesLine) -> VATKey:
    return VATKey(line.vat_identifier, line.vat_calculation_type, line.vat_percent)


def enter_totals(lines: Sequence[SalesLine], rules: TotalRules) -> list[SalesLine]:
    """Bring every line's amounts up to date while the document is being written; return those that changed."""
    entered = enter_vat_on_lines([amount_line(line) for line in lines], **rules._asdict())
    return _assign(lines, entered)


def final_totals(lines: Sequence[SalesLine], rules: TotalRules) -> tuple[list[SalesLine], DocumentVAT]:
    """VAT rounded once per group and spread on the lines; return the lines that changed, and the groups."""
    final = document_vat([amount_line(line) for line in lines], **rules._asdict())
    return _assign(lines, final.lines), final


def _assign(lines: Iterable[SalesLine], results: Iterable[LineVAT]) -> list[SalesLine]:
    changed = []
    for line, result in zip(lines, results, strict=True):
        figures = (result.amount, result.vat_base, result.amount_including_vat)
        if figures != (line.amount, line.vat_base_amount, line.amount_including_vat):
            line.amount, line.vat_base_amount, line.amount_including_vat = figures
            changed.append(line)
    return changed
