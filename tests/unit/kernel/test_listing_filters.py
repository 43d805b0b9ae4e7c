"""What people type into a filter, on Monday 2 March 2026: a condition, or a reason why not, and never anything else."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import Q
from hypothesis import given
from hypothesis import strategies as st

from erp.kernel.listing import Column, Facts, Kind, link, mark_favourite, quoted, register_person
from erp.kernel.listing.address import read
from erp.kernel.listing.days import read_period
from erp.kernel.listing.declaration import Refusing
from erp.kernel.listing.filters import condition
from erp.kernel.models import User
from sales.models import SalesDocument

TODAY, WORK_DATE = date(2026, 3, 2), date(2026, 2, 27)
COLUMNS = {
    Kind.TEXT: Column("name", "Customer", Kind.TEXT, "sell_to_name"),
    Kind.CODE: Column("number", "No.", Kind.CODE, "number", token="user"),
    Kind.CHOICE: Column("status", "Status", Kind.CHOICE, "status"),
    Kind.DAY: Column("order_date", "Order date", Kind.DAY, "order_date"),
    Kind.MOMENT: Column("created_at", "Created at", Kind.MOMENT, "created_at"),
    Kind.AMOUNT: Column("value", "Value", Kind.AMOUNT, "invoice_discount_value"),
    Kind.NUMBER: Column("occurrence", "Occurrence", Kind.NUMBER, "occurrence"),
    Kind.YES_NO: Column("correction", "Correction", Kind.YES_NO, "correction"),
}
SIGNS = st.text(alphabet="ab01.,-|&<>=*?'%@ tqmyw\0é\\([{+$^", max_size=24)


def reading(kind: Kind, text: str, user=None) -> Q:
    return condition(text, COLUMNS[kind], model=SalesDocument, facts=Facts(user, TODAY, WORK_DATE))


def refusal(kind: Kind, text: str) -> str:
    with pytest.raises(Refusing) as refused:
        reading(kind, text)
    problem = refused.value.problem
    assert problem.field == COLUMNS[kind].name and str(COLUMNS[kind].label) in problem.message
    return problem.message


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        (Kind.CODE, "so-1", Q(number__in=["so-1", "SO-1"])),
        (Kind.CODE, "A..B", Q(number__gte="A") & Q(number__lte="B")),
        (Kind.CODE, "..B", Q(number__lte="B")),
        (Kind.CODE, "A..", Q(number__gte="A")),
        (Kind.CODE, "A|B", Q(number__in=["A"]) | Q(number__in=["B"])),
        (Kind.CODE, "<>A&<>B", ~Q(number__in=["A"]) & ~Q(number__in=["B"])),
        (Kind.CODE, "'A|B'", Q(number="A|B")),
        (Kind.CODE, "''", Q(number__isnull=True) | Q(number="")),
        (Kind.TEXT, "Adatum", Q(sell_to_name__iexact="Adatum")),
        (Kind.TEXT, "*bike*", Q(sell_to_name__icontains="bike")),
        (Kind.TEXT, "bike*", Q(sell_to_name__istartswith="bike")),
        (Kind.TEXT, "*bike", Q(sell_to_name__iendswith="bike")),
        (Kind.TEXT, "b?k*e", Q(sell_to_name__iregex="^b.k.*e$")),
        (Kind.CHOICE, "Open", Q(status__in=["open"])),
        (Kind.CHOICE, "pending*", Q(status__in=["pending_approval", "pending_prepayment"])),
        (Kind.CHOICE, "<>released", ~Q(status__in=["released"])),
        (Kind.DAY, "t", Q(order_date=TODAY)),
        (Kind.DAY, "w", Q(order_date=WORK_DATE)),
        (Kind.DAY, "m", Q(order_date__gte=date(2026, 2, 1)) & Q(order_date__lte=date(2026, 2, 28))),
        (Kind.DAY, "q-1..t", Q(order_date__gte=date(2025, 10, 1)) & Q(order_date__lte=TODAY)),
        (Kind.DAY, "''", Q(order_date__isnull=True)),
        (Kind.AMOUNT, "1,000.5", Q(invoice_discount_value=Decimal("1000.5"))),
        (Kind.AMOUNT, "20-..19+1", Q(invoice_discount_value__gte=-20) & Q(invoice_discount_value__lte=20)),
        (Kind.AMOUNT, ">=100", Q(invoice_discount_value__gte=100)),
        (Kind.NUMBER, "2", Q(occurrence=2)),
        (Kind.YES_NO, "yes", Q(correction=True)),
        (Kind.YES_NO, "<>No", ~Q(correction=False)),
    ],
)
def test_what_is_typed_is_a_condition(kind, text, expected):
    assert reading(kind, text) == expected


@pytest.mark.parametrize(
    ("kind", "text", "says"),
    [
        (Kind.CHOICE, "shipped", "Open, Pending Approval, Pending Prepayment, Released"),
        (Kind.CHOICE, "a..b", "Type one of"),
        (Kind.DAY, "32 March", "“32 March” cannot be read. Type a day"),
        (Kind.AMOUNT, "ten", "Type a figure"),
        (Kind.AMOUNT, "9" * 30, "Type a figure"),
        (Kind.NUMBER, "1.5", "Type a figure"),
        (Kind.YES_NO, "maybe", "Type yes or no"),
        (Kind.CODE, "A|", "missing"),
        (Kind.CODE, "..", "a beginning or an end"),
        (Kind.CODE, "<", "missing after <"),
        (Kind.TEXT, "%me", "this column has none"),
        (Kind.CODE, "%them", "%mycustomers"),
        (Kind.AMOUNT, "%me", "in columns of codes"),
        (Kind.TEXT, "a" * 301, "at most 300"),
    ],
)
def test_a_refusal_names_the_column_the_text_and_what_would_do(kind, text, says):
    assert says in refusal(kind, text)


@given(SIGNS | st.text(max_size=40), st.sampled_from(list(COLUMNS)))
def test_any_text_is_a_filter_or_is_refused(text, kind):
    """And a filter is always SQL that the database can be asked; %my… is asked of the user's own choices."""
    try:
        found = reading(kind, text.replace("%my", "my"))
    except Refusing as refused:
        assert refused.problem.message
        return
    sql, params = SalesDocument.objects.filter(found).query.sql_with_params() if found else ("", ())
    assert "\0" not in repr(params).replace("\\x00", "\0")
    assert sql.count("%s") == len(params)


