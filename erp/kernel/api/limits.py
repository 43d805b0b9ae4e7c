"""How much of the API one user may use: requests in five minutes, and requests at the same moment.

    answer = rate(user.pk, at)           # answer.headers belong to every answer, also to a refusal
    answer.refuse_beyond()               # 429 when the user has used up the window
    with gate(user.pk):                  # waits for a place; 429 when the queue is full, 503 after a minute
        ...

Both count in Redis, so that all web processes count together. When Redis is gone, requests pass: a count is not worth
an outage. Limits are settings (API_RATE, API_CONCURRENT, API_QUEUE); keyword arguments are for tests.

The window is an exact log, not two buckets that estimate: "6,001 in five minutes" is a number that clients test for.
It is a list of moments, oldest first, of which the expired ones are taken off; a user at the limit costs about 60 kB
and each request a constant effort.
"""

import math
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from erp.kernel.api import counters
from erp.kernel.odata.errors import ApiError

WINDOW = timedelta(minutes=5)
WAIT = 60  # seconds that a request waits for a place
LEASE = 90  # seconds after which a place is free again, whatever became of its holder: a minute of work and a margin
HEARTBEAT = 1  # seconds between two signs of life of a waiting request
FORGOTTEN_AFTER = 5  # seconds without a sign of life after which a waiting request is given up
TOO_MANY = "Application_TooManyRequests"
SOON = 5  # seconds: what is told where nobody knows when a place comes free


@dataclass(frozen=True, slots=True)
class Rate:
    """What a user has left after a request.

    limit      requests allowed in the window
    remaining  of these, how many are left; never negative
    reset      moment at which the oldest counted request leaves the window, in seconds since 1970 (UTC)
    wait       seconds until the next request is allowed; 0 when this one is
    window     how long the window is
    """

    limit: int
    remaining: int
    reset: int
    wait: int
    window: timedelta

    @property
    def headers(self) -> dict[str, str]:
        """The headers that every answer of the API carries."""
        told = {"Limit": self.limit, "Remaining": self.remaining, "Reset": self.reset}
        return {f"X-RateLimit-{name}": str(value) for name, value in told.items()}

    def refuse_beyond(self) -> None:
        """Raise 429 when the request was one too many."""
        if self.wait:
            message = _(
                "Only {limit} requests in {minutes} minutes are allowed. Try again in {seconds} seconds."
            )
            minutes = f"{self.window / timedelta(minutes=1):g}"
            message = message.format(limit=self.limit, minutes=minutes, seconds=self.wait)
            raise _later(429, TOO_MANY, message, self.wait)


def rate(user_id: object, at: datetime, *, limit: int | None = None, window: timedelta = WINDOW) -> Rate:
    """Count a request of the user and say what is left; a refused request does not count.

    user_id  whose request it is: a key of the user, or any text that stands for one caller
    at       when it arrived, with time zone
    """
    limit = settings.API_RATE if limit is None else limit
    now, length = round(at.timestamp() * 1000), round(window.total_seconds() * 1000)
    try:
        used, oldest, counted = counters.ask(
            counters.COUNT, [counters.name(user_id, "log")], [now, length, limit]
        )
    except counters.Gone:
        return Rate(limit, limit, math.ceil(now / 1000), 0, window)
    free_at = oldest + length
    wait = 0 if counted else max(1, math.ceil((free_at - now) / 1000))
    return Rate(limit, max(0, limit - used), math.ceil(free_at / 1000), wait, window)


@contextmanager
def gate(
    user_id: object,
    *,
    concurrent: int | None = None,
    queue: int | None = None,
    wait: float = WAIT,
    lease: float = LEASE,
) -> Iterator[None]:
    """Hold one of the user's places for the time of a request; first come, first served.

    concurrent  requests of the user that may run at once
    queue       requests that may wait besides
    wait        seconds that a request waits at most
    lease       seconds after which a place counts as free although nobody has given it back: its process was killed
    raises      ApiError 429 at once when the queue is full, 503 after the wait
    """
    concurrent = settings.API_CONCURRENT if concurrent is None else concurrent
    queue = settings.API_QUEUE if queue is None else queue
    place = _Place(user_id, [concurrent, queue, _ms(lease), _ms(FORGOTTEN_AFTER)])
    try:
        state = counters.RUNS
        with suppress(counters.Gone):
            state = place.take(time.monotonic() + wait)
        if state == counters.REFUSED:
            message = _("{queue} of your requests are waiting already. Try again in {seconds} seconds.")
            raise _later(429, TOO_MANY, message.format(queue=queue, seconds=SOON), SOON)
        if state != counters.RUNS:
            message = _("Your other requests are still running. Try again in {seconds} seconds.")
            raise _later(503, "Internal_TenantUnavailable", message.format(seconds=SOON), SOON)
        yield
    finally:
        place.give_back()


class _Place:
    """One request's claim to run: waiting, running or given back."""

    def __init__(self, user_id: object, limits: list[int]) -> None:
        self.token = uuid.uuid4().hex
        self.keys = [counters.name(user_id, part) for part in ("running", "waiting", "alive", "wake:")]
        self.values = [self.token, *limits]
        self.is_claimed = False

    def take(self, deadline: float) -> int:
        """Return when the request may run; REFUSED when the queue is full, a position when the time is over."""
        while True:
            left = deadline - time.monotonic()
            state = counters.ask(counters.ENTER, self.keys, self.values)
            self.is_claimed = state != counters.REFUSED
            if state <= 0 or left <= 0:
                return state
            # Whoever gives a place back wakes us; in between we show that we live.
            counters.wait_for(self.keys[-1] + self.token, min(left, HEARTBEAT))

    def give_back(self) -> None:
        """Free the place, or leave the queue; the one who has waited longest is woken."""
        if self.is_claimed:
            with suppress(counters.Gone):
                counters.ask(counters.LEAVE, self.keys, self.values, insist=True)


def _later(status: int, code: str, message: str, seconds: int) -> ApiError:
    """A refusal that holds only for now."""
    return ApiError(status, code, message, headers={"Retry-After": str(seconds)})


def _ms(seconds: float) -> int:
    return round(seconds * 1000)
