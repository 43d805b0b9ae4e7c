"""Sub-ledgers that want a say when a transaction is reversed, and to mirror their own rows.

class CustomerLedger:
    def lock(self, transactions): ...
    def check(self, transactions, *, whole_register): return problems
    def sections(self, transactions, mirrored, gl): return [CustomerMirror(...)]

reversal.register("customers", CustomerLedger())      in AppConfig.ready of the room that keeps the ledger
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

from erp.kernel.errors import Problem
from posting.journal import GLSection
from posting.registers import Section
from posting.selectors import PostedTransaction
from posting.values import Line


class Subledger(Protocol):
    """What a room above answers about its own entries of the transactions."""

    def lock(self, transactions: Sequence[PostedTransaction]) -> None:
        """Lock what the checks rely on (customers, bank accounts, by id), before the ledger head is locked."""

    def check(self, transactions: Sequence[PostedTransaction], *, whole_register: bool) -> list[Problem]:
        """Why these may not be reversed: applied, on a statement … (E-REV-APPLIED, E-REV-BANK, E-REV-REG)."""

    def sections(
        self, transactions: Sequence[PostedTransaction], mirrored: Mapping[int, Line], gl: GLSection
    ) -> Sequence[Section]:
        """The mirror of the sub-ledger's rows.

        mirrored  the mirror line of each G/L entry by entry number; `gl.entry_no(line)` tells its own number
        """


_registry: dict[str, Subledger] = {}


def register(name: str, subledger: Subledger) -> None:
    """Have a sub-ledger asked at every reversal; a name stands for one only."""
    known = _registry.get(name)
    if known is not None and type(known).__qualname__ != type(subledger).__qualname__:
        raise ValueError(f"{name} is registered already")
    _registry[name] = subledger


def unregister(name: str) -> None:
    """No longer ask a sub-ledger."""
    _registry.pop(name, None)


def subledgers() -> list[Subledger]:
    """All that are registered, in the order of their names."""
    return [_registry[name] for name in sorted(_registry)]