@pytest.mark.django_db
@given(text=SIGNS)
def test_the_database_understands_every_filter(text):
    """Patterns with signs that mean something to a regular expression among them."""
    for kind in (Kind.TEXT, Kind.DAY, Kind.AMOUNT, Kind.MOMENT):
        try:
            found = reading(kind, text.replace("%my", "my"))
        except Refusing:
            continue
        assert list(SalesDocument.objects.filter(found)[:1]) == []
    assert connection.is_usable()


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("y", (2026, 1, 1), (2026, 12, 31)),
        ("q1 2025", (2025, 1, 1), (2025, 3, 31)),
        ("2025q4", (2025, 10, 1), (2025, 12, 31)),
        ("2024-02", (2024, 2, 1), (2024, 2, 29)),
        ("2026", (2026, 1, 1), (2026, 12, 31)),
        ("jan", (2026, 1, 1), (2026, 1, 31)),
        ("December 2025", (2025, 12, 1), (2025, 12, 31)),
        ("m-2", (2025, 12, 1), (2025, 12, 31)),
        ("t-7", (2026, 2, 23), (2026, 2, 23)),
        ("0103", (2026, 3, 1), (2026, 3, 1)),
    ],
)
def test_periods_have_a_first_and_a_last_day(text, first, last):
    assert read_period(text, today=TODAY, work_date=WORK_DATE) == (date(*first), date(*last))


@pytest.mark.parametrize("text", ["", "q5", "m+99999", "y-9999", "2026-13", "jan 20x6", "yesterday-ish"])
def test_other_words_are_no_period(text):
    assert read_period(text, today=TODAY, work_date=WORK_DATE) is None


@pytest.mark.django_db
class TestTokens:
    def test_me_is_whoever_asks(self):
        user = User.objects.create(username="mira")
        assert reading(Kind.CODE, "%me", user) == Q(number__in=["mira"])
        assert reading(Kind.CODE, "<>%ME", user) == ~Q(number__in=["mira"])

    def test_somebody_without_a_code_is_told(self):
        register_person("nobody", lambda user: [])
        column = Column("who", "Who", Kind.CODE, "salesperson_code", token="nobody")
        with pytest.raises(Refusing, match="no salesperson yet"):
            condition("%me", column, model=SalesDocument, facts=Facts(None, TODAY, WORK_DATE))

    def test_my_customers_are_those_that_were_marked(self):
        user = User.objects.create(username="mira")
        with pytest.raises(Refusing, match="marked none"):
            reading(Kind.CODE, "%mycustomers", user)
        for number in ("C1", "C2", "C1"):
            mark_favourite(user, "favourites.customer", number, mine=True)
        mark_favourite(user, "favourites.customer", "C2", mine=False)
        assert reading(Kind.CODE, "%mycustomers", user) == Q(number__in=["C1"])


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0'"), min_size=1, max_size=20))
def test_a_quoted_value_means_exactly_itself(text):
    """Links to filtered lists are built with it."""
    found = reading(Kind.CODE, quoted(text.strip() or "x"))
    assert (text.strip() or "x") in found.deconstruct()[1][0][1]


def test_an_address_is_read_as_it_is_written():
    asked = read(
        [
            ("view", "open"),
            ("q", "bike"),
            ("f.status", "open|released"),
            ("sort", "-number,name,third"),
            ("f.x", ""),
        ]
    )
    assert (asked.view, asked.text, asked.sort) == ("open", "bike", ("-number", "name"))
    assert dict(asked.filters) == {"status": "open|released"}
    assert asked.query == "?view=open&q=bike&f.status=open%7Creleased&sort=-number%2Cname"
    assert link(view="all", filters={"customer": "C1"}) == "?view=all&f.customer=C1"
