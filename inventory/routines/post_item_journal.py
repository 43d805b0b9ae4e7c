"""Post item journal lines: purchases and sales without a partner's account, and adjustments of stock."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from erp.kernel.access import needs
from erp.kernel.errors import Problem
from erp.kernel.money import WIDE, ZERO, round_to
from erp.kernel.numbering import next_number
from erp.kernel.quantity import QTY
from inventory import errors, ledger, posting_run
from inventory.ledger import Card, ItemPlan, Movement, Paper, StockSetup
from inventory.models import CostingMethod, EntryType, Item
from inventory.posting_run import Posted
from inventory.units import Unit, in_base, units_of
from posting.values import Transaction

if TYPE_CHECKING:
    from erp.kernel.models import User

SOURCE_CODE = "ITEMJNL"
PENDING = "***"
SIGNS = {
    EntryType.PURCHASE: 1,
    EntryType.SALE: -1,
    EntryType.POSITIVE_ADJUSTMENT: 1,
    EntryType.NEGATIVE_ADJUSTMENT: -1,
}


class JournalLine(NamedTuple):
    """One line of an item journal. A negative quantity turns the direction round: a negative sale comes in.

    item         its number
    unit_amount  per unit of the line: purchase cost, sales price, unit cost; None takes the card's
    discount     line discount amount, in local currency
    """

    line_no: int
    posting_date: date | None
    document_no: str
    entry_type: str
    item: str
    quantity: Decimal
    unit_code: str = ""
    unit_amount: Decimal | None = None
    discount: Decimal = ZERO
    variant_code: str = ""
    location_code: str = ""
    document_date: date | None = None
    external_document_no: str = ""
    description: str = ""
    salesperson_code: str = ""
    gen_bus: str = ""
    gen_prod: str = ""
    applies_to: int | None = None
    applies_from: int | None = None
    serial_no: str = ""
    lot_no: str = ""


@needs("inventory.post_item_journal")
@transaction.atomic
def post_item_journal(
    lines: Sequence[JournalLine],
    *,
    by: "User | None",
    at: datetime,
    source_code: str = SOURCE_CODE,
    setup: StockSetup | None = None,
    number_series: str = "",
) -> Posted:
    """Post all lines or none, as one register.

    number_series  for lines without a document number: one new number for each posting date, drawn last
    raises         ProblemsFound with the problems of all lines
    """
    setup = setup or StockSetup.load()
    lines = _with_place_holders(lines, number_series)
    plan, papers = _plan(lines, setup=setup, source_code=source_code, lock=True)
    return posting_run.write(
        plan,
        papers,
        by=by,
        at=at,
        setup=setup,
        source_code=source_code,
        description=_("Item journal"),
        number=partial(_numbered, number_series=number_series) if number_series else None,
    )


def preview_item_journal(
    lines: Sequence[JournalLine],
    *,
    by: "User | None",
    setup: StockSetup | None = None,
    number_series: str = "",
) -> tuple[ItemPlan, list[Problem]]:
    """The plan that posting would write, and all that speaks against it; nothing is locked or written."""
    plan, problems, _transactions = preview_item_entries(
        lines, by=by, setup=setup, number_series=number_series
    )
    return plan, problems


def preview_item_entries(
    lines: Sequence[JournalLine],
    *,
    by: "User | None",
    setup: StockSetup | None = None,
    number_series: str = "",
) -> tuple[ItemPlan, list[Problem], list[Transaction]]:
    """The same, with the transactions of the general ledger."""
    setup = setup or StockSetup.load()
    lines = _with_place_holders(lines, number_series)
    plan, papers = _plan(lines, setup=setup, source_code=SOURCE_CODE, lock=False)
    transactions = posting_run.transactions_of(plan, papers, description=_("Item journal"))
    return plan, posting_run.check(plan, papers, transactions, by=by, setup=setup), transactions


def _with_place_holders(lines: Sequence[JournalLine], number_series: str) -> Sequence[JournalLine]:
    """Lines without a document number wait for one: all of a day for the same."""
    if not number_series:
        return lines
    return [
        line if line.document_no.strip() else line._replace(document_no=f"{PENDING}{line.posting_date or ''}")
        for line in lines
    ]


def _numbered(papers: Mapping[str, Paper], number_series: str) -> Mapping[str, Paper]:
    """The papers with the numbers that their place holders wait for, in the order of their dates."""
    waiting = {
        paper.document_no: paper.posting_date
        for paper in papers.values()
        if paper.document_no.startswith(PENDING)
    }
    drawn = {
        holder: next_number(number_series, on=on)
        for holder, on in sorted(waiting.items(), key=lambda pair: pair[1])
    }
    return {
        key: paper._replace(document_no=drawn.get(paper.document_no, paper.document_no))
        for key, paper in papers.items()
    }


def _plan(
    lines: Sequence[JournalLine], *, setup: StockSetup, source_code: str, lock: bool
) -> tuple[ItemPlan, dict[str, Paper]]:
    ids = dict(Item.objects.filter(number__in={line.item for line in lines}).values_list("number", "id"))
    dates = [line.posting_date for line in lines if line.posting_date]
    problems = [
        errors.DateMissing().as_problem(line_no=line.line_no) for line in lines if not line.posting_date
    ]
    lines = [line for line in lines if line.posting_date]
    wanted = {no for line in lines for no in (line.applies_to, line.applies_from) if no}
    state = ledger.load(ids.values(), entry_nos=wanted, on=min(dates, default=None), setup=setup, lock=lock)
    units = units_of(ids.values())
    papers, movements = {}, []
    for line in lines:
        found = list(_check(line, ids))
        card = state.cards.get(ids.get(line.item, 0))
        if card is not None and not found:
            key = (
                f"{line.document_no}|{line.posting_date}|{line.external_document_no}|{line.salesperson_code}"
            )
            papers.setdefault(key, _paper(line, source_code))
            movement, more = _movement(line, key, card, units)
            movements.append(movement)
            found += more
        problems += found
    plan = ledger.plan(movements, papers=papers, state=state)
    return plan.with_problems(problems), papers


def _check(line: JournalLine, ids: dict[str, int]):
    if line.item not in ids:
        yield errors.NoSuchItem(item=line.item).as_problem(line_no=line.line_no, field="item")
    if line.entry_type not in SIGNS:
        yield errors.EntryTypeWrong(type=line.entry_type).as_problem(line_no=line.line_no, field="entry_type")
    if not line.document_no.strip():
        yield errors.DocumentNumberMissing().as_problem(line_no=line.line_no, field="document_no")


def _paper(line: JournalLine, source_code: str) -> Paper:
    return Paper(
        document_type="",
        document_no=line.document_no,
        posting_date=line.posting_date,
        document_date=line.document_date or line.posting_date,
        external_document_no=line.external_document_no,
        source_code=source_code,
        salesperson_code=line.salesperson_code,
    )


def _movement(
    line: JournalLine, paper: str, card: Card, units: dict[tuple[int, str], Unit]
) -> tuple[Movement, list[Problem]]:
    """The line as a movement in base units, priced as its entry type says."""
    problems = []
    unit = units.get((card.id, line.unit_code)) if line.unit_code else Unit("")
    if unit is None:
        refusal = errors.NoSuchUnit(item=card.number, unit=line.unit_code)
        problems.append(refusal.as_problem(line_no=line.line_no, field="unit_code"))
        unit = Unit(line.unit_code)
    base, misfit = in_base(
        SIGNS[line.entry_type] * line.quantity, unit, item=card.number, line_no=line.line_no
    )
    problems += misfit
    adjusts = line.entry_type not in (EntryType.PURCHASE, EntryType.SALE)
    if adjusts and line.unit_amount is not None and card.method == CostingMethod.STANDARD:
        refusal = errors.StandardCostTyped(item=card.number)
        problems.append(refusal.as_problem(line_no=line.line_no, field="unit_amount"))
    unit_amount = (
        _default_amount(line, card) if line.unit_amount is None else _of_base(line.unit_amount, unit)
    )
    amount = round_to(WIDE.multiply(base, unit_amount))
    cost_amount, fields = None, {}
    if line.entry_type == EntryType.SALE:
        fields = {"sales_amount": -amount - line.discount, "discount_amount": line.discount}
    elif line.entry_type == EntryType.PURCHASE:
        net = amount - line.discount
        fields = {"purchase_amount": net, "discount_amount": line.discount}
        cost_amount = net if base > 0 else None
    elif base > 0:
        unit_cost = WIDE.multiply(unit_amount, 1 + card.indirect_percent / 100) + card.overhead_rate
        cost_amount = round_to(WIDE.multiply(base, unit_cost))
    if line.applies_from is not None or (card.method == CostingMethod.STANDARD and adjusts):
        cost_amount = None
    movement = Movement(
        paper=paper,
        line_no=line.line_no,
        item_id=card.id,
        entry_type=line.entry_type,
        quantity=base,
        variant_code=line.variant_code,
        location_code=line.location_code,
        unit_code=line.unit_code,
        per_unit=unit.per_unit,
        unit_cost=None if line.entry_type == EntryType.SALE else unit_amount,
        cost_amount=cost_amount,
        gen_bus=line.gen_bus,
        gen_prod=line.gen_prod,
        description=line.description,
        applies_to=line.applies_to,
        applies_from=line.applies_from,
        serial_no=line.serial_no,
        lot_no=line.lot_no,
        **fields,
    )
    return movement, problems


def _of_base(amount: Decimal, unit: Unit) -> Decimal:
    return WIDE.divide(amount, unit.per_unit)


def _default_amount(line: JournalLine, card: Card) -> Decimal:
    if line.entry_type == EntryType.PURCHASE:
        return card.last_direct_cost or card.unit_cost
    return card.unit_price if line.entry_type == EntryType.SALE else round_to(card.unit_cost, QTY)
