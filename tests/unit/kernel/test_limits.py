"""How much one user may ask of the API: 6,000 requests in five minutes, five at once, fifty more in the queue."""

import time
import uuid
from datetime import UTC, datetime, timedelta
from threading import Event, Thread

import pytest

from erp.kernel.api import counters
from erp.kernel.api.limits import gate, rate
from erp.kernel.odata.errors import ApiError
from tests.house.command_line import python

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
EPOCH = int(NOON.timestamp())


@pytest.fixture
def somebody():
    """A user whom nothing has been counted for."""
    user = f"test-{uuid.uuid4().hex}"
    yield user
    counters.client().delete(*(counters.name(user, part) for part in ("log", "running", "waiting", "alive")))


def after(**time_passed) -> datetime:
    return NOON + timedelta(**time_passed)


def positions(user: str, part: str) -> int:
    return counters.client().zcard(counters.name(user, part))


def until(condition, seconds: float = 10) -> None:
    """Wait for something that other threads are about to do."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.01)


class Held:
    """A request that runs in a thread of its own until it is told to end."""

    def __init__(self, user: str, **limits) -> None:
        self.user, self.limits = user, limits
        self.inside, self.finish = Event(), Event()
        self.error: Exception | None = None
        self.thread = Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self) -> None:
        try:
            with gate(self.user, **self.limits):
                self.inside.set()
                self.finish.wait(30)
        except Exception as error:
            self.error = error

    def runs(self) -> bool:
        return self.inside.wait(10)

    def end(self) -> None:
        self.finish.set()
        self.thread.join(10)
        assert not self.thread.is_alive()


# --- Requests in five minutes --------------------------------------------------------------------------------------


def test_what_is_left_is_told_with_every_answer(somebody):
    assert rate(somebody, NOON, limit=3).headers == {
        "X-RateLimit-Limit": "3",
        "X-RateLimit-Remaining": "2",
        "X-RateLimit-Reset": str(EPOCH + 300),
    }
    assert rate(somebody, after(seconds=10), limit=3).remaining == 1


def test_one_too_many_is_told_when_to_come_back(somebody):
    for second in range(3):
        rate(somebody, after(seconds=second), limit=3).refuse_beyond()
    answer = rate(somebody, after(seconds=100), limit=3)
    assert (answer.remaining, answer.wait, answer.reset) == (0, 200, EPOCH + 300)
    with pytest.raises(ApiError, match="Only 3 requests in 5 minutes") as caught:
        answer.refuse_beyond()
    assert (caught.value.status, caught.value.code) == (429, "Application_TooManyRequests")
    assert caught.value.headers == {"Retry-After": "200"}


def test_the_window_slides(somebody):
    """Two requests at noon, one a minute later: at 12:05 the first two have left, the third one has not."""
    for minute in (0, 0, 1):
        rate(somebody, after(minutes=minute), limit=3)
    assert rate(somebody, after(minutes=4, seconds=59), limit=3).wait == 1
    assert rate(somebody, after(minutes=5), limit=3).remaining == 1
    assert rate(somebody, after(minutes=5), limit=3).remaining == 0
    assert rate(somebody, after(minutes=5), limit=3).wait == 60


def test_a_refused_request_does_not_count(somebody):
    rate(somebody, NOON, limit=1)
    for second in range(1, 5):
        assert rate(somebody, after(seconds=second), limit=1).wait
    assert rate(somebody, after(minutes=5), limit=1).wait == 0


def test_each_user_has_a_window_of_his_own(somebody):
    rate(somebody, NOON, limit=1)
    assert rate(f"{somebody}-2", NOON, limit=1).wait == 0


def test_the_6001st_request_in_five_minutes_is_refused(somebody, settings):
    """With the numbers of the contract: twenty requests a second, for five minutes."""
    assert settings.API_RATE == 6000
    for place in range(6000):
        answer = rate(somebody, after(milliseconds=50 * place))
    assert (answer.limit, answer.remaining, answer.wait) == (6000, 0, 0)
    assert rate(somebody, after(minutes=4, seconds=59, milliseconds=999)).wait == 1
    assert rate(somebody, after(minutes=5)).wait == 0
    assert counters.client().memory_usage(counters.name(somebody, "log")) < 100_000


# --- Requests at the same moment -----------------------------------------------------------------------------------


def test_the_sixth_request_waits_until_one_of_five_is_done(somebody, settings):
    assert (settings.API_CONCURRENT, settings.API_QUEUE) == (5, 50)
    five = [Held(somebody) for _ in range(5)]
    assert all(each.runs() for each in five)

    sixth = Held(somebody)
    until(lambda: positions(somebody, "waiting") == 1)
    assert not sixth.inside.is_set()

    five[0].end()
    assert sixth.runs()
    for each in (*five[1:], sixth):
        each.end()
    assert (positions(somebody, "running"), positions(somebody, "waiting")) == (0, 0)


def test_first_come_first_served(somebody):
    holder = Held(somebody, concurrent=1)
    assert holder.runs()
    waiting = []
    for number in range(1, 4):
        waiting.append(Held(somebody, concurrent=1))
        until(lambda: positions(somebody, "waiting") == number)  # noqa: B023 (asked at once)
    for number, request in enumerate((holder, *waiting)):
        assert request.runs()
        assert not any(later.inside.is_set() for later in waiting[number:])
        request.end()


def test_a_full_queue_refuses(somebody):
    """One runs, two wait: the fourth is sent away at once, and its going changes nothing for the others."""
    held = [Held(somebody, concurrent=1, queue=2) for _ in range(3)]
    until(lambda: positions(somebody, "waiting") == 2)
    with (
        pytest.raises(ApiError, match="2 of your requests are waiting") as caught,
        gate(somebody, concurrent=1, queue=2),
    ):
        pytest.fail("it ran")
    assert (caught.value.status, caught.value.code) == (429, "Application_TooManyRequests")
    assert int(caught.value.headers["Retry-After"]) > 0
    assert (positions(somebody, "running"), positions(somebody, "waiting")) == (1, 2)
    for request in held:
        request.finish.set()
    for request in held:
        request.end()
        assert request.error is None


def test_who_waits_too_long_is_told_to_come_back(somebody):
    holder = Held(somebody, concurrent=1)
    assert holder.runs()
    with pytest.raises(ApiError, match="still running") as caught, gate(somebody, concurrent=1, wait=0.2):
        pytest.fail("it ran")
    assert (caught.value.status, caught.value.code) == (503, "Internal_TenantUnavailable")
    assert int(caught.value.headers["Retry-After"]) > 0
    assert positions(somebody, "waiting") == 0
    holder.end()


def test_one_user_does_not_hold_up_another(somebody):
    holder = Held(somebody, concurrent=1)
    assert holder.runs()
    with gate(f"{somebody}-2", concurrent=1, wait=0):
        assert positions(f"{somebody}-2", "running") == 1
    holder.end()


def test_a_failing_request_gives_its_place_back(somebody):
    with pytest.raises(ZeroDivisionError), gate(somebody, concurrent=1):
        1 / 0  # noqa: B018
    with gate(somebody, concurrent=1, wait=0):
        assert positions(somebody, "running") == 1


KILLED = """
import os, signal, django
django.setup()
from erp.kernel.api.limits import gate
with gate({user!r}, concurrent=1, lease=1.5):
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_killed_process_holds_its_place_only_until_its_lease_ends(somebody, settings):
    """Nobody gives the place back, and yet the next request has its turn."""
    killed = python(
        "-c",
        KILLED.format(user=somebody),
        DJANGO_SETTINGS_MODULE="erp.settings",
        HANDEL_ENV="test",
        DATABASE_URL="postgres://nowhere/none",
        REDIS_URL=settings.REDIS_URL,
        CACHE_PREFIX=settings.CACHES["default"]["KEY_PREFIX"],
    )
    assert killed.returncode == -9, killed.stderr
    assert positions(somebody, "running") == 1
    with gate(somebody, concurrent=1, wait=20):
        assert positions(somebody, "running") == 1
    assert positions(somebody, "running") == 0


