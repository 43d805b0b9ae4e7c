"""Date formulas: "1M+CM", "14D", "-WD2".

    formula = term (('+' | '-') term)*      at most 3 terms; the first may have a sign; blanks are ignored
    term    = 'C' unit                      CM: the last day of the current month; -CM: its first day
            | number unit                   2M: two months on; -2M: two months back
            | unit number                   D15: the next 15th after the date; -WD2: the last Tuesday before it
    unit    = D | WD | W | M | Q | Y        day, weekday, week (Monday to Sunday), month, quarter, year

Terms are applied from left to right. Months, quarters and years keep the day, clamped to the month's last day, so
1M from 31 January is the end of February. A counted WD is a day, and CWD and CD are the date itself.

Positions exist for D (1 to 31) and WD (1, Monday, to 7). Our choice where a month is too short: D31 is the next month
that has a 31st, not the last day of the next month.

Stored without blanks, in capitals, in 20 characters. Source: Business Central, date expressions (CalcDate).
"""

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from django.utils.translation import gettext_lazy as _

from erp.kernel.errors import ErpError

MAX_TERMS = 3
MAX_LENGTH = 20

_TERM = re.compile(
    r"(?P<sign>[+-]?)(?:C(?P<current>WD|[DWMQY])|(?P<count>\d{1,4})(?P<unit>WD|[DWMQY])"
    r"|(?P<positional>WD|[DWMQY])(?P<position>\d{1,4}))",
    re.ASCII,
)
_MONTHS = {"M": 1, "Q": 3, "Y": 12}
_HIGHEST_POSITION = {"D": 31, "WD": 7}


class NotADateFormula(ErpError):
    """The text does not follow the grammar."""

    code, status = "E-DF-SYNTAX", 422
    template = _("{formula} is not a date formula.")


class UnitWithoutPosition(ErpError):
    """W12, M5, Q2, Y9: only days of the month and weekdays have a next one."""

    code, status = "E-DF-UNIT", 422
    template = _("Unit {unit} cannot carry a position.")


class DateOutOfCalendar(ErpError):
    """The formula leads before the year 1 or after the year 9999."""

    code, status = "E-DF-RANGE", 422
    template = _("{formula} from {date} leads out of the calendar.")


@dataclass(frozen=True, slots=True)
class Term:
    """One step of a formula.

    kind  "current" (CM), "count" (2M) or "position" (D15)
    """

    kind: str
    unit: str
    number: int = 0
    back: bool = False

    def __str__(self) -> str:
        text = {"current": f"C{self.unit}", "count": f"{self.number}{self.unit}"}.get(
            self.kind, f"{self.unit}{self.number}"
        )
        return f"{'-' if self.back else '+'}{text}"

    def on(self, day: date) -> date:
        """The day this step leads to."""
        if self.kind == "current":
            return _first_day(day, self.unit) if self.back else _last_day(day, self.unit)
        if self.kind == "count":
            return _shift(day, -self.number if self.back else self.number, self.unit)
        step = -1 if self.back else 1
        return (
            _weekday(day, self.number, step) if self.unit == "WD" else _day_of_month(day, self.number, step)
        )


@dataclass(frozen=True, slots=True)
class DateFormula:
    """A parsed formula; its text is the canonical form, which parses to the same formula."""

    terms: tuple[Term, ...]

    @classmethod
    def parse(cls, text: str) -> "DateFormula":
        """Read a formula; raises NotADateFormula (E-DF-SYNTAX) or UnitWithoutPosition (E-DF-UNIT)."""
        return _parse(text)

    def __str__(self) -> str:
        return "".join(str(term) for term in self.terms).removeprefix("+")

    def on(self, day: date) -> date:
        """The date that the formula gives from a reference date."""
        reached = day
        try:
            for term in self.terms:
                reached = term.on(reached)
        except (OverflowError, ValueError):
            raise DateOutOfCalendar(formula=str(self), date=day) from None
        return reached


def calc_date(formula: str | DateFormula, day: date) -> date:
    """The date that a formula gives from `day`; an empty formula gives `day` itself."""
    if isinstance(formula, str):
        if not formula or formula.isspace():
            return day
        formula = DateFormula.parse(formula)
    return formula.on(day)


@lru_cache(maxsize=512)
def _parse(text: str) -> DateFormula:
    compact = "".join(text.split()).upper()
    terms, position = [], 0
    while position < len(compact):
        match = _TERM.match(compact, position)
        if match is None or (terms and not match["sign"]):
            raise NotADateFormula(formula=text)
        terms.append(_term(match, text))
        position = match.end()
    formula = DateFormula(tuple(terms))
    if not 1 <= len(terms) <= MAX_TERMS or len(str(formula)) > MAX_LENGTH:
        raise NotADateFormula(formula=text)
    return formula


def _term(match: re.Match, text: str) -> Term:
    back = match["sign"] == "-"
    if match["current"]:
        return Term("current", match["current"], back=back)
    if match["unit"]:
        number = int(match["count"])
        if number == 0 and match["unit"] != "D":
            raise NotADateFormula(formula=text)
        return Term("count", match["unit"], number, back=back)
    unit, number = match["positional"], int(match["position"])
    if unit not in _HIGHEST_POSITION:
        raise UnitWithoutPosition(unit=unit)
    if not 1 <= number <= _HIGHEST_POSITION[unit]:
        raise NotADateFormula(formula=text)
    return Term("position", unit, number, back=back)


def _last_of_month(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def add_months(day: date, months: int) -> date:
    """The same day so many months on (or back), clamped to the month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not date.min.year <= year <= date.max.year:
        raise OverflowError(f"year {year}")
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _shift(day: date, number: int, unit: str) -> date:
    if unit in _MONTHS:
        return add_months(day, number * _MONTHS[unit])
    return day + timedelta(days=number * (7 if unit == "W" else 1))


_FIRST_DAY: dict[str, Callable[[date], date]] = {
    "W": lambda day: day - timedelta(days=day.weekday()),
    "M": lambda day: day.replace(day=1),
    "Q": lambda day: date(day.year, day.month - (day.month - 1) % 3, 1),
    "Y": lambda day: date(day.year, 1, 1),
}
_LAST_DAY: dict[str, Callable[[date], date]] = {
    "W": lambda day: day + timedelta(days=6 - day.weekday()),
    "M": lambda day: _last_of_month(day.year, day.month),
    "Q": lambda day: _last_of_month(day.year, day.month + 2 - (day.month - 1) % 3),
    "Y": lambda day: date(day.year, 12, 31),
}


def _first_day(day: date, unit: str) -> date:
    return _FIRST_DAY[unit](day) if unit in _FIRST_DAY else day


def _last_day(day: date, unit: str) -> date:
    return _LAST_DAY[unit](day) if unit in _LAST_DAY else day


def _weekday(day: date, weekday: int, step: int) -> date:
    distance = (weekday - day.isoweekday()) * step % 7 or 7
    return day + timedelta(days=step * distance)


def _day_of_month(day: date, number: int, step: int) -> date:
    month = day.replace(day=1)
    while True:
        if number <= calendar.monthrange(month.year, month.month)[1]:
            found = month.replace(day=number)
            if (found - day).days * step > 0:
                return found
        month = add_months(month, step)
