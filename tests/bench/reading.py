"""Reading at size: what people ask ledgers of millions of entries, beside what they ask small ones.

Two databases beside the one that is configured: NAME_ledgers and NAME_ledgers_small, filled by `ledgers` once and kept.
What depends on one customer or item is compared within the large one, what depends on the ledger between the two.
"""

from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from tests.bench.ledgers import NAMES as WHO
from tests.bench.ledgers import SMALL, Sizes
from tests.bench.posting_company import check_durable
from tests.bench.reading_place import ledgers
from tests.bench.reading_work import adjust, ask
from tests.bench.results import Result, against, of
from tests.bench.runs import Worker, peak_memory

CALLS = 15  # of each round, whose median counts
MS = "ms"


class Case(NamedTuple):
    """A question, asked of the large ledgers, and what it is compared with: another name, or the small ledgers.

    beside  the name that is asked for in place of `who`; empty: the same question of the small ledgers; None: nothing
    """

    name: str
    title: str
    question: str
    who: str = ""
    beside: str | None = ""


CASES = (
    Case("balance_1000", "balance of a customer with 1,000 entries", "balance", WHO.middle, WHO.single),
    Case("balance_100000", "balance of a customer with 100,000 entries", "balance", WHO.big, WHO.single),
    Case("ageing_1000", "ageing of a customer with 1,000 entries", "ageing", WHO.middle, WHO.single),
    Case("ageing_100000", "ageing of a customer with 100,000 entries", "ageing", WHO.big, WHO.single),
    Case("stock_100000", "stock of an item with 100,000 entries", "stock", WHO.big_item, WHO.small_item),
    Case("available_100000", "availability of an item with 100,000 entries", "available", WHO.big_item, WHO.small_item),
    Case("trial_balance_year", "trial balance of a year, {gl:,} G/L entries", "trial_balance_year", beside=None),
    Case("trial_balance_day", "trial balance as of a day, {gl:,} G/L entries", "trial_balance_day", beside=None),
    Case("list_invoices", "page of posted invoices, {customer:,} customer entries", "list_invoices"),
    Case("list_customer_entries", "page of customer ledger entries, {customer:,}", "list_customer_entries"),
    Case("list_open_entries", "page of open customer ledger entries", "list_open_entries"),
    Case("list_gl_entries", "page of G/L entries, {gl:,}", "list_gl_entries"),
    Case("document_entries", "“Entries” of one document", "document_entries"),
)  # fmt: skip
ADJUST = "adjust_cost_50000"
NAMES = (*(case.name for case in CASES), ADJUST)


def measure(wanted: Namespace, only: Callable[[str], bool]) -> Iterator[Result]:
    check_durable()
    large = ledgers("ledgers", Sizes(entries=wanted.entries))
    small = ledgers("ledgers_small", SMALL)
    for case in CASES:
        if only(case.name):
            title = case.title.format(customer=wanted.entries, gl=2 * wanted.entries)
            yield _compare(case._replace(title=title), large, small, rounds=wanted.rounds)
    if only(ADJUST):
        yield _adjust(large, rounds=min(wanted.rounds, 3))


@contextmanager
def processes(*databases: str) -> Iterator[list[Worker]]:
    """A new process for each of the databases."""
    staff = [Worker(database) for database in databases]
    try:
        yield staff
    finally:
        for worker in staff:
            worker.stop()


def _compare(case: Case, large: str, small: str, *, rounds: int) -> Result:
    """One process for the large ledgers and one for what they are compared with; they take turns."""
    with processes(large, large if case.beside else small) as (ours, theirs):
        taken, beside = [], []
        for _round in range(rounds + 1):
            taken.append(ours.do(ask, case.question, case.who, CALLS))
            if case.beside is not None:
                beside.append(theirs.do(ask, case.question, case.beside or case.who, CALLS))
        note = f"{ours.do(peak_memory):,.0f} MB"
    if case.beside is None:
        return of(case.name, case.title, taken[1:], MS, note=note)
    return against(case.name, case.title, taken[1:], beside[1:], MS, less_is_better=True, note=note)


def _adjust(large: str, *, rounds: int) -> Result:
    seconds, entries, held = [], 0, 0.0
    for _round in range(rounds):
        with processes(large) as (worker,):
            taken, entries = worker.do(adjust, WHO.adjusted_item)
            held = max(held, worker.do(peak_memory))
            seconds.append(taken)
    title = "cost adjustment of an item with 50,000 entries"
    return of(ADJUST, title, seconds, "s", note=f"{entries:,} value entries written, {held:,.0f} MB")
