"""What a process that is measured is asked: the selectors and pages as everybody uses them."""

import statistics
import time
from collections.abc import Callable
from datetime import timedelta
from functools import cache

from django.db import transaction
from django.test import Client
from django.urls import reverse


def ask(question: str, who: str, calls: int) -> float:
    """Ask so many times; returns the median in milliseconds."""
    work = prepared(question, who)
    taken = []
    for _call in range(calls):
        begun = time.perf_counter()
        work()
        taken.append((time.perf_counter() - begun) * 1000)
    return statistics.median(taken)


@cache
def prepared(question: str, who: str) -> Callable[[], object]:
    """A question with whom or what it is about looked up."""
    return QUESTIONS[question](who)


def _balance(number: str):
    from receivables.selectors import balance

    key = _customer(number).pk
    return lambda: balance(key)


def _ageing(number: str):
    from receivables.selectors import aged_receivables
    from tests.bench.samples import LAST_DAY

    customer = _customer(number)
    return lambda: aged_receivables(on=LAST_DAY, customer=customer)


def _customer(number: str):
    from customers.models import Customer

    return Customer.objects.get(number=number)


def _stock(number: str):
    from inventory.selectors import stock_of

    key = _item(number).pk
    return lambda: stock_of([key])


def _available(number: str):
    from inventory.selectors import Place, availability
    from tests.bench.samples import LAST_DAY

    place = Place(_item(number).pk)
    return lambda: availability([place], on=LAST_DAY)


def _item(number: str):
    from inventory.models import Item

    return Item.objects.get(number=number)


def _trial_balance(**span):
    from posting.selectors import trial_balance
    from tests.bench.samples import LAST_DAY

    days = {name: LAST_DAY - timedelta(days=back) for name, back in span.items()}
    return lambda: trial_balance(**days)


def _page(name: str, *given: str, view: str = ""):
    """A page as a browser gets it, from the address to the HTML."""
    from erp.kernel.models import User

    client = Client(headers={"host": "localhost"})
    client.force_login(User.objects.get(username="world"))
    address = reverse(name, args=given) + (f"?view={view}" if view else "")

    def get():
        answer = client.get(address)
        assert answer.status_code == 200, (address, answer.status_code)

    return get


def _document(_who: str):
    """Everything behind a payment in the middle of the ledger, which closed an invoice."""
    from receivables.models import CustomerLedgerEntry

    middle = CustomerLedgerEntry.objects.order_by("-entry_no").values_list("entry_no", flat=True)[0] // 2
    payments = CustomerLedgerEntry.objects.filter(entry_no__gte=middle, document_type="payment")
    return _page("entries", payments.order_by("entry_no").values_list("document_no", flat=True)[0])


QUESTIONS = {
    "balance": _balance,
    "ageing": _ageing,
    "stock": _stock,
    "available": _available,
    "trial_balance_year": lambda _who: _trial_balance(start=365, on=0),
    "trial_balance_day": lambda _who: _trial_balance(on=200),
    "list_invoices": lambda _who: _page("sales:posted-list", "invoice"),
    "list_customer_entries": lambda _who: _page("receivables:entries", view="all"),
    "list_open_entries": lambda _who: _page("receivables:entries", view="open"),
    "list_gl_entries": lambda _who: _page("posting:gl-entries"),
    "document_entries": _document,
}


def adjust(number: str) -> tuple[float, int]:
    """Adjust the cost of an item, and take it back; returns seconds and the value entries written."""
    from inventory.routines.adjust_cost import adjust_cost
    from tests.bench.samples import LAST_DAY
    from tests.world import nine_o_clock

    with transaction.atomic():
        begun = time.perf_counter()
        done = adjust_cost(by=None, at=nine_o_clock(LAST_DAY), items=[number])
        taken = time.perf_counter() - begun
        transaction.set_rollback(True)
    return taken, done.entries
