"""Calendars: which days are worked, and where so many of them lead."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from hypothesis import assume, given
from hypothesis import strategies as st

from erp.kernel.calendars import (
    Calendar,
    CalendarUser,
    Changes,
    NoSuchHolidays,
    NoWorkingDay,
    calendar_of,
    load_calendars,
    move,
)
from erp.kernel.models import BaseCalendar, CalendarChange, User
from erp.kernel.periods import DateOutOfCalendar, NotADateFormula

WEEKENDS_OFF = {6: False, 7: False}
WEEK = Calendar("WEEK", Changes(weekly=WEEKENDS_OFF))
FRIDAY, MONDAY = date(2026, 3, 13), date(2026, 3, 16)


def country(code: str, region: str = "") -> Calendar:
    return Calendar(code, Changes(weekly=WEEKENDS_OFF), country=code, region=region)


# Which days are worked


def test_every_day_is_worked_unless_something_says_otherwise():
    assert Calendar().works(date(2026, 12, 25))
    assert [WEEK.works(MONDAY + timedelta(days=ahead)) for ahead in range(7)] == [True] * 5 + [False] * 2


def test_what_is_said_once_goes_before_what_is_said_of_every_year_and_every_week():
    holidays_off = Changes(once={date(2027, 12, 24): True}, annual={(12, 24): False}, weekly=WEEKENDS_OFF)
    calendar = Calendar("EVE", holidays_off)
    assert not calendar.works(date(2026, 12, 24))
    assert calendar.works(date(2027, 12, 24))


def test_a_change_goes_before_a_public_holiday_and_that_before_a_day_of_the_week():
    open_on_may_day = Changes(once={date(2026, 5, 1): True}, weekly={**WEEKENDS_OFF, 4: True})
    calendar = Calendar("OPEN", open_on_may_day, country="NO")
    assert calendar.works(date(2026, 5, 1))
    assert not calendar.works(date(2026, 5, 14)), "Ascension Day, a Thursday"


def test_the_exceptions_of_one_user_go_before_all_of_it():
    open_on_saturdays = Changes(once={date(2026, 3, 18): False}, weekly={6: True})
    calendar = Calendar("WEEK", Changes(weekly=WEEKENDS_OFF), exceptions=(open_on_saturdays,))
    assert calendar.works(date(2026, 3, 14))
    assert not calendar.works(date(2026, 3, 18))
    assert not calendar.works(date(2026, 3, 15)), "Sundays are not excepted"


@pytest.mark.parametrize(
    ("code", "off"),
    [
        ("NO", ["2026-01-01", "2026-04-02", "2026-04-03", "2026-04-06", "2026-05-01", "2026-05-14", "2026-05-17",
                "2026-05-25", "2026-12-25", "2026-12-26"]),
        ("SE", ["2026-01-01", "2026-01-06", "2026-04-03", "2026-04-06", "2026-05-01", "2026-05-14", "2026-06-06",
                "2026-06-20", "2026-12-25", "2026-12-26"]),
        ("BE", ["2026-01-01", "2026-04-06", "2026-05-01", "2026-05-14", "2026-05-25", "2026-07-21", "2026-08-15",
                "2026-11-01", "2026-11-11", "2026-12-25"]),
        ("NL", ["2026-01-01", "2026-04-06", "2026-04-27", "2026-05-14", "2026-05-25", "2026-12-25", "2026-12-26"]),
    ],
)  # fmt: skip
def test_public_holidays_of_2026(code, off):
    calendar = Calendar(code, country=code)
    assert [day for day in off if calendar.works(date.fromisoformat(day))] == []
    assert calendar.works(date(2026, 3, 16))


def test_national_days_are_off_at_home_only():
    days = {"NO": date(2026, 5, 17), "SE": date(2026, 6, 6), "NL": date(2026, 4, 27), "BE": date(2026, 7, 21)}
    for home in days:
        calendar = Calendar(home, country=home)
        assert [other for other, day in days.items() if not calendar.works(day)] == [home]


def test_regions_have_holidays_of_their_own():
    assert Calendar("DE", country="DE").works(date(2026, 1, 6))
    assert not Calendar("BY", country="DE", region="BY").works(date(2026, 1, 6))


def test_an_unknown_country_is_refused_by_its_name():
    with pytest.raises(NoSuchHolidays, match="XX"):
        Calendar("X", country="XX").works(MONDAY)
    with pytest.raises(NoSuchHolidays, match="NO ZZ"):
        Calendar("X", country="NO", region="ZZ").works(MONDAY)


# Counting


@pytest.mark.parametrize(
    ("formula", "back", "reached"),
    [
        ("", False, FRIDAY),
        ("", True, FRIDAY),
        ("0D", True, FRIDAY),
        ("1D", False, date(2026, 3, 16)),
        ("1D", True, date(2026, 3, 12)),
        ("5D", False, date(2026, 3, 20)),
        ("5D", True, date(2026, 3, 6)),
        # A week has seven days, and seven working days are a week and a half.
        ("1W", False, date(2026, 3, 24)),
        ("1W-2D", False, date(2026, 3, 20)),
        ("1W-2D", True, date(2026, 3, 6)),
        # A formula that leads back is counted back, and its opposite forward.
        ("-2D", False, date(2026, 3, 11)),
        ("-2D", True, date(2026, 3, 17)),
    ],
)
def test_only_working_days_count(formula, back, reached):
    assert move(formula, FRIDAY, back=back, counting=WEEK) == reached


def test_without_a_calendar_every_day_counts():
    assert move("1W", FRIDAY) == date(2026, 3, 20)
    assert move("1M", date(2026, 1, 31)) == date(2026, 2, 28)


def test_the_day_reached_is_one_on_which_all_of_them_work():
    """Saturday is counted, but the agent does not drive, and the customer is closed on Monday."""
    closed_on_mondays = Calendar("SHOP", Changes(weekly={1: False}))
    assert move("1D", FRIDAY, ends_on=[WEEK, None]) == MONDAY
    assert move("1D", FRIDAY, ends_on=[WEEK, closed_on_mondays]) == date(2026, 3, 17)
    assert move("1D", date(2026, 3, 17), back=True, ends_on=[WEEK, closed_on_mondays]) == FRIDAY


def test_no_time_at_all_leads_to_the_next_working_day():
    assert move("", date(2026, 3, 14), ends_on=[WEEK]) == MONDAY
    assert move("0D", date(2026, 3, 14), back=True, ends_on=[WEEK]) == FRIDAY


def test_easter_in_norway():
    """From Maundy Thursday to Easter Monday nobody works."""
    assert move("1D", date(2026, 4, 1), counting=country("NO")) == date(2026, 4, 7)
    assert move("2D", date(2026, 4, 1), counting=country("SE")) == date(2026, 4, 7)


def test_a_calendar_that_never_works_is_given_up():
    never = Calendar("NEVER", Changes(weekly=dict.fromkeys(range(1, 8), False)))
    for asked in ({"counting": never}, {"ends_on": [never]}):
        with pytest.raises(NoWorkingDay) as caught:
            move("1D", FRIDAY, **asked)
        assert caught.value.code == "E-CAL-HORIZON"
        assert "NEVER" in caught.value.message and "1Y" in caught.value.message


def test_the_horizon_is_how_long_everything_may_be_off():
    closed = Changes(once={FRIDAY + timedelta(days=ahead): False for ahead in range(1, 20)})
    assert move("1D", FRIDAY, counting=Calendar("C", closed), horizon="3W") == date(2026, 4, 2)
    with pytest.raises(NoWorkingDay, match="2W"):
        move("1D", FRIDAY, counting=Calendar("C", closed), horizon="2W")
    assert move("1D", FRIDAY, counting=Calendar("C", closed), horizon="") == date(2026, 4, 2)


def test_bad_formulas_and_the_end_of_time_are_refused():
    with pytest.raises(NotADateFormula):
        move("soon", FRIDAY, counting=WEEK)
    with pytest.raises(DateOutOfCalendar):
        move("1D", date.max, counting=WEEK)
    with pytest.raises(DateOutOfCalendar):
        move("5D", date(9999, 12, 25), counting=WEEK)


times = st.builds("{}{}".format, st.integers(1, 40), st.sampled_from(["D", "W"]))
days = st.dates(min_value=date(2000, 1, 1), max_value=date(2099, 12, 31))
weeks = st.sets(st.integers(1, 7), max_size=6).map(lambda off: Changes(weekly=dict.fromkeys(off, False)))


@given(times, days, weeks, st.sampled_from(["", "NO", "SE", "BE", "NL"]))
def test_back_and_forth_is_where_one_started(formula, day, changes, home):
    """A time of a fixed length, counted back from a working day and forward again, leads to the same day."""
    calendar = Calendar("ANY", changes, country=home)
    assume(calendar.works(day))
    earlier = move(formula, day, back=True, counting=calendar, ends_on=[calendar])
    assert calendar.works(earlier)
    assert move(formula, earlier, counting=calendar, ends_on=[calendar]) == day


@given(times, days, days, weeks)
def test_a_later_day_never_leads_to_an_earlier_one(formula, one, other, changes):
    calendar = Calendar("ANY", changes)
    first, second = sorted((one, other))
    for back in (False, True):
        reached = [move(formula, day, back=back, counting=calendar) for day in (first, second)]
        assert reached == sorted(reached)


# Reading calendars


@pytest.fixture
def weekends(db) -> BaseCalendar:
    row = BaseCalendar.objects.create(code="WEEK", holidays_of_country="NO")
    for weekday in (6, 7):
        row.changes.create(recurrence="weekly", weekday=weekday)
    row.changes.create(recurrence="annual", date=date(2020, 12, 24))
    row.changes.create(recurrence="once", date=date(2026, 12, 24), works=True)
    return row


def test_a_base_calendar_by_itself(weekends):
    calendar = calendar_of(weekends)
    assert not calendar.works(date(2026, 3, 14))
    assert not calendar.works(date(2027, 12, 24))
    assert calendar.works(date(2026, 12, 24))
    assert not calendar.works(date(2026, 5, 1))


def test_the_company_stands_in_for_locations_and_agents_not_for_customers(weekends):
    saturday = date(2026, 3, 14)
    company = CalendarUser("company", "", weekends.pk)
    users = [
        CalendarUser("location"),
        CalendarUser("location", "OSLO"),
        CalendarUser("agent_service", "BRING/EXPRESS"),
        CalendarUser("customer", "C1"),
        CalendarUser("customer", "C2", weekends.pk),
    ]
    found = load_calendars(users, company=company)
    assert not any(calendar.works(saturday) for key, calendar in found.items() if key != ("customer", "C1"))
    assert found["customer", "C1"] is None
    assert found["company", ""].code == "WEEK"


def test_without_a_company_calendar_nobody_has_one(db, django_assert_num_queries):
    users = [CalendarUser("location"), CalendarUser("customer", "C1")]
    with django_assert_num_queries(0):
        assert set(load_calendars(users, company=CalendarUser("company")).values()) == {None}


def test_exceptions_belong_to_those_who_make_them(weekends):
    """OSLO works on one Saturday; the company is closed on a Wednesday, and so is OSLO; BERGEN has its own calendar."""
    saturday, wednesday = date(2026, 3, 14), date(2026, 3, 18)
    CalendarChange.objects.create(source_type="location", source_no="OSLO", date=saturday, works=True)
    CalendarChange.objects.create(source_type="company", date=wednesday)
    CalendarChange.objects.create(source_type="customer", source_no="C1", date=wednesday)
    CalendarChange.objects.create(source_type="customer", source_no="C2", date=wednesday, works=True)
    own = BaseCalendar.objects.create(code="BERGEN")
    users = [
        CalendarUser("location", "OSLO"),
        CalendarUser("location", "BERGEN", own.pk),
        CalendarUser("customer", "C1"),
        CalendarUser("customer", "C2", weekends.pk),
    ]
    found = load_calendars(users, company=CalendarUser("company", "", weekends.pk))
    assert found["customer", "C2"].works(wednesday)
    assert found["location", "OSLO"].works(saturday) and not found["location", "OSLO"].works(wednesday)
    assert found["location", "BERGEN"].works(wednesday)
    assert found["customer", "C1"] is None
    assert not found["company", ""].works(saturday)


def test_a_location_may_have_nothing_but_exceptions(db):
    CalendarChange.objects.create(source_type="location", source_no="OSLO", date=FRIDAY)
    found = load_calendars([CalendarUser("location", "OSLO")], company=CalendarUser("company"))
    assert not found["location", "OSLO"].works(FRIDAY)
    assert found["location", "OSLO"].works(MONDAY)


def test_many_calendars_are_read_with_two_queries(weekends, django_assert_num_queries):
    users = [CalendarUser("location", f"L{place}", weekends.pk) for place in range(30)]
    with django_assert_num_queries(2):
        assert len(load_calendars(users, company=CalendarUser("company"))) == 31


# The pages of the admin


@pytest.fixture
def browser(client, db):
    client.force_login(User.objects.create_superuser("admin", password="x"))
    return client


def calendar_form(*changes: dict, **values) -> dict:
    counts = {"changes-INITIAL_FORMS": 0, "changes-TOTAL_FORMS": len(changes)}
    lines = {
        f"changes-{place}-{name}": value
        for place, change in enumerate(changes)
        for name, value in ({"recurrence": "once"} | change).items()
    }
    return {"code": "NO", "holidays_of_country": "no", **counts, **lines, **values}


ADD = "admin:kernel_basecalendar_add"


def test_a_calendar_is_set_up_and_shows_its_days_off(browser):
    changes = {"recurrence": "weekly", "weekday": 7}, {"recurrence": "annual", "date": "2020-02-02"}
    assert browser.post(reverse(ADD), calendar_form(*changes)).status_code == 302
    row = BaseCalendar.objects.get()
    assert row.holidays_of_country == "NO"
    page = browser.get(reverse("admin:kernel_basecalendar_change", args=[row.pk])).content.decode()
    assert "Sunday" in page and "Christmas Day" in page and "Feb. 2" in page


@pytest.mark.parametrize(
    ("change", "values", "reason"),
    [
        ({"recurrence": "weekly"}, {}, "This must be filled in."),
        ({"recurrence": "weekly", "weekday": 8}, {}, "1 is Monday, 7 is Sunday."),
        ({"recurrence": "annual", "weekday": 1}, {}, "This must be filled in."),
        ({"date": "2026-01-01"}, {"holidays_of_country": "XX"}, "No public holidays are known of XX"),
    ],
)
def test_what_a_calendar_cannot_say(browser, change, values, reason):
    answer = browser.post(reverse(ADD), calendar_form(change, **values))
    assert answer.status_code == 200 and reason in answer.content.decode()
    assert not BaseCalendar.objects.exists()


def test_exceptions_have_a_page_of_their_own(browser, weekends):
    address = reverse("admin:kernel_calendarchange_add")
    form = {"source_type": "location", "source_no": "OSLO", "recurrence": "once", "date": "2026-03-14"}
    assert browser.post(address, form).status_code == 302
    assert browser.post(address, {**form, "source_type": "company"}).status_code == 200
    assert browser.post(address, {**form, "source_type": ""}).status_code == 200
    assert browser.post(address, {**form, "source_type": "company", "source_no": ""}).status_code == 302
    listed = browser.get(reverse("admin:kernel_calendarchange_changelist")).content.decode()
    assert "OSLO" in listed and "2 calendar changes" in listed
