"""What is to happen, in the order of days; what happens may add to it."""

import heapq
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

RECEIVE, OFFER, ORDER, DELIVER, BILL, PAY, RETURN, BOOK = range(8)

Deed = Callable[["Moment"], None]


class Moment(NamedTuple):
    """When something happens: the day of the papers, and the clock of whoever does it."""

    day: date
    at: datetime


class Diary:
    """Deeds by day and, within a day, in the order of the kinds above."""

    def __init__(self, last: date):
        self.last = last
        self._deeds: list[tuple[date, int, int, Deed]] = []
        self._count = 0

    def note(self, day: date, kind: int, deed: Deed) -> None:
        """Plan a deed; on a weekend it waits for Monday. What lies after the last day never happens."""
        day += timedelta(days=max(0, 7 - day.weekday())) if day.weekday() > 4 else timedelta()
        if day <= self.last:
            self._count += 1
            heapq.heappush(self._deeds, (day, kind, self._count, deed))

    def days(self) -> Iterator[tuple[Deed, Moment]]:
        """All deeds, earliest first, with the time of day growing from eight o'clock on."""
        today, minutes = None, 0
        while self._deeds:
            day, _kind, _count, deed = heapq.heappop(self._deeds)
            minutes = minutes + 3 if day == today else 0
            today = day
            at = datetime.combine(day, time(8), tzinfo=UTC) + timedelta(minutes=min(minutes, 14 * 60))
            yield deed, Moment(day, at)
