"""What rooms above have to tell on the card of an item: they register a part, and the card shows it.

cards.register("sales", "sales/item/_part.html", item_part)      # in AppConfig.ready
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from inventory.models import Item

if TYPE_CHECKING:
    from erp.kernel.models import User

Facts = Callable[..., Mapping[str, Any] | None]


class Part(NamedTuple):
    """A template, and what gives it its facts: called with item, user and on; None shows nothing to this user."""

    template: str
    facts: Facts


_parts: dict[str, Part] = {}


def register(name: str, template: str, facts: Facts) -> None:
    """Add a part; the same name replaces the earlier one."""
    _parts[name] = Part(template, facts)


def parts_of(item: Item, *, user: "User", on: date) -> list[tuple[str, Mapping[str, Any]]]:
    """The parts that this user sees: template and facts."""
    found = [(part.template, part.facts(item, user=user, on=on)) for part in _parts.values()]
    return [(template, facts) for template, facts in found if facts is not None]
