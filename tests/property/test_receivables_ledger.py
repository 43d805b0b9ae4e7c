"""Whatever is posted, applied, unapplied and reversed, in any order: the laws of the ledgers hold."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from erp.kernel.errors import ErpError
from posting.models.entries import GLEntry
from posting.routines.reverse import reverse_transaction
from receivables import selectors
from receivables.models.entries import OpenItem
from tests.unit.receivables.company import AT, build

FIRST = date(2026, 3, 1)
EACH_UNDOES_ITSELF = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
amounts = st.integers(1, 200_000).map(lambda value: f"{D(value) / 100:.2f}")
steps = st.lists(
    st.tuples(
        st.sampled_from(
            ["invoice", "memo", "usd", "pay", "pay oldest", "apply", "unapply", "reverse", "refund"]
        ),
        amounts,
        st.integers(0, 40),
        st.integers(0, 1_000),
    ),
    min_size=3,
    max_size=9,
)


@pytest.fixture
def company(db):
    company = build()
    company.ledger_setup(
        adjust_for_payment_discount=True,
        payment_tolerance_percent=D("0.5"),
        max_payment_tolerance_amount=D("5"),
        payment_discount_grace_period="3D",
    )
    company.receivables_setup(application_between_currencies="all")
    company.rate(FIRST, "125")
    company.rate(FIRST + timedelta(days=15), "133.33")
    return company


@contextmanager
def undone() -> Iterator[None]:
    """What is posted in here is taken back: each example starts from the same books."""
    point = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(point)


def entries(company, *, positive: bool | None = None) -> list[int]:
    rows = OpenItem.objects.filter(customer=company.customer)
    if positive is not None:
        rows = rows.filter(positive=positive)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def do(company, step) -> None:
    """Take one step; what is refused is fine, half of it is not."""
    what, amount, days, pick = step
    on = FIRST + timedelta(days=days)
    if what in ("invoice", "memo", "usd"):
        vat = f"{(D(amount) / 4).quantize(D('0.01'))}"
        given = {"currency": "USD"} if what == "usd" else {}
        company.invoice(amount, "0.00" if given else vat, on=on, credit_memo=what == "memo", **given)
    elif what in ("pay", "refund"):
        targets = entries(company, positive=what == "pay")
        targets = targets[pick % len(targets) :][:2] if targets else None
        company.pay(amount, on, to=targets, refund=what == "refund")
    elif what == "pay oldest":
        company.customer.application_method = "apply_to_oldest"
        company.customer.save()
        company.pay(amount, on)
        company.customer.application_method = "manual"
        company.customer.save()
    elif what == "apply":
        new, old = entries(company, positive=False), entries(company, positive=True)
        if new and old:
            company.apply(new[pick % len(new)], *old[pick % len(old) :][:2])
    else:
        rows = selectors.customer_ledger(company.customer)
        if rows and what == "unapply":
            company.unapply(rows[pick % len(rows)].entry_no)
        elif rows:
            reverse_transaction(rows[pick % len(rows)].transaction_no, by=company.by, at=AT)


def try_step(company, step) -> None:
    try:
        with transaction.atomic():
            do(company, step)
    except ErpError:
        pass


@given(steps=steps)
@settings(EACH_UNDOES_ITSELF, max_examples=25)
def test_the_laws_hold_after_any_history(company, steps):
    """Invoices, credit memos, dollars, payments, applications and their undoing, in any order."""
    with undone():
        for step in steps:
            try_step(company, step)
        company.check()


def accounts() -> dict[str, D]:
    sums: dict[str, D] = {}
    for number, amount in GLEntry.objects.values_list("account__number", "amount"):
        sums[number] = sums.get(number, D(0)) + amount
    return {number: amount for number, amount in sums.items() if amount}


def items() -> list[dict]:
    return list(OpenItem.objects.order_by("pk").values())


@given(steps=steps, pick=st.integers(0, 1_000), amount=amounts)
@settings(EACH_UNDOES_ITSELF, max_examples=25)
def test_apply_then_unapply_is_identity(company, steps, pick, amount):
    """Open items, discounts, tolerances and every G/L account are what they were."""
    with undone():
        for step in steps:
            try_step(company, step)
        payment = company.pay(amount, FIRST + timedelta(days=pick % 20))
        targets = entries(company, positive=True)
        if targets:
            before = items(), accounts()
            applied = company.apply(payment.entry_no, *targets[pick % len(targets) :])
            company.unapply(applied.entry_no)
            assert (items(), accounts()) == before
            company.check()
