"""Ledger numbers, and rows that stay."""

from decimal import Decimal as D

import pytest
from django.db import IntegrityError, connection, transaction

from erp.kernel.errors import ErpError
from erp.kernel.ledger import LedgerHead, lock_ledgers, take_numbers
from tests.support.models import Entry

pytestmark = pytest.mark.django_db


def test_numbers_come_in_blocks():
    """Each counter has its own numbers; what is asked for together is taken with one statement."""
    first = take_numbers(register_no=1, gl_entry_no=4, value_entry_no=0)
    second = take_numbers(register_no=1, gl_entry_no=2, value_entry_no=1)
    assert (first.register_no, first.gl_entry_no, first.value_entry_no) == (1, 1, 1)
    assert (second.register_no, second.gl_entry_no, second.value_entry_no) == (2, 5, 1)
    head = LedgerHead.objects.get()
    assert (head.register_no, head.gl_entry_no, head.value_entry_no, head.vat_entry_no) == (2, 6, 1, 0)


def test_one_statement(django_assert_num_queries):
    with django_assert_num_queries(1):
        take_numbers(register_no=1, transaction_no=1, gl_entry_no=4, vat_entry_no=1, customer_detail_no=1)


def test_a_rollback_gives_the_numbers_back():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        take_numbers(gl_entry_no=100)
        raise ZeroDivisionError
    assert take_numbers(gl_entry_no=1).gl_entry_no == 1


def test_mistakes_are_refused():
    with pytest.raises(TypeError, match="gl_entri_no"):
        take_numbers(gl_entri_no=1)
    with pytest.raises(TypeError):
        take_numbers()
    with pytest.raises(ValueError, match="back"):
        take_numbers(gl_entry_no=-1)
    with pytest.raises(AttributeError):
        take_numbers(gl_entry_no=1).vat_entry_no  # noqa: B018


@pytest.mark.django_db(transaction=True)
def test_numbers_are_taken_within_a_transaction():
    with pytest.raises(transaction.TransactionManagementError):
        take_numbers(gl_entry_no=1)
    with pytest.raises(transaction.TransactionManagementError):
        lock_ledgers()


def test_there_is_one_head():
    with pytest.raises(IntegrityError), transaction.atomic():
        LedgerHead.objects.create(id=2)
    LedgerHead.objects.all().delete()
    with pytest.raises(LedgerHead.DoesNotExist, match="migrate"):
        take_numbers(gl_entry_no=1)


@pytest.fixture
def entry():
    return Entry.objects.create(entry_no=1, amount=D("10.00"))


@pytest.mark.parametrize(
    "change",
    [
        lambda entry: entry.save(),
        lambda entry: entry.delete(),
        lambda entry: Entry.objects.update(amount=D(1)),
        lambda entry: Entry.objects.filter(pk=1).delete(),
        lambda entry: Entry.objects.bulk_update([entry], ["amount"]),
        lambda entry: Entry.objects.update_or_create(entry_no=1, defaults={"amount": D(1)}),
    ],
    ids=["save", "delete", "update", "delete set", "bulk update", "update or create"],
)
def test_the_model_refuses_changes(entry, change):
    with pytest.raises(ErpError, match="entries only grows") as caught:
        change(entry)
    assert (caught.value.code, caught.value.status) == ("E-LEDGER-APPEND", 409)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE testsupport_entry SET amount = 11",
        "UPDATE testsupport_entry SET amount = 11 WHERE false",
        "DELETE FROM testsupport_entry",
        "TRUNCATE testsupport_entry",
        "INSERT INTO testsupport_entry VALUES (1, 2) ON CONFLICT (entry_no) DO UPDATE SET amount = 2",
    ],
)
def test_the_database_refuses_changes_to_every_role(entry, sql):
    """Superusers, as the tests mostly are, included."""
    refused = pytest.raises(IntegrityError, match="testsupport_entry only grows")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert Entry.objects.get().amount == D("10.00")


def test_a_taken_number_is_not_overwritten(entry):
    with pytest.raises(IntegrityError), transaction.atomic():
        Entry(entry_no=1, amount=D("99.00")).save()
    assert Entry.objects.get().amount == D("10.00")
