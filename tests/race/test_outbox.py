"""The outbox, ledger numbers and idempotency keys with several workers at once."""

from collections import defaultdict
from datetime import UTC, datetime
from threading import Event, Lock
from unittest.mock import patch

import pytest
from django.db import transaction

from erp.kernel import outbox
from erp.kernel.errors import WrongStatus
from erp.kernel.idempotency import once
from erp.kernel.ledger import take_numbers
from erp.kernel.models import OutboxMessage, TransitionLog, User
from erp.kernel.workflow import transition
from tests.support.models import Paper
from tests.support.races import race

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def quiet():
    """No handlers but those of the test, and no broker."""
    with patch.dict(outbox._handlers, clear=True), patch.object(outbox.relay_outbox, "apply_async"):
        yield


def test_workers_share_the_work_and_keep_the_order_of_each_key():
    heard, lock = defaultdict(list), Lock()

    @outbox.handles("t")
    def listen(*, key, message_id, n):
        with lock:
            heard[key].append(n)

    for n in range(30):
        outbox.put("t", key=str(n % 3), n=n)
    race(*[lambda: outbox.relay_outbox()] * 4)
    outbox.relay_outbox()  # a worker that met only keys at work elsewhere has gone home
    assert heard == {str(key): list(range(key, 30, 3)) for key in range(3)}


def test_a_message_in_delivery_is_left_alone():
    """A slow handler holds its message; another worker takes the next one and does not wait."""
    started, finish = Event(), Event()
    deliveries = []

    @outbox.handles("slow")
    def slow(*, key, message_id):
        started.set()
        assert finish.wait(10), "the other worker had to wait"
        deliveries.append("slow")

    @outbox.handles("fast")
    def fast(*, key, message_id):
        deliveries.append("fast")

    outbox.put("slow")
    outbox.put("fast")

    def other_worker():
        assert started.wait(10)
        outbox.relay_outbox()
        finish.set()

    race(lambda: outbox.relay_one(), other_worker)
    assert deliveries == ["fast", "slow"]


def test_a_message_is_invisible_until_its_posting_commits():
    put, looked = Event(), Event()
    deliveries = []
    outbox.handles("t")(lambda *, key, message_id: deliveries.append(key))

    def posting():
        with transaction.atomic():
            outbox.put("t", key="1001")
            put.set()
            assert looked.wait(10)

    def worker():
        assert put.wait(10)
        found = outbox.relay_one()
        looked.set()
        return found

    assert race(posting, worker) == [None, False]
    assert outbox.relay_one()
    assert deliveries == ["1001"]


def test_a_worker_that_dies_leaves_the_message_to_the_next():
    """Its transaction ends with its connection; the message was never marked."""

    class Killed(BaseException):
        """Not an error that anybody catches."""

    def die(*, key, message_id):
        raise Killed

    outbox.handles("t")(die)
    message = outbox.put("t")
    with pytest.raises(Killed):
        outbox.relay_one()
    outbox._handlers.clear()
    assert outbox.relay_one()
    assert OutboxMessage.objects.get(pk=message.pk).attempts == 1


def test_ledger_numbers_are_gapless_under_rollbacks():
    """Blocks never overlap, and what is rolled back is given out again."""

    def post(seed: int):
        def run():
            blocks = []
            for n in range(20):
                try:
                    with transaction.atomic():
                        first = take_numbers(gl_entry_no=n % 4 + 1, register_no=1).gl_entry_no
                        if (seed + n) % 3 == 0:
                            raise ValueError
                except ValueError:
                    continue
                blocks += range(first, first + n % 4 + 1)
            return blocks

        return run

    taken = sorted(number for blocks in race(post(0), post(1), post(2)) for number in blocks)
    assert taken == list(range(1, len(taken) + 1))


def test_two_identical_requests_at_once_are_done_once():
    clerk = User.objects.create(username="clerk")
    working, done = Event(), []

    def work():
        working.set()
        Event().wait(0.3)
        done.append(1)
        return {"number": "SI-1"}

    def ask(first: bool):
        def run():
            if not first:
                assert working.wait(10)
            return once(key="K", user=clerk, operation="post", request_hash="h")(work)

        return run

    assert race(ask(True), ask(False)) == [{"number": "SI-1"}] * 2
    assert done == [1]


def test_the_second_of_two_requests_runs_when_the_first_fails():
    clerk = User.objects.create(username="clerk")
    working = Event()

    def fail():
        working.set()
        Event().wait(0.3)
        raise ZeroDivisionError

    def second():
        assert working.wait(10)
        return once(key="K", user=clerk, operation="post", request_hash="h")(lambda: "done")

    outcomes = race(lambda: once(key="K", user=clerk, operation="post", request_hash="h")(fail), second)
    assert isinstance(outcomes[0], ZeroDivisionError)
    assert outcomes[1] == "done"


def test_two_people_release_one_document():
    """One succeeds, the other is told that it is released already."""
    at = datetime(2026, 3, 10, tzinfo=UTC)

    @transition(source=Paper.Status.OPEN, target=Paper.Status.RELEASED)
    def release(paper, *, by, at):
        Event().wait(0.2)

    paper = Paper.objects.create(number="1001")
    outcomes = race(*[lambda: release(Paper.objects.get(pk=paper.pk), by=None, at=at)] * 2)
    assert sorted(type(outcome) for outcome in outcomes if isinstance(outcome, Exception)) == [WrongStatus]
    assert TransitionLog.objects.count() == 1
