"""What undoing a shipment and undoing a return receipt share: locking, reading, writing."""

from collections import namedtuple
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.utils.translation import gettext as _

from erp.kernel import outbox
from erp.kernel.bulk import insert_rows
from erp.kernel.errors import Problem, raise_problems
from inventory import ledger, posting_run
from inventory.ledger import EntryRow, ItemPlan, Paper, StockSetup
from inventory.models import ItemDocumentType
from inventory.selectors import charged_entries, moved_by, revalued
from posting import registers
from posting.dates import check_posting_date
from sales.arithmetic.values import ZERO
from sales.models import (
    ChargeAssignment,
    ReturnReceiptLine,
    SalesDocument,
    SalesLine,
    SalesSetup,
    SalesShipmentLine,
)
from sales.plans.posting import PostingPlan
from sales.plans.sources import SourceState, in_units_of, move_on
from sales.plans.undo import Around, GoodsLine, GoodsPaper, Undoing, plan_undo
from sales.posted_goods import invoices_of
from sales.routines.sources import write_sources

Type = SalesDocument.Type
UNDO = "undo"
SOURCE_CODE = "UNDO"


@dataclass(frozen=True)
class Kind:
    """How shipments and return receipts differ: the order behind them, and what ledgers and assignments call them."""

    line_model: type[GoodsLine]
    order_type: str
    document_type: str
    target: str
    topic: str


SHIPMENT = Kind(
    SalesShipmentLine,
    Type.ORDER,
    ItemDocumentType.SALES_SHIPMENT,
    ChargeAssignment.Target.SHIPMENT,
    "sales.shipment.undone",
)
RETURN_RECEIPT = Kind(
    ReturnReceiptLine,
    Type.RETURN_ORDER,
    ItemDocumentType.SALES_RETURN_RECEIPT,
    ChargeAssignment.Target.RETURN_RECEIPT,
    "sales.return_receipt.undone",
)


@dataclass
class UndoPlan:
    """What undoing some lines will do.

    undoings  the new lines of the paper
    items     the counter entries; None where no goods move
    states    order and blanket order lines as they will be
    posting   the same as a posting plan, for the page that shows what would be written
    """

    paper: GoodsPaper
    on: date
    undoings: Sequence[Undoing]
    papers: Mapping[str, Paper]
    problems: list[Problem]
    setup: StockSetup
    items: ItemPlan | None = None
    states: Sequence[SourceState] = ()
    posting: PostingPlan | None = None


def plan_undo_lines(
    paper: GoodsPaper, line_nos: Sequence[int], kind: Kind, *, by, on: date | None
) -> UndoPlan:
    """Lock the order, its blanket orders and the items, in this order; then decide everything. Within a transaction.

    on  None: the posting date of the paper

    The number of queries does not depend on the number of lines.
    """
    order = _lock_orders(paper, kind)
    lines = {line.line_no: line for line in paper.lines.select_related("item").order_by("line_no")}
    chosen = [lines[line_no] for line_no in line_nos if line_no in lines]
    setup = StockSetup.load()
    day = on or paper.posting_date
    moved = moved_by(kind.document_type, paper.number, [line.line_no for line in chosen])
    entry_nos = [entry_no for _line_no, entry_no in moved]
    items = {line.item_id for line in chosen if line.item_id}
    state = ledger.load(items, entry_nos=entry_nos, on=day, setup=setup) if items else None
    entries: dict[int, list[EntryRow]] = {}
    for line_no, entry_no in moved:
        entries.setdefault(line_no, []).append(state.entries[entry_no])
    around = Around(
        paper=paper,
        lines=lines,
        order_lines=_order_lines(order, chosen),
        entries=entries,
        invoiced_by=invoices_of(entry_nos),
        used_by=_used_by(paper, chosen, kind, moved),
        revalued=revalued(entry_nos),
    )
    undoings, problems = plan_undo(around, line_nos)
    closed = check_posting_date(day, by, setup.posting)
    problems = [closed, *problems] if closed else problems
    plan = UndoPlan(paper, day, undoings, {UNDO: _paper(paper, kind, day)}, problems, setup)
    if not problems:
        _decide(plan, state, order)
    return plan


def _lock_orders(paper: GoodsPaper, kind: Kind) -> SalesDocument | None:
    """The order behind a paper, locked, and the blanket orders behind it."""
    if not paper.order_no:
        return None
    documents = SalesDocument.objects.select_for_update(no_key=True)
    order = documents.filter(type=kind.order_type, number=paper.order_no).first()
    if order is not None:
        blankets = order.lines.exclude(blanket_order_no="").values("blanket_order_no")
        found = documents.filter(type=Type.BLANKET_ORDER, number__in=blankets).order_by("pk")
        list(found.values_list("pk"))
    return order


def _order_lines(order: SalesDocument | None, chosen: Iterable[GoodsLine]) -> dict[int, SalesLine]:
    """By line number of the paper, the order lines that still sell the same."""
    if order is None:
        return {}
    rows = {row.line_no: row for row in order.lines.all()}
    found = {}
    for line in chosen:
        row = rows.get(line.order_line_no)
        if row is not None and (row.type, row.number) == (line.type, line.number):
            row.document = order
            found[line.line_no] = row
    return found


