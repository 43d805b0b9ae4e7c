"""Whatever is typed: what does not balance never gets in, and what does leaves the trial balance at zero."""

from contextlib import contextmanager
from datetime import date
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from erp.kernel.errors import ErpError
from erp.kernel.invariants import run_all
from erp.kernel.ledger import LedgerHead
from posting import registers
from posting.dates import DateRange
from posting.errors import OutOfBalance
from posting.journal import GLSection
from posting.models import GLEntry, Register
from posting.plans.check import AccountFacts, check_transactions
from posting.routines.post_journal import JournalLine, post_journal
from posting.routines.reverse import reverse_register
from posting.selectors import trial_balance
from posting.setup_values import PostingSetup, VATSetup
from posting.values import Facts, Line, Transaction, debit_and_credit
from posting.vat import expand, vat_included
from tests.unit.posting.builder import AT, build_books

ACCOUNTS = ["1010", "1020", "3100", "4100", "6100", "6300", "6500"]
DAYS = [date(2025, 12, 31), date(2026, 3, 1), date(2026, 3, 2)]

cents = st.integers(-10_000_000, 10_000_000).map(lambda amount: Decimal(amount) / 100)
lines = st.fixed_dictionaries(
    {
        "line_no": st.integers(1, 99),
        "posting_date": st.sampled_from(DAYS),
        "document_no": st.sampled_from(["A", "B", "C"]),
        "account_no": st.sampled_from(ACCOUNTS),
        "amount": cents,
        "bal_account_no": st.sampled_from(["", *ACCOUNTS]),
        "correction": st.booleans(),
    }
).map(lambda values: JournalLine(**values))
taxed = lines.flatmap(
    lambda line: st.sampled_from(
        [
            line,
            line._replace(gen_posting_type="sale", vat_bus="DOM", vat_prod="V25"),
            line._replace(gen_posting_type="purchase", vat_bus="DOM", vat_prod="V25"),
            line._replace(gen_posting_type="purchase", vat_bus="EU", vat_prod="V25"),
        ]
    )
)


def balanced(journal: list[JournalLine]) -> list[JournalLine]:
    """The same journal with a line that closes each document."""
    papers = {}
    for line in journal:
        if not line.bal_account_no:
            key = (line.posting_date, line.document_no)
            papers[key] = papers.get(key, 0) + line.amount
    closing = [
        JournalLine(100 + place, on, number, "1020", -amount)
        for place, ((on, number), amount) in enumerate(papers.items())
    ]
    return [*journal, *closing]


def by_paper(journal: list[JournalLine]) -> set[Decimal]:
    sums = {}
    for line in journal:
        if not line.bal_account_no:
            key = (line.posting_date, line.document_no)
            sums[key] = sums.get(key, 0) + line.amount
    return set(sums.values())


@contextmanager
def undone():
    """Each example leaves the books as they were."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def the_books_are_sound() -> None:
    assert all(result.holds for result in run_all(["I-1", "I-2", "I-3", "I-4", "I-5", "I-21", "P-GL"]))
    for on in (None, *DAYS):
        assert sum(row.closing for row in trial_balance(on=on) if row.is_account) == 0


@pytest.fixture
def books(db):
    return build_books()


in_books = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])


@in_books
@given(journal=st.lists(lines, min_size=1, max_size=12))
def test_what_does_not_balance_never_gets_in(books, journal):
    """A refused journal leaves nothing behind, not even a number."""
    off = by_paper(journal) - {0}
    with undone():
        try:
            post_journal(journal, by=books.user, at=AT)
        except ErpError as refusal:
            assert off or refusal.code == "E-GL-EMPTY"
            assert not GLEntry.objects.exists()
            assert LedgerHead.objects.values_list("gl_entry_no", "register_no").get() == (0, 0)
        else:
            assert not off
            the_books_are_sound()


@in_books
@given(journal=st.lists(taxed, min_size=1, max_size=12).map(balanced))
def test_what_balances_leaves_sound_books_and_can_be_undone(books, journal):
    """The trial balance is zero after posting, and every account is after reversing."""
    if not any(line.amount for line in journal):
        return
    with undone():
        posted = post_journal(journal, by=books.user, at=AT)
        the_books_are_sound()
        reverse_register(posted.register_no, by=books.user, at=AT)
        the_books_are_sound()
        assert all(row.closing == row.debit == row.credit == 0 for row in trial_balance())


@in_books
@given(amounts=st.lists(cents.filter(bool), min_size=1, max_size=6).filter(sum))
def test_the_database_refuses_what_no_check_has_seen(books, amounts):
    """The fence behind the door."""
    section = GLSection([Transaction(FACTS, [books.line("1010", amount) for amount in amounts])])
    with pytest.raises(OutOfBalance), transaction.atomic():
        registers.write([section], source_code="", by="", at=AT)
    assert not Register.objects.exists()


CHART = {1: AccountFacts("1010", True, False, True)}
FACTS = Facts(DAYS[1], DAYS[1], DAYS[1], "", "A")


@given(st.lists(cents, max_size=20))
def test_the_check_finds_every_imbalance(amounts):
    """Pure: a transaction has a problem exactly when it does not sum to zero."""
    problems = check_transactions(
        [Transaction(FACTS, [Line(1, amount) for amount in amounts])],
        chart=CHART,
        allowed=DateRange(),
        first_period=None,
        precisions={"": Decimal("0.01")},
        manual=True,
    )
    assert [problem.code for problem in problems] == (["E-GL-DOCBAL"] if sum(amounts) else [])


@given(cents, st.integers(0, 100).map(Decimal))
def test_base_and_vat_are_the_amount(amount, percent):
    """VAT is within half a cent of exact, and of the sign of the amount."""
    base, vat = vat_included(amount, percent)
    assert base + vat == amount
    assert abs(vat * (100 + percent) - amount * percent) <= Decimal("0.005") * (100 + percent)
    assert vat * amount >= 0


@given(
    cents.filter(bool), st.sampled_from(["sale", "purchase"]), st.sampled_from(["normal", "reverse_charge"])
)
def test_a_line_with_vat_keeps_its_sum(amount, kind, calculation):
    """Whatever the setup: the lines of a typed line add up to what was typed."""
    row = VATSetup("B", "P", Decimal(25), "V", calculation, 2, 3, 4)
    problems = []
    typed = Line(1, amount, gen_posting_type=kind, vat_bus="B", vat_prod="P")
    made = expand(typed, setup=PostingSetup(vat_rows={("B", "P"): row}), problems=problems)
    assert not problems
    assert sum(line.amount for line in made) == amount
    assert made[0].vat.base == made[0].amount


@given(cents, st.booleans())
def test_debit_less_credit_is_the_amount(amount, correction):
    debit, credit = debit_and_credit(amount, correction=correction)
    assert debit - credit == amount
    assert not (debit and credit)
    assert ((debit < 0) or (credit < 0)) == (correction and amount != 0)
