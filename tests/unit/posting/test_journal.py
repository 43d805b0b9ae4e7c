"""The door: what gets in, what is written, and what the database thinks of it."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import transaction

from erp.kernel.errors import ErpError, ProblemsFound
from erp.kernel.ledger import LedgerHead
from posting import journal, registers
from posting.journal import GLSection
from posting.models import GLBalance, GLEntry, Register, UserPostingDates, VATEntry
from posting.routines.close_fiscal_year import close_fiscal_year
from posting.routines.post_journal import JournalLine, post_journal, preview_journal
from posting.setup_values import PostingSetup
from posting.values import Line, Transaction, VATLine
from tests.support.statements import count_statements
from tests.unit.posting.builder import AT, DAY, D, make_facts


def codes(refusal) -> list[str]:
    return [problem.code for problem in refusal.value.problems]


def post(books, *transactions, manual=True, by=None):
    return journal.post(
        transactions, source_code="GENJNL", by=by, at=AT, manual=manual, journal_batch="DEFAULT"
    )


def test_a_batch_of_three_documents_is_one_register_and_three_transactions(books):
    lines = []
    for number in ("G1", "G2", "G3"):
        lines.append(JournalLine(len(lines) + 1, DAY, number, "6300", D("100.00")))
        lines.append(JournalLine(len(lines) + 1, DAY, number, "1020", D("-100.00")))

    posted = post_journal(lines, by=books.user, at=AT)

    register = Register.objects.get()
    assert (register.from_gl_entry_no, register.to_gl_entry_no, register.created_by) == (1, 6, "clerk")
    assert posted.transaction_nos == (1, 2, 3)
    assert posted.gl_entry_nos == range(1, 7)
    rows = GLEntry.objects.values_list("entry_no", "transaction_no", "document_no", "amount", "register_id")
    assert list(rows) == [
        (1, 1, "G1", D("100.00"), 1),
        (2, 1, "G1", D("-100.00"), 1),
        (3, 2, "G2", D("100.00"), 1),
        (4, 2, "G2", D("-100.00"), 1),
        (5, 3, "G3", D("100.00"), 1),
        (6, 3, "G3", D("-100.00"), 1),
    ]


def test_a_document_that_balances_in_total_but_not_by_date_is_refused(books):
    with pytest.raises(ProblemsFound) as refusal:
        post(
            books,
            books.transaction(("6300", "100.00"), on=date(2026, 3, 31)),
            books.transaction(("1020", "-100.00"), on=date(2026, 4, 1)),
        )
    assert codes(refusal) == ["E-GL-DOCBAL", "E-GL-DOCBAL"]
    assert not GLEntry.objects.exists() and not Register.objects.exists()
    assert LedgerHead.objects.values_list("gl_entry_no", "register_no", "transaction_no").get() == (0, 0, 0)


def test_documents_that_balance_only_together_share_a_transaction(books):
    lines = [
        JournalLine(1, DAY, "A", "6300", D("60.00")),
        JournalLine(2, DAY, "B", "6100", D("40.00")),
        JournalLine(3, DAY, "C", "1020", D("-100.00")),
        JournalLine(4, DAY, "D", "1010", D("5.00"), bal_account_no="1020"),
    ]
    with pytest.raises(ProblemsFound) as refusal:
        post_journal(lines, by=books.user, at=AT)
    assert codes(refusal) == ["E-GL-DOCBAL"] * 3

    posted = post_journal(lines, by=books.user, at=AT, force_document_balance=False)
    assert posted.transaction_nos == (1, 2)
    assert list(GLEntry.objects.values_list("transaction_no", flat=True)) == [1, 1, 1, 2, 2]

    lines[2] = lines[2]._replace(posting_date=date(2026, 3, 16))
    with pytest.raises(ProblemsFound) as refusal:
        post_journal(lines, by=books.user, at=AT, force_document_balance=False)
    assert codes(refusal) == ["E-GL-DATEBAL", "E-GL-DATEBAL"]


def test_lines_of_one_document_may_differ_in_what_the_paper_does_not_say(books):
    lines = [
        JournalLine(1, DAY, "A", "6300", D("60.00"), external_document_no="RECEIPT 7"),
        JournalLine(2, DAY, "A", "1020", D("-60.00")),
    ]
    posted = post_journal(lines, by=books.user, at=AT)
    assert len(posted.transaction_nos) == 1
    assert list(GLEntry.objects.values_list("external_document_no", flat=True)) == ["RECEIPT 7", ""]


def test_control_accounts_are_not_typed(books):
    pair = (("1100", "50.00"), ("1010", "-50.00"))
    with pytest.raises(ProblemsFound) as refusal:
        books.post(*pair)
    assert codes(refusal) == ["E-GL-DIRECT"]
    assert refusal.value.problems[0].line_no == 1

    with pytest.raises(ProblemsFound):
        post(books, books.transaction(*pair))  # nor handed in as if they were the machine's
    post(books, books.transaction(*pair), manual=False)  # a sub-ledger may


def test_the_users_own_dates_replace_the_companys(books, django_user_model):
    setup = PostingSetup.load().gl
    setup.allow_posting_from, setup.allow_posting_to = date(2026, 3, 1), date(2026, 3, 31)
    setup.save()
    other = django_user_model.objects.create_superuser("other")
    UserPostingDates.objects.create(user=books.user, allow_posting_from=date(2026, 4, 1))
    pair = (("6500", "80.00"), ("1010", "-80.00"))

    books.post(*pair, on=date(2026, 4, 2))
    for user, on in ((books.user, date(2026, 3, 15)), (other, date(2026, 4, 2))):
        with pytest.raises(ProblemsFound) as refusal:
            books.post(*pair, on=on, by=user)
        assert set(codes(refusal)) == {"E-GL-DATE"}
    books.post(*pair, on=date(2026, 3, 31), by=other)


def test_all_problems_are_told_at_once(books):
    heading, blocked = books.accounts["1010"], books.accounts["6100"]
    heading.type = "heading"
    heading.save()
    blocked.blocked = True
    blocked.save()
    lines = [
        books.line("1010", "1.00", line_no=10),
        books.line("6100", "2.00", line_no=20),
        books.line("1100", "3.00", line_no=30),
        Line(account_id=999999, amount=D("4.00"), line_no=40),
        books.line("6500", "0.005", line_no=50),
    ]
    facts = make_facts(date(2024, 12, 31), document_no=" ")
    problems = journal.check(
        [Transaction(facts, lines)], by=books.user, setup=PostingSetup.load(), manual=True
    )
    assert [(problem.code, problem.line_no) for problem in problems] == [
        ("E-GL-PERIOD", 10),
        ("E-GL-DOCNO", 10),
        ("E-GL-TYPE", 10),
        ("E-GL-BLOCKED", 20),
        ("E-GL-DIRECT", 30),
        ("E-GL-ACC", 40),
        ("E-GL-ROUND", 50),
        ("E-GL-DOCBAL", 10),
    ]
    assert all(problem.message for problem in problems)


def test_the_posting_date_cannot_be_missing(books):
    problems = journal.check(
        [Transaction(make_facts(None), [])], by=None, setup=PostingSetup.load(), manual=True
    )
    assert [problem.code for problem in problems] == ["E-GL-DATE0"]
    line = JournalLine(7, None, "G1", "6300", D("1.00"), bal_account_no="1020")
    with pytest.raises(ProblemsFound) as refusal:
        post_journal([line], by=None, at=AT)
    assert [(problem.code, problem.line_no) for problem in refusal.value.problems] == [("E-GL-DATE0", 7)]


def test_foreign_currency_balances_in_both_currencies(books):
    dollars = [
        JournalLine(1, DAY, "G1", "6300", D("100.00"), currency_code="USD"),
        JournalLine(2, DAY, "G1", "1020", D("-100.00"), currency_code="USD"),
    ]
    post_journal(dollars, by=books.user, at=AT)
    assert books.entries() == [("6300", D("80.00")), ("1020", D("-80.00"))]
    assert list(GLEntry.objects.values_list("source_currency_code", "source_currency_amount")) == [
        ("USD", D("100.00")),
        ("USD", D("-100.00")),
    ]

    # Balanced in euros alone is not balanced.
    facts = make_facts(currency_code="USD")
    lines = [
        books.line("6300", "80.00", currency_amount=D("100.00")),
        books.line("1020", "-80.00", currency_amount=D("-99.99")),
    ]
    with pytest.raises(ProblemsFound) as refusal:
        post(books, Transaction(facts, lines))
    assert codes(refusal) == ["E-GL-CURBAL"]

    # A third of a dollar three times is a dollar, but not in euros: refused, nothing is plugged.
    thirds = [JournalLine(place, DAY, "G2", "6300", D("0.33"), currency_code="USD") for place in (1, 2, 3)]
    thirds.append(JournalLine(4, DAY, "G2", "1020", D("-0.99"), currency_code="USD"))
    with pytest.raises(ProblemsFound) as refusal:
        post_journal(thirds, by=books.user, at=AT)
    assert codes(refusal) == ["E-GL-DOCBAL"]


def test_both_amounts_of_a_line_point_the_same_way(books):
    lines = [
        books.line("6300", "80.00", currency_amount=D("-100.00")),
        books.line("1020", "-80.00", currency_amount=D("100.00")),
    ]
    with pytest.raises(ProblemsFound) as refusal:
        post(books, Transaction(make_facts(currency_code="USD"), lines))
    assert codes(refusal) == ["E-GL-CURSIGN", "E-GL-CURSIGN"]


def test_a_currency_without_a_rate_is_named(books):
    line = JournalLine(3, DAY, "G1", "6300", D("1.00"), bal_account_no="1020", currency_code="XXX")
    with pytest.raises(ProblemsFound) as refusal:
        post_journal([line], by=books.user, at=AT)
    assert [(problem.code, problem.line_no) for problem in refusal.value.problems] == [("E-CX-RATE", 3)]


def test_lines_without_an_amount_are_left_out(books):
    books.post(("6300", "1.00"), ("6100", "0"), ("1020", "-1.00"))
    assert GLEntry.objects.count() == 2
    with pytest.raises(ErpError) as refusal:
        books.post(("6300", "0"))
    assert refusal.value.code == "E-GL-EMPTY"


def test_entries_before_the_oldest_open_year_are_prior_year(books):
    books.post(("6300", "1.00"), ("1020", "-1.00"), on=date(2025, 12, 31))
    close_fiscal_year()
    books.post(("6300", "1.00"), ("1020", "-1.00"), on=date(2025, 12, 31))
    books.post(("6300", "1.00"), ("1020", "-1.00"), on=date(2026, 1, 1))
    assert list(GLEntry.objects.values_list("prior_year", flat=True)) == [
        False,
        False,
        True,
        True,
        False,
        False,
    ]


def test_a_preview_writes_nothing_and_draws_no_number(books):
    lines = [JournalLine(1, DAY, "***", "6300", D("100.00"), bal_account_no="1020")]
    plan = preview_journal(lines, by=books.user)
    assert [line.amount for line in plan.transactions[0].lines] == [D("100.00"), D("-100.00")]
    assert plan.problems == []
    assert LedgerHead.objects.values_list("gl_entry_no", "register_no").get() == (0, 0)
    assert not GLEntry.objects.exists()


def test_the_balances_by_day_follow_the_entries(books):
    books.post(("6300", "100.00"), ("1020", "-100.00"))
    books.post(("6300", "50.00"), ("1020", "-50.00"), document_no="G2")
    books.post(("6300", "-30.00"), ("1020", "30.00"), document_no="G3", correction=True)
    rows = GLBalance.objects.order_by("account__number").values_list(
        "account__number", "posting_date", "debit_amount", "credit_amount"
    )
    assert list(rows) == [("1020", DAY, D("0.00"), D("120.00")), ("6300", DAY, D("120.00"), D("0.00"))]


def test_a_vat_entry_is_linked_to_the_entry_that_carries_its_base(books):
    tax = VATLine("sale", D("-100.00"), D("-25.00"), D(25), "V25", "normal", books.id("2200"), vat_bus="DOM")
    revenue = books.line("4100", "-100.00", vat=tax, vat_amount=D("-25.00"))
    lines = [books.line("1100", "125.00"), revenue, books.line("2200", "-25.00")]
    post(books, Transaction(make_facts(document_type="invoice"), lines), manual=False)
    entry = VATEntry.objects.get()
    assert (entry.entry_no, entry.gl_entry_no, entry.transaction_no) == (1, 2, 1)
    assert (entry.base, entry.base_before_discount, entry.amount) == (D("-100.00"), D("-100.00"), D("-25.00"))
    register = Register.objects.get()
    assert (register.from_vat_entry_no, register.to_vat_entry_no) == (1, 1)


class Notes:
    """A section of another ledger that wants to know the G/L entry numbers before it writes."""

    def __init__(self, gl: GLSection, line: Line):
        self.gl, self.line = gl, line
        self.counts = {"customer_detail_no": 2, "vat_entry_no": 0}
        self.seen = None

    def write(self, numbers):
        self.seen = (numbers.customer_detail_no, self.gl.entry_no(self.line), self.gl.transaction_no(0))


def test_sections_of_one_register_get_numbers_one_after_the_other(books):
    first = GLSection([books.transaction(("6300", "1.00"), ("1020", "-1.00"))])
    second = GLSection([books.transaction(("6100", "2.00"), ("1020", "-2.00"), document_no="G2")])
    notes = Notes(second, second.lines[1])
    with transaction.atomic():
        number = registers.write([notes, first, second], source_code="TEST", by="clerk", at=AT)
    assert notes.seen == (1, 4, 2)
    assert list(first.entry_nos) == [1, 2] and list(second.entry_nos) == [3, 4]
    register = Register.objects.get(pk=number)
    assert (register.from_gl_entry_no, register.to_gl_entry_no) == (1, 4)
    assert (register.from_customer_detail_no, register.to_customer_detail_no) == (1, 2)
    assert register.from_vat_entry_no is None


def test_one_line_object_is_one_entry(books):
    line = books.line("6300", "1.00")
    with pytest.raises(ValueError, match="One Line object"):
        GLSection([Transaction(make_facts(), [line, line])])


def test_the_number_of_statements_does_not_grow_with_the_lines(books):
    def journal_of(count: int):
        lines = []
        for place in range(count):
            pair = {"document_no": f"G{place}", "posting_date": DAY}
            vat = {"gen_posting_type": "sale", "vat_bus": "DOM", "vat_prod": "V25"}
            lines.append(
                JournalLine(
                    place, account_no="4100", amount=D("-125.00"), bal_account_no="1020", **pair, **vat
                )
            )
        return lambda: post_journal(lines, by=books.user, at=AT)

    few, many = count_statements(journal_of(2)), count_statements(journal_of(60))
    assert few == many
    assert many <= 20
    assert count_statements(journal_of(300)) == few  # the inserts are COPYs by now


def test_an_unrounded_amount_never_reaches_the_ledger(books):
    with pytest.raises(ProblemsFound) as refusal:
        post(books, books.transaction(("6300", "0.005"), ("1020", "-0.005")), manual=False)
    assert codes(refusal) == ["E-GL-ROUND", "E-GL-ROUND"]
    assert Decimal(0) == sum(amount for _number, amount in books.entries())
