"""How a moment becomes a register, and what the general ledger said then."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from posting.as_of import NOW, known_at, last_number
from posting.models import GLEntry, Register
from posting.routines.post_journal import JournalLine, post_journal
from posting.selectors import account_balance, total_of, trial_balance
from tests.unit.posting.builder import D

JANUARY, FEBRUARY = date(2026, 1, 10), date(2026, 2, 10)
NOON = datetime(2026, 3, 31, 12, tzinfo=UTC)


def minutes(count: float) -> datetime:
    return NOON + timedelta(minutes=count)


@pytest.fixture
def spend(books):
    """Post so much for rent, at so many minutes past noon."""

    def post(amount: int, *, at: float, on: date = JANUARY) -> int:
        lines = [
            JournalLine(place, on, "RENT", account, D(value))
            for place, (account, value) in enumerate((("6100", amount), ("1010", -amount)), start=1)
        ]
        post_journal(lines, by=None, at=minutes(at))
        return Register.objects.latest("register_no").register_no

    return post


def test_a_moment_knows_what_was_posted_by_then(spend):
    first, second = spend(100, at=0), spend(20, at=1)
    assert known_at(minutes(-1)).register_no == first - 1
    assert known_at(minutes(0)).register_no == known_at(minutes(0.9)).register_no == first
    assert known_at(minutes(1)).register_no == known_at(minutes(2)).register_no == second
    assert known_at(None) == NOW
    third = spend(3, at=2)
    assert known_at(minutes(1)).register_no == second
    assert known_at(minutes(2)).register_no == third == second + 1


def test_what_is_posted_while_the_answer_is_put_together_does_not_count(spend):
    """Between the question for the register and the sums somebody posts: the moment asked for was before."""
    assert known_at(minutes(1)).register_no == 0
    spend(100, at=0)
    known = known_at(minutes(1))
    spend(20, at=2)
    assert account_balance("6100", known=known) == 100
    assert known == known_at(minutes(1))


def test_a_posting_that_took_long_is_known_once_a_later_one_began(spend):
    """A posting that began at 12:01 was committed after one that began at 12:03. At 12:02 nobody had seen it."""
    first, quick, slow = spend(100, at=0), spend(20, at=3), spend(3, at=1)
    assert known_at(minutes(2)).register_no == first
    assert slow > quick
    spend(1, at=5)
    assert known_at(minutes(4)).register_no == slow


def test_who_asks_later_never_knows_less(spend):
    """However the moments of the registers lie, also where a clock was wrong."""
    for at in (5, 1, 9, 4, 8, 3, 7, 12, 6):
        spend(10, at=at)
    numbers = [known_at(minutes(at)).register_no for at in range(12)]
    assert numbers == sorted(numbers)
    for at, number in enumerate(numbers):
        began = Register.objects.filter(register_no__lte=number).values_list("created_at", flat=True)
        assert all(moment <= minutes(at) for moment in began)


def test_every_ledger_ends_where_its_last_register_ended(spend):
    spend(100, at=0)
    spend(20, at=1)
    known = known_at(minutes(0))
    assert last_number(known, "gl_entry_no") == 2 == GLEntry.objects.count() - 2
    assert last_number(known, "bank_entry_no") == 0
    assert last_number(NOW, "gl_entry_no") is None


@pytest.mark.parametrize("moment", range(-1, 10))
def test_the_trial_balance_of_a_moment(spend, moment):
    """Ten postings, a minute apart, in turn dated January and February: early moments are summed up from the start,
    late ones from today back. Either way the accounts say what had been posted."""
    for place in range(10):
        spend(10**place, at=place, on=(JANUARY, FEBRUARY)[place % 2])
    known = known_at(minutes(moment))
    amounts = [10**place for place in range(moment + 1)]
    for on, counting in ((None, amounts), (FEBRUARY, amounts), (JANUARY, amounts[::2])):
        assert account_balance("6100", on=on, known=known) == sum(counting)
        assert total_of("1000..9999", on=on, known=known) == 0
        rows = {row.number: row for row in trial_balance(on=on, known=known)}
        assert (rows["6100"].closing, rows["1010"].closing) == (sum(counting), -sum(counting))
        assert rows["1990"].closing == -sum(counting)
    rent = {row.number: row for row in trial_balance(start=FEBRUARY, on=FEBRUARY, known=known)}["6100"]
    assert (rent.opening, rent.debit, rent.credit) == (sum(amounts[::2]), sum(amounts[1::2]), 0)


def test_the_number_of_queries_does_not_depend_on_what_was_posted(spend):
    def queries(moment) -> int:
        with CaptureQueriesContext(connection) as captured:
            trial_balance(known=known_at(moment))
        return len(captured)

    for place in range(3):
        spend(10, at=place)
    few = {queries(minutes(place)) for place in range(2)}
    for place in range(3, 20):
        spend(10, at=place)
    assert few == {queries(minutes(2)), queries(minutes(17))} == {5}
