"""Laws that hold after every transaction, each one a question that `manage.py check_ledgers` asks.

    @invariant("I-1", "Every transaction of the general ledger sums to zero")
    def transactions_balance() -> Finding:
        ...
        return Finding(checked=len(rows), totals={"debit": debit, "credit": credit}, failures=[...])

Rooms keep theirs in `<room>/invariants.py`, which is found by itself. They read, and cannot write.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import connection, transaction
from django.utils.module_loading import autodiscover_modules


@dataclass(frozen=True, slots=True)
class Finding:
    """What an invariant compared, and the rows where it does not hold.

    checked   how many rows were compared
    totals    the sums that were compared, by name
    failures  one sentence per failing row, naming it; empty when the law holds
    """

    checked: int
    totals: dict[str, Decimal] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Invariant:
    """A law by its code, in words, and the function that examines it."""

    code: str
    text: str
    examine: Callable[[], Finding]


@dataclass(frozen=True, slots=True)
class Result:
    """An invariant and what was found."""

    code: str
    text: str
    finding: Finding

    @property
    def holds(self) -> bool:
        return not self.finding.failures


_registry: dict[str, Invariant] = {}


def invariant(code: str, text: str) -> Callable[[Callable[[], Finding]], Callable[[], Finding]]:
    """Register a function that examines one law. A code stands for one law only."""

    def register(examine: Callable[[], Finding]) -> Callable[[], Finding]:
        known = _registry.get(code)
        if known and known.examine.__qualname__ != examine.__qualname__:
            raise ValueError(f"{code} is {known.text!r} already")
        _registry[code] = Invariant(code, text, examine)
        return examine

    return register


def all_invariants() -> list[Invariant]:
    """Every law of every room, I-2 before I-10."""
    autodiscover_modules("invariants")
    return sorted(_registry.values(), key=lambda law: natural_order(law.code))


def run_all(codes: Iterable[str] = ()) -> list[Result]:
    """Examine all laws, or those named, on one snapshot: postings that commit meanwhile raise no false alarm.

    raises  KeyError for a code that no room knows
    """
    laws = all_invariants()
    wanted = set(codes)
    if unknown := wanted - {law.code for law in laws}:
        raise KeyError(", ".join(sorted(unknown)))
    own_transaction = not connection.in_atomic_block
    with transaction.atomic():
        if own_transaction:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        with _whole_tables():
            return [
                Result(law.code, law.text, law.examine()) for law in laws if not wanted or law.code in wanted
            ]


@contextmanager
def _whole_tables() -> Iterator[None]:
    """Laws compare whole tables: keep the planner, whose statistics may be old, from looking rows up one by one.

    Forbidden plans cost so much on paper that PostgreSQL would compile them to machine code, for seconds. What is
    grouped and joined stays in memory as far as it fits: most laws have as many groups as there are documents.
    """
    settings = {"enable_nestloop": "off", "jit": "off", "work_mem": "'64MB'"}
    with connection.cursor() as cursor:
        cursor.execute("; ".join(f"SET LOCAL {name} = {value}" for name, value in settings.items()))
    yield
    with connection.cursor() as cursor:
        cursor.execute("; ".join(f"SET LOCAL {name} TO DEFAULT" for name in settings))


def natural_order(code: str) -> list[tuple[int, str]]:
    """Sorts digits within text as numbers."""
    return [(int(part), "") if part.isdigit() else (0, part) for part in re.split(r"(\d+)", code) if part]
