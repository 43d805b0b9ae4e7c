"""Adjust inventory: say how much of an item lies where, and post the differences."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction

from erp.kernel.access import needs
from inventory.models import EntryType, Item, Stock
from inventory.posting_run import Posted
from inventory.routines.post_item_journal import JournalLine, post_item_journal

if TYPE_CHECKING:
    from erp.kernel.models import User


@needs("inventory.post_item_journal")
@transaction.atomic
def adjust_inventory(
    item: Item,
    *,
    quantities: Mapping[str, Decimal],
    document_no: str,
    on: date,
    by: "User | None",
    at: datetime,
    variant_code: str = "",
) -> Posted | None:
    """Post one adjustment per location whose stock is not what was typed, at the card's unit cost.

    quantities  new quantity in base units by location code, "" for stock without a location
    returns     None when nothing differs
    """
    Item.objects.select_for_update(no_key=True).get(pk=item.pk)
    rows = Stock.objects.filter(item=item, variant_code=variant_code)
    there = dict(rows.values_list("location_code", "quantity"))
    lines = []
    for location, quantity in quantities.items():
        difference = quantity - there.get(location, Decimal(0))
        if difference:
            kind = EntryType.POSITIVE_ADJUSTMENT if difference > 0 else EntryType.NEGATIVE_ADJUSTMENT
            lines.append(
                JournalLine(
                    line_no=10000 * (len(lines) + 1),
                    posting_date=on,
                    document_no=document_no,
                    entry_type=kind,
                    item=item.number,
                    quantity=abs(difference),
                    variant_code=variant_code,
                    location_code=location,
                    description=item.description,
                )
            )
    return post_item_journal(lines, by=by, at=at) if lines else None
