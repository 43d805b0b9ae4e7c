"""What a plan needs to know, loaded and locked with a constant number of queries."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from decimal import Decimal

from django.db import connections, router
from django.db.models import OuterRef, Q, QuerySet, Subquery

from erp.kernel.compiled import Among, Compiled
from erp.kernel.money import ZERO
from inventory.costing import Content, period_start, pool_key
from inventory.ledger.facts import (
    CARD_FIELDS,
    ENTRY_FIELDS,
    REFERENCE_FIELDS,
    TIE_FIELDS,
    Card,
    EntryRow,
    FirstValue,
    StockRow,
    StockState,
    Tie,
    ValueFacts,
    Variant,
)
from inventory.ledger.first_receipts import FirstReceipts, Place, fall_short, given_for
from inventory.ledger.setup import StockSetup
from inventory.models import Item, ItemVariant
from inventory.models.entries import ItemApplicationEntry, ItemEntryState, ItemLedgerEntry, Stock, ValueEntry
from inventory.models.setup import CostingMethod

AVERAGE = CostingMethod.AVERAGE
OLDEST_FIRST = frozenset({CostingMethod.FIFO, CostingMethod.STANDARD, CostingMethod.AVERAGE})
CARDS = Compiled(lambda: _items().values_list(*CARD_FIELDS))
LOCKED_CARDS = Compiled(
    lambda: _items().select_for_update(no_key=True, of=("self",)).values_list(*CARD_FIELDS)
)
VARIANTS = Compiled(
    lambda: (
        ItemVariant.objects.filter(Among("item", "ids"))
        .order_by()
        .values_list("item_id", "code", "blocked", "sales_blocked", "purchasing_blocked")
    )
)
STOCK = Compiled(
    lambda: Stock.objects.filter(Among("item", "ids")).values_list(
        "item_id", "variant_code", "location_code", "quantity", "invoiced_quantity", "cost_amount_actual",
        "cost_amount_expected",
    )
)  # fmt: skip
ENTRIES = Compiled(
    lambda: _entries((Q(Among("item", "ids")) & ~Q(remaining_quantity=0)) | Q(Among("pk", "requested")))
)
FIRST_RECEIPTS = Compiled(lambda: _entries(Q(FirstReceipts())))
REFERENCES = Compiled(lambda: _last_values(Q(Among("item_entry", "numbers"))))


def load(
    item_ids: Collection[int],
    *,
    entry_nos: Collection[int] = (),
    leaving: Mapping[Place, Decimal] | None = None,
    on: date | None = None,
    setup: StockSetup | None = None,
    lock: bool = True,
) -> StockState:
    """Lock the items (by id, ascending) and load what planning their movements takes; in a transaction.

    entry_nos  entries that will be invoiced, applied to, returned or undone; their items are among `item_ids`
    leaving    where nothing else is taken from receipts: how much goes at most, by item, variant and location. Then
               of the goods that lie open no more is read than that takes; None reads them all
    on         the earliest posting date of what is planned. Items at average cost are then read from that period
               on only; without it, their whole history is
    setup      spares seven queries to who posts many documents in a row
    lock       False for a preview that need not be right a second later
    """
    setup = setup or StockSetup.load()
    ids = sorted(set(item_ids))
    cards = _cards(ids, lock=lock)
    average = {id for id, card in cards.items() if card.method == AVERAGE and card.keeps_stock}
    requested = set(entry_nos)
    stock = _stock(ids)
    entries = {row.no: row for row in _open_or_requested(cards, requested, leaving)}
    seeds = [
        row for row in entries.values() if (row.no in requested and row.quantity > 0) or row.remaining < 0
    ]
    window = _window(average, entries.values(), requested, on, setup)
    entries |= {row.no: row for row in window}
    touched = _downstream([row.no for row in seeds if row.item_id not in average])
    known = touched | {row.no for row in window}
    variants = _variants(ids)
    ties = _ties(known)
    mentioned = {no for tie in ties for no in (tie.inbound, tie.outbound, tie.transferred_from) if no}
    mentioned |= {row.applies_from for row in entries.values() if row.no in requested and row.applies_from}
    entries |= {row.no: row for row in _rows_by_no((mentioned | touched) - entries.keys())}
    return StockState(
        setup=setup,
        cards=cards,
        variants=variants,
        varied=frozenset(item_id for item_id, _code in variants),
        stock=stock,
        entries=entries,
        ties=ties,
        known=frozenset(known),
        window=frozenset(row.no for row in window),
        opening=_opening(average, stock, window, by_item=setup.pool_is_item),
        references=_references(known | requested | _receipts(entries.values())),
        firsts=_firsts(requested),
        on=on,
    )


def load_history(item_ids: Collection[int], *, setup: StockSetup, lock: bool = True) -> StockState:
    """Everything ever posted for some items: what a complete cost adjustment starts from."""
    ids = sorted(set(item_ids))
    cards = _cards(ids, lock=lock)
    entries = {row.no: row for row in _rows(Q(item__in=ids))}
    known = frozenset(entries)
    average = {id for id, card in cards.items() if card.method == AVERAGE}
    return StockState(
        setup=setup,
        cards=cards,
        stock=_stock(ids),
        entries=entries,
        ties=_ties_of_items(ids),
        known=known,
        window=frozenset(no for no, row in entries.items() if row.item_id in average),
        references=_references_of_items(ids),
    )


def _connection():
    return connections[router.db_for_write(Item)]


def _items() -> QuerySet:
    return Item.objects.filter(Among("pk", "ids")).order_by("pk")


def _cards(ids: list[int], *, lock: bool) -> dict[int, Card]:
    return {row[0]: Card(*row) for row in (LOCKED_CARDS if lock else CARDS).rows(ids=ids)}


def _variants(ids: list[int]) -> dict[tuple[int, str], Variant]:
    return {(item_id, code): Variant(*flags) for item_id, code, *flags in VARIANTS.rows(ids=ids)}


def _stock(ids: list[int]) -> dict[tuple[int, str, str], StockRow]:
    return {tuple(row[:3]): StockRow(*row[3:]) for row in STOCK.rows(ids=ids)}


def _entries(condition: Q) -> QuerySet:
    # By its index for each row: of EXISTS a plan that is kept may make one reading of the whole ledger.
    reversals = ItemLedgerEntry.objects.filter(reverses=OuterRef("pk")).values("pk")[:1]
    rows = ItemEntryState.objects.filter(condition).annotate(reversed_by=Subquery(reversals))
    return rows.order_by().values_list(*ENTRY_FIELDS)


def _rows(condition: Q) -> list[EntryRow]:
    return [EntryRow(*row) for row in _entries(condition)]


def _open_or_requested(
    cards: Mapping[int, Card], requested: Collection[int], leaving: Mapping[Place, Decimal] | None
) -> list[EntryRow]:
    """What lies open, or of what takes the oldest first only as much as leaves; in one query, sometimes two."""
    if leaving is None:
        return [EntryRow(*row) for row in ENTRIES.rows(ids=cards, requested=requested)]
    places = {
        place: quantity
        for place, quantity in leaving.items()
        if place[0] in cards and cards[place[0]].method in OLDEST_FIRST
    }
    found = FIRST_RECEIPTS.rows(**given_for(places, items=cards, requested=requested))
    rows = [EntryRow(*row) for row in found]
    whole = fall_short(rows, places) | (cards.keys() - {place[0] for place in places})
    if whole:
        rows += [EntryRow(*row) for row in ENTRIES.rows(ids=whole, requested=())]
    return rows


def _rows_by_no(numbers: Collection[int]) -> list[EntryRow]:
    return _rows(Q(pk__in=numbers)) if numbers else []


def _window(
    average: set[int],
    entries: Iterable[EntryRow],
    requested: set[int],
    on: date | None,
    setup: StockSetup,
) -> list[EntryRow]:
    """All entries of average items valued in or after the first period that the posting can touch."""
    if not average:
        return []
    if on is None:
        return _rows(Q(item__in=average))
    start = dict.fromkeys(average, on)
    for row in entries:
        if row.item_id in average and (row.no in requested or row.remaining < 0):
            start[row.item_id] = min(start[row.item_id], row.valuation_date)
    by_day: dict[date, list[int]] = {}
    for item_id, day in start.items():
        by_day.setdefault(period_start(day, setup.rules.average_cost_period), []).append(item_id)
    condition = Q()
    for day, ids in by_day.items():
        condition |= Q(item__in=ids, valuation_date__gte=day)
    return _rows(condition)


def _opening(
    average: set[int], stock: Mapping[tuple, StockRow], window: Iterable[EntryRow], *, by_item: bool
) -> dict[tuple, Content]:
    """What the pools held before the window: all there is, less what came later."""
    held: dict[tuple, list[Decimal]] = {}
    for (item_id, variant, location), row in stock.items():
        if item_id in average:
            content = held.setdefault(pool_key(item_id, variant, location, by_item=by_item), [ZERO, ZERO])
            content[0] += row.quantity
            content[1] += row.actual + row.expected
    for row in window:
        content = held.setdefault(
            pool_key(row.item_id, row.variant, row.location, by_item=by_item), [ZERO, ZERO]
        )
        content[0] -= row.quantity
        content[1] -= row.actual + row.expected
    return {pool: Content(*content) for pool, content in held.items()}


def _downstream(seeds: list[int]) -> set[int]:
    """The seeds and every entry that their cost flows to. One recursive query, none without seeds."""
    if not seeds:
        return set()
    table = _connection().ops.quote_name(ItemApplicationEntry._meta.db_table)
    with _connection().cursor() as cursor:
        cursor.execute(
            f"""
            WITH RECURSIVE touched(entry) AS (
                SELECT unnest(%s::bigint[])
                UNION
                SELECT next.entry FROM touched, LATERAL (
                    SELECT outbound_entry_id AS entry FROM {table}
                     WHERE inbound_entry_id = touched.entry AND quantity < 0
                    UNION ALL
                    SELECT inbound_entry_id FROM {table}
                     WHERE outbound_entry_id = touched.entry AND quantity > 0
                    UNION ALL
                    SELECT inbound_entry_id FROM {table} WHERE transferred_from_id = touched.entry
                ) AS next
            )
            SELECT entry FROM touched
            """,
            [seeds],
        )
        return {entry for (entry,) in cursor.fetchall()}


def _ties(numbers: Collection[int]) -> tuple[Tie, ...]:
    if not numbers:
        return ()
    numbers = list(numbers)
    mine = Q(inbound_entry__in=numbers) | Q(outbound_entry__in=numbers) | Q(transferred_from__in=numbers)
    rows = ItemApplicationEntry.objects.filter(mine).order_by("entry_no").values_list(*TIE_FIELDS)
    return tuple(Tie(*row) for row in rows)


def _ties_of_items(ids: list[int]) -> tuple[Tie, ...]:
    rows = ItemApplicationEntry.objects.filter(item_entry__item__in=ids).order_by("entry_no")
    return tuple(Tie(*row) for row in rows.values_list(*TIE_FIELDS))


def _receipts(entries: Iterable[EntryRow]) -> set[int]:
    """Receipts that a posting may use up, and then round."""
    return {row.no for row in entries if row.remaining > 0}


def _references(numbers: Collection[int]) -> dict[int, ValueFacts]:
    return _by_entry(REFERENCES.rows(numbers=numbers)) if numbers else {}


def _references_of_items(ids: list[int]) -> dict[int, ValueFacts]:
    return _by_entry(_last_values(Q(item__in=ids)))


def _last_values(condition: Q) -> QuerySet:
    """Of each item entry the last value that moved its cost; charges bring revenue only."""
    rows = ValueEntry.objects.filter(condition, adjustment=False, item_charge_no="")
    rows = rows.order_by("item_entry_id", "-entry_no")
    return rows.distinct("item_entry_id").values_list(*REFERENCE_FIELDS)


def _by_entry(rows: Iterable[tuple]) -> dict[int, ValueFacts]:
    return {row[0]: ValueFacts(*row) for row in rows}


def _firsts(numbers: Collection[int]) -> dict[int, FirstValue]:
    if not numbers:
        return {}
    rows = ValueEntry.objects.filter(item_entry__in=list(numbers)).exclude(item_entry_quantity=0).order_by()
    columns = (
        "sales_amount_expected",
        "purchase_amount_expected",
        "gen_bus_posting_group",
        "gen_prod_posting_group",
    )
    return {no: FirstValue(*values) for no, *values in rows.values_list("item_entry_id", *columns)}
