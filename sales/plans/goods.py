"""Deciding which goods move, and which earlier movements an invoice is for. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from erp.kernel.errors import Problem
from erp.kernel.money import WIDE, round_to
from inventory.errors import ReturnTooMuch
from inventory.ledger import Invoicing, Movement
from sales.arithmetic.spread import spread
from sales.arithmetic.values import UNIT, ZERO
from sales.models import SalesDocument
from sales.models.base import LineType
from sales.plans.correction import along_entries
from sales.plans.invoice_values import InvoicedLine
from sales.plans.parts import Part
from sales.values import SalesValues

GOODS, MONEY = "goods", "money"  # keys of the two papers: shipment or receipt, and invoice or credit memo


class GoodsPlan(NamedTuple):
    """Movements and invoicings for the item ledger, and which line each belongs to.

    movement_lines  per movement its line number; a line that ships more than it invoices now has two
    """

    movements: list[Movement]
    movement_lines: list[int]
    invoicings: list[Invoicing]


def plan_goods(
    document: SalesDocument,
    parts: Sequence[Part],
    invoiced: Mapping[int, InvoicedLine],
    *,
    values: SalesValues,
    goods_paper: str,
) -> GoodsPlan:
    """Turn parts into movements of stock.

    invoiced     by line number, what the invoice of this posting takes of each line
    goods_paper  GOODS, or MONEY where an invoice ships without a shipment of its own

    Goods of one line that leave now are invoiced now, later or in two parts; each part is a movement of its own, so
    that what is not invoiced yet stands alone.
    """
    plan = GoodsPlan([], [], [])
    for part in parts:
        if part.line.type != LineType.ITEM or not (part.ship or part.invoice):
            continue
        _plan_part(document, part, invoiced.get(part.line.line_no), values, goods_paper, plan)
    return plan


def _plan_part(
    document: SalesDocument,
    part: Part,
    invoiced: InvoicedLine | None,
    values: SalesValues,
    goods_paper: str,
    plan: GoodsPlan,
) -> None:
    line = part.line
    sign = document.traits.sign
    ship_base = part.base(part.ship, after=line.quantity_shipped)
    now_base = part.base(part.invoice_now, after=line.quantity_shipped)
    weights = [entry.quantity_base for entry in part.earlier] + [abs(now_base)]
    revenue = spread(invoiced.vat_lcy.amount if invoiced else ZERO, weights)
    discount = spread(_discount_lcy(document, invoiced, values), weights)
    direction = -sign if line.quantity > 0 else sign
    for entry, amount, given in zip(part.earlier, revenue, discount, strict=False):
        plan.invoicings.append(
            Invoicing(
                paper=MONEY,
                line_no=line.line_no,
                item_entry_no=entry.item_entry_no,
                quantity=direction * entry.quantity_base,
                sales_amount=sign * amount,
                discount_amount=sign * given,
                gen_bus=line.gen_bus_posting_group,
                gen_prod=line.gen_prod_posting_group,
            )
        )
    common = {
        "paper": goods_paper,
        "line_no": line.line_no,
        "item_id": line.item_id,
        "entry_type": "sale",
        "variant_code": line.variant_code,
        "location_code": line.location_code,
        "order_line_no": line.line_no if document.traits.in_steps else 0,
        "unit_code": line.unit_code,
        "per_unit": line.per_unit,
        "unit_cost": round_to(WIDE.divide(line.unit_cost_lcy, line.per_unit), UNIT),
        "gen_bus": line.gen_bus_posting_group,
        "gen_prod": line.gen_prod_posting_group,
        "description": line.description,
        "applies_to": line.applies_to_item_entry,
        "applies_from": line.applies_from_item_entry,
        "return_reason_code": line.return_reason_code,
        "without_value": bool(line.return_reason_code)
        and line.return_reason_code in values.worthless_reasons,
    }
    if now_base:
        movement = Movement(
            quantity=-sign * now_base,
            invoiced=True,
            value_paper=MONEY,
            sales_amount=sign * revenue[-1],
            discount_amount=sign * discount[-1],
            **common,
        )
        for piece in along_entries(movement, part.taken):
            plan.movements.append(piece)
            plan.movement_lines.append(line.line_no)
    rest = ship_base - now_base
    if rest:
        plan.movements.append(
            Movement(
                quantity=-sign * rest,
                invoiced=False,
                value_paper=goods_paper,
                sales_amount=sign * _expected_revenue(document, part, values),
                **common,
            )
        )
        plan.movement_lines.append(line.line_no)


def told_by_sales(problems: Iterable[Problem]) -> list[Problem]:
    """What the item ledger refuses, by the code that sales has for it."""
    return [
        replace(problem, code="E-RET-MAX", field="applies_from_item_entry")
        if problem.code == ReturnTooMuch.code
        else problem
        for problem in problems
    ]


def _expected_revenue(document: SalesDocument, part: Part, values: SalesValues) -> Decimal:
    """What the goods that leave uninvoiced will bring, by the line as it stands."""
    line = part.line
    if not line.quantity:
        return ZERO
    share = WIDE.divide(WIDE.multiply(line.amount, part.ship - part.invoice_now), line.quantity)
    return round_to(WIDE.divide(share, document.currency_factor), values.posting.precision)


def _discount_lcy(document: SalesDocument, invoiced: InvoicedLine | None, values: SalesValues) -> Decimal:
    if invoiced is None:
        return ZERO
    given = invoiced.figures.line_discount_amount + invoiced.figures.inv_discount_amount
    return round_to(WIDE.divide(given, document.currency_factor), values.posting.precision)
