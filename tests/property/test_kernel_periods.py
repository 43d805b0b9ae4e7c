"""Laws of date formulas."""

import calendar
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from erp.kernel.periods import DateFormula, calc_date

days = st.dates(min_value=date(1900, 1, 1), max_value=date(2200, 1, 1))
signs = st.sampled_from(["+", "-"])
counted = st.builds(
    "{}{}".format, st.integers(1, 400), st.sampled_from(["D", "WD", "W", "M", "Q", "Y"])
).filter(lambda text: not (text.endswith(("Q", "Y")) and int(text[:-1]) > 60))
current = st.sampled_from(["CD", "CWD", "CW", "CM", "CQ", "CY"])
positions = st.one_of(
    st.builds("D{}".format, st.integers(1, 31)), st.builds("WD{}".format, st.integers(1, 7))
)
steps = st.tuples(signs, st.one_of(counted, current, positions)).map("".join)
formulas = st.lists(steps, min_size=1, max_size=3).map("".join).filter(lambda text: len(text) <= 20)


@given(formulas)
def test_the_canonical_text_is_the_same_formula(text):
    formula = DateFormula.parse(text)
    assert DateFormula.parse(str(formula)) == formula
    assert str(DateFormula.parse(str(formula))) == str(formula)


@given(formulas, days)
def test_blanks_and_case_do_not_matter(text, day):
    assert calc_date(" ".join(text.lower()), day) == calc_date(text, day)


@given(formulas, days, days)
def test_a_later_day_never_leads_to_an_earlier_one(text, one, other):
    """Every formula keeps the order of days: of two invoices the later one is never due first."""
    earlier, later = sorted((one, other))
    assert calc_date(text, earlier) <= calc_date(text, later)


@given(st.integers(1, 9999), days)
def test_days_forth_and_back(count, day):
    assert calc_date(f"{count}D", day) == day + timedelta(days=count)
    assert calc_date(f"{count}D-{count}D", day) == day


@given(st.integers(1, 400), days)
def test_months_keep_the_day_or_end_the_month(count, day):
    reached = calc_date(f"{count}M", day)
    assert (reached.year * 12 + reached.month) - (day.year * 12 + day.month) == count
    assert reached.day == min(day.day, calendar.monthrange(reached.year, reached.month)[1])


@given(current, days)
def test_the_current_period_contains_the_day(text, day):
    first, last = calc_date(f"-{text}", day), calc_date(text, day)
    assert first <= day <= last
    assert calc_date(text, last) == last == calc_date(text, first)
    assert calc_date(f"{text}+1D-{text}", day) == last + timedelta(days=1)


@given(st.integers(1, 31), days)
def test_a_day_of_the_month_is_the_nearest_one(number, day):
    """D15 is the next 15th, strictly after; -D15 the last one, strictly before."""
    after, before = calc_date(f"D{number}", day), calc_date(f"-D{number}", day)
    assert before < day < after
    assert after.day == before.day == number
    between = (before + timedelta(days=n) for n in range(1, (after - before).days))
    assert all(other.day != number or other == day for other in between)


@given(st.integers(1, 7), days)
def test_a_weekday_is_within_a_week(number, day):
    after, before = calc_date(f"WD{number}", day), calc_date(f"-WD{number}", day)
    assert 1 <= (after - day).days <= 7
    assert 1 <= (day - before).days <= 7
    assert after.isoweekday() == before.isoweekday() == number
