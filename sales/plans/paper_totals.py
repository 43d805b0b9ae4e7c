"""The figures under the lines of a paper."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from erp.kernel.money import ZERO
from sales.models.base import PaperLine


@dataclass
class VATTotal:
    identifier: str
    percent: Decimal
    base: Decimal = ZERO
    amount: Decimal = ZERO


@dataclass
class Totals:
    """Sums of the lines in the paper's currency; VAT by its groups."""

    line_discount: Decimal = ZERO
    invoice_discount: Decimal = ZERO
    net: Decimal = ZERO
    gross: Decimal = ZERO
    groups: list[VATTotal] = field(default_factory=list)

    @property
    def vat(self) -> Decimal:
        return self.gross - self.net


def totals_of(lines: Iterable[PaperLine]) -> Totals:
    totals, groups = Totals(), {}
    for line in lines:
        totals.line_discount += line.line_discount_amount
        totals.invoice_discount += line.inv_discount_amount
        totals.net += line.amount
        totals.gross += line.amount_including_vat
        if line.amount or line.amount_including_vat:
            key = (line.vat_percent, line.vat_identifier)
            group = groups.setdefault(key, VATTotal(line.vat_identifier, line.vat_percent))
            group.base += line.amount
            group.amount += line.amount_including_vat - line.amount
    totals.groups = [groups[key] for key in sorted(groups)]
    return totals
