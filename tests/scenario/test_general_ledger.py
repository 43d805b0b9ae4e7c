"""# The general ledger

Journals, corrections and the end of the year: what is typed reaches the ledger whole or not at all, what was posted
stays, and mistakes are undone by entries of their own.
"""

from datetime import date
from decimal import Decimal as D

import pytest

from erp.kernel.errors import ErpError
from erp.kernel.invariants import run_all
from erp.kernel.ledger import LedgerHead
from posting.models import AccountingPeriod, GLEntry, Register, UserPostingDates
from posting.routines.close_fiscal_year import close_fiscal_year
from posting.routines.close_income_statement import close_income_statement
from posting.routines.create_fiscal_year import create_fiscal_year
from posting.routines.post_journal import JournalLine, post_journal, preview_journal
from posting.routines.reverse import reverse_register, reverse_transaction
from posting.selectors import account_balance, account_card, entries_for, trial_balance

MARCH = date(2026, 3, 31)


def refusals(step, *args, **values) -> list[str]:
    """The codes of a step that is refused; nothing of it is written."""
    before = LedgerHead.objects.values().get()
    with pytest.raises(ErpError) as caught:
        step(*args, **values)
    assert LedgerHead.objects.values().get() == before
    return [problem.code for problem in caught.value.problems]


def post(world, *lines: JournalLine, by=None, **options):
    return post_journal(lines, by=by or world.by, at=world.at(), **options)


def reverse(world, transaction_no: int):
    return reverse_transaction(transaction_no, by=world.by, at=world.at())


def columns(document_no: str) -> list[tuple[str, D, D]]:
    """Account, debit and credit of every entry of a document."""
    return [(entry.account_no, entry.debit, entry.credit) for entry in entries_for(document_no).gl]


# Posting a journal


def test_three_documents_are_posted_together(world):
    """One journal, one register; each document is a transaction that balances by itself."""
    lines = []
    for number in ("A", "B", "C"):
        lines.append(JournalLine(1, MARCH, number, "6500", D("30.00")))
        lines.append(JournalLine(2, MARCH, number, "1010", D("-30.00")))
    posted = post(world, *lines)
    assert len(posted.transaction_nos) == 3
    assert len(posted.gl_entry_nos) == 6
    assert Register.objects.count() == 1
    for number in posted.transaction_nos:
        assert sum(entry.amount for entry in GLEntry.objects.filter(transaction_no=number)) == 0


def test_a_document_balances_on_each_of_its_dates(world):
    """Bank charges at the end of March, paid on the first of April, are two documents or none."""
    charge = JournalLine(1, MARCH, "FEE", "6300", D("100.00"))
    payment = JournalLine(2, date(2026, 4, 1), "FEE", "1010", D("-100.00"))
    assert refusals(post, world, charge, payment) == ["E-GL-DOCBAL", "E-GL-DOCBAL"]
    assert refusals(post, world, charge, payment, force_document_balance=False) == [
        "E-GL-DATEBAL",
        "E-GL-DATEBAL",
    ]


def test_control_accounts_move_with_their_sub_ledger_only(world):
    """Nobody types an amount on accounts receivable: a customer's entry stands behind every cent of it."""
    assert refusals(world.journal, ("1100", 50), ("1010", -50)) == ["E-GL-DIRECT"]


def test_posting_dates_are_the_companys_unless_the_user_has_some(world):
    world.ledger_setup(allow_posting_from=date(2026, 3, 1), allow_posting_to=MARCH)
    early_bird = world.user("early-bird")
    UserPostingDates.objects.create(user=early_bird, allow_posting_from=date(2026, 4, 1))
    april = JournalLine(1, date(2026, 4, 2), "N", "6500", D("1.00"), bal_account_no="1010")
    march = april._replace(posting_date=date(2026, 3, 15))

    post(world, april, by=early_bird)
    assert refusals(post, world, march, by=early_bird) == ["E-GL-DATE"]
    assert refusals(post, world, april) == ["E-GL-DATE"]
    post(world, march)


def test_a_journal_can_be_looked_at_before_it_is_posted(world):
    """The preview is the plan: the same entries, and no number is drawn."""
    line = JournalLine(1, MARCH, "***", "6500", D("80.00"), bal_account_no="1010")
    plan = preview_journal([line], by=world.by)
    [transaction] = plan.transactions
    assert [entry.amount for entry in transaction.lines] == [D("80.00"), D("-80.00")]
    assert plan.problems == []
    assert not Register.objects.exists()


