"""How much of the API one user may use: 6,000 requests in five minutes, and five at the same moment."""

import time
from contextlib import ExitStack
from threading import Thread

import pytest
from django.utils import timezone

from erp.kernel.api import counters
from erp.kernel.api.limits import gate, rate


@pytest.fixture(autouse=True)
def nothing_is_counted(api):
    """The caller has not sent a request for five minutes."""
    log = counters.name(api.user.pk, "log")
    counters.client().delete(log)
    yield
    counters.client().delete(log)


def test_request_6001_in_five_minutes_is_refused(api):
    """P18. A client has sent 6,000 requests; the next one is told when to come back."""
    for _ in range(6000):
        rate(api.user.pk, timezone.now()).refuse_beyond()

    refused = api.get("paymentTerms")
    assert (refused.status_code, refused.code) == (429, "Application_TooManyRequests")
    assert 0 < int(refused["Retry-After"]) <= 300
    assert (refused["X-RateLimit-Limit"], refused["X-RateLimit-Remaining"]) == ("6000", "0")


def test_the_sixth_parallel_call_queues(api):
    """P18. Five calls of a user are running. The sixth one waits, and is answered as soon as one of them is done."""
    with ExitStack() as four, ExitStack() as fifth:
        for _ in range(4):
            four.enter_context(gate(api.user.pk))
        fifth.enter_context(gate(api.user.pk))
        waited = []

        def end_the_fifth_call() -> None:
            waiting = counters.name(api.user.pk, "waiting")
            while not counters.client().zcard(waiting):
                time.sleep(0.01)
            waited.append("the sixth")
            fifth.close()

        ending = Thread(target=end_the_fifth_call, daemon=True)
        ending.start()
        answer = api.get("paymentTerms")
        ending.join(10)
    assert waited == ["the sixth"]
    assert answer.status_code == 200
