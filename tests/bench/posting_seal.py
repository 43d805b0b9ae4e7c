"""What the seal costs: postings with its trigger, and without it, alternately."""

from argparse import Namespace
from collections.abc import Callable, Iterator

from django.db import connection

from tests.bench.floor import WARM
from tests.bench.posting import PER_ROUND, RATE, post_orders, scaled
from tests.bench.posting_company import write_orders
from tests.bench.results import Result, against
from tests.bench.runs import workers

TRIGGER = "posting_register_sealed"
LINES = (10, 1000)
NAMES = tuple(f"seal_{lines}" for lines in LINES)


def measure(wanted: Namespace, only: Callable[[str], bool]) -> Iterator[Result]:
    for lines in LINES:
        if only(f"seal_{lines}"):
            yield beside_unsealed(lines, scaled(PER_ROUND[lines], wanted), rounds=wanted.rounds)


def beside_unsealed(lines: int, per_round: int, *, rounds: int) -> Result:
    sealed, unsealed = [], []
    orders = write_orders((WARM + rounds) * 2 * per_round, lines, seed=5)
    with workers() as (worker,):
        for place in range(-WARM, rounds):
            rates = []
            for switch in ("ENABLE", "DISABLE"):
                keys, orders = orders[:per_round], orders[per_round:]
                _switch(switch)
                rates.append(per_round / worker.do(post_orders, keys))
            _switch("ENABLE")
            _catch_up()
            if place >= 0:
                sealed.append(rates[0])
                unsealed.append(rates[1])
    title = f"an order of {lines:,} lines sealed, beside unsealed"
    return against(f"seal_{lines}", title, sealed, unsealed, RATE)


def _switch(how: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE posting_register {how} TRIGGER {TRIGGER}")


def _catch_up() -> None:
    """Seal what was posted meanwhile: the next register needs the seal of the one before."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT posting_seal_registers((SELECT max(register_no) + 1 FROM posting_seal), max(register_no))"
            " FROM posting_register"
        )
