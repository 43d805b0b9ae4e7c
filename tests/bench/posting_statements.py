"""How many SQL statements a posting takes, COPY among them: as many for a thousand lines as for one."""

from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence

from tests.bench.posting import post_orders
from tests.bench.posting_company import write_orders
from tests.bench.results import Result, of
from tests.bench.runs import workers
from tests.support.statements import count_statements

NAMES = ("statements",)
# Orders that are counted, by their lines; the one that takes most tells: now and then the cost on an item's card moves.
ORDERS = {1: 100, 10: 20, 100: 3, 1000: 1}


def measure(_wanted: Namespace, _only: Callable[[str], bool]) -> Iterator[Result]:
    most = {}
    with workers() as (worker,):
        for lines, orders in ORDERS.items():
            warm, *counted = write_orders(1 + orders, lines, seed=4)
            worker.do(post_orders, [warm])
            most[lines] = max(worker.do(count, counted))
    note = ", ".join(f"{count} for {lines:,}" for lines, count in most.items())
    yield of(
        "statements", "SQL statements of a posting by its lines", list(most.values()), "statements", note=note
    )


def count(keys: Sequence[int]) -> list[int]:
    """The statements of each posting."""
    return [count_statements(lambda key=key: post_orders([key])) for key in keys]
