"""How many SQL statements a posting takes, COPY among them: as many for a thousand lines as for one."""

from argparse import Namespace
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from django.db import connection
from psycopg2.extensions import cursor as PlainCursor

from tests.bench.posting import post_orders
from tests.bench.posting_company import write_orders
from tests.bench.results import Result, of
from tests.bench.runs import workers

NAMES = ("statements",)
# Orders that are counted, by their lines; the one that takes most tells: now and then the cost on an item's card moves.
ORDERS = {1: 100, 10: 20, 100: 3, 1000: 1}
_told: Counter = Counter()


class CountingCursor(PlainCursor):
    """Counts what is sent to the database."""

    def execute(self, *args, **kwargs):
        _told["statements"] += 1
        return super().execute(*args, **kwargs)

    def copy_expert(self, *args, **kwargs):
        _told["statements"] += 1
        return super().copy_expert(*args, **kwargs)


def measure(_wanted: Namespace, _only: Callable[[str], bool]) -> Iterator[Result]:
    most = {}
    with workers() as (worker,):
        for lines, orders in ORDERS.items():
            warm, *counted = write_orders(1 + orders, lines, seed=4)
            worker.do(post_orders, [warm])
            most[lines] = max(worker.do(count_statements, counted))
    note = ", ".join(f"{count} for {lines:,}" for lines, count in most.items())
    yield of(
        "statements", "SQL statements of a posting by its lines", list(most.values()), "statements", note=note
    )


def count_statements(keys: Sequence[int]) -> list[int]:
    """The statements of each posting; its savepoints are among them, BEGIN and COMMIT are not."""
    connection.ensure_connection()
    connection.connection.cursor_factory = CountingCursor
    counts = []
    for key in keys:
        _told.clear()
        post_orders([key])
        counts.append(_told["statements"])
    connection.connection.cursor_factory = PlainCursor
    return counts
