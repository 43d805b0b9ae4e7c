"""Undoing what a journal posted, and undoing that."""

from datetime import date

import pytest

from erp.kernel.errors import Problem, ProblemsFound
from posting import journal, reversal, selectors
from posting.errors import NoSuchTransaction
from posting.models import GLEntry, Register, VATEntry
from posting.routines.reverse import reverse_register, reverse_transaction
from posting.selectors import account_balance
from tests.unit.posting.builder import AT, DAY, D


def reverse(books, transaction_no=1, **values):
    return reverse_transaction(transaction_no, by=books.user, at=AT, **values)


def codes(refusal) -> list[str]:
    return [problem.code for problem in refusal.value.problems]


@pytest.fixture
def posted(books):
    books.post(("6500", "80.00"), ("1010", "-80.00"))
    return books


def turnover(number: str) -> tuple:
    [row] = [row for row in selectors.trial_balance() if row.number == number]
    return row.debit, row.credit, row.closing


def test_the_mirror_undoes_turnover_instead_of_inflating_it(posted):
    mirror = reverse(posted, description="Wrong account")
    entries = selectors.entries_of_register(mirror.register_no).gl
    assert [(e.account_no, e.debit, e.credit, e.posting_date, e.document_no) for e in entries] == [
        ("6500", D("-80.00"), 0, DAY, "G1"),
        ("1010", 0, D("-80.00"), DAY, "G1"),
    ]
    assert {e.description for e in entries} == {"Wrong account"}
    assert turnover("6500") == (0, 0, 0)
    assert [(e.entry_no, e.reverses, e.reversed_by) for e in selectors.entries_for("G1").gl] == [
        (1, None, 3),
        (2, None, 4),
        (3, 1, None),
        (4, 2, None),
    ]
    register = Register.objects.get(pk=mirror.register_no)
    assert (register.source_code, register.journal_batch, register.reverses_id) == ("REVERSAL", "", None)
    assert list(selectors.in_force(GLEntry.objects.all()).values_list("entry_no", flat=True)) == [3, 4]


def test_reversing_the_reversal_brings_the_original_back(posted):
    [second] = reverse(posted).transaction_nos
    reverse(posted, second)
    assert turnover("6500") == (D("80.00"), 0, D("80.00"))
    assert account_balance("6500") == D("80.00")

    with pytest.raises(ProblemsFound) as refusal:
        reverse(posted, 1)  # what is in force is the third transaction
    assert codes(refusal) == ["E-REV-DONE"]
    reverse(posted, 3)
    assert account_balance("6500") == 0


def test_what_is_reversed_is_not_reversed_again(posted):
    reverse(posted)
    with pytest.raises(ProblemsFound) as refusal:
        reverse(posted)
    assert codes(refusal) == ["E-REV-DONE"]
    assert "transaction 2" in refusal.value.message


def test_a_document_is_corrected_by_a_credit_memo_instead(books):
    invoice = books.transaction(("1100", "100.00"), ("4100", "-100.00"), document_type="invoice")
    journal.post([invoice], source_code="SALES", by=books.user, at=AT, manual=False)
    with pytest.raises(ProblemsFound) as refusal:
        reverse(books)
    assert codes(refusal) == ["E-REV-JNL"]


def test_the_original_date_must_be_open(posted):
    from posting.models import GeneralLedgerSetup

    GeneralLedgerSetup.objects.update(allow_posting_from=date(2026, 4, 1))
    with pytest.raises(ProblemsFound) as refusal:
        reverse(posted)
    assert codes(refusal) == ["E-REV-DATE"]


def test_blocked_accounts_keep_their_entries(posted):
    account = posted.accounts["6500"]
    account.blocked = True
    account.save()
    with pytest.raises(ProblemsFound) as refusal:
        reverse(posted)
    assert codes(refusal) == ["E-GL-BLOCKED"]


def test_vat_entries_are_mirrored(books):
    vat = {"gen_posting_type": "sale", "vat_bus": "DOM", "vat_prod": "V25"}
    books.post(("4100", "-125.00"), bal_account_no="1020", **vat)
    reverse(books)
    rows = VATEntry.objects.values_list("entry_no", "gl_entry_no", "base", "amount", "reverses_id")
    assert list(rows) == [(1, 1, D("-100.00"), D("-25.00"), None), (2, 4, D("100.00"), D("25.00"), 1)]
    assert account_balance("2200") == 0


def test_a_register_is_reversed_at_once(books):
    from posting.routines.post_journal import JournalLine, post_journal

    lines = [
        JournalLine(place, DAY, f"G{place}", "6300", D("10.00"), bal_account_no="1020") for place in (1, 2)
    ]
    posted = post_journal(lines, by=books.user, at=AT)
    mirror = reverse_register(posted.register_no, by=books.user, at=AT)
    assert len(mirror.transaction_nos) == 2
    assert Register.objects.get(pk=mirror.register_no).reverses_id == posted.register_no
    assert account_balance("6300") == 0
    with pytest.raises(ProblemsFound) as refusal:
        reverse_register(posted.register_no, by=books.user, at=AT)
    assert codes(refusal) == ["E-REV-DONE", "E-REV-DONE"]


def test_there_must_be_something_to_reverse(books):
    with pytest.raises(NoSuchTransaction):
        reverse(books, 7)
    with pytest.raises(NoSuchTransaction):
        reverse_register(7, by=books.user, at=AT)


class CustomerLedger:
    """A room above that keeps entries of its own."""

    def __init__(self, problems=()):
        self.problems, self.asked, self.mirrored = list(problems), [], {}

    def lock(self, transactions):
        self.asked.append("lock")

    def check(self, transactions, *, whole_register):
        self.asked.append(("check", whole_register))
        return self.problems

    def sections(self, transactions, mirrored, gl):
        ledger = self

        class Mirror:
            counts = {"customer_detail_no": 1}

            def write(self, numbers):
                ledger.mirrored = {old: gl.entry_no(line) for old, line in mirrored.items()}

        return [Mirror()]


@pytest.fixture
def customer_ledger():
    ledger = CustomerLedger()
    reversal.register("test", ledger)
    yield ledger
    reversal.unregister("test")


def test_sub_ledgers_mirror_their_own_entries(posted, customer_ledger):
    mirror = reverse(posted)
    assert customer_ledger.asked == ["lock", ("check", False)]
    assert customer_ledger.mirrored == {1: 3, 2: 4}
    register = Register.objects.get(pk=mirror.register_no)
    assert (register.from_customer_detail_no, register.to_customer_detail_no) == (1, 1)


def test_sub_ledgers_may_refuse(posted, customer_ledger):
    customer_ledger.problems = [Problem("E-REV-APPLIED", "Entry 1 is applied; unapply it first.")]
    with pytest.raises(ProblemsFound) as refusal:
        reverse(posted)
    assert codes(refusal) == ["E-REV-APPLIED"]
    with pytest.raises(ValueError, match="registered already"):
        reversal.register("test", object())
