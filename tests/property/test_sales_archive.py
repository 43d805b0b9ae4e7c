"""What is written into an archived version comes back the same, whatever it is."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from string import printable

from django.db import models
from hypothesis import given
from hypothesis import strategies as st

from sales.models import ChargeAssignment, QuoteProgress, SalesComment, SalesDocument, SalesLine
from sales.plans.archive import CHARGE_LINKS, HEAD_LINKS, LINE_LINKS, decoded, encoded
from sales.plans.compare import plan_comparison

DAYS = st.dates(date(1900, 1, 1), date(9999, 12, 31))
MOMENTS = st.datetimes(datetime(1900, 1, 1), datetime(9999, 12, 31), timezones=st.just(UTC))
TEXTS = st.text(printable + "äøß€漢字 ", max_size=20)
FORMULAS = st.sampled_from(["", "1M", "CM+10D", "2W"])
EXPLANATIONS = st.none() | st.dictionaries(
    TEXTS, st.integers() | TEXTS | st.lists(TEXTS, max_size=2), max_size=3
)


def values_of(field: models.Field) -> st.SearchStrategy:
    """Whatever a column may hold."""
    if isinstance(field, models.DecimalField):
        most = Decimal(10) ** (field.max_digits - field.decimal_places) - 1
        found = st.decimals(-most, most, places=field.decimal_places, allow_nan=False, allow_infinity=False)
    elif isinstance(field, models.DateTimeField):
        found = MOMENTS
    elif isinstance(field, models.DateField):
        found = DAYS
    elif isinstance(field, models.UUIDField):
        found = st.uuids()
    elif isinstance(field, models.BooleanField):
        found = st.booleans()
    elif isinstance(field, models.JSONField):
        return EXPLANATIONS
    elif isinstance(field, models.IntegerField):
        found = st.integers(0, 2**31 - 1)
    elif type(field).__name__ == "DateFormulaField":
        found = FORMULAS
    else:
        found = TEXTS
    return st.none() | found if field.null else found


def rows_of(model: type[models.Model], left_out: tuple[str, ...]) -> st.SearchStrategy:
    """Unsaved rows with anything in their columns."""
    columns = {
        field.name: values_of(field)
        for field in model._meta.concrete_fields
        if not field.primary_key
        and not field.generated
        and field.name not in left_out
        and field.name != "status"
    }
    return st.fixed_dictionaries(columns).map(lambda values: model(**values))


KINDS = [
    (SalesDocument, HEAD_LINKS),
    (SalesLine, LINE_LINKS),
    (SalesComment, ()),
    (ChargeAssignment, CHARGE_LINKS),
    (QuoteProgress, ("document", "reason")),
]


@given(st.sampled_from(KINDS).flatmap(lambda kind: st.tuples(st.just(kind), rows_of(*kind))))
def test_every_row_comes_back_from_json_as_it_went(drawn):
    """Through JSON text and back: the same values of the same types, to the last digit."""
    (model, left_out), row = drawn
    content = json.loads(json.dumps(encoded(row, left_out)))
    back = decoded(model, content, left_out)
    for name, value in back.items():
        kept = getattr(row, name)
        assert value == kept and isinstance(kept, type(value))
        if isinstance(value, Decimal):
            assert value.as_tuple() == kept.as_tuple()
    assert (
        encoded(model(**{name: value for name, value in back.items() if name != "status"}), left_out)
        == content
    )


@given(st.lists(rows_of(SalesLine, LINE_LINKS), max_size=4, unique_by=lambda line: line.line_no))
def test_nothing_differs_from_itself(lines):
    """A document compared with its own version has no differences."""
    content = {"head": {}, "lines": [encoded(line, LINE_LINKS) for line in lines]}
    assert plan_comparison(content, json.loads(json.dumps(content))).is_same
