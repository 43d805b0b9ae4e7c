"""Tables that repeat what the ledgers say, for speed; each can be built anew from them.

    @projection("inventory.stock")
    def rebuild_stock() -> int:
        ...one DELETE, one INSERT … SELECT; returns how many rows it wrote

Rooms keep theirs in `<room>/projections.py` (or in `invariants.py`, next to the law that compares them).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils.module_loading import autodiscover_modules

from erp.kernel.ledger import lock_ledgers


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A projection and how many rows it has now."""

    name: str
    rows: int


_registry: dict[str, Callable[[], int]] = {}


def projection(name: str) -> Callable[[Callable[[], int]], Callable[[], int]]:
    """Register a function that rebuilds one projection by set-based SQL; it runs while no posting can."""

    def register(rebuild: Callable[[], int]) -> Callable[[], int]:
        known = _registry.get(name)
        if known and known.__qualname__ != rebuild.__qualname__:
            raise ValueError(f"{name} is rebuilt by {known.__qualname__} already")
        _registry[name] = rebuild
        return rebuild

    return register


def all_projections() -> dict[str, Callable[[], int]]:
    """Every projection of every room, by name."""
    autodiscover_modules("projections", "invariants")
    return dict(sorted(_registry.items()))


def rebuild_all(names: Iterable[str] = ()) -> list[Rebuilt]:
    """Rebuild all projections, or those named, in one transaction that keeps every posting out.

    raises  KeyError for a name that no room knows
    """
    projections = all_projections()
    wanted = set(names)
    if unknown := wanted - projections.keys():
        raise KeyError(", ".join(sorted(unknown)))
    with transaction.atomic():
        lock_ledgers()
        return [
            Rebuilt(name, rebuild()) for name, rebuild in projections.items() if not wanted or name in wanted
        ]
