"""Posting item charges: what may stand in the way, and which goods get how much of the revenue. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from django.utils.translation import gettext as _

from erp.kernel.errors import Problem
from erp.kernel.money import WIDE, round_to
from erp.kernel.quantity import QTY
from inventory.ledger import ChargedEntry, ChargeRevenue
from sales.arithmetic.charges import suggest_by_amount
from sales.arithmetic.spread import spread
from sales.arithmetic.values import ZERO
from sales.models import ChargeAssignment, SalesDocument, SalesLine
from sales.models.base import LineType
from sales.plans.charges import open_part, refit
from sales.plans.correction import Mirror
from sales.plans.goods import MONEY, GoodsPlan
from sales.plans.invoice_values import InvoicedLine
from sales.plans.line import plain
from sales.plans.parts import Part


@dataclass(frozen=True)
class ChargeWork:
    """The open assignments of a document's charges, and the goods that moved earlier.

    assignments  by line number of the charge
    entries      by assignment: item ledger entries of its goods, each with its quantity
    charged      the facts of those entries; what was undone is left out
    ordered      where an invoice is taken back: by key of its orders' charge lines, their assignments
    """

    assignments: Mapping[int, Sequence[ChargeAssignment]] = field(default_factory=dict)
    entries: Mapping[int, Sequence[tuple[int, Decimal]]] = field(default_factory=dict)
    charged: Mapping[int, ChargedEntry] = field(default_factory=dict)
    ordered: Mapping[int, Sequence[ChargeAssignment]] = field(default_factory=dict)


class AssignmentState(NamedTuple):
    """What posting changes on an assignment."""

    id: int
    quantity: Decimal
    amount: Decimal
    quantity_assigned: Decimal


@dataclass
class ChargePlan:
    """Revenue for the item ledger, the assignments moved on, and what is wrong.

    charged  the facts of earlier goods that carry revenue
    """

    charged: Mapping[int, ChargedEntry] = field(default_factory=dict)
    revenues: list[ChargeRevenue] = field(default_factory=list)
    states: list[AssignmentState] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


class _Taken(NamedTuple):
    """How much of an assignment is posted now: quantity with the charge's sign, and its weight in the revenue."""

    row: ChargeAssignment
    quantity: Decimal
    weight: Decimal


class _Carrier(NamedTuple):
    """Goods that carry revenue: an earlier entry, or a movement of this posting; and how many they are."""

    item_entry_no: int | None
    movement: int | None
    quantity: Decimal


def check_charges(
    parts: Sequence[Part], assignments: Mapping[int, Sequence[ChargeAssignment]]
) -> list[Problem]:
    """Charges that are invoiced: E-CHG-ZERO, E-CHG-ASSIGN and, with the last of a charge, E-CHG-ALL."""
    return [
        problem
        for part in parts
        if part.line.type == LineType.CHARGE and part.invoice
        for problem in _check_charge(part, assignments.get(part.line.line_no, ()))
    ]


def _check_charge(part: Part, rows: Sequence[ChargeAssignment]) -> list[Problem]:
    line, problems = part.line, []
    if not line.amount:
        message = _("The amount of item charge {number} is 0; enter a price, or remove line {line_no}.")
        problems.append(_problem(line, "E-CHG-ZERO", message, "unit_price"))
    assigned = sum((row.quantity for row in rows), ZERO)
    if abs(assigned) >= abs(part.invoice):
        return problems
    facts = {"invoice": plain(part.invoice), "assigned": plain(assigned)}
    if assigned and line.quantity_invoiced + part.invoice == line.quantity:
        message = _(
            "All of item charge {number} must be assigned when the rest of it is invoiced: {assigned} of {invoice} "
            "are. Assign the rest on line {line_no}."
        )
        problems.append(_problem(line, "E-CHG-ALL", message, "quantity", **facts))
    else:
        message = _(
            "Assign item charge {number} before you invoice it: {assigned} of {invoice} are assigned. Choose goods "
            "for it on line {line_no}."
        )
        problems.append(_problem(line, "E-CHG-ASSIGN", message, "quantity", **facts))
    return problems


def plan_charges(
    document: SalesDocument,
    parts: Sequence[Part],
    invoiced: Mapping[int, InvoicedLine],
    goods: GoodsPlan | None,
    work: ChargeWork,
    *,
    precision: Decimal,
) -> ChargePlan:
    """Give the revenue of the charges that are invoiced to the goods that they are assigned to.

    invoiced   by line number, what the invoice of this posting takes of each line
    goods      the movements of this posting; None where no goods move
    precision  of amounts in the document's currency

    An invoiced part of a charge takes the same part of each assignment. Goods of the same document carry it on what of
    them is invoiced now, else on all that has moved; goods that have not moved are refused (E-CHG-NOILE).
    Source: Business Central, posting item charges in sales.
    """
    plan = ChargePlan(work.charged)
    by_line = {part.line.pk: part for part in parts}
    for part in parts:
        rows = work.assignments.get(part.line.line_no, ())
        if not (part.invoice and rows and part.line.line_no in invoiced):
            continue
        taken = _take(part, rows)
        revenue = spread(invoiced[part.line.line_no].vat_lcy.amount, _weights(taken))
        for each, amount in zip(taken, revenue, strict=True):
            carriers = _carriers(each.row, by_line, goods, work)
            if not carriers:
                plan.problems.append(_not_moved(part.line, each.row))
                continue
            plan.revenues += _revenues(document, part.line, carriers, amount)
            plan.states.append(_state(each, precision))
    return plan


