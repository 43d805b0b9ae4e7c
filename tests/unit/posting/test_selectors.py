"""Balances, cards, and the entries behind a paper."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from posting.models import GLAccount
from posting.selectors import (
    account_balance,
    account_card,
    entries_for,
    entries_of_register,
    entries_of_transaction,
    total_of,
    trial_balance,
)
from tests.unit.posting.builder import D

JANUARY, FEBRUARY, MARCH = date(2026, 1, 10), date(2026, 2, 10), date(2026, 3, 10)


@pytest.fixture
def posted(books):
    books.post(("1010", "500.00"), ("3100", "-500.00"), on=JANUARY, document_no="A")
    books.post(("1020", "200.00"), ("1010", "-200.00"), on=FEBRUARY, document_no="B")
    books.post(("6500", "30.00"), ("1010", "-30.00"), on=MARCH, document_no="C")
    return books


def test_the_trial_balance_of_a_period(posted):
    rows = {row.number: row for row in trial_balance(start=date(2026, 2, 1), on=date(2026, 2, 28))}
    cash = rows["1010"]
    assert (cash.opening, cash.debit, cash.credit, cash.net_change, cash.closing) == (
        D("500.00"),
        0,
        D("200.00"),
        D("-200.00"),
        D("300.00"),
    )
    total = rows["1990"]
    assert (total.opening, total.debit, total.credit, total.closing) == (
        D("500.00"),
        D("200.00"),
        D("200.00"),
        D("500.00"),
    )
    assert rows["1000"].closing == 0  # a heading
    assert sum(row.closing for row in rows.values() if row.is_account) == 0
    assert [row.number for row in trial_balance(only_with_amounts=True)] == [
        "1010",
        "1020",
        "1990",
        "3100",
        "6500",
    ]


def test_balances_by_account_total_and_filter(posted):
    assert account_balance("1010") == D("270.00")
    assert account_balance("1010", on=date(2026, 2, 28)) == D("300.00")
    assert account_balance("1010", start=date(2026, 2, 1), on=date(2026, 2, 28)) == D("-200.00")
    assert account_balance("1990") == D("470.00")
    assert account_balance("1000") == 0
    assert total_of("1010|3100") == D("-230.00")
    assert total_of("..1999") == D("470.00")
    with pytest.raises(GLAccount.DoesNotExist):
        account_balance("9999")


def test_the_account_card_runs_by_posting_date(posted):
    posted.post(("1010", "-1.00"), ("6300", "1.00"), on=JANUARY, document_no="LATE")
    card = account_card("1010")
    assert [(line.document_no, line.debit, line.credit, line.balance) for line in card.lines] == [
        ("A", D("500.00"), 0, D("500.00")),
        ("LATE", 0, D("1.00"), D("499.00")),
        ("B", 0, D("200.00"), D("299.00")),
        ("C", 0, D("30.00"), D("269.00")),
    ]
    march = account_card("1010", start=date(2026, 3, 1))
    assert (march.opening, march.closing, march.next) == (D("299.00"), D("269.00"), None)
    assert account_card("6100").lines == () and account_card("6100").closing == 0


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_the_card_comes_in_pages(posted, limit):
    for place in range(3):
        posted.post(("1010", "1.00"), ("6300", "-1.00"), on=FEBRUARY, document_no=f"S{place}")
    whole = account_card("1010").lines
    lines, after, balance = [], None, 0
    while True:
        page = account_card("1010", after=after, limit=limit)
        assert page.opening == balance
        lines += page.lines
        balance, after = page.closing, page.next
        if after is None:
            break
    assert tuple(lines) == whole


def test_reading_takes_a_constant_number_of_queries(posted):
    for place in range(5):
        posted.post(("1010", "1.00"), ("6300", "-1.00"), on=MARCH, document_no=f"S{place}")
    first = account_card("1010", limit=3)
    for count, ask in (
        (2, trial_balance),
        (4, lambda: account_card("1010", after=first.next, limit=3)),
        (2, lambda: entries_for("C")),
        (2, lambda: account_balance("1990")),
    ):
        with CaptureQueriesContext(connection) as captured:
            ask()
        assert len(captured) == count


def test_the_entries_behind_a_paper(posted):
    vat = {"gen_posting_type": "sale", "vat_bus": "DOM", "vat_prod": "V25"}
    posted.post(("4100", "-125.00"), on=MARCH, document_no="V", bal_account_no="1020", **vat)
    paper = entries_for("V")
    assert [(line.account_no, line.debit, line.credit) for line in paper.gl] == [
        ("4100", 0, D("100.00")),
        ("2200", 0, D("25.00")),
        ("1020", D("125.00"), 0),
    ]
    assert [(tax.base, tax.amount, tax.gl_entry_no) for tax in paper.vat] == [
        (D("-100.00"), D("-25.00"), paper.gl[0].entry_no)
    ]
    assert entries_for("V", posting_date=MARCH) == paper
    assert entries_for("V", posting_date=JANUARY).gl == ()
    assert entries_of_transaction(4) == paper
    assert entries_of_register(4) == paper
