"""Physical inventory: list what should be there, count it, post the difference.

The difference is relative to the quantity on the list, not to the stock when it is posted: goods that moved in between
stay moved. So a list is not calculated again between counting and posting.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from django.db import transaction
from django.db.models import Max

from erp.kernel.access import needs
from erp.kernel.bulk import insert_rows
from erp.kernel.errors import Problem, raise_problems
from erp.kernel.money import WIDE, ZERO, round_to
from inventory import errors
from inventory.models import (
    EntryType,
    Item,
    ItemEntryState,
    ItemVariant,
    Location,
    PhysicalInventoryEntry,
    Stock,
)
from inventory.posting_run import Posted
from inventory.routines.post_item_journal import JournalLine, post_item_journal

if TYPE_CHECKING:
    from erp.kernel.models import User

SOURCE_CODE = "PHYSINVJNL"


class CountLine(NamedTuple):
    """One item, variant and location on the counting list; quantities in base units."""

    line_no: int
    item: str
    variant_code: str
    location_code: str
    description: str
    calculated: Decimal
    counted: Decimal
    unit_cost: Decimal
    last_item_entry_no: int = 0

    @property
    def difference(self) -> Decimal:
        return self.counted - self.calculated


def calculate_inventory(
    *,
    items: Collection[str] | None = None,
    locations: Collection[str] | None = None,
    variants: Collection[str] | None = None,
    not_on_stock: bool = False,
    without_entries: bool = False,
) -> list[CountLine]:
    """The counting list: all that was ever posted counts, also under future dates; counted is set to calculated.

    not_on_stock     also places whose stock is zero
    without_entries  also items that never moved, without a location; wants `not_on_stock`
    Blocked items and variants, items without stock and in-transit locations are left out.
    """
    rows = Item.objects.filter(type=Item.Type.INVENTORY, blocked=False)
    if items is not None:
        rows = rows.filter(number__in=items)
    cards = {item.pk: item for item in rows}
    transit = set(Location.objects.filter(use_as_in_transit=True).values_list("code", flat=True))
    blocked = set(ItemVariant.objects.filter(item__in=cards, blocked=True).values_list("item_id", "code"))
    last = ItemEntryState.objects.filter(item__in=cards).order_by()
    last_entry = {
        tuple(key): number
        for *key, number in last.values_list("item_id", "variant_code", "location_code").annotate(
            Max("entry_id")
        )
    }
    stock = {
        tuple(key): quantity
        for *key, quantity in Stock.objects.filter(item__in=cards).values_list(
            "item_id", "variant_code", "location_code", "quantity"
        )
    }
    if not_on_stock and without_entries:
        moved = {item_id for item_id, _variant, _location in stock}
        stock |= {(item_id, "", ""): ZERO for item_id in cards if item_id not in moved}
    lines = []
    for key in sorted(stock, key=lambda key: (cards[key[0]].number, *key[1:])):
        item_id, variant, location = key
        wanted = (locations is None or location in locations) and (variants is None or variant in variants)
        if not wanted or location in transit or (item_id, variant) in blocked:
            continue
        quantity = stock[key]
        if not quantity and not not_on_stock:
            continue
        card = cards[item_id]
        lines.append(
            CountLine(
                10000 * (len(lines) + 1), card.number, variant, location, card.description, quantity, quantity,
                card.unit_cost, last_entry.get(key, 0),
            )
        )  # fmt: skip
    return lines


@needs("inventory.post_item_journal")
@transaction.atomic
def post_count(
    lines: Sequence[CountLine],
    *,
    on: date | None,
    document_no: str,
    by: "User | None",
    at: datetime,
) -> Posted | None:
    """Post the differences as adjustments, and every line, zero or not, to the physical inventory ledger.

    returns  None when everything was there
    raises   ProblemsFound: E-DATE, E-DOCUMENT-NO, and whatever speaks against the adjustments
    """
    raise_problems(document_no, _check(on, document_no))
    posted = None
    changed = [line for line in lines if line.difference]
    if changed:
        posted = post_item_journal(
            [_adjustment(line, on, document_no) for line in changed], by=by, at=at, source_code=SOURCE_CODE
        )
    ids = dict(Item.objects.filter(number__in={line.item for line in lines}).values_list("number", "id"))
    user = by.get_username() if by else ""
    insert_rows(PhysicalInventoryEntry, [_row(line, ids[line.item], on, document_no, user) for line in lines])
    return posted


def _check(on: date | None, document_no: str) -> list[Problem]:
    problems = []
    if on is None:
        problems.append(errors.DateMissing().as_problem(field="posting_date"))
    if not document_no.strip():
        problems.append(errors.DocumentNumberMissing().as_problem(field="document_no"))
    return problems


def _adjustment(line: CountLine, on: date, document_no: str) -> JournalLine:
    more = line.difference > 0
    return JournalLine(
        line_no=line.line_no,
        posting_date=on,
        document_no=document_no,
        entry_type=EntryType.POSITIVE_ADJUSTMENT if more else EntryType.NEGATIVE_ADJUSTMENT,
        item=line.item,
        quantity=abs(line.difference),
        variant_code=line.variant_code,
        location_code=line.location_code,
        description=line.description,
    )


class _Row(NamedTuple):
    item_id: int
    variant_code: str
    location_code: str
    posting_date: date
    document_no: str
    line_no: int
    description: str
    quantity_calculated: Decimal
    quantity_counted: Decimal
    difference: Decimal
    unit_cost: Decimal
    amount: Decimal
    last_item_entry_no: int
    created_by: str


def _row(line: CountLine, item_id: int, on: date, document_no: str, user: str) -> _Row:
    amount = round_to(WIDE.multiply(line.difference, line.unit_cost))
    return _Row(
        item_id, line.variant_code, line.location_code, on, document_no, line.line_no, line.description,
        line.calculated, line.counted, line.difference, line.unit_cost, amount, line.last_item_entry_no, user,
    )  # fmt: skip
