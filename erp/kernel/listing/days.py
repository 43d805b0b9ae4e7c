"""Days and periods that people type into filters: t, 0103, mon, q1, q-1, 2026, jan 2026."""

import re
from datetime import date, timedelta

from django.utils.dates import MONTHS, MONTHS_3

from erp.kernel.errors import Problem
from erp.kernel.typed import read_day

MONTHS_OF = {"m": 1, "q": 3, "y": 12}


def read_period(text: str, *, today: date, work_date: date) -> tuple[date, date] | None:
    """The first and the last day of what was typed; both the same for a day; None where it is neither.

    y, q, m    the year, quarter or month of the work date; q-1, m+2 those before and after
    q1, q1 2025, 2026, 2026-03, 2026q1, jan, january 2025
    """
    word = " ".join(text.lower().split())
    if not word:
        return None
    try:
        found = _period(word, work_date)
    except (ValueError, OverflowError):
        return None
    if found is not None:
        return found
    day = read_day(word, work_date=work_date, today=today)
    if isinstance(day, Problem):
        return None
    return (day, day) if date.min < day < date.max else None


def _period(word: str, on: date) -> tuple[date, date] | None:
    if found := re.fullmatch(r"([mqy])([+-]\d{1,4})?", word):
        size = MONTHS_OF[found[1]]
        first = (on.year * 12 + on.month - 1) // size * size + int(found[2] or 0) * size
        return _months(first, size)
    if found := re.fullmatch(r"(\d{4})", word):
        year = int(word)
        return _months(year * 12, 12) if 1900 <= year <= 2200 else None
    if found := re.fullmatch(r"q([1-4])(?: ?(\d{4}))?|(\d{4}) ?q([1-4])", word):
        quarter, year = found[1] or found[4], found[2] or found[3] or on.year
        return _months(int(year) * 12 + (int(quarter) - 1) * 3, 3)
    if found := re.fullmatch(r"(\d{4})-(\d{1,2})", word):
        return _months(int(found[1]) * 12 + int(found[2]) - 1, 1) if 1 <= int(found[2]) <= 12 else None
    name, _space, year = word.partition(" ")
    if year and not re.fullmatch(r"\d{4}", year):
        return None
    for number in range(1, 13):
        if name.rstrip(".") in (str(MONTHS[number]).lower(), str(MONTHS_3[number]).lower().rstrip(".")):
            return _months(int(year or on.year) * 12 + number - 1, 1)
    return None


def _months(first: int, count: int) -> tuple[date, date]:
    start = date(first // 12, first % 12 + 1, 1)
    after = first + count
    return start, date(after // 12, after % 12 + 1, 1) - timedelta(days=1)
