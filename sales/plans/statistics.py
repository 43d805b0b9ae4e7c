"""What a document comes to: amounts, VAT, cost, profit, and what the carrier wants to know. Pure.

A working document is looked at whole, and in the parts that would be invoiced and shipped next; a posted paper as it
was posted. Amounts are positive in the document's currency, cost and profit in local currency.
"""

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, Decimal
from typing import NamedTuple

from erp.kernel.money import WIDE, round_to
from erp.kernel.quantity import to_base
from sales.arithmetic.values import CENT, HUNDRED, ONE, ZERO, VATKey
from sales.arithmetic.vat import VATGroup
from sales.models import SalesDocument, SalesLine
from sales.models.base import LineType, PaperLine
from sales.plans.invoice import plan_invoice
from sales.plans.invoice_values import InvoicePlan, RoundingAccount
from sales.plans.parts import Part
from sales.plans.totals import vat_key
from sales.values import SalesValues

TENTH = Decimal("0.1")


class ShippedCost(NamedTuple):
    """What the goods of a line that have left cost by now: base units, and cost in local currency, both positive."""

    quantity_base: Decimal
    cost: Decimal


@dataclass(frozen=True)
class Figures:
    """One view of a document. Quantities in the lines' own units, weights and volume of all of them together.

    amount         of the lines, after line discounts; includes VAT where the prices do
    rounding       the invoice rounding line that posting would add, VAT included; in net, gross and quantity too
    cost           what the lines said when they were written
    adjusted_cost  what the goods cost by now, as far as they have left
    """

    amount: Decimal = ZERO
    inv_discount: Decimal = ZERO
    net: Decimal = ZERO
    gross: Decimal = ZERO
    rounding: Decimal = ZERO
    sales_lcy: Decimal = ZERO
    cost: Decimal = ZERO
    adjusted_cost: Decimal = ZERO
    quantity: Decimal = ZERO
    parcels: Decimal = ZERO
    net_weight: Decimal = ZERO
    gross_weight: Decimal = ZERO
    volume: Decimal = ZERO
    groups: Sequence[VATGroup] = field(default_factory=tuple)

    @property
    def vat(self) -> Decimal:
        return self.gross - self.net

    @property
    def profit(self) -> Decimal:
        return self.sales_lcy - self.cost

    @property
    def profit_percent(self) -> Decimal:
        return _percent(self.profit, self.sales_lcy)

    @property
    def adjusted_profit(self) -> Decimal:
        return self.sales_lcy - self.adjusted_cost

    @property
    def adjusted_profit_percent(self) -> Decimal:
        return _percent(self.adjusted_profit, self.sales_lcy)

    @property
    def cost_adjustment(self) -> Decimal:
        return self.adjusted_cost - self.cost


@dataclass(frozen=True)
class Statistics:
    """A working document: whole, what would be invoiced, and what would be shipped."""

    general: Figures
    invoicing: Figures
    shipping: Figures


def plan_statistics(
    document: SalesDocument,
    lines: Sequence[SalesLine],
    *,
    values: SalesValues,
    rounding_account: RoundingAccount | None,
    shipped_costs: Mapping[int, ShippedCost],
) -> Statistics:
    """The figures of a working document, reckoned as posting would.

    shipped_costs  by line number, of goods that have left and are kept in stock

    Source: Business Central, statistics of sales documents.
    """

    def look(taken: Iterable[tuple[SalesLine, Decimal, Decimal]]) -> Figures:
        parts = [(Part(line, invoice=quantity), left) for line, quantity, left in taken if quantity]
        plan = plan_invoice(
            document, [part for part, _left in parts], values=values, rounding_account=rounding_account
        )
        return _figures(plan, parts, shipped_costs)

    at_once = document.traits.at_once
    selling = [line for line in lines if line.sells_something]
    whole = [(_from_start(line), line.quantity, line.quantity_shipped) for line in selling]
    invoicing = []
    for line in selling:
        quantity = line.quantity - line.quantity_invoiced if at_once else line.qty_to_invoice
        invoicing.append((line, quantity, _nearer_to_zero(quantity, line.shipped_not_invoiced)))
    shipping = [
        (_from_start(line), line.outstanding_quantity if at_once else line.qty_to_ship, ZERO)
        for line in selling
    ]
    return Statistics(look(whole), look(invoicing), look(shipping))


