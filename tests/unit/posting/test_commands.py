"""Journals as files, and the trial balance on the command line."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from erp.kernel.ledger import LedgerHead
from posting.models import GLEntry, Register
from posting.plans.journal_file import read_journal
from tests.unit.posting.builder import D, date

GOOD = """posting_date,document_no,account_no,amount,bal_account_no,description
2026-03-01,G1,6500,80.00,1010,"Paper, and ink"
2026-03-02,G2,6300,12.5,,Fees
2026-03-02,G2,1020,-12.5,,Fees

"""


def run(*arguments, **options):
    out, err = StringIO(), StringIO()
    try:
        call_command(*arguments, stdout=out, stderr=err, **options)
        failure = None
    except CommandError as error:
        failure = str(error)
    return out.getvalue(), err.getvalue(), failure


@pytest.fixture
def journal(tmp_path):
    def write(text: str | bytes):
        file = tmp_path / "journal.csv"
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return str(file)

    return write


def test_a_file_is_posted_as_one_register(books, journal):
    out, _err, failure = run("post_journal", journal(GOOD), "--user", "clerk")
    assert failure is None
    assert "Posted register 1: 2 transactions, 4 G/L entries (1 to 4)." in out
    assert Register.objects.values_list("created_by", "journal_batch").get() == ("clerk", "DEFAULT")
    assert GLEntry.objects.get(pk=1).description == "Paper, and ink"
    assert GLEntry.objects.get(pk=1).system_created is False


def test_a_preview_shows_and_writes_nothing(books, journal):
    out, _err, failure = run("post_journal", journal(GOOD), "--preview")
    assert failure is None
    assert "2026-03-01  G1                    6500                   80.00  Paper, and ink" in out
    assert LedgerHead.objects.get().register_no == 0


def test_every_row_with_a_problem_is_named(books, journal):
    text = """Posting Date;Document No.;Account;Amount;Gen. Posting Type
2026-03-01;G1;6500;80,00;
01.03.2026;G1;1010;-80;
2026-03-01;G2;9999;x;
2026-03-01;G3;1010;1;gift
2026-03-01;G4
2026-03-01;G5;1100;1;
2026-03-01;THIS NUMBER IS FAR TOO LONG;1010;1;
"""
    _out, err, failure = run("post_journal", journal(text))
    lines = err.splitlines()
    assert [line.partition(": ")[0] for line in lines] == [f"journal.csv:{row}" for row in (3, 4, 5, 6, 7, 8)]
    assert [line.rpartition("[")[2].rstrip("]") for line in lines] == [
        "E-CSV-DATE",
        "E-CSV-NUMBER",
        "E-CSV-CHOICE",
        "E-CSV-ROW",
        "E-GL-DIRECT",
        "E-CSV-LENGTH",
    ]
    assert failure == "Nothing was posted: 6 problems."
    assert not GLEntry.objects.exists()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "E-CSV-COLUMN"),
        ("posting_date,amount\n", "E-CSV-COLUMN"),
        ("posting_date,document_no,account_no,amount,colour\n", "E-CSV-COLUMN"),
        ("posting_date,document_no,account_no,amount,account\n", "E-CSV-COLUMN"),
        ('posting_date,document_no,account_no,amount\n"2026', "E-CSV-ROW"),
        ("posting_date,document_no,account_no,amount\n2026-03-01,G1,6300,1e5\n", "E-CSV-NUMBER"),
        (
            "posting_date,document_no,account_no,amount,correction\n2026-03-01,G1,6300,1,maybe\n",
            "E-CSV-CHOICE",
        ),
        ("posting_date,document_no,account_no,amount\n", "E-GL-EMPTY"),
        ("posting_date,document_no,account_no,amount\n2026-03-01,G1,6300,1\n", "E-GL-DOCBAL"),
        ("posting_date,document_no,account_no,amount\n2026-03-01,G1,6300,0.005\n", "E-GL-ROUND"),
        ("posting_date,document_no,account_no,amount\n,G1,6300,1\n", "E-GL-DATE0"),
    ],
)
def test_bad_files_get_a_clear_error(books, journal, text, code):
    for options in ((), ("--preview",)):
        _out, err, failure = run("post_journal", journal(text), *options)
        assert f"[{code}]" in err and failure.startswith("Nothing was posted")


def test_bad_arguments_get_a_clear_error(books, journal, tmp_path):
    assert run("post_journal", str(tmp_path / "none.csv"))[2].startswith("Cannot read")
    assert run("post_journal", str(tmp_path))[2].startswith("Cannot read")
    assert "not UTF-8" in run("post_journal", journal(b"\xff\xfe"))[2]
    assert run("post_journal", journal(GOOD), "--user", "nobody")[2] == "There is no user nobody."
    assert "at most 20" in run("post_journal", journal(GOOD), "--batch", "B" * 21)[2]


def test_documents_may_balance_by_date_only(books, journal):
    text = "posting_date,document_no,account_no,amount\n2026-03-01,A,6300,5\n2026-03-01,B,1020,-5\n"
    assert run("post_journal", journal(text))[2]
    out, _err, failure = run("post_journal", journal(text), "--balance-by-date")
    assert failure is None and "1 transactions" in out


def test_a_file_tells_vat_currency_and_dates():
    file = read_journal(
        "\ufeffposting_date\tdocument_no\taccount_no\tamount\tgen_posting_type\tvat_bus_posting_group\tcurrency_code\t"
        "document_date\tdocument_type\tcorrection\n2026-03-01\tG1\t4100\t-1250,00\tSale\tDOM\tUSD\t2026-02-28\t"
        "Credit Memo\tyes\n"
    )
    [line] = file.lines
    assert file.problems == []
    assert (line.line_no, line.amount, line.gen_posting_type, line.vat_bus) == (
        2,
        D("-1250.00"),
        "sale",
        "DOM",
    )
    assert (line.currency_code, line.document_date, line.document_type, line.correction) == (
        "USD",
        date(2026, 2, 28),
        "credit_memo",
        True,
    )


def test_the_trial_balance_is_printed(books, journal):
    run("post_journal", journal(GOOD))
    out, _err, failure = run("trial_balance", "--start", "2026-03-02", "--on", "2026-03-31")
    assert failure is None
    lines = [line.split() for line in out.splitlines()]
    assert lines[0] == ["No.", "Name", "Opening", "Debit", "Credit", "Closing"]
    assert lines[1] == ["1010", "Cash", "on", "hand", "-80.00", "0.00", "0.00", "-80.00"]
    assert lines[-1] == ["Total", "0.00", "12.50", "12.50", "0.00"]
    assert len(run("trial_balance", "--all")[0].splitlines()) == 16
    assert run("trial_balance", "--start", "2026-03-02", "--on", "2026-03-01")[2]
    assert "not a date" in run("trial_balance", "--on", "yesterday")[2]
