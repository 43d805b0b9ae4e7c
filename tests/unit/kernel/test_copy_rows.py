"""Rows that are mostly copies of others, and single rows without a query put together anew."""

from decimal import Decimal as D
from typing import NamedTuple

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from erp.kernel.bulk import copy_rows, insert_one
from tests.support.models import Thing

pytestmark = pytest.mark.django_db

ODD = "tab\there, newline\nthere, back\\slash, \"quotes\" 'both', percent %s %%, ærøå 🚲"


class Copy(NamedTuple):
    id: int
    code: str
    amount: D
    data: dict | None = None


@pytest.fixture
def sources():
    return [
        Thing.objects.create(code=f"S{place}", text=ODD, price=D(place), data=data)
        for place, data in enumerate([{"a": 1, "b": [ODD]}, None, {"a": 1}])
    ]


def copy(rows, **how):
    options = {
        "copied": ("text", "price", "uuid"),
        "fill": {"terms": "1M", "count": None},
        "merged": ("data",),
    }
    return copy_rows(Thing, rows, source=Thing, **{**options, **how})


def test_what_is_given_what_is_copied_and_what_is_laid_over(sources):
    """Given columns are new, copied ones as they stand, JSON is merged by key, the rest has the model's default."""
    explained = {"a": 2, "c": ODD}
    rows = [
        Copy(source.pk, f"C{place}", D("1.50"), data)
        for place, (source, data) in enumerate(zip(sources, [explained, explained, None], strict=True))
    ]
    assert copy(reversed(rows)) == 3
    copies = list(Thing.objects.filter(code__startswith="C").order_by("code"))
    assert [copy.data for copy in copies] == [explained | {"b": [ODD]}, explained, {"a": 1}]
    assert [copy.price for copy in copies] == [0, 1, 2]
    assert {(copy.text, copy.amount, copy.terms, copy.count, copy.color) for copy in copies} == {
        (ODD, D("1.50"), copies[0].terms, None, Thing.Color.RED)
    }
    assert str(copies[0].terms) == "1M"
    assert [copy.code for copy in sorted(copies, key=lambda copy: copy.pk)] == ["C2", "C1", "C0"]


def test_what_is_refused(sources):
    """An amount that is not rounded, a source that is gone, a column whose value is one per row."""
    with pytest.raises(ValueError, match="not rounded"):
        copy([Copy(sources[0].pk, "C0", D("0.001"))])
    with pytest.raises(LookupError, match="1 rows"):
        copy([Copy(0, "C0", D(1))])
    with pytest.raises(TypeError, match="uuid"):
        copy([Copy(sources[0].pk, "C0", D(1))], copied=("text",))
    assert copy([]) == 0


def test_one_statement_however_many_rows(sources):
    with CaptureQueriesContext(connection) as captured:
        copy([Copy(source.pk, source.code.replace("S", "C"), D(1)) for source in sources])
    assert len(captured) == 1


def test_one_instance():
    """It has its key afterwards, and every column as given."""
    thing = Thing(code="one", text=ODD, amount=D("-12.30"), data={"a": [1, ODD]}, flag=True)
    insert_one(thing)
    found = Thing.objects.get(pk=thing.pk)
    assert (found.text, found.amount, found.data, found.uuid) == (ODD, D("-12.30"), thing.data, thing.uuid)
    assert not thing._state.adding
    with pytest.raises(ValueError, match="not rounded"):
        insert_one(Thing(code="two", amount=D("0.001")))