def _used_by(
    paper: GoodsPaper, chosen: Iterable[GoodsLine], kind: Kind, moved: Iterable[tuple[int, int]]
) -> dict[int, str]:
    """By line number, the document that has fetched the goods, or whose item charge is for them."""
    numbers = [line.line_no for line in chosen]
    used: dict[int, str] = {}
    charges = ChargeAssignment.objects.filter(
        target=kind.target, target_no=paper.number, target_line_no__in=numbers
    ).select_related("line__document")
    used |= {charge.target_line_no: str(charge.line.document) for charge in charges}
    fetched = SalesLine.objects.filter(shipment_no=paper.number, shipment_line_no__in=numbers)
    fetched = fetched.filter(document__type=Type.INVOICE if kind is SHIPMENT else Type.CREDIT_MEMO)
    used |= {line.shipment_line_no: str(line.document) for line in fetched.select_related("document")}
    charged = charged_entries([entry_no for _line_no, entry_no in moved])
    return used | {line_no: charged[entry_no] for line_no, entry_no in moved if entry_no in charged}


def _paper(paper: GoodsPaper, kind: Kind, day: date) -> Paper:
    return Paper(
        document_type=kind.document_type,
        document_no=paper.number,
        posting_date=day,
        document_date=paper.document_date,
        external_document_no=paper.external_document_no,
        source_type="customer",
        source_no=paper.customer.number,
        order_no=paper.order_no,
        source_code=SOURCE_CODE,
        salesperson_code=paper.salesperson_code,
    )


def _decide(plan: UndoPlan, state, order: SalesDocument) -> None:
    """Counter entries for the goods, and the quantities that go back to order and blanket order."""
    movements = [
        ledger.undo_movement(
            row.no,
            state=state,
            paper=UNDO,
            line_no=undoing.line_no,
            order_line_no=undoing.line.order_line_no,
            description=undoing.line.description,
        )
        for undoing in plan.undoings
        for row in undoing.entries
    ]
    lines = {undoing.line_no: undoing.line.line_no for undoing in plan.undoings}
    plan.posting = PostingPlan(order, moves_goods=bool(movements), invoices=False, parts=())
    if movements:
        plan.items = ledger.plan(movements, papers=plan.papers, state=state)
        plan.posting.items = plan.items
        plan.posting.transactions = posting_run.transactions_of(
            plan.items, plan.papers, description=_("Undo")
        )
        plan.problems += [
            replace(problem, line_no=lines.get(problem.line_no, problem.line_no))
            for problem in plan.items.problems
        ]
    plan.states = _move_back(plan.undoings, order)


def _move_back(undoings: Iterable[Undoing], order: SalesDocument) -> list[SourceState]:
    """The order lines have shipped so much less, and so have the blanket orders that they were called off from."""
    remainder = SalesSetup.DefaultQuantityToShip.REMAINDER
    by_default = SalesSetup.objects.values_list("default_quantity_to_ship", flat=True).get() == remainder
    blankets = _blanket_lines(undoings)
    states: dict[int, SourceState] = {}
    for undoing in undoings:
        line = undoing.order_line
        back = {"shipped": -undoing.quantity, "invoiced": ZERO, "ships_by_default": by_default}
        states[line.pk] = move_on(line, **back)
        blanket = blankets.get((line.blanket_order_no, line.blanket_order_line_no))
        if blanket is not None:
            back["shipped"] = -order.traits.sign * in_units_of(blanket, line, undoing.quantity)
            states[blanket.pk] = move_on(blanket, **back)
    return list(states.values())


def _blanket_lines(undoings: Iterable[Undoing]) -> dict[tuple[str, int], SalesLine]:
    numbers = {undoing.order_line.blanket_order_no for undoing in undoings} - {""}
    if not numbers:
        return {}
    rows = SalesLine.objects.filter(document__type=Type.BLANKET_ORDER, document__number__in=numbers)
    return {(row.document.number, row.line_no): row for row in rows.select_related("document")}


def write_undo(plan: UndoPlan, kind: Kind, *, by, at: datetime) -> list[GoodsLine]:
    """Write what was decided, in one register; returns the new lines of the paper."""
    raise_problems(plan.paper, plan.problems)
    entry_nos: dict[int, int] = {}
    if plan.items is None:
        user = by.get_username() if by else ""
        register_no = registers.write([], source_code=SOURCE_CODE, by=user, at=at)
    else:
        posted = posting_run.write(
            plan.items,
            plan.papers,
            by=by,
            at=at,
            setup=plan.setup,
            source_code=SOURCE_CODE,
            description=_("Undo"),
            subject=plan.paper,
        )
        numbers = [undoing.line_no for undoing in plan.undoings for _row in undoing.entries]
        entry_nos = dict(zip(numbers, posted.entry_nos, strict=True))
        register_no = posted.register_no
    _write_lines(plan, kind, entry_nos, register_no)
    write_sources(plan.states)
    orders = {undoing.order_line.document_id for undoing in plan.undoings}
    SalesDocument.objects.filter(pk__in=orders).update(modified_at=at)
    numbers = [undoing.line_no for undoing in plan.undoings]
    outbox.put(kind.topic, key=plan.paper.number, lines=[undoing.line.line_no for undoing in plan.undoings])
    return list(plan.paper.lines.filter(line_no__in=numbers).order_by("line_no"))


def _write_lines(plan: UndoPlan, kind: Kind, entry_nos: Mapping[int, int], register_no: int) -> None:
    """The lines that undo, beside those that they undo: one statement."""
    fields = [field.attname for field in kind.line_model._meta.concrete_fields if not field.primary_key]
    row = namedtuple("Row", fields)
    rows = []
    for undoing in plan.undoings:
        values = {name: getattr(undoing.line, name) for name in fields} | {
            "line_no": undoing.line_no,
            "quantity": -undoing.quantity,
            "quantity_base": -undoing.quantity_base,
            "undoes_line_no": undoing.line.line_no,
            "undo_register_no": register_no,
            "item_entry_no": entry_nos.get(undoing.line_no),
        }
        rows.append(row(**values))
    insert_rows(kind.line_model, rows)
