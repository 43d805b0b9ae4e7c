"""Of goods that lie open, the few receipts that an issue takes first.

An item may have thousands of open receipts, and a sale uses up one or two. Where the oldest go first, those are the
first of the index on open entries; where the first few are not enough, all are read as before.
"""

from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal

from django.db.models import BooleanField, Expression

from erp.kernel.compiled import Given
from erp.kernel.money import ZERO
from inventory.ledger.facts import EntryRow
from inventory.models.entries import ItemEntryState

FEW = 3
Place = tuple[int, str, str]  # item, variant, location


class FirstReceipts(Expression):
    """The condition that an entry is among the first few open ones of a place, waits for goods, or was asked for.

    Of a run: `places` as three lists of one length, `items` whose waiting issues are wanted, `requested` entries.
    """

    given = ("place_items", "place_variants", "place_locations", "items", "requested")

    def __init__(self):
        super().__init__(output_field=BooleanField())

    def as_sql(self, compiler, connection):
        table = connection.ops.quote_name(ItemEntryState._meta.db_table)
        # An array, so that the entries are looked up by key whatever the planner believes of the rest.
        sql = f"""{table}.entry_id = ANY(ARRAY(
            SELECT first.entry_id
              FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS place(item, variant, location),
                   LATERAL (SELECT lying.entry_id FROM {table} AS lying
                             WHERE lying.item_id = place.item AND lying.variant_code = place.variant
                               AND lying.location_code = place.location AND NOT lying.remaining_quantity = 0
                             ORDER BY lying.posting_date, lying.entry_id LIMIT {FEW}) AS first
            UNION ALL
            SELECT waiting.entry_id FROM {table} AS waiting
             WHERE waiting.item_id = ANY(%s::bigint[]) AND waiting.remaining_quantity < 0
            UNION ALL
            SELECT unnest(%s::bigint[])))"""
        return sql, tuple(map(Given, self.given))


def given_for(
    places: Collection[Place], *, items: Iterable[int], requested: Iterable[int]
) -> dict[str, list]:
    """What a run of such a query is given."""
    ids, variants, locations = map(list, zip(*places, strict=True)) if places else ([], [], [])
    columns = (ids, variants, locations, list(items), list(requested))
    return dict(zip(FirstReceipts.given, columns, strict=True))


def fall_short(rows: Iterable[EntryRow], leaving: Mapping[Place, Decimal]) -> set[int]:
    """Items of which what was read at a place is used up, while more may lie there."""
    lying: dict[Place, list[Decimal]] = {place: [] for place in leaving}
    for row in rows:
        at = row.item_id, row.variant, row.location
        if at in lying:
            lying[at].append(ZERO if row.drop else max(row.remaining, ZERO))
    return {place[0] for place, found in lying.items() if len(found) >= FEW and sum(found) <= leaving[place]}
