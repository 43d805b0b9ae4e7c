"""Writing many rows at once, whatever is in them."""

from datetime import UTC, date, datetime
from decimal import Decimal as D
from typing import NamedTuple
from uuid import UUID, uuid4

import pytest
from django.db import DataError, IntegrityError, transaction

from erp.kernel.bulk import COPY_FROM, insert_rows, take_ids, update_rows, upsert_rows
from tests.support.models import Paper, Stock, Thing

pytestmark = pytest.mark.django_db

ODD = "tab\there, newline\nthere, return\r, back\\slash \\N \\. and \\t, \"quotes\" 'both', percent %s %%, ærøå 🚲"


class ThingRow(NamedTuple):
    code: str
    text: str = ""
    color: str = Thing.Color.BLUE
    uuid: UUID = UUID(int=7)
    paper_id: int | None = None
    amount: D = D("0.00")
    price: D = D(0)
    rate: D = D(1)
    count: int | None = None
    flag: bool = False
    day: date | None = None
    moment: datetime | None = None
    data: dict | list | None = None
    terms: str = ""
    optional: str | None = None


class CodeRow(NamedTuple):
    code: str


def many(rows: int) -> list[ThingRow]:
    """One row full of trouble, and plain ones until there are enough."""
    moment = datetime(2026, 3, 10, 12, 30, 15, 123456, tzinfo=UTC)
    odd = ThingRow("odd", ODD, Thing.Color.RED, uuid4(), None, D("-12.30"), D("0.00001"), D("1.123456789012345"), -5,
                   True, date(2026, 3, 10), moment, {"a": [1, None, ODD], "d": D("1.5")}, "1M+CM", "")  # fmt: skip
    return [odd, *(ThingRow(f"plain{n}", amount=D(n)) for n in range(rows - 1))]


@pytest.mark.parametrize("rows", [2, COPY_FROM], ids=["arrays", "copy"])
def test_what_goes_in_comes_out(rows):
    """Both ways of inserting keep text, numbers, dates, JSON and nothing apart."""
    given = many(rows)
    assert insert_rows(Thing, given) == rows
    thing = Thing.objects.get(code="odd")
    for name, value in given[0]._asdict().items():
        if name != "data":
            assert getattr(thing, name) == value, name
    assert thing.data == {"a": [1, None, ODD], "d": "1.5"}
    plain = Thing.objects.get(code="plain0")
    assert (plain.color, plain.uuid, plain.amount, plain.text) == (Thing.Color.BLUE, UUID(int=7), 0, "")
    assert [plain.count, plain.day, plain.moment, plain.data, plain.optional] == [None] * 5
    assert Thing.objects.count() == rows


@pytest.mark.parametrize("rows", [3, COPY_FROM], ids=["values", "copy"])
def test_columns_that_are_not_named_get_the_default(rows):
    """A default that is made, like a UUID, is made for every row."""
    insert_rows(Thing, [CodeRow(f"c{n}") for n in range(rows)])
    things = list(Thing.objects.all())
    assert len({thing.uuid for thing in things}) == rows
    assert {(t.color, t.amount, t.rate, t.text, t.flag, t.optional) for t in things} == {
        ("red", 0, 1, "", False, None)
    }


def test_nothing_to_insert_is_fine():
    assert insert_rows(Thing, []) == update_rows(Thing, []) == upsert_rows(Stock, [], key="item") == 0
    assert take_ids(Thing, 0) == []


@pytest.mark.parametrize("rows", [2, COPY_FROM], ids=["arrays", "copy"])
def test_the_database_refuses_as_ever(rows):
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_rows(Thing, [CodeRow("same")] * rows)
    with pytest.raises(DataError), transaction.atomic():
        insert_rows(Thing, [CodeRow("much too long for it"), *(CodeRow(str(n)) for n in range(rows))])
    assert not Thing.objects.exists()


@pytest.mark.parametrize("rows", [2, COPY_FROM], ids=["arrays", "copy"])
def test_an_unrounded_amount_is_refused(rows):
    """The database would round it silently, and debit and credit would part."""
    with pytest.raises(ValueError, match=r"Thing.amount: 0.125 is not rounded"):
        insert_rows(Thing, [ThingRow(f"x{n}", amount=D("0.125")) for n in range(rows)])
    with pytest.raises(ValueError, match="not rounded"), transaction.atomic():
        Thing(code="x", amount=D("0.125")).save()
    Thing(code="x", amount=D("0.1200")).save()
    with pytest.raises(ValueError, match="not rounded"):
        Thing.objects.update(amount=D("0.125"))


