"""What clerks type, and what is read; on Wednesday 18 March 2026 with Friday 6 March as the work date."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import translation

from erp.kernel.errors import Problem
from erp.kernel.forms import DayField, FigureField
from erp.kernel.typed import Days, read_day, read_figure, working_on

TODAY, WORK_DATE = date(2026, 3, 18), date(2026, 3, 6)


@pytest.mark.parametrize(
    ("language", "typed", "read"),
    [
        ("en", "12", "12"),
        ("en", "1,234.5", "1234.5"),
        ("en", "19+19", "38"),
        ("en", "=3*12.5", "37.5"),
        ("en", "10/3", "3.33333"),
        ("en", "(2+3)*-4", "-20"),
        ("en", "20-", "-20"),
        ("en", "−5", "-5"),
        ("en", ".5", "0.5"),
        ("nl", "1.234,5", "1234.5"),
        ("nl", "1.234", "1234"),
        ("nl", "19.95", "19.95"),
        ("nb", "1 234,5", "1234.5"),
        ("nb", "1.5", "1.5"),
        ("sv", "1\u00a0234,50", "1234.50"),
    ],
)
def test_figures(language, typed, read):
    with translation.override(language):
        assert read_figure(typed) == Decimal(read)


@pytest.mark.parametrize(
    ("language", "typed"),
    [
        ("en", "two"),
        ("en", "1,5"),
        ("en", "1,23,456"),
        ("en", "1.2.3"),
        ("en", "2**9"),
        ("en", "1/0"),
        ("en", "10//3"),
        ("en", "(1"),
        ("en", ""),
        ("nl", "1,234.5"),
        ("en", "9" * 61),
        ("en", "__import__('os')"),
    ],
)
def test_no_figures(language, typed):
    """19,95 in English is not nineteen hundred and ninety-five: it is asked for again."""
    with translation.override(language):
        problem = read_figure(typed)
    assert isinstance(problem, Problem) and problem.code == "E-TYPED-FIGURE" and typed in problem.message


@pytest.mark.parametrize(
    ("language", "typed", "read"),
    [
        ("en", "t", "2026-03-18"),
        ("en", "W", "2026-03-06"),
        ("en", "t+5", "2026-03-23"),
        ("en", "w - 1M", "2026-02-06"),
        ("en", "t+2w", "2026-04-01"),
        ("en", "mon", "2026-03-02"),
        ("en", "Sunday", "2026-03-08"),
        ("nb", "man", "2026-03-02"),
        ("nb", "tue", "2026-03-03"),
        ("en", "15", "2026-03-15"),
        ("en", "0104", "2026-04-01"),
        ("en", "010427", "2027-04-01"),
        ("en", "01041999", "1999-04-01"),
        ("en", "20260401", "2026-04-01"),
        ("sv", "0401", "2026-04-01"),
        ("sv", "270401", "2027-04-01"),
        ("nl", "1-4", "2026-04-01"),
        ("nb", "1.4.26", "2026-04-01"),
        ("sv", "2026-04-01", "2026-04-01"),
        ("en", "1/4/2026", "2026-04-01"),
        ("en", "02 Apr 2026", "2026-04-02"),
        ("nl", "2 mei", "2026-05-02"),
    ],
)
def test_days(language, typed, read):
    with translation.override(language):
        assert read_day(typed, work_date=WORK_DATE, today=TODAY) == date.fromisoformat(read)


@pytest.mark.parametrize(
    "typed", ["", "never", "32", "3102", "310226", "t+x", "t+99999Y", "1.2.3.4", "2026-02-30", "m"]
)
def test_no_days(typed):
    problem = read_day(typed, work_date=WORK_DATE, today=TODAY)
    assert isinstance(problem, Problem) and problem.code == "E-TYPED-DAY" and "060326" in problem.message


def test_the_days_of_a_request_are_taken_where_none_are_given():
    with working_on(lambda: Days(WORK_DATE, TODAY)):
        assert read_day("w") == WORK_DATE and DayField().clean("t") == TODAY
    assert isinstance(read_day("w"), Problem)
    assert read_day("2026-03-02") == date(2026, 3, 2) == read_day("2.3.2026")


def test_fields_of_forms_read_the_same():
    with translation.override("nb"):
        assert FigureField().clean("1 234,5+1") == Decimal("1235.5")
        assert DayField().clean("2.3.2026") == date(2026, 3, 2)
    assert DayField(required=False).clean("") is None
    assert not DayField().has_changed(date(2026, 3, 2), "2 Mar 2026")
    assert DayField().has_changed(date(2026, 3, 2), "soon")
