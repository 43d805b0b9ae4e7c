"""Whatever happens later, and whatever its date: what was known once is known again by its moment."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal as D

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from erp.kernel.errors import ErpError
from inventory.models import EntryType, Stock
from inventory.routines.post_item_journal import JournalLine, post_item_journal
from inventory.selectors import stock_as_of
from posting.as_of import NOW, Known, known_at
from posting.models import GLEntry
from posting.routines.reverse import reverse_transaction
from posting.selectors import trial_balance
from receivables.models import CustomerLedgerEntry
from receivables.models.entries import CustomerBalance, OpenItem
from receivables.routines.unapply import unapply
from receivables.selectors import aged_receivables, balances_as_of, ledger_as_of, open_on
from reporting.selectors.statement import statement

FIRST = date(2026, 3, 2)
BEGIN = datetime(2026, 3, 31, 8, tzinfo=UTC)
DAYS = [FIRST, FIRST + timedelta(days=2), date(2199, 12, 31)]
EACH_UNDOES_ITSELF = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None
)
steps = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "invoice",
                "dollars",
                "ship first",
                "pay",
                "pay",
                "unapply",
                "reverse",
                "receive",
                "journal",
                "defer",
            ]
        ),
        st.integers(1, 900),
        st.integers(0, 4),
        st.integers(0, 1_000),
    ),
    min_size=3,
    max_size=7,
)


@pytest.fixture
def company(world):
    world.rate("USD", 100, 90, on=date(2026, 1, 1))
    world.adatum = world.customer("Adatum")
    world.maple = world.customer("Maple", group="EXPORT", currency="USD")
    world.bicycle = world.item("BICYCLE", stock=3, cost=200, price=400)
    return world


@contextmanager
def undone() -> Iterator[None]:
    """What is posted in here is taken back: each example starts from the same books."""
    point = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(point)


def do(company, step) -> None:
    """Take one step; what is refused is fine."""
    what, amount, days, pick = step
    on, customer = FIRST + timedelta(days=days), (company.adatum, company.maple)[pick % 2]
    entries = list(CustomerLedgerEntry.objects.order_by("pk"))
    if what == "invoice":
        company.sales_invoice(company.adatum, on=on).charges("4520", amount).post(on=on)
    elif what == "dollars":
        company.sales_invoice(company.maple, on=on).charges("4520", amount).post(on=on)
    elif what == "ship first":
        company.order(company.adatum, on=on).sells(1 + pick % 5, company.bicycle).release().post(on=on)
    elif what == "pay":
        open_ones = OpenItem.objects.filter(customer=customer, positive=True).order_by("pk")
        numbers = list(open_ones.values_list("entry__document_no", flat=True))
        company.pay(customer, amount, on=on, apply=[numbers[pick % len(numbers)]] if numbers else None)
    elif what == "receive":
        line = JournalLine(
            10000,
            on,
            "IN",
            EntryType.PURCHASE,
            company.bicycle.number,
            D(1 + pick % 6),
            unit_amount=D(amount),
        )
        post_item_journal([line], by=company.by, at=company.at())
    elif what == "journal":
        company.journal(("6500", amount), ("1010", -amount), on=on)
    elif what == "unapply" and entries:
        unapply(entries[pick % len(entries)].pk, by=company.by, at=company.at())
    elif what == "reverse":
        numbers = (
            GLEntry.objects.order_by("transaction_no").values_list("transaction_no", flat=True).distinct()
        )
        reverse_transaction(list(numbers)[pick % len(numbers)], by=company.by, at=company.at())


def answers(company, on: date, known: Known = NOW) -> list:
    """Everything that can be asked of a day."""
    customers = (company.adatum, company.maple)
    return [
        trial_balance(on=on, known=known),
        trial_balance(start=FIRST + timedelta(days=1), on=on, known=known),
        balances_as_of(on=on, known=known),
        *(aged_receivables(on=on, by=by, period="2D", known=known).rows for by in ("due", "posting")),
        aged_receivables(on=on, in_lcy=False, known=known).rows,
        list(open_on(on, known=known)),
        *(ledger_as_of(customer, on=on, known=known) for customer in customers),
        *(statement(customer, start=FIRST, end=on, known=known) for customer in customers),
        stock_as_of(on=on, known=known),
    ]


def check_today(company) -> None:
    """As known now, whatever the date, is what the projections say; all of it adds up to the accounts."""
    for known in (NOW, known_at(company.at())):
        owed = {
            (row.customer_id, row.currency_code): (row.amount, row.amount_lcy)
            for row in balances_as_of(known=known)
        }
        rows = CustomerBalance.objects.exclude(amount=0, amount_lcy=0)
        assert owed == {(row.customer_id, row.currency_code): (row.amount, row.amount_lcy) for row in rows}
        there = [(row.quantity, row.cost_actual) for row in stock_as_of(known=known)]
        stock = Stock.objects.exclude(quantity=0, cost_amount_actual=0, cost_amount_expected=0)
        assert there == list(stock.values_list("quantity", "cost_amount_actual"))
        left = {entry.entry_no: entry.remaining for entry in open_on(DAYS[-1], known=known)}
        assert left == dict(OpenItem.objects.values_list("pk", "remaining_amount"))


def check_sum(on: date, known: Known) -> None:
    """The general ledger comes to zero, and its receivables are what customers owe and what is open."""
    rows = {row.number: row.closing for row in trial_balance(on=on, known=known) if row.is_account}
    assert sum(rows.values()) == 0
    receivables = sum(amount for number, amount in rows.items() if number.startswith("11"))
    assert sum(row.amount_lcy for row in balances_as_of(on=on, known=known)) == receivables
    assert aged_receivables(on=on, known=known).total == receivables


@given(steps=steps)
@settings(EACH_UNDOES_ITSELF, max_examples=8)
def test_every_remembered_answer_is_given_again(company, steps):
    """After each step everything is asked of three days; at the end, by the moment of that step, once more."""
    with undone():
        remembered = []
        for count, step in enumerate(steps):
            company.clock = BEGIN + timedelta(minutes=count)
            try:
                with transaction.atomic():
                    do(company, step)
            except ErpError:
                pass
            check_today(company)
            remembered.append((company.clock, [answers(company, on) for on in DAYS]))
        for moment, told in remembered:
            known = known_at(moment)
            for on, answer in zip(DAYS, told, strict=True):
                assert answers(company, on, known) == answer
                check_sum(on, known)
