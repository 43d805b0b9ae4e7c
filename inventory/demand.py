"""Who wants goods, and who brings them: filled by the rooms above, so that availability never looks up.

    demand.register("sales.orders", open_lines)      # in AppConfig.ready

A source takes item ids and returns rows, with one query however many items: positive quantities are wanted (orders),
negative ones come (returns, purchases). A row without a date is overdue.
"""

from collections.abc import Callable, Collection, Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple


class Wanted(NamedTuple):
    """An open line of some document, in base units."""

    item_id: int
    variant_code: str
    location_code: str
    quantity: Decimal
    on: date | None = None


Source = Callable[[Collection[int]], Iterable[Wanted]]
_sources: dict[str, Source] = {}


def register(name: str, source: Source) -> None:
    """Add a source of demand or supply; the same name replaces the earlier one."""
    _sources[name] = source


def unregister(name: str) -> None:
    """Take a source out again."""
    _sources.pop(name, None)


def open_lines(item_ids: Collection[int]) -> list[Wanted]:
    """Everything wanted and coming, from all sources."""
    return [row for source in _sources.values() for row in source(item_ids)]
