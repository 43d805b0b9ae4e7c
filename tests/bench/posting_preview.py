"""The preview of a posting, beside the posting itself."""

from argparse import Namespace
from collections.abc import Callable, Iterator

from tests.bench.floor import WARM
from tests.bench.posting import PER_ROUND, RATE, post_orders, preview_orders, scaled
from tests.bench.posting_company import write_orders
from tests.bench.results import Result, against
from tests.bench.runs import memory_of, workers

LINES = (10, 1000)
NAMES = tuple(f"preview_{lines}" for lines in LINES)  # each with _memory


def measure(wanted: Namespace, only: Callable[[str], bool]) -> Iterator[Result]:
    for lines in LINES:
        if only(f"preview_{lines}"):
            yield from beside_posting(lines, scaled(PER_ROUND[lines], wanted), rounds=wanted.rounds)


def beside_posting(lines: int, per_round: int, *, rounds: int) -> list[Result]:
    """The same orders are previewed and then posted."""
    name, title = f"preview_{lines}", f"preview of an order of {lines:,} lines, beside posting it"
    previews, postings = [], []
    orders = write_orders((WARM + rounds) * per_round, lines, seed=3)
    with workers(2) as (looking, posting):
        for place in range(-WARM, rounds):
            keys, orders = orders[:per_round], orders[per_round:]
            taken = looking.do(preview_orders, keys), posting.do(post_orders, keys)
            if place >= 0:
                previews.append(per_round / taken[0])
                postings.append(per_round / taken[1])
        memory = memory_of(looking, name, title)
    return [against(name, title, previews, postings, RATE), memory]