def test_mistakes_in_rows_are_named():
    class Strange(NamedTuple):
        code: str
        colour: str

    with pytest.raises(TypeError, match="Thing has no column colour"):
        insert_rows(Thing, [Strange("a", "red")])
    with pytest.raises(TypeError, match="one NamedTuple type"):
        insert_rows(Thing, [CodeRow("a"), ThingRow("b")])


class AmountRow(NamedTuple):
    id: int
    amount: D
    day: date | None
    text: str
    flag: bool


@pytest.mark.parametrize("rows", [1, 3, 2500])
def test_update_by_key(rows):
    """Only the named columns of the named rows change; also where every value of a column is empty."""
    insert_rows(Thing, [ThingRow(f"t{n}", count=n, day=date(2026, 1, 1)) for n in range(rows + 1)])
    ids = list(Thing.objects.order_by("count").values_list("id", flat=True))[:rows]
    assert update_rows(Thing, [AmountRow(id, D(id), None, ODD, True) for id in ids]) == rows
    changed = Thing.objects.get(id=ids[-1])
    assert (changed.amount, changed.day, changed.text, changed.flag) == (ids[-1], None, ODD, True)
    assert changed.count == rows - 1
    left = Thing.objects.get(count=rows)
    assert (left.amount, left.day, left.text, left.flag) == (0, date(2026, 1, 1), "", False)


def test_update_by_another_key():
    class TextRow(NamedTuple):
        code: str
        color: str
        data: dict
        moment: datetime | None
        uuid: UUID

    insert_rows(Thing, [CodeRow("a"), CodeRow("b")])
    new = uuid4()
    update_rows(Thing, [TextRow("b", Thing.Color.BLUE, {"n": 1}, None, new)], key="code")
    assert Thing.objects.get(code="a").data is None
    b = Thing.objects.get(code="b")
    assert (b.color, b.data, b.uuid) == ("blue", {"n": 1}, new)


def test_an_update_that_misses_a_row_is_refused():
    class CountRow(NamedTuple):
        code: str
        count: int

    insert_rows(Thing, [CodeRow("a")])
    with pytest.raises(LookupError, match="2 rows for Thing, but 1"):
        update_rows(Thing, [CountRow("a", 1), CountRow("b", 2)], key="code")
    with pytest.raises(LookupError):
        update_rows(Thing, [CountRow("a", 1), CountRow("a", 2)], key="code")
    assert update_rows(Thing, [CountRow("b", 2)], key="code", exact=False) == 0


def test_an_update_never_cuts_text():
    class OptionalRow(NamedTuple):
        code: str
        optional: str

    insert_rows(Thing, [CodeRow("a")])
    with pytest.raises(DataError), transaction.atomic():
        update_rows(Thing, [OptionalRow("a", "x" * 11)], key="code")


class StockRow(NamedTuple):
    item: str
    place: str
    quantity: D
    last_entry_no: int


def test_upsert_adds_to_what_is_there():
    """Movements become stock: added up within the rows and with what the table has; the last entry wins."""
    first = [
        StockRow("BIKE", "MAIN", D(10), 1),
        StockRow("LAMP", "MAIN", D(5), 2),
        StockRow("BIKE", "MAIN", D(-3), 3),
    ]
    assert upsert_rows(Stock, first, key=("item", "place"), add=("quantity",)) == 2
    upsert_rows(Stock, [StockRow("BIKE", "MAIN", D("-1.5"), 4)], key=("item", "place"), add=("quantity",))
    assert list(Stock.objects.order_by("item").values_list("item", "quantity", "last_entry_no")) == [
        ("BIKE", D("5.5"), 4),
        ("LAMP", D(5), 2),
    ]


def test_upsert_of_keys_alone():
    class KeyRow(NamedTuple):
        item: str
        place: str

    for _ in range(2):
        upsert_rows(Stock, [KeyRow("BIKE", "MAIN")], key=("item", "place"))
    assert Stock.objects.get().quantity == 0


def test_ids_can_be_taken_ahead(django_assert_num_queries):
    """Headers and their lines are written without asking for the ids of the headers in between."""

    class PaperRow(NamedTuple):
        id: int
        number: str
        status: str = Paper.Status.OPEN

    with django_assert_num_queries(2):
        ids = take_ids(Paper, 3)
        insert_rows(Paper, [PaperRow(id, f"P{id}") for id in ids])
    assert list(Paper.objects.order_by("id").values_list("id", flat=True)) == ids
    later = Paper.objects.create(number="later")
    assert later.pk not in ids
