"""Orders of 1 to 1,000 lines shipped and invoiced by one process, everything on, beside the floor of their own rows."""

import time
from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from django.utils import timezone

from tests.bench.floor import WARM, alternate, recorded
from tests.bench.posting_company import clerk, write_orders
from tests.bench.results import Result
from tests.bench.runs import memory_of, workers

PER_ROUND = {1: 40, 10: 30, 100: 8, 1000: 2}  # orders, by their lines
RATE = "documents/s"
NAMES = tuple(f"post_{lines}" for lines in PER_ROUND)  # each with _copy and _memory


def measure(wanted: Namespace, only: Callable[[str], bool]) -> Iterator[Result]:
    for lines, per_round in PER_ROUND.items():
        if only(f"post_{lines}"):
            yield from beside_floor(lines, scaled(per_round, wanted), rounds=wanted.rounds)


def beside_floor(lines: int, per_round: int, *, rounds: int) -> list[Result]:
    orders = WARM + rounds * per_round
    ours = write_orders(orders, lines)
    name, title = f"post_{lines}", f"an order of {lines:,} line{'s' if lines > 1 else ''}"
    with recorded(post_orders, write_orders(orders, lines, seed=2)) as floor, workers() as (worker,):
        rates = alternate(partial(worker.do, post_orders), ours, floor, per_round=per_round, rounds=rounds)
        memory = memory_of(worker, name, title)
    return [*rates.results(name, title, RATE, note=f"{floor.rows:,} rows a document"), memory]


def scaled(per_round: int, wanted: Namespace) -> int:
    """How many documents a round has."""
    return max(1, round(per_round * wanted.scale))


def post_orders(keys: Sequence[int]) -> float:
    """Ship and invoice orders, one after the other; returns the seconds that took."""
    from sales.routines.post import ship_and_invoice

    return each(keys, ship_and_invoice)


def preview_orders(keys: Sequence[int]) -> float:
    """Plan the posting of orders; returns the seconds that took."""
    from sales.routines.post import preview

    return each(keys, preview)


def each(keys: Sequence[int], step: Callable) -> float:
    """Do something with orders as a page or a command does; returns the seconds that took."""
    from erp.kernel.changelog import acting_as
    from sales.models import SalesDocument

    by = clerk()
    with acting_as(by):
        begun = time.perf_counter()
        for key in keys:
            step(SalesDocument.objects.get(pk=key), by=by, at=timezone.now())
        return time.perf_counter() - begun
