"""Adjust cost of item entries: bring what was posted in line with what is known by now."""

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from django.db import transaction

from erp.kernel.access import needs
from erp.kernel.errors import raise_problems
from inventory import ledger
from inventory.models import Item
from posting import registers

if TYPE_CHECKING:
    from erp.kernel.models import User

SOURCE_CODE = "INVTADJMT"
ITEMS_AT_ONCE = 200


class Adjusted(NamedTuple):
    """What a run did.

    items    whose costs are final now
    entries  value entries written
    amount   how much the cost of entries changed, receipts and issues netted
    """

    items: int
    entries: int
    amount: Decimal


@needs("inventory.post_item_journal")
def adjust_cost(
    *,
    by: "User | None",
    at: datetime,
    items: Collection[str] | None = None,
    everything: bool = False,
    setup: ledger.StockSetup | None = None,
) -> Adjusted:
    """Adjust the items whose costs are not final; safe to run at any time, and twice.

    items       item numbers; None: all
    everything  also those that count as adjusted, to be sure
    returns     what was written; each batch of items is one transaction and one register

    An adjustment stands on the date and paper of the value entry that it corrects, or on the first open day.
    Source: Business Central, adjust cost – item entries.
    """
    rows = Item.objects.filter(type=Item.Type.INVENTORY).order_by("pk")
    if items is not None:
        rows = rows.filter(number__in=items)
    if not everything:
        rows = rows.filter(cost_is_adjusted=False)
    ids = list(rows.values_list("pk", flat=True))
    setup = setup or ledger.StockSetup.load()
    entries, amount = 0, Decimal(0)
    for start in range(0, len(ids), ITEMS_AT_ONCE):
        written = _adjust(ids[start : start + ITEMS_AT_ONCE], by=by, at=at, setup=setup)
        entries += len(written.values)
        amount += written.adjusted_cost
    return Adjusted(len(ids), entries, amount)


@transaction.atomic
def _adjust(ids: list[int], *, by: "User | None", at: datetime, setup: ledger.StockSetup) -> ledger.ItemPlan:
    plan = ledger.plan_adjustment(ledger.load_history(ids, setup=setup))
    raise_problems("", plan.problems)
    section = ledger.ItemSection(plan, {})
    if plan.values:
        registers.write([section], source_code=SOURCE_CODE, by=by.get_username() if by else "", at=at)
    else:
        section.write_projections()
    return plan
