"""The laws find what is wrong, and nothing where all is well."""

import pytest
from django.db import connection

from erp.kernel.invariants import run_all
from erp.kernel.projections import rebuild_all
from posting import journal
from posting.models import GLBalance
from posting.routines.close_fiscal_year import close_fiscal_year
from posting.routines.close_income_statement import close_income_statement
from posting.routines.reverse import reverse_transaction
from tests.unit.posting.builder import AT, D, date

OURS = ["I-1", "I-2", "I-3", "I-4", "I-5", "I-21", "P-GL"]


def failing() -> dict[str, list[str]]:
    return {result.code: result.finding.failures for result in run_all(OURS) if not result.holds}


@pytest.fixture
def lived_in(books):
    """Books with VAT, a reversal, a closed year."""
    for kind, bus, amount in (
        ("sale", "DOM", "-125.00"),
        ("purchase", "EU", "80.00"),
        ("sale", "EU", "-10.00"),
    ):
        vat = {"gen_posting_type": kind, "vat_bus": bus, "vat_prod": "V25"}
        books.post(
            ("4100", amount), on=date(2025, 6, 1), document_no=bus + kind, bal_account_no="1020", **vat
        )
    full = {"gen_posting_type": "sale", "vat_bus": "DOM", "vat_prod": "FULL"}
    books.post(("2200", "-3.00"), on=date(2025, 6, 2), bal_account_no="1020", **full)
    reverse_transaction(1, by=books.user, at=AT)
    close_fiscal_year()
    close_income_statement(
        fiscal_year_end=date(2025, 12, 31), document_no="C", retained_earnings="3100", by=books.user, at=AT
    )
    return books


def test_sound_books_pass(lived_in):
    assert failing() == {}
    results = {result.code: result.finding for result in run_all(OURS)}
    assert results["I-1"].checked == 6
    assert results["I-1"].totals["debit"] == results["I-1"].totals["credit"] > 0
    assert results["I-3"].totals["registers"] == 6
    assert results["I-21"].totals["G/L"] == results["I-21"].totals["VAT"] == D("-3.00")


def test_empty_books_pass(db):
    assert failing() == {}


def test_a_wrong_projection_is_named_and_mended(lived_in):
    row = GLBalance.objects.filter(account__number="4100").first()
    GLBalance.objects.filter(pk=row.pk).update(debit_amount=row.debit_amount + 1)
    assert set(failing()) == {"I-4", "I-5", "P-GL"}
    assert "4100" in failing()["P-GL"][0]
    before = GLBalance.objects.count()
    [rebuilt] = rebuild_all(["posting.gl_balance"])
    assert rebuilt.rows == before
    assert failing() == {}


def tamper(*statements: str) -> None:
    """What only somebody with the keys of the database could do."""
    tables = ("posting_glentry", "posting_vatentry", "posting_register", "posting_glbalance")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for statement in statements:
            cursor.execute(statement)
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


@pytest.mark.parametrize(
    ("statement", "laws"),
    [
        (
            "UPDATE posting_glentry SET amount = amount + 1 WHERE entry_no = 1",
            {"I-1", "I-2", "I-4", "I-21", "P-GL"},
        ),
        ("UPDATE posting_glentry SET posting_date = '2025-06-09' WHERE entry_no = 1", {"I-2", "I-4", "P-GL"}),
        ("UPDATE posting_glentry SET correction = NOT correction WHERE entry_no = 1", {"P-GL"}),
        ("UPDATE posting_vatentry SET entry_no = 99 WHERE entry_no = 4", {"I-3"}),
        ("UPDATE posting_vatentry SET amount = 7 WHERE entry_no = 1", {"I-21"}),
        ("UPDATE posting_vatentry SET base_before_discount = 7 WHERE entry_no = 1", {"I-21"}),
        ("UPDATE posting_register SET from_gl_entry_no = 5 WHERE register_no = 2", {"I-3"}),
        ("UPDATE posting_register SET to_vat_entry_no = 9 WHERE register_no = 5", {"I-3"}),
        ("UPDATE posting_glentry SET register_id = 2 WHERE entry_no = 1", {"I-3"}),
        ("UPDATE kernel_ledgerhead SET gl_entry_no = gl_entry_no + 1", {"I-3"}),
    ],
)
def test_tampering_is_found(lived_in, statement, laws):
    tamper(statement)
    found = failing()
    assert set(found) == laws
    assert all(text for texts in found.values() for text in texts)


def test_a_payment_discount_makes_the_base_smaller_than_the_entry(books):
    tax = journal.VATLine(
        "sale",
        D("-980.00"),
        D("-245.00"),
        D(25),
        "V25",
        "normal",
        books.id("2200"),
        base_before_discount=D("-1000.00"),
    )
    lines = [
        books.line("1100", "1245.00"),
        books.line("4100", "-1000.00", vat=tax),
        books.line("2200", "-245.00"),
    ]
    facts = books.transaction().facts
    journal.post([journal.Transaction(facts, lines)], source_code="SALES", by=None, at=AT, manual=False)
    assert failing() == {}
