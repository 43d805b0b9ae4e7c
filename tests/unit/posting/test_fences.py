"""What the database refuses, whoever asks."""

from contextlib import contextmanager

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from posting import registers
from posting.errors import OutOfBalance
from posting.journal import GLSection
from posting.models import GLAccount, GLBalance, GLEntry, Register, VATEntry
from tests.unit.posting.builder import AT, DAY, D


@contextmanager
def refused(match: str, error=DatabaseError):
    with pytest.raises(error, match=match), transaction.atomic():
        yield


@pytest.fixture
def posted(books):
    vat = {"gen_posting_type": "sale", "vat_bus": "DOM", "vat_prod": "V25"}
    books.post(("4100", "-125.00"), bal_account_no="1020", **vat)
    return books


@pytest.mark.parametrize("table", ["posting_glentry", "posting_vatentry", "posting_register"])
@pytest.mark.parametrize(
    "statement", ["UPDATE {} SET source_code = 'X'", "DELETE FROM {}", "TRUNCATE {} CASCADE"]
)
def test_ledgers_only_grow(posted, table, statement):
    with refused("only grows"), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(statement.format(table))


@pytest.mark.parametrize("model", [GLEntry, VATEntry, Register])
def test_the_models_refuse_too(posted, model):
    row = model.objects.first()
    for attempt in (
        row.save,
        row.delete,
        model.objects.all().delete,
        lambda: model.objects.update(source_code="X"),
    ):
        with pytest.raises(Exception, match="only grows"):
            attempt()


def raw_entry(cursor, books, entry_no, amount, *, register_no, transaction_no, on=DAY):
    cursor.execute(
        """
        INSERT INTO posting_glentry
            (entry_no, register_id, transaction_no, account_id, posting_date, vat_date, document_date, document_type,
             document_no, external_document_no, description, amount, correction, source_currency_code,
             source_currency_amount, gen_posting_type, gen_bus_posting_group, gen_prod_posting_group,
             vat_bus_posting_group, vat_prod_posting_group, vat_amount, quantity, source_type, source_no, source_code,
             journal_batch, reason_code, system_created, prior_year, closing)
        VALUES (%s, %s, %s, %s, %s, %s, %s, '', 'RAW', '', '', %s, false, '', 0, '', '', '', '', '', 0, 0, '', '', '',
                '', '', false, false, false)
        """,
        [entry_no, register_no, transaction_no, books.id("1010"), on, on, on, amount],
    )


def raw_register(cursor, number, first, last):
    cursor.execute(
        "INSERT INTO posting_register (register_no, created_at, created_by, source_code, journal_batch,"
        " from_gl_entry_no, to_gl_entry_no) VALUES (%s, %s, 'raw', '', '', %s, %s)",
        [number, AT, first, last],
    )


def test_an_unbalanced_register_is_refused_at_the_commit(posted):
    with connection.cursor() as cursor:
        with refused("transaction 9 is out of balance by 0.01", IntegrityError):
            raw_entry(cursor, posted, 4, "10.01", register_no=2, transaction_no=9)
            raw_entry(cursor, posted, 5, "-10.00", register_no=2, transaction_no=9)
            raw_register(cursor, 2, 4, 5)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with refused(
            "transaction 9 is out of balance", IntegrityError
        ):  # in total it balances, by date it does not
            raw_entry(cursor, posted, 4, "10.00", register_no=2, transaction_no=9)
            raw_entry(cursor, posted, 5, "-10.00", register_no=2, transaction_no=9, on=DAY.replace(day=16))
            raw_register(cursor, 2, 4, 5)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_entries_belong_to_exactly_one_register(posted):
    with connection.cursor() as cursor:
        with refused("does not follow entry 3", IntegrityError):
            raw_register(cursor, 2, 5, 6)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with refused("does not hold exactly", IntegrityError):  # of the two only one is there
            raw_entry(cursor, posted, 4, "0", register_no=2, transaction_no=9)
            raw_register(cursor, 2, 4, 5)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with refused("does not hold exactly", IntegrityError):  # one more than its range
            for entry_no in (4, 5):
                raw_entry(cursor, posted, entry_no, "0", register_no=2, transaction_no=9)
            raw_register(cursor, 2, 4, 4)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with refused("does not hold exactly", IntegrityError):  # a register without entries has none
            raw_entry(cursor, posted, 4, "0", register_no=2, transaction_no=9)
            raw_register(cursor, 2, None, None)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with refused("is written already", IntegrityError):
            raw_entry(cursor, posted, 4, "0", register_no=1, transaction_no=1)
        with refused("foreign key", IntegrityError):  # nobody's
            raw_entry(cursor, posted, 4, "0", register_no=2, transaction_no=9)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_what_passes_the_checks_by_mistake_is_stopped_before_the_commit(posted):
    section = GLSection([posted.transaction(("6300", "1.00"), ("1020", "-0.99"))])
    with refused("Internal: transaction 2 is out of balance by 0.01", OutOfBalance):
        registers.write([section], source_code="TEST", by="", at=AT)
    assert GLEntry.objects.count() == 3


def test_a_register_of_other_ledgers_alone_needs_no_entries(posted):
    class Details:
        counts = {"customer_detail_no": 1}

        def write(self, numbers):
            pass

    with transaction.atomic():
        number = registers.write([Details()], source_code="TEST", by="", at=AT)
    assert Register.objects.get(pk=number).from_gl_entry_no is None
    posted.post(("6300", "1.00"), ("1020", "-1.00"))  # and the next one follows the entries all the same


def test_setup_changes_show_in_the_change_log(books):
    from erp.kernel.models import ChangeLogEntry

    GLAccount.objects.filter(number="6300").update(blocked=True)
    row = ChangeLogEntry.objects.filter(table="posting_glaccount", field="blocked").get()
    assert (row.record_key, row.before, row.after) == ("6300", "false", "true")


def test_a_control_account_cannot_be_opened_for_direct_posting(books):
    with refused("control_accounts_refuse", IntegrityError):
        GLAccount.objects.filter(number="1100").update(direct_posting=True)


def test_the_projection_may_be_rebuilt(posted):
    GLBalance.objects.update(debit_amount=D("1.00"))
    assert GLBalance.objects.count() == 3
