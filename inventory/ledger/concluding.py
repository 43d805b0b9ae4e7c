"""Step five of a plan: stock, cards and the general ledger, from the values that were decided."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from erp.kernel.errors import Problem
from erp.kernel.money import ZERO
from inventory.costing import Entry
from inventory.ledger.accounts import LineBook
from inventory.ledger.cards import DirectCost, Totals, update_card
from inventory.ledger.facts import StockRow, ValueFacts
from inventory.ledger.itemplan import ItemPlan
from inventory.ledger.rows import CardUpdate, Value
from inventory.ledger.values import Movement, Paper
from inventory.ledger.valuing import Valuer
from inventory.ledger.working import Working
from inventory.models import ItemDocumentType
from posting.journal import Facts, Transaction

SOURCE_CODE = "INVTADJMT"
GL_DOCUMENT_TYPE = {
    ItemDocumentType.SALES_INVOICE: "invoice",
    ItemDocumentType.PURCHASE_INVOICE: "invoice",
    ItemDocumentType.SALES_CREDIT_MEMO: "credit_memo",
}


def conclude(
    working: Working,
    valuer: Valuer,
    movements: Sequence[Movement],
    papers: Mapping[str, Paper],
    *,
    everything: bool = False,
) -> ItemPlan:
    """Put the plan together. `everything`: costs of these items are completely adjusted now."""
    book = _book(working, valuer.values)
    stock = _stock(working, valuer.values)
    changed = tuple(entry for entry in working.entries.values() if entry.touched)
    return ItemPlan(
        problems=(*working.problems, *_without_doubles(book.problems)),
        movement_costs=tuple(valuer.movement_costs),
        invoicing_costs=tuple(cost for _index, cost in sorted(valuer.invoicing_costs.items())),
        lines_by_paper={paper: tuple(book.lines(paper)) for paper in papers},
        adjustments=_adjustments(book),
        movements=tuple(movements),
        entries=tuple(working.new),
        changed=changed,
        matches=tuple(working.shelves.made),
        values=tuple(valuer.values),
        stock=stock,
        cards=_cards(working, valuer.received, stock, everything=everything),
        state=working.state,
    )


def _book(working: Working, values: Sequence[Value]) -> LineBook:
    rules = working.setup.rules
    book = LineBook(working.setup)
    if not rules.automatic_cost_posting:
        return book
    for value in values:
        if not value.inventoriable:
            continue
        entry = value.entry
        book.add(
            value.paper if value.like is None else _document(value.posting_date, value.like),
            entry_type=entry.entry_type,
            value_type=value.type,
            location=entry.location,
            group=value.group,
            gen_bus=value.gen_bus,
            gen_prod=value.gen_prod,
            actual=value.actual,
            expected=value.expected if rules.expected_cost_posting else ZERO,
            line_no=value.line_no or None,
        )
    return book


def _document(day: date, like: ValueFacts) -> tuple:
    """The earlier document that an adjustment belongs to, on the date that it is posted on."""
    return day, like.document_type, like.document_no, like.source_type, like.source_no


def _adjustments(book: LineBook) -> tuple[Transaction, ...]:
    """One G/L transaction per earlier document and date that is adjusted."""
    documents = [(key, book.lines(key)) for key in book.sums if isinstance(key, tuple)]
    return tuple(Transaction(_adjustment_facts(*key), lines) for key, lines in documents if lines)


def _adjustment_facts(
    day: date, document_type: str, document_no: str, source_type: str, source_no: str
) -> Facts:
    return Facts(
        posting_date=day,
        vat_date=day,
        document_date=day,
        document_type=GL_DOCUMENT_TYPE.get(document_type, ""),
        document_no=document_no,
        description=_("Cost adjustment"),
        source_type=source_type,
        source_no=source_no,
        source_code=SOURCE_CODE,
    )


def _without_doubles(problems: Sequence[Problem]) -> list[Problem]:
    """A missing account is missed once, however many lines want it."""
    return list({(problem.code, problem.message): problem for problem in reversed(problems)}.values())[::-1]


def _stock(working: Working, values: Sequence[Value]) -> dict[tuple[int, str, str], StockRow]:
    """What every place gains or loses."""
    sums: dict[tuple[int, str, str], list[Decimal]] = {}
    for value in values:
        if value.inventoriable:
            entry = value.entry
            row = sums.setdefault((entry.item_id, entry.variant, entry.location), [ZERO] * 4)
            row[0] += value.item_entry_quantity
            row[1] += value.invoiced_quantity
            row[2] += value.actual
            row[3] += value.expected
    return {key: StockRow(*row) for key, row in sums.items() if any(row)}


def _cards(
    working: Working,
    received: Sequence[DirectCost],
    stock: Mapping[tuple[int, str, str], StockRow],
    *,
    everything: bool,
) -> tuple[CardUpdate, ...]:
    by_item: dict[int, list[DirectCost]] = {}
    for cost in received:
        by_item.setdefault(cost.item_id, []).append(cost)
    items = {key[0] for key in stock} | by_item.keys()
    if everything:
        items |= {card.id for card in working.state.cards.values() if card.keeps_stock}
    adjusted = everything or working.setup.adjusts_always
    totals = _totals(working, stock, items, everything)
    updates = []
    for id in sorted(items):
        card = working.state.cards[id]
        flag = (card.cost_is_adjusted and (adjusted or id not in totals)) or everything
        update = update_card(
            card,
            totals.get(id),
            by_item.get(id, ()),
            setup=working.setup,
            adjusted=adjusted,
            is_adjusted=flag,
        )
        if update is not None:
            updates.append(update)
    return tuple(updates)


def _totals(
    working: Working, stock: Mapping[tuple[int, str, str], StockRow], items: set[int], everything: bool
) -> dict[int, Totals]:
    """Sums over each item's places, before and now, and what is open.

    The latest issue is known for sure only among all entries, or when this posting made it or filled it.
    """
    sums = {id: [ZERO] * 3 for id in items if working.state.cards[id].keeps_stock}
    for rows in (working.state.stock, stock):
        for (item_id, _variant, _location), row in rows.items():
            if item_id in sums:
                total = sums[item_id]
                total[0] += row.quantity
                total[1] += row.invoiced
                total[2] += row.actual + row.expected
    waiting: dict[int, list[Entry]] = {}
    anything_open, latest = set(), {}
    for entry in working.all_entries:
        if entry.item_id not in sums:
            continue
        if entry.remaining:
            anything_open.add(entry.item_id)
            if not entry.inbound:
                waiting.setdefault(entry.item_id, []).append(entry)
        if entry.inbound or entry.correction or entry.drop:
            continue
        if everything or entry.new or any(match.new for match in entry.takes):
            known = latest.get(entry.item_id)
            if known is None or (entry.new, entry.sequence) > (known.new, known.sequence):
                latest[entry.item_id] = entry
    return {
        id: Totals(*total, waiting.get(id, ()), id in anything_open, latest.get(id))
        for id, total in sums.items()
    }
