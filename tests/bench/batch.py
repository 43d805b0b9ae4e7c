"""Posting at the end of the day: a thousand released orders of 10 lines in one run, by `manage.py post_batch`."""

import io
import time
from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence

from django.core.management import call_command

from sales.routines.post_side_by_side import processes_for
from tests.bench.floor import WARM, alternate, recorded
from tests.bench.posting import RATE, post_orders
from tests.bench.posting_company import CLERK, write_orders
from tests.bench.results import Result
from tests.bench.runs import memory_of, workers

LINES, ROUNDS = 10, 3  # a round takes as long as ten of the others
NAMES = ("batch_10",)  # with _copy and _memory


def measure(wanted: Namespace, _only: Callable[[str], bool]) -> Iterator[Result]:
    rounds = min(ROUNDS, wanted.rounds)
    title = f"a batch of {wanted.batch:,} orders of {LINES} lines"
    orders = write_orders(WARM + rounds * wanted.batch, LINES, seed=8)
    with recorded(post_orders, orders) as floor, workers() as (worker,):

        def post_a_batch(documents: Sequence) -> float:
            write_orders(len(documents), LINES, seed=9)
            return worker.do(post_batch)

        rates = alternate(post_a_batch, orders, floor, per_round=wanted.batch, rounds=rounds)
        memory = memory_of(worker, "batch_10", title)
    note = f"{processes_for(wanted.batch)} processes; the floor is one that commits each document by itself"
    yield from rates.results("batch_10", title, RATE, note=note)
    yield memory


def post_batch() -> float:
    """Post all released orders; returns the seconds that took."""
    begun = time.perf_counter()
    call_command("post_batch", "order", "--all-released", "--user", CLERK, stdout=io.StringIO())
    return time.perf_counter() - begun