def posted_figures(
    lines: Iterable[PaperLine],
    *,
    amount: Decimal,
    amount_including_vat: Decimal,
    sales_lcy: Decimal,
    invoiced_costs: Mapping[int, Decimal],
) -> Figures:
    """The figures of a posted invoice or credit memo; its rounding line is one of its lines.

    invoiced_costs  by line number, what the goods cost by now; a line without any costs what it said
    """
    selling = [line for line in lines if line.type != LineType.COMMENT and line.quantity]
    costs = {line.line_no: _line_cost(line, line.quantity) for line in selling}
    return Figures(
        amount=sum((line.line_amount for line in selling), ZERO),
        inv_discount=sum((line.inv_discount_amount for line in selling), ZERO),
        net=amount,
        gross=amount_including_vat,
        sales_lcy=sales_lcy,
        cost=sum(costs.values(), ZERO),
        adjusted_cost=sum((invoiced_costs.get(no, cost) for no, cost in costs.items()), ZERO),
        groups=_posted_groups(selling),
        **_logistics((line, line.quantity) for line in selling),
    )


def _figures(
    plan: InvoicePlan, parts: Sequence[tuple[Part, Decimal]], shipped_costs: Mapping[int, ShippedCost]
) -> Figures:
    rounding = plan.rounding
    logistics = _logistics((part.line, part.invoice) for part, _left in parts)
    if rounding is not None:
        logistics["quantity"] += ONE
    return Figures(
        amount=sum((row.figures.line_amount for row in plan.lines), ZERO),
        inv_discount=plan.inv_discount_amount,
        net=plan.amount,
        gross=plan.amount_including_vat,
        rounding=rounding.amount_including_vat if rounding else ZERO,
        sales_lcy=plan.amount_lcy,
        cost=sum((_line_cost(part.line, part.invoice) for part, _left in parts), ZERO),
        adjusted_cost=sum(
            (_adjusted(part, left, shipped_costs.get(part.line.line_no)) for part, left in parts), ZERO
        ),
        groups=tuple(plan.groups),
        **logistics,
    )


def _adjusted(part: Part, left: Decimal, shipped: ShippedCost | None) -> Decimal:
    """Cost of a part, of which so much has left: that at what it costs by now, the rest at what the line says."""
    if shipped is None or not shipped.quantity_base or not left:
        return _line_cost(part.line, part.invoice)
    base = to_base(left, part.line.per_unit)
    cost = round_to(WIDE.divide(WIDE.multiply(shipped.cost, base), shipped.quantity_base), CENT)
    return cost + _line_cost(part.line, part.invoice - left)


def _line_cost(line: PaperLine, quantity: Decimal) -> Decimal:
    return round_to(WIDE.multiply(quantity, line.unit_cost_lcy), CENT)


def _logistics(taken: Iterable[tuple[PaperLine, Decimal]]) -> dict[str, Decimal]:
    """Quantity, parcels, weights and volume; parcels are full but for the last one of each line."""
    sums = dict.fromkeys(("quantity", "parcels", "net_weight", "gross_weight", "volume"), ZERO)
    for line, quantity in taken:
        base = to_base(quantity, line.per_unit)
        sums["quantity"] += quantity
        sums["net_weight"] += base * line.net_weight
        sums["gross_weight"] += base * line.gross_weight
        sums["volume"] += base * line.unit_volume
        if line.units_per_parcel:
            parcels = WIDE.divide(base, line.units_per_parcel)
            sums["parcels"] += parcels.to_integral_value(rounding=ROUND_CEILING)
    return sums


def _posted_groups(lines: Iterable[PaperLine]) -> tuple[VATGroup, ...]:
    """VAT by group as it was posted."""
    groups: dict[tuple[VATKey, bool], VATGroup] = {}
    for line in lines:
        key = (vat_key(line), line.line_amount >= 0)
        group = groups.get(key) or VATGroup(*key, *[ZERO] * 7)
        groups[key] = group._replace(
            line_amount=group.line_amount + line.line_amount,
            inv_discount_base=group.inv_discount_base
            + (line.line_amount if line.inv_discount_amount else ZERO),
            inv_discount_amount=group.inv_discount_amount + line.inv_discount_amount,
            base=group.base + line.amount,
            vat_base=group.vat_base + line.vat_base_amount,
            vat_amount=group.vat_amount + line.amount_including_vat - line.amount,
            amount_including_vat=group.amount_including_vat + line.amount_including_vat,
            vat_difference=group.vat_difference + line.vat_difference,
        )
    return tuple(groups[key] for key in sorted(groups))


def _from_start(line: SalesLine) -> SalesLine:
    """The line as if nothing of it had been invoiced, so that its discounts are whole."""
    fresh = copy(line)
    fresh.quantity_invoiced = fresh.inv_discount_invoiced = ZERO
    return fresh


def _nearer_to_zero(one: Decimal, other: Decimal) -> Decimal:
    return one if abs(one) <= abs(other) else other


def _percent(profit: Decimal, sales: Decimal) -> Decimal:
    return round_to(WIDE.divide(WIDE.multiply(HUNDRED, profit), sales), TENTH) if sales else ZERO
