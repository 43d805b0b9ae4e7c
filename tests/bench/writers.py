"""Several processes that post at once: orders of 10 lines, the same items, one series of invoice numbers."""

import re
import time
from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence
from statistics import median

from django.db import connection

from erp.kernel.invariants import run_all
from sales.models import SalesInvoice
from tests.bench.floor import WARM, Floor, recorded
from tests.bench.floor_capture import Document, Table
from tests.bench.floor_replay import VALUES, open_floor, replay
from tests.bench.posting import RATE, post_orders, scaled
from tests.bench.posting_company import write_orders
from tests.bench.results import Result, against
from tests.bench.runs import Worker, together, workers

WRITERS = (1, 2, 4, 8)
LINES, PER_ROUND = 10, 32
NAMES = tuple(f"writers_{count}" for count in WRITERS[1:])


class NotClean(Exception):
    """Writers got into each other's way."""


def measure(wanted: Namespace, only: Callable[[str], bool]) -> Iterator[Result]:
    chosen = [count for count in WRITERS if count == 1 or only(f"writers_{count}")]
    per_round = scaled(PER_ROUND, wanted)
    taken = (WARM * max(chosen) + wanted.rounds * per_round) * len(chosen)
    orders = write_orders(taken, LINES, seed=6)
    ours: dict[int, list[float]] = {count: [] for count in chosen}
    theirs: dict[int, list[float]] = {count: [] for count in chosen}
    deadlocks = _deadlocks()
    recording = recorded(post_orders, write_orders(taken, LINES, seed=7))
    with recording as floor, workers(max(chosen)) as staff:
        for place in range(-WARM, wanted.rounds):
            for count in chosen:
                size = per_round if place >= 0 else max(chosen)
                keys, orders = orders[:size], orders[size:]
                rates = _post(staff[:count], keys), _replay(staff[:count], floor, floor.next(size))
                if place >= 0:
                    ours[count].append(rates[0])
                    theirs[count].append(rates[1])
    _check(deadlocks)
    for count in chosen[1:]:
        share = median(mine / floor for mine, floor in zip(ours[count], theirs[count], strict=True))
        note = f"floor with {count} writers: ratio {share:.2f}; no failure, no deadlock, no gap"
        title = f"orders of {LINES} lines by {count} writers, beside one"
        yield against(f"writers_{count}", title, ours[count], ours[1], RATE, note=note)


def _post(staff: Sequence[Worker], keys: Sequence[int]) -> float:
    """Orders a second, from the first beginning to the last end."""
    begun = time.perf_counter()
    together(staff, post_orders, [keys[place :: len(staff)] for place in range(len(staff))])
    return len(keys) / (time.perf_counter() - begun)


def _replay(staff: Sequence[Worker], floor: Floor, documents: list[Document]) -> float:
    """Documents a second that plain connections write, as many at once."""
    parts = [(floor.tables, documents[place :: len(staff)]) for place in range(len(staff))]
    return len(documents) / max(together(staff, replay_part, parts))


def replay_part(part: tuple[dict[str, Table], list[Document]]) -> float:
    own = open_floor()
    try:
        return replay(own, VALUES, *part)
    finally:
        own.close()


def _deadlocks() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return cursor.fetchone()[0]


def _check(deadlocks: int) -> None:
    """
    raises  NotClean where a deadlock was broken, an invoice number is missing, or the ledgers do not agree
    """
    if _deadlocks() != deadlocks:
        raise NotClean(f"{_deadlocks() - deadlocks} deadlocks")
    numbers = SalesInvoice.objects.values_list("number", flat=True)
    steps = [int(re.search(r"[0-9]+$", number)[0]) for number in numbers]
    if missing := max(steps) - min(steps) + 1 - len(steps):
        raise NotClean(f"{missing} invoice numbers are missing")
    if broken := [result.code for result in run_all() if not result.holds]:
        raise NotClean(f"check_ledgers: {', '.join(broken)}")
