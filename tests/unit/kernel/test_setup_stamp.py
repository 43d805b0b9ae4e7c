"""Set-up that is read once per change: what is kept, and what makes it be read anew."""

import re

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from erp.kernel.models import SetupStamp
from erp.kernel.setup_stamp import STATE, kept
from posting.models import VATPostingSetup
from sales.models import SalesSetup
from sales.routines.post import post
from sales.values import SalesValues
from tests.support.statements import statements_of

pytestmark = pytest.mark.django_db

FOLLOWED = """
SELECT tgrelid::regclass::text FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid
WHERE proname = 'kernel_setup_changed'
"""


def followed_tables() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(FOLLOWED)
        return {table for (table,) in cursor.fetchall()}


def tables_in(captured: CaptureQueriesContext, place: str = "FROM|JOIN") -> set[str]:
    return {table for sql in statements_of(captured) for table in re.findall(rf'(?:{place}) "?(\w+)"?', sql)}


def state() -> str:
    with connection.cursor() as cursor:
        STATE.execute(cursor, [])
        return cursor.fetchone()[0]


class Reader:
    """Reads a switch of the set-up, and counts how often."""

    def __init__(self):
        self.times = 0

    def __call__(self) -> bool:
        self.times += 1
        return SalesSetup.objects.get().calc_invoice_discount


def switch(on: bool) -> None:
    SalesSetup.objects.update(calc_invoice_discount=on)


def test_it_is_read_once(world):
    """Asked three times, read once: each question costs one statement that names no table of set-up."""
    read = Reader()
    with CaptureQueriesContext(connection) as captured:
        found = [kept(read, read) for _time in range(3)]
    assert (len(set(found)), read.times) == (1, 1)
    assert len(captured) == 3 + 1


def test_a_change_is_seen_however_it_is_made(world):
    """By an instance, in bulk, by plain SQL: all move the stamp, and the next question reads anew."""
    read = Reader()
    switch(False)
    assert kept(read, read) is False
    setup = SalesSetup.objects.get()
    setup.calc_invoice_discount = True
    setup.save()
    assert kept(read, read) is True
    switch(False)
    assert kept(read, read) is False
    with connection.cursor() as cursor:
        cursor.execute("UPDATE sales_salessetup SET calc_invoice_discount = true")
    assert kept(read, read) is True
    assert read.times == 4


def test_what_a_transaction_took_back_is_not_kept(world):
    """Somebody switches, reads, and rolls back; then somebody switches really. Nobody sees what never was."""
    read = Reader()
    switch(False)
    assert kept(read, read) is False
    with transaction.atomic():
        switch(True)
        assert kept(read, read) is True
        transaction.set_rollback(True)
    assert kept(read, read) is False
    with transaction.atomic():
        VATPostingSetup.objects.update(
            vat_percent=0
        )  # another change of set-up, which leaves the switch alone
        assert kept(read, read) is False


def test_a_database_without_a_stamp_is_read_each_time(world):
    """Emptied tables have no stamp; the first change makes one."""
    read = Reader()
    SetupStamp.objects.all().delete()
    assert [kept(read, read), kept(read, read)] and read.times == 2
    switch(False)
    assert SetupStamp.objects.count() == 1
    kept(read, read), kept(read, read)
    assert read.times == 3


def test_every_table_that_is_kept_is_followed(world):
    """Whatever the values of sales read, when they are complete, lies in tables whose changes count."""
    with CaptureQueriesContext(connection) as captured:
        SalesValues.load()._complete()
    assert tables_in(captured) == tables_in(captured) & followed_tables()
    assert "posting_vatpostingsetup" in tables_in(captured)  # the pattern finds tables


def test_kept_values_never_ask_again(world):
    """Everything that is read when first asked for has been read: what is shared is complete."""
    values = SalesValues.kept("")
    with CaptureQueriesContext(connection) as captured:
        values._complete()
        assert values.stock.posting is values.posting
        [values.customer_groups[code].invoice_rounding_account for code in values.customer_groups]
    assert len(captured) == 0


def test_the_second_posting_reads_no_set_up_and_changes_none(world):
    """Two orders of one customer: the second is posted from what the first one read, and moves no stamp."""
    item, customer = world.item(stock=10, cost=60), world.customer()
    orders = [world.order(customer).sells(1, item, at=100).release() for _order in range(2)]
    post(orders[0].document, by=world.by, at=world.at(), ship=True, invoice=True)
    before = state()
    with CaptureQueriesContext(connection) as captured:
        post(orders[1].document, by=world.by, at=world.at(), ship=True, invoice=True)
    assert not tables_in(captured, "FROM") & followed_tables()  # groups are joined to the cards, which change
    assert state() == before
