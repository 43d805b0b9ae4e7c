"""A payment that settles one open item, a hundred, or ten thousand, beside the floor of its own rows."""

import time
from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from functools import partial

from django.utils import timezone

from customers.models import Customer
from receivables.models import CustomerLedgerEntry, DocumentType, OpenItem
from receivables.plans.journal_line import CUSTOMER, JournalLine
from receivables.routines.post_journal import post_journal
from tests.bench.floor import WARM, alternate, recorded
from tests.bench.posting import scaled
from tests.bench.posting_company import clerk
from tests.bench.results import Result
from tests.bench.runs import memory_of, workers
from tests.world import TODAY

ITEMS, LARGEST = (1, 100), 10_000
PER_ROUND = {1: 40, 100: 8}  # payments, by the open items that each settles; of the largest one
ROUNDS = 3  # of the largest at most: ten thousand invoices have to be there for each
AMOUNT, REVENUE = Decimal(100), "6500"
NAMES = (*(f"payment_{items}" for items in ITEMS), f"payment_{LARGEST}")  # each with _copy and _memory


def measure(wanted: Namespace, only: Callable[[str], bool]) -> Iterator[Result]:
    for items in (*ITEMS, wanted.open_items):
        if only(f"payment_{items}"):
            per_round = scaled(PER_ROUND.get(items, 1), wanted)
            yield from beside_floor(items, per_round, rounds=wanted.rounds)


def beside_floor(items: int, per_round: int, *, rounds: int) -> Iterator[Result]:
    rounds, warm = (rounds, WARM) if items in PER_ROUND else (min(rounds, ROUNDS), 1)
    payments = warm + rounds * per_round
    number = Customer.objects.order_by("number").values_list("number", flat=True).first()
    _write_invoices(number, 2 * payments * items)
    entries = list(OpenItem.objects.order_by("pk").values_list("pk", flat=True))[: 2 * payments * items]
    what = [entries[place : place + items] for place in range(0, len(entries), items)]
    name, title = f"payment_{items}", f"a payment of {items:,} open item{'s' if items > 1 else ''}"
    with recorded(receive, what[:payments]) as floor, workers() as (worker,):
        pay = partial(worker.do, receive)
        rates = alternate(pay, what[payments:], floor, per_round=per_round, rounds=rounds, warm=warm)
        memory = memory_of(worker, name, title)
    yield from rates.results(name, title, "payments/s", note=f"{floor.rows:,} rows a payment")
    yield memory


def receive(payments: Sequence[Sequence[int]]) -> float:
    """Receive a payment for each group of open items; returns the seconds that took."""
    from erp.kernel.changelog import acting_as
    from receivables.ledger import ApplyRequest
    from receivables.routines.receive_payment import receive_payment

    by, customer = clerk(), Customer.objects.order_by("number").first()
    with acting_as(by):
        begun = time.perf_counter()
        for entries in payments:
            apply = ApplyRequest.to_entries((entry, None) for entry in entries)
            receive_payment(
                customer=customer, amount=AMOUNT * len(entries), on=TODAY, apply=apply, by=by, at=timezone.now()
            )  # fmt: skip
        return time.perf_counter() - begun


def _write_invoices(customer_no: str, count: int, *, page: int = 5_000) -> None:
    """Open items of one customer, by the journal."""
    known = CustomerLedgerEntry.objects.count()
    for first in range(known, known + count, page):
        lines = [
            JournalLine(
                place, TODAY, DocumentType.INVOICE, f"I-{place:08}", CUSTOMER, customer_no, AMOUNT,
                bal_account_no=REVENUE,
            )
            for place in range(first, min(first + page, known + count))
        ]  # fmt: skip
        post_journal(lines, by=clerk(), at=timezone.now())