def test_vat_is_taken_out_of_what_is_typed(world):
    """Goods sold for cash, 1,250.00 and 99.99 with 25 % VAT."""
    vat = {"gen_posting_type": "sale", "vat_bus": "DOM", "vat_prod": "V25"}
    sale = JournalLine(1, MARCH, "CASH", "4100", D("-1250.00"), bal_account_no="1010", **vat)
    post(world, sale)
    assert world.ledger("CASH") == {"1010": D("1250.00"), "4100": D("-1000.00"), "2200": D("-250.00")}
    assert world.vat("CASH") == [("V25", D("-1000.00"), D("-250.00"))]
    post(world, sale._replace(document_no="CASH2", amount=D("-99.99")))
    assert world.ledger("CASH2") == {"1010": D("99.99"), "4100": D("-79.99"), "2200": D("-20.00")}
    world.check()


# Undoing


def test_a_mistake_is_reversed_not_erased(world):
    """Office supplies for 80.00 were posted by mistake. The mirror takes the turnover back."""
    mistake = world.journal(("6500", 80), ("1010", -80), document_no="OOPS")
    mirror = reverse(world, mistake.transaction_nos[0])
    assert columns("OOPS") == [
        ("6500", D("80.00"), 0),
        ("1010", 0, D("80.00")),
        ("6500", D("-80.00"), 0),
        ("1010", 0, D("-80.00")),
    ]
    [supplies] = [row for row in trial_balance() if row.number == "6500"]
    assert (supplies.debit, supplies.credit, supplies.closing) == (0, 0, 0)
    assert [entry.reversed_by for entry in entries_for("OOPS").gl] == [3, 4, None, None]

    # It was none after all: reversing the reversal brings the original back.
    reverse(world, mirror.transaction_nos[0])
    assert account_balance("6500") == D("80.00")
    assert refusals(reverse, world, mistake.transaction_nos[0]) == ["E-REV-DONE"]
    world.check()


def test_a_whole_register_is_reversed_at_once(world):
    posted = post(
        world,
        JournalLine(1, MARCH, "A", "6500", D("10.00"), bal_account_no="1010"),
        JournalLine(2, MARCH, "B", "6300", D("20.00"), bal_account_no="1010"),
    )
    reverse_register(posted.register_no, by=world.by, at=world.at())
    assert account_balance("1010") == 0
    world.check()


def test_an_invoice_is_corrected_by_a_credit_memo(world):
    """What a document posted is not reversed from the ledger."""
    invoice = (
        world.sales_invoice(world.customer()).sells(1, world.item("BOX", stock=5, cost=4), at=10).invoice()
    )
    transaction = GLEntry.objects.filter(document_no=invoice.number).first().transaction_no
    assert "E-REV-JNL" in refusals(reverse, world, transaction)


# The end of the year


@pytest.fixture
def year(world):
    """2025 sold for 1,000.00 and paid 600.00 of salaries; the year is closed, its dates stay open."""
    world.journal(("1010", 1000), ("4200", -1000), on=date(2025, 5, 2), document_no="S1")
    world.journal(("6100", 600), ("1010", -600), on=date(2025, 6, 2), document_no="S2")
    if not AccountingPeriod.objects.filter(starting_date=date(2026, 1, 1), new_fiscal_year=True).exists():
        create_fiscal_year(starting_date=date(2026, 1, 1))
    while close_fiscal_year().end < date(2025, 12, 31):
        pass
    return world


def close_2025(world, document_no: str):
    return close_income_statement(
        fiscal_year_end=date(2025, 12, 31),
        document_no=document_no,
        retained_earnings="3100",
        by=world.by,
        at=world.at(),
    )


def test_the_result_is_carried_to_retained_earnings(year):
    """The entries lie on a day of their own between the years, so that December stays as it was."""
    close_2025(year, "CLOSE")
    assert year.ledger("CLOSE") == {"4200": D("1000.00"), "6100": D("-600.00"), "3100": D("-400.00")}
    last_day = date(2025, 12, 31)
    assert account_balance("4200", on=last_day) == D("-1000.00")
    assert account_balance("4200", on=last_day, with_closing=True) == 0
    assert [row.closing for row in trial_balance(start=date(2026, 1, 1)) if row.number == "3100"] == [
        D("-400.00")
    ]

    # An invoice of December turns up: it is marked as prior year, and closing again carries just that.
    year.journal(("1010", 50), ("4200", -50), on=date(2025, 12, 20), document_no="LATE")
    assert all(entry.prior_year for entry in entries_for("LATE").gl)
    close_2025(year, "CLOSE2")
    assert year.ledger("CLOSE2") == {"4200": D("50.00"), "3100": D("-50.00")}
    assert [line.document_no for line in account_card("4200").lines] == ["S1", "LATE", "CLOSE", "CLOSE2"]
    assert close_2025(year, "CLOSE3") is None
    assert all(result.holds for result in run_all())
