"""Working days: which days a calendar works, and where so many of them lead.

    calendars = load_calendars([CalendarUser("location", "OSLO", 3)], company=CalendarUser("company"))
    move("2D", friday, counting=calendars["location", "OSLO"])      # Tuesday

A day counts as worked unless something says otherwise. What decides, the first that knows the day:

    exceptions of the one who uses the calendar     one day, a day of every year, a day of every week
    changes of the calendar itself                  one day, a day of every year
    public holidays of its country
    changes of the calendar itself                  a day of every week

Source: Business Central, base calendars and customized calendar changes.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

import holidays
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from erp.kernel.errors import ErpError
from erp.kernel.models import BaseCalendar, CalendarChange
from erp.kernel.periods import DateFormula, DateOutOfCalendar, calc_date

Source, Recurrence = CalendarChange.Source, CalendarChange.Recurrence

HORIZON = "1Y"
CALENDARS = "admin:kernel_basecalendar_changelist"
# Those whose goods wait when the company is closed; a customer without a calendar takes goods on any day.
COMPANY_STANDS_IN = frozenset({Source.LOCATION, Source.AGENT_SERVICE})


class NoWorkingDay(ErpError):
    """A calendar that never works has no next working day."""

    code, status = "E-CAL-HORIZON", 422
    template = _("There is no working day within {horizon} of {date}: look at the calendars {calendars}.")
    setup = CALENDARS


class NoSuchHolidays(ErpError):
    """Public holidays are known for most countries and for their regions, not for all."""

    code, status = "E-CAL-COUNTRY", 422
    template = _("No public holidays are known of {place}; name another country or region in the calendar.")
    setup = CALENDARS


@dataclass(frozen=True, slots=True)
class Changes:
    """What somebody says about days: once, every year (month and day), every week (1 Monday to 7 Sunday)."""

    once: dict[date, bool] = field(default_factory=dict)
    annual: dict[tuple[int, int], bool] = field(default_factory=dict)
    weekly: dict[int, bool] = field(default_factory=dict)

    def of_the_day(self, day: date) -> bool | None:
        """Whether this very day is worked; None where nothing is said of it."""
        works = self.once.get(day)
        return self.annual.get((day.month, day.day)) if works is None else works

    def of_the_weekday(self, day: date) -> bool | None:
        """Whether such days of the week are worked."""
        return self.weekly.get(day.isoweekday())


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days somebody works.

    exceptions  of the one who uses it, the nearest first: a location's own, then the company's
    country     whose public holidays are off, as an ISO code; blank: none
    """

    code: str = ""
    changes: Changes = Changes()
    country: str = ""
    region: str = ""
    exceptions: tuple[Changes, ...] = ()

    def works(self, day: date) -> bool:
        """Whether the day is worked. Raises NoSuchHolidays (E-CAL-COUNTRY)."""
        for changes in self.exceptions:
            for works in (changes.of_the_day(day), changes.of_the_weekday(day)):
                if works is not None:
                    return works
        works = self.changes.of_the_day(day)
        if works is None and day in self.holidays(day.year):
            works = False
        if works is None:
            works = self.changes.of_the_weekday(day)
        return works is not False

    def holidays(self, year: int) -> Mapping[date, str]:
        """Public holidays of its country in a year, with their names."""
        return public_holidays(self.country, self.region, year) if self.country else {}


@lru_cache(maxsize=256)
def public_holidays(country: str, region: str, year: int) -> Mapping[date, str]:
    """Public holidays of a country, or of a region of it, in a year. Raises NoSuchHolidays (E-CAL-COUNTRY)."""
    try:
        return dict(holidays.country_holidays(country, subdiv=region or None, years=year))
    except NotImplementedError:
        raise NoSuchHolidays(place=f"{country} {region}".strip()) from None


def move(
    formula: str,
    day: date,
    *,
    back: bool = False,
    counting: Calendar | None = None,
    ends_on: Collection[Calendar | None] = (),
    horizon: str = HORIZON,
) -> date:
    """The day that a time leads to when only working days count.

    formula   how long, as "3D" or "1W", which is seven working days; blank is no time at all
    back      so much earlier, not later
    counting  whose days count; None: every day
    ends_on   who must work on the day reached: the search goes on in the same direction until all of them do
    horizon   how many days in a row may be off, as a date formula
    raises    NoWorkingDay (E-CAL-HORIZON), NoSuchHolidays (E-CAL-COUNTRY), and what a bad formula raises

    As many days are counted as the formula has from the day on. Use formulas of one length (5D, 1W): those of a
    month are not as long backwards as forwards. Source: Business Central, calendar management.
    """
    aim = _aim(formula, day, back=back)
    left, forward = abs((aim - day).days), aim > day or (aim == day and not back)
    at_the_end = [calendar for calendar in ends_on if calendar is not None]
    steps = _steps(formula, day, forward)
    patience = _Patience(day, horizon)
    while left:
        day = next(steps)
        works = counting is None or counting.works(day)
        left -= works
        patience.spend(works, [counting])
    while not all(calendar.works(day) for calendar in at_the_end):
        day = next(steps)
        patience.spend(False, at_the_end)
    return day


