"""Two people post at once, each on a connection of their own."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import IntegrityError, connections, transaction

from erp.kernel.errors import ProblemsFound
from erp.kernel.invariants import run_all
from erp.kernel.ledger import LedgerHead
from posting.models import GLEntry, Register
from posting.routines.reverse import reverse_transaction
from posting.selectors import account_balance
from tests.support.races import race
from tests.unit.posting.builder import AT, D, build_books

LAWS = ["I-1", "I-2", "I-3", "I-4", "I-5", "P-GL"]


def sound() -> bool:
    return all(result.holds for result in run_all(LAWS))


@pytest.mark.django_db(transaction=True)
def test_entry_numbers_have_no_gaps_and_registers_follow_one_another():
    books = build_books()
    start = Barrier(2)

    def clerk(name: str):
        start.wait()
        for place in range(15):
            number = f"{name}{place}"
            if place % 3 == 2:  # a posting that fails after its rows are written gives its numbers back
                with pytest.raises(RuntimeError), transaction.atomic():
                    books.post(("6300", "1.00"), ("1020", "-1.00"), document_no=number)
                    raise RuntimeError
            else:
                books.post(("6300", "1.00"), ("1020", "-1.00"), document_no=number)
        return name

    assert race(lambda: clerk("A"), lambda: clerk("B")) == ["A", "B"]
    assert list(GLEntry.objects.order_by("entry_no").values_list("entry_no", flat=True)) == list(range(1, 41))
    assert list(Register.objects.order_by("register_no").values_list("register_no", "from_gl_entry_no")) == [
        (number, 2 * number - 1) for number in range(1, 21)
    ]
    assert LedgerHead.objects.values_list("register_no", "gl_entry_no", "transaction_no").get() == (
        20,
        40,
        20,
    )
    assert account_balance("6300") == D("20.00")
    assert sound()


@pytest.mark.django_db(transaction=True)
def test_a_transaction_is_reversed_once():
    books = build_books()
    books.post(("6300", "1.00"), ("1020", "-1.00"))
    start = Barrier(2)

    def reverse():
        start.wait()
        return reverse_transaction(1, by=books.user, at=AT)

    outcomes = race(reverse, reverse)
    refused = [outcome for outcome in outcomes if isinstance(outcome, ProblemsFound)]
    assert [problem.code for problem in refused[0].problems] == ["E-REV-DONE"]
    assert len(refused) == 1
    assert account_balance("6300") == 0
    assert sound()


@pytest.mark.django_db(transaction=True)
def test_an_unbalanced_register_does_not_commit():
    """Written by hand past the door, it is refused at the very end."""
    books = build_books()
    books.post(("6300", "1.00"), ("1020", "-1.00"))

    def by_hand():
        connection = connections["default"]
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "CREATE TEMP TABLE copied ON COMMIT DROP AS SELECT * FROM posting_glentry WHERE entry_no = 1"
            )
            cursor.execute("UPDATE copied SET entry_no = 3, register_id = 2, transaction_no = 2")
            cursor.execute("INSERT INTO posting_glentry SELECT * FROM copied")
            cursor.execute(
                "INSERT INTO posting_register (register_no, created_at, created_by, source_code, journal_batch,"
                " from_gl_entry_no, to_gl_entry_no) VALUES (2, now(), '', '', '', 3, 3)"
            )
        connection.close()

    with ThreadPoolExecutor() as pool:
        refusal = pool.submit(by_hand).exception()
    assert isinstance(refusal, IntegrityError) and "out of balance by 1.00" in str(refusal)
    assert GLEntry.objects.count() == 2
