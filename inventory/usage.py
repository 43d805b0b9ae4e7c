"""What stands on an item, a unit or a location: asked before it is changed or deleted.

Rooms above register what they know of (open documents, journals), so that nothing here looks up:

    usage.register("sales.lines", uses_of_items)      # in AppConfig.ready

A function takes the kind ("item", "unit", "location") and its key, and returns words for what is in the way, or "".
Keys: an item's id; (item id, unit code); a location's code.
"""

from collections.abc import Callable
from typing import Any

from django.db.models import F, Q
from django.utils.translation import gettext as _

from inventory.models import Item, ItemEntryState, ItemUnit, Stock

Ask = Callable[[str, Any], str]
_known: dict[str, Ask] = {}


def register(name: str, ask: Ask) -> None:
    """Let another room say what it knows; the same name replaces the earlier function."""
    _known[name] = ask


def elsewhere(kind: str, key: Any) -> str:
    """What other rooms have on it, in words; empty when nothing is in the way."""
    return next((words for ask in _known.values() if (words := ask(kind, key))), "")


def entries_of(item: Item) -> str:
    """Whether anything was ever posted for an item."""
    return _("item ledger entries") if ItemEntryState.objects.filter(item=item).exists() else ""


def open_entries_of(item: Item) -> str:
    """Whether goods, or invoices, are still open."""
    rows = ItemEntryState.objects.filter(item=item)
    unfinished = ~Q(remaining_quantity=0) | ~Q(invoiced_quantity=F("quantity"))
    return _("open item ledger entries") if rows.filter(unfinished).exists() else ""


def open_entries_in(row: ItemUnit) -> str:
    """Whether open entries were moved in this unit."""
    rows = ItemEntryState.objects.filter(item=row.item, entry__unit_code=row.unit.code)
    return _("open item ledger entries") if rows.exclude(remaining_quantity=0).exists() else ""


def stock_at(location_code: str) -> str:
    """Whether there is stock at a location."""
    there = Stock.objects.filter(location_code=location_code).exclude(quantity=0)
    return _("goods in stock") if there.exists() else ""
