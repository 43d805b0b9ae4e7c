"""The root of the seals: one line a day, kept outside, that says how far the ledgers were and what sealed them.

Whoever owns the database can seal everything anew after a change; what was written down elsewhere stays.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from django.db.models import Subquery

from erp.kernel.ledger import LedgerHead
from posting.models import Seal
from posting.registers import RANGES


class Root(NamedTuple):
    """The last register of a day, its seal, and the last number of every ledger by counter."""

    day: date
    register_no: int
    seal: str
    numbers: dict[str, int]

    def __str__(self) -> str:
        counts = "".join(f" {name}={number}" for name, number in self.numbers.items())
        return f"{self.day} {self.register_no} {self.seal}{counts}"


def current_root(*, on: date) -> Root | None:
    """The root by now; None where nothing is posted yet. One query, lest a posting falls between seal and numbers."""
    last = Seal.objects.order_by("-register_no")
    head = LedgerHead.objects.annotate(
        last_no=Subquery(last.values("register_no")[:1]), seal=Subquery(last.values("seal")[:1])
    ).get(pk=1)
    if head.seal is None:
        return None
    return Root(on, head.last_no, head.seal, {name: getattr(head, name) for name in RANGES})


def read_roots(lines: Iterable[str]) -> Iterator[Root]:
    """The roots in a file or a mail: lines that begin with a day. Raises ValueError for a line cut short."""
    for line in lines:
        words = line.split()
        if not words or not words[0][:1].isdigit():
            continue
        if len(words) < 3 or len(words[2]) != 64:
            raise ValueError(f"This is no root of a ledger: {line.strip()}")
        numbers = dict(word.split("=", 1) for word in words[3:])
        yield Root(
            date.fromisoformat(words[0]),
            int(words[1]),
            words[2],
            {name: int(n) for name, n in numbers.items()},
        )
