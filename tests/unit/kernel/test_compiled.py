"""Queries that are put together once: each run gives what the queryset would have given."""

import pytest
from django.db import connection
from django.db.models import Q
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from erp.kernel.compiled import Among, Compiled, Given
from tests.support.models import Paper, Thing

pytestmark = pytest.mark.django_db

BY_KEY = Compiled(lambda: Thing.objects.select_related("paper").filter(pk=Given("key")))
CODES = Compiled(
    lambda: (
        Thing.objects.filter(Q(Among("pk", "ids")) | Q(count=Given("count")), flag=True)
        .order_by("code")
        .values_list("code", "data")
    )
)
LOCKED = Compiled(lambda: Thing.objects.select_for_update().filter(pk=Given("key")))


@pytest.fixture
def things():
    paper = Paper.objects.create()
    return [
        Thing.objects.create(code=f"T{place}", flag=True, count=place, paper=paper, data={"place": [place]})
        for place in range(4)
    ]


def test_each_run_has_its_own_values(things):
    """Instances with their columns converted and their relations loaded, by one statement each."""
    for thing in things:
        with CaptureQueriesContext(connection) as captured:
            found = BY_KEY.first(key=thing.pk)
            assert found.paper == thing.paper
        assert (found, found.data, found.uuid) == (thing, thing.data, thing.uuid)
        assert found is not BY_KEY.first(key=thing.pk)
        assert len(captured) == 1
    assert BY_KEY.first(key=0) is None


def test_tuples_of_any_number_of_keys(things):
    """A list of keys is as long as it is, none included; other values of the query stay as they were written."""
    Thing.objects.filter(code="T1").update(flag=False)
    keys = [thing.pk for thing in things]
    assert CODES.rows(ids=keys[:3], count=-1) == [("T0", {"place": [0]}), ("T2", {"place": [2]})]
    assert [code for code, _data in CODES.rows(ids=[], count=3)] == ["T3"]
    assert CODES.rows(ids=[], count=-1) == []


def test_a_key_is_a_number(things):
    """What goes into the statement itself is refused unless it is a whole number."""
    with pytest.raises(ValueError, match="invalid literal"):
        CODES.rows(ids=["1); DROP TABLE things; --"], count=0)
    with pytest.raises(KeyError):
        BY_KEY.rows()


def test_rows_are_locked(things):
    """Each time, whether the server keeps the statement by then or not."""
    for thing in things:
        assert not is_locked(thing)
        assert LOCKED.first(key=thing.pk) == thing
        assert is_locked(thing)


def is_locked(thing) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT xmax <> '0' FROM {Thing._meta.db_table} WHERE id = %s", [thing.pk])
        return cursor.fetchone()[0]


@pytest.mark.django_db(transaction=True)
def test_no_row_is_locked_outside_a_transaction():
    """A lock that would be gone at once is refused, the first time and later."""
    for _time in range(2):
        with pytest.raises(TransactionManagementError):
            LOCKED.first(key=1)