def take_charges_back(
    parts: Sequence[Part], mirror: Mirror, charged: Mapping[int, ChargedEntry]
) -> ChargePlan:
    """Take from the same goods what the charges of the mirrored paper gave them; `charged` are the goods' facts."""
    lines = {part.line.line_no: part.line for part in parts}
    revenues = [
        ChargeRevenue(
            paper=MONEY,
            line_no=line_no,
            item_charge_no=lines[line_no].number,
            sales_amount=-amount,
            item_entry_no=item_entry_no,
            gen_bus=lines[line_no].gen_bus_posting_group,
            gen_prod=lines[line_no].gen_prod_posting_group,
        )
        for line_no, item_entry_no, amount in mirror.charges
    ]
    return ChargePlan(charged=charged, revenues=revenues)


def give_back(
    lines: Iterable[SalesLine], ordered: Mapping[int, Sequence[ChargeAssignment]], *, precision: Decimal
) -> list[AssignmentState]:
    """The assignments of order lines of which less is invoiced by now than they gave to goods: open again.

    lines    the order lines as they will be
    ordered  by key of a line, its assignments
    """
    states = []
    for line in lines:
        rows = ordered.get(line.pk, ())
        given = [row.quantity_assigned for row in rows]
        total = sum(given, ZERO)
        if abs(total) <= abs(line.quantity_invoiced):
            continue
        left = open_part(line, line.quantity_invoiced, precision=precision)
        back = spread(total - line.quantity_invoiced, given, precision=QTY)
        opened = [row.quantity + quantity for row, quantity in zip(rows, back, strict=True)]
        states += [
            AssignmentState(row.pk, share.quantity, share.amount, row.quantity_assigned - quantity)
            for row, quantity, share in zip(rows, back, refit(opened, left, precision=precision), strict=True)
        ]
    return states


def _take(part: Part, rows: Sequence[ChargeAssignment]) -> list[_Taken]:
    """The invoiced part of a charge, from each assignment in proportion to what is open of it."""
    sign = 1 if part.invoice > 0 else -1
    shares = suggest_by_amount(abs(part.invoice), ZERO, [row.quantity for row in rows])
    return [
        _Taken(row, sign * share.quantity, _part_of(row, share.quantity))
        for row, share in zip(rows, shares, strict=True)
    ]


def _weights(taken: Sequence[_Taken]) -> list[Decimal]:
    """By the assigned amounts; by the quantities where those amounts are not known."""
    weights = [each.weight for each in taken]
    return weights if any(weights) else [each.quantity for each in taken]


def _part_of(row: ChargeAssignment, quantity: Decimal) -> Decimal:
    """The amount of a part of an assignment, not rounded: it weighs what the assignment gets of the revenue."""
    return WIDE.divide(WIDE.multiply(row.amount, quantity), abs(row.quantity))


def _carriers(
    row: ChargeAssignment, by_line: Mapping[int, Part], goods: GoodsPlan | None, work: ChargeWork
) -> list[_Carrier]:
    earlier = [
        _Carrier(no, None, quantity) for no, quantity in work.entries.get(row.pk, ()) if no in work.charged
    ]
    part = by_line.get(row.target_line_id)
    if part is None:
        return earlier
    moving = [
        (movement.invoiced, _Carrier(None, place, abs(movement.quantity)))
        for place, movement in enumerate(goods.movements if goods else ())
        if movement.line_no == part.line.line_no
    ]
    invoiced = [_Carrier(entry.item_entry_no, None, entry.quantity_base) for entry in part.earlier]
    invoiced += [carrier for is_invoiced, carrier in moving if is_invoiced]
    return invoiced or [*earlier, *(carrier for _is_invoiced, carrier in moving)]


def _revenues(
    document: SalesDocument, line: SalesLine, carriers: Sequence[_Carrier], amount: Decimal
) -> list[ChargeRevenue]:
    sign = document.traits.sign
    amounts = spread(amount, [carrier.quantity for carrier in carriers])
    return [
        ChargeRevenue(
            paper=MONEY,
            line_no=line.line_no,
            item_charge_no=line.number,
            sales_amount=sign * share,
            item_entry_no=carrier.item_entry_no,
            movement=carrier.movement,
            gen_bus=line.gen_bus_posting_group,
            gen_prod=line.gen_prod_posting_group,
        )
        for carrier, share in zip(carriers, amounts, strict=True)
        if share
    ]


def _state(taken: _Taken, precision: Decimal) -> AssignmentState:
    row = taken.row
    left = row.quantity - taken.quantity
    return AssignmentState(
        row.pk,
        left,
        row.amount - round_to(taken.weight, precision) if left else ZERO,
        row.quantity_assigned + taken.quantity,
    )


def _not_moved(line: SalesLine, row: ChargeAssignment) -> Problem:
    message = _(
        "Item charge {number} is assigned to {item}, of which nothing has moved yet: post its goods first or together "
        "with the charge, or assign line {line_no} to other goods."
    )
    return _problem(line, "E-CHG-NOILE", message, "quantity", item=row.item_no)


def _problem(line: SalesLine, code: str, message: str, field: str, **facts) -> Problem:
    text = message.format(number=line.number, line_no=line.line_no, **facts)
    return Problem(code, text, line_no=line.line_no, field=field)