class _Patience:
    """Counts days off in a row and gives up after so many."""

    def __init__(self, day: date, horizon: str):
        self.day, self.horizon = day, horizon or HORIZON
        self.most = max(abs((calc_date(self.horizon, day) - day).days), 1)
        self.spent = 0

    def spend(self, works: bool, calendars: Iterable[Calendar | None]) -> None:
        self.spent = 0 if works else self.spent + 1
        if self.spent > self.most:
            codes = sorted({calendar.code for calendar in calendars if calendar} - {""})
            raise NoWorkingDay(horizon=self.horizon, date=self.day, calendars=", ".join(codes) or "–")


def _aim(formula: str, day: date, *, back: bool) -> date:
    """Where the formula leads, or its opposite."""
    if not formula or not back:
        return calc_date(formula, day)
    terms = DateFormula.parse(formula).terms
    return DateFormula(tuple(replace(term, back=not term.back) for term in terms)).on(day)


def _steps(formula: str, start: date, forward: bool) -> Iterator[date]:
    day, step = start, timedelta(days=1 if forward else -1)
    while True:
        try:
            day += step
        except OverflowError:
            raise DateOutOfCalendar(formula=formula, date=start) from None
        yield day


class CalendarUser(NamedTuple):
    """Who works by a calendar.

    source_type  one of `CalendarChange.Source`
    source_no    the code of the location, the number of the customer, "BRING/EXPRESS" of an agent's service
    calendar_id  of the base calendar on the card; None: none
    """

    source_type: str
    source_no: str = ""
    calendar_id: int | None = None


def load_calendars(
    users: Iterable[CalendarUser], *, company: CalendarUser
) -> dict[tuple[str, str], Calendar | None]:
    """The calendars of some users by (type, number); None for who works every day. Two queries at most.

    company  whose calendar a location and a shipping agent follow that name none; a customer without one has none
    """
    wanted = [company, *users]
    rows = _base_calendars({user.calendar_id for user in wanted} - {None})
    of_calendars, of_users = _changes(wanted, rows)
    bases = {
        key: Calendar(
            row.code, of_calendars.get(key, Changes()), row.holidays_of_country, row.holidays_of_region
        )
        for key, row in rows.items()
    }
    found = {}
    for user in wanted:
        own = of_users.get(user[:2])
        exceptions = (own,) if own else ()
        calendar_id = user.calendar_id
        if calendar_id is None and user.source_type in COMPANY_STANDS_IN:
            calendar_id = company.calendar_id
            exceptions += (of_users[company[:2]],) if company[:2] in of_users else ()
        base = bases.get(calendar_id)
        nobody = base is None and not exceptions
        found[user[:2]] = None if nobody else replace(base or Calendar(), exceptions=exceptions)
    return found


def calendar_of(row: BaseCalendar) -> Calendar:
    """A base calendar by itself, as nobody's exceptions change it. One query."""
    of_calendars, _of_users = _changes([], {row.pk: row})
    changes = of_calendars.get(row.pk, Changes())
    return Calendar(row.code, changes, row.holidays_of_country, row.holidays_of_region)


def _base_calendars(keys: Collection[int]) -> dict[int, BaseCalendar]:
    return BaseCalendar.objects.in_bulk(keys) if keys else {}


def _changes(
    users: Iterable[CalendarUser], bases: Collection[int]
) -> tuple[dict[int, Changes], dict[tuple[str, str], Changes]]:
    """What is said about days, by base calendar and by user."""
    wanted = Q(calendar_id__in=bases) if bases else Q(pk__in=())
    names: dict[str, set[str]] = {}
    for user in users:
        may_use_one = user.calendar_id is not None or user.source_type in COMPANY_STANDS_IN
        if may_use_one and (user.source_no or user.source_type == Source.COMPANY):
            names.setdefault(user.source_type, set()).add(user.source_no)
    for source_type, numbers in names.items():
        wanted |= Q(source_type=source_type, source_no__in=numbers)
    if not (bases or names):
        return {}, {}
    of_calendars: dict[int, Changes] = {}
    of_users: dict[tuple[str, str], Changes] = {}
    for row in CalendarChange.objects.filter(wanted).order_by("pk"):
        if row.calendar_id is not None:
            _say(of_calendars.setdefault(row.calendar_id, Changes()), row)
        else:
            _say(of_users.setdefault((row.source_type, row.source_no), Changes()), row)
    return of_calendars, of_users


def _say(changes: Changes, row: CalendarChange) -> None:
    if row.recurrence == Recurrence.WEEKLY:
        changes.weekly[row.weekday] = row.works
    elif row.recurrence == Recurrence.ANNUAL:
        changes.annual[row.date.month, row.date.day] = row.works
    else:
        changes.once[row.date] = row.works