def test_whoever_died_in_the_queue_is_passed_over(somebody):
    """The first in the queue gives no sign of life any more; the second has its turn at once."""
    holder = Held(somebody, concurrent=1)
    assert holder.runs()
    keys = [counters.name(somebody, part) for part in ("running", "waiting", "alive", "wake:")]
    assert counters.ask(counters.ENTER, keys, ["dead", 1, 50, 90_000, 50]) == 1
    second = Held(somebody, concurrent=1)
    time.sleep(0.1)  # longer than the dead one's sign of life is good for
    holder.end()
    assert second.inside.wait(0.5)
    second.end()


# --- Redis is gone -------------------------------------------------------------------------------------------------


@pytest.fixture
def redis_goes(settings, monkeypatch):
    """Lets Redis vanish, for a process that has not noticed yet."""
    monkeypatch.setattr(counters, "outage", counters._Outage())

    def forget_connections() -> None:
        counters.client.cache_clear()
        counters._script.cache_clear()

    def go() -> None:
        settings.REDIS_URL = "redis://127.0.0.1:1/0"
        forget_connections()

    yield go
    forget_connections()


def test_without_redis_everybody_passes_and_one_warning_is_logged(somebody, redis_goes, caplog):
    redis_goes()
    for _ in range(10):
        answer = rate(somebody, NOON, limit=1)
        answer.refuse_beyond()
        assert answer.headers["X-RateLimit-Remaining"] == "1"
        with gate(somebody, concurrent=0, queue=0, wait=0):
            pass
    assert [record.message.partition(":")[0] for record in caplog.records] == [
        "Redis is gone, the API's limits are not kept"
    ]


def test_redis_that_goes_while_requests_run_and_wait_lets_all_of_them_end(somebody, redis_goes):
    running = Held(somebody, concurrent=1)
    assert running.runs()
    waiting = Held(somebody, concurrent=1)
    until(lambda: positions(somebody, "waiting") == 1)
    redis_goes()
    assert waiting.runs()
    for request in (running, waiting):
        request.end()
        assert request.error is None


def test_after_a_minute_the_warning_comes_again(caplog, monkeypatch):
    outage, clock = counters._Outage(), [1000.0]
    monkeypatch.setattr(counters.time, "monotonic", lambda: clock[0])
    for _ in range(3):
        outage.noticed(counters.redis.ConnectionError("refused"))
        clock[0] += 30
    assert len(caplog.records) == 2
    clock[0] -= 30
    assert outage.lasts
    clock[0] += counters.SPARED_AFTER_FAILURE
    assert not outage.lasts
