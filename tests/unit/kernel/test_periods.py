"""Date formulas: the whole grammar, and every worked example."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from erp.kernel.errors import ErpError
from erp.kernel.fields import DateFormulaField
from erp.kernel.periods import DateFormula, calc_date


@pytest.mark.parametrize(
    ("formula", "reference", "expected"),
    [
        ("1M", "2026-01-31", "2026-02-28"),
        ("CM", "2026-02-10", "2026-02-28"),
        ("1M+8D", "2026-01-31", "2026-03-08"),
        ("D15", "2026-03-10", "2026-03-15"),
        ("D15", "2026-03-15", "2026-04-15"),
        ("-CM-1D", "2026-03-10", "2026-02-28"),
        ("WD1", "2026-03-10", "2026-03-16"),
        ("WD1", "2026-03-09", "2026-03-16"),
        ("14D", "2026-02-20", "2026-03-06"),
        ("CM+10D", "2026-04-20", "2026-05-10"),
        ("1M+CM", "2026-02-10", "2026-03-31"),
        ("CM+1M", "2026-02-10", "2026-03-28"),
        ("1Y", "2024-02-29", "2025-02-28"),
        ("CQ", "2026-05-05", "2026-06-30"),
        ("-CQ", "2026-05-05", "2026-04-01"),
        ("CW", "2026-03-11", "2026-03-15"),
        ("-CW", "2026-03-11", "2026-03-09"),
        ("CY+1D", "2026-06-30", "2027-01-01"),
        ("CQ+1M-10D", "2026-05-21", "2026-07-20"),
        ("-WD2", "2026-05-19", "2026-05-12"),
        ("3M+CM", "2026-11-15", "2027-02-28"),
        ("30D", "2026-01-30", "2026-03-01"),
        ("-D10", "2026-03-10", "2026-02-10"),
        ("1Q", "2025-11-30", "2026-02-28"),
    ],
)
def test_worked_examples(formula, reference, expected):
    assert calc_date(formula, date.fromisoformat(reference)) == date.fromisoformat(expected)


@pytest.mark.parametrize(
    ("formula", "reference", "expected"),
    [
        ("8D", "2026-01-15", "2026-01-23"),
        ("1M", "2026-01-31", "2026-02-28"),
        ("CM", "2026-02-10", "2026-02-28"),
        ("CM+10D", "2026-01-15", "2026-02-10"),
        ("1M+CM", "2026-01-15", "2026-02-28"),
        ("CM+1M", "2026-01-15", "2026-02-28"),
        ("-CM", "2026-01-15", "2026-01-01"),
        ("1M", "2026-03-10", "2026-04-10"),
        ("8D", "2026-03-10", "2026-03-18"),
    ],
)
def test_due_and_discount_dates(formula, reference, expected):
    """The examples of the payment terms."""
    assert calc_date(formula, date.fromisoformat(reference)) == date.fromisoformat(expected)


@pytest.mark.parametrize(
    ("formula", "reference", "expected"),
    [
        ("CD", "2026-03-10", "2026-03-10"),
        ("-CD", "2026-03-10", "2026-03-10"),
        ("CWD", "2026-03-10", "2026-03-10"),
        ("0D", "2026-03-10", "2026-03-10"),
        ("5WD", "2026-03-10", "2026-03-15"),
        ("-2W", "2026-03-10", "2026-02-24"),
        ("WD4", "2026-03-10", "2026-03-12"),
        ("WD4", "2026-03-12", "2026-03-19"),
        ("-WD7", "2026-03-10", "2026-03-08"),
        ("D31", "2026-03-31", "2026-05-31"),
        ("-D31", "2026-03-30", "2026-01-31"),
        ("D30", "2026-01-30", "2026-03-30"),
        ("D29", "2028-02-01", "2028-02-29"),
        ("D1", "2026-12-01", "2027-01-01"),
        ("-D1", "2027-01-01", "2026-12-01"),
        ("CW", "2026-03-15", "2026-03-15"),
        ("-CY", "2026-12-31", "2026-01-01"),
        ("CQ", "2026-12-31", "2026-12-31"),
        ("-1M", "2026-03-31", "2026-02-28"),
        ("-1Y", "2028-02-29", "2027-02-28"),
    ],
)
def test_the_rest_of_the_grammar(formula, reference, expected):
    assert calc_date(formula, date.fromisoformat(reference)) == date.fromisoformat(expected)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("1m + cm", "1M+CM"),
        (" 14 D ", "14D"),
        ("+1M", "1M"),
        ("- C W - 1 D", "-CW-1D"),
        ("007D", "7D"),
        ("wd4", "WD4"),
        ("9999D", "9999D"),
        ("C M + 1 M - 1 D", "CM+1M-1D"),
    ],
)
def test_text_is_stored_in_one_form(typed, stored):
    """Blanks and small letters do not matter; nor does a leading plus or zero."""
    assert str(DateFormula.parse(typed)) == stored


@pytest.mark.parametrize(
    "text",
    ["", " ", "M", "1", "1X", "C", "CX", "1M8D", "1M++8D", "1M+", "+", "-", "10000D", "0M", "0Y", "D0", "D32", "WD0",
     "WD8", "1M+1M+1M+1M", "1.5M", "--1M", "D", "WD", "CM1", "1D1", "١D", "<1M>", "1M;DROP"],
)  # fmt: skip
def test_what_is_not_a_formula(text):
    with pytest.raises(ErpError) as caught:
        DateFormula.parse(text)
    assert (caught.value.code, caught.value.status) == ("E-DF-SYNTAX", 422)
    assert caught.value.message == f"{text} is not a date formula."


@pytest.mark.parametrize(
    ("text", "unit"), [("W12", "W"), ("M5", "M"), ("Q2", "Q"), ("-Y1", "Y"), ("1M+W2", "W")]
)
def test_units_without_positions(text, unit):
    with pytest.raises(ErpError) as caught:
        DateFormula.parse(text)
    assert caught.value.code == "E-DF-UNIT"
    assert caught.value.message == f"Unit {unit} cannot carry a position."


@pytest.mark.parametrize(("text", "day"), [("9999Y", date(2026, 1, 1)), ("1D", date.max), ("-1M", date.min)])
def test_the_calendar_ends_somewhere(text, day):
    with pytest.raises(ErpError) as caught:
        calc_date(text, day)
    assert caught.value.code == "E-DF-RANGE"


def test_no_formula_is_the_day_itself():
    assert calc_date("", date(2026, 3, 10)) == date(2026, 3, 10)
    assert calc_date(DateFormula.parse("1D"), date(2026, 3, 10)) == date(2026, 3, 11)


def test_the_column_keeps_the_canonical_text():
    field = DateFormulaField(blank=True)
    assert field.clean(" 1m + 8 d", None) == "1M+8D"
    assert field.get_prep_value("cm") == "CM"
    assert field.clean("", None) == ""
    assert field.max_length == 20
    assert field.deconstruct()[3] == {"blank": True}
    with pytest.raises(ValidationError) as caught:
        field.clean("tomorrow", None)
    assert caught.value.code == "E-DF-SYNTAX"
