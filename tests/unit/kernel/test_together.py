"""Writes that share a round trip: in their order, all or nothing, and with the errors they would have by themselves."""

from decimal import Decimal as D
from typing import NamedTuple
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from erp.kernel.bulk import COPY_FROM, copy_rows, insert_one, insert_rows, take_keys, update_rows, upsert_rows
from erp.kernel.together import together
from tests.support.models import Paper, Stock, Thing

pytestmark = pytest.mark.django_db
ODD = "percent %s %%, 'quotes', back\\slash"


class ThingRow(NamedTuple):
    code: str
    amount: D = D(0)
    text: str = ""


class Amount(NamedTuple):
    code: str
    amount: D


class StockRow(NamedTuple):
    item: str
    place: str
    quantity: D


class Copied(NamedTuple):
    id: int
    code: str


def write_some(mark: str) -> None:
    """Inserts, changes what it inserted, inserts a head with a known key, and adds up."""
    insert_rows(Thing, [ThingRow(f"{mark}{n}", text=ODD) for n in range(2)])
    update_rows(Thing, [Amount(f"{mark}{n}", D(n)) for n in range(2)], key="code")
    (key,) = take_keys(Paper)
    insert_one(Paper(pk=key, number=mark, note=ODD))
    upsert_rows(Stock, [StockRow(mark, "OSLO", D(3))] * 2, key=("item", "place"), add=("quantity",))


def check_some(mark: str) -> None:
    rows = Thing.objects.filter(code__startswith=mark).order_by("code").values_list("code", "amount", "text")
    assert list(rows) == [(f"{mark}0", 0, ODD), (f"{mark}1", 1, ODD)]
    assert Paper.objects.get(number=mark).note == ODD
    assert Stock.objects.get(item=mark).quantity == 6


@pytest.mark.parametrize("run", ["plain", "prepared", "kept"])
def test_what_waits_runs_in_its_order(run):
    """The first run of a statement is an ordinary one, the second prepares it, the third calls it by name."""
    for mark in {"plain": "A", "prepared": "AB", "kept": "ABC"}[run]:
        with together():
            write_some(mark)
        check_some(mark)


def test_writes_share_a_round_trip():
    """Everything before a question goes with the question, the rest with the end of the block."""
    with CaptureQueriesContext(connection) as captured, together():
        write_some("A")  # asks for a key in between
    assert len(captured) == 2


def test_who_asks_within_the_block_sees_what_was_written():
    with together():
        insert_rows(Thing, [ThingRow("A", text=ODD)])
        assert Thing.objects.get(code="A").text == ODD
        update_rows(Thing, [Amount("A", D(5))], key="code")
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT amount, '%' FROM {Thing._meta.db_table} WHERE code = 'A'")
            assert cursor.fetchone() == (5, "%")
        update_rows(Thing, [Amount("A", D(6))], key="code")
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT amount FROM {Thing._meta.db_table} WHERE code = %(code)s", {"code": "A"})
            assert cursor.fetchone() == (6,)
        upsert_rows(Stock, [StockRow("A", "OSLO", D(3))], key=("item", "place"))
        assert [stock.item for stock in Stock.objects.iterator()] == ["A"]


def test_many_rows_are_copied_in_after_what_waits():
    with together():
        insert_rows(Paper, [Number("P")])
        insert_rows(Thing, [ThingRow(f"T{n}") for n in range(COPY_FROM)])
        assert (Paper.objects.count(), Thing.objects.count()) == (1, COPY_FROM)


class Number(NamedTuple):
    number: str


def test_rows_that_are_missing_are_told():
    """As by themselves: a key that is not there, a source that is not there."""
    message = "2 rows for Thing, but 1 were updated: missing or double keys"
    for _run in range(3):
        insert_rows(Thing, [ThingRow(f"A{_run}")])
        with pytest.raises(LookupError, match=message), transaction.atomic(), together():
            update_rows(Thing, [Amount(f"A{_run}", D(1)), Amount("none", D(1))], key="code")
    missing = "1 rows of Thing to copy, but 0 were there"
    with pytest.raises(LookupError, match=missing), transaction.atomic(), together():
        copy_rows(Thing, [Copied(0, "copy")], source=Thing, copied=["text", "amount"], fill={"uuid": uuid4()})
    assert set(Thing.objects.values_list("amount", flat=True)) == {0}


def test_what_the_database_refuses_takes_the_others_along():
    insert_rows(Paper, [Number("P")])
    with pytest.raises(IntegrityError, match=Paper._meta.db_table), transaction.atomic(), together():
        insert_rows(Thing, [ThingRow("A")])
        insert_rows(Paper, [Number("P")])
        insert_rows(Thing, [ThingRow("B")])
    assert not Thing.objects.exists()


def test_an_error_within_the_block_lets_nothing_be_written():
    with pytest.raises(ZeroDivisionError), together():
        insert_rows(Thing, [ThingRow("A")])
        raise ZeroDivisionError
    assert not Thing.objects.exists()


def test_a_savepoint_takes_back_what_waited_in_it():
    with together():
        insert_rows(Thing, [ThingRow("before")])
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            insert_rows(Thing, [ThingRow("within")])
            raise ZeroDivisionError
        insert_rows(Thing, [ThingRow("after")])
    assert set(Thing.objects.values_list("code", flat=True)) == {"before", "after"}


def test_an_inner_block_has_written_when_it_ends():
    with together():
        with together():
            insert_rows(Thing, [ThingRow("A")])
        with CaptureQueriesContext(connection) as captured:
            assert Thing.objects.exists()
        assert "INSERT" not in captured[0]["sql"]


@pytest.mark.django_db(transaction=True)
def test_there_is_a_transaction_around():
    with pytest.raises(TransactionManagementError), together():
        pass
