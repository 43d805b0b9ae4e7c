"""When stories happen, unless they say otherwise: nothing in a test depends on today."""

from datetime import UTC, date, datetime, time

SET_UP_ON = date(2026, 1, 1)
TODAY = date(2026, 3, 2)  # a Monday


def nine_o_clock(day: date) -> datetime:
    """The moment at which things happen on a day."""
    return datetime.combine(day, time(9), tzinfo=UTC)
