"""The outbox: delivered after the commit, at least once, in order, and never silently lost."""

from datetime import UTC, date, datetime, timedelta
from unittest.mock import patch

import pytest
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.utils import timezone

from erp.kernel import outbox
from erp.kernel.models import OutboxMessage, User

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def topics():
    """Handlers of one test are gone in the next."""
    with patch.dict(outbox._handlers, clear=True), patch.dict(outbox._broker, back_at=0.0):
        yield


@pytest.fixture
def heard():
    """What the handler of "paper.released" was told."""
    heard = []

    @outbox.handles("paper.released")
    def listen(*, key, message_id, **payload):
        heard.append((key, payload))

    return heard


def refuse(*, key, message_id, **payload):
    raise RuntimeError(f"no answer for {key}")


def make_due():
    OutboxMessage.objects.waiting().update(retry_at=timezone.now() - timedelta(seconds=1))


def test_a_message_arrives(heard):
    message = outbox.put("paper.released", key="1001", type="order", on=date(2026, 3, 10))
    assert outbox.relay_outbox() == 1
    assert heard == [("1001", {"type": "order", "on": "2026-03-10"})]
    message.refresh_from_db()
    assert message.sent_at is not None
    assert (message.attempts, message.error) == (1, "")
    assert outbox.relay_outbox() == 0


def test_the_message_id_travels_along():
    seen = []
    outbox.handles("t")(lambda *, key, message_id: seen.append(message_id))
    message = outbox.put("t")
    outbox.relay_outbox()
    assert seen == [message.pk]
    with pytest.raises(ValueError, match="message_id"):
        outbox.put("t", message_id=1)


def test_nobody_listens():
    outbox.put("paper.burnt", key="1")
    assert outbox.relay_outbox() == 1
    assert not OutboxMessage.objects.waiting().exists()


def test_a_rolled_back_posting_says_nothing(heard):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        outbox.put("paper.released", key="1001")
        raise ZeroDivisionError
    assert outbox.relay_outbox() == 0
    assert heard == []


@pytest.fixture
def nobody_nudged() -> None:
    """No nudge of an earlier test is on its way."""
    cache.delete(outbox.ON_ITS_WAY)


@pytest.mark.usefixtures("nobody_nudged")
def test_one_nudge_is_enough_until_the_relay_begins():
    """Three transactions commit before the relay looks, a fourth after it has begun."""
    with patch.object(outbox.relay_outbox, "apply_async") as sent:
        for _ in range(3):
            outbox.nudge()
        assert sent.call_count == 1
        outbox.relay_outbox()
        outbox.nudge()
        assert sent.call_count == 2


def test_several_messages_are_put_at_once(django_assert_num_queries):
    with django_assert_num_queries(1):
        outbox.tell(
            outbox.Message("paper.released", "1001"), outbox.Message("paper.sent", "1001", {"to": "Oslo"})
        )
    assert list(OutboxMessage.objects.values_list("topic", "key", "payload").order_by("pk")) == [
        ("paper.released", "1001", {}),
        ("paper.sent", "1001", {"to": "Oslo"}),
    ]


@pytest.mark.usefixtures("nobody_nudged")
def test_the_relay_is_nudged_after_the_commit(django_capture_on_commit_callbacks):
    with patch.object(outbox.relay_outbox, "apply_async") as sent:
        with django_capture_on_commit_callbacks(execute=True):
            outbox.put("paper.released")
            assert not sent.called
        assert sent.called


@pytest.mark.usefixtures("nobody_nudged")
def test_a_lost_broker_does_not_fail_the_posting(django_capture_on_commit_callbacks, caplog):
    """The nudge is lost, the message is not; the broker is then left alone for a while."""
    with patch.object(outbox.relay_outbox, "apply_async", side_effect=ConnectionError("gone")) as sent:
        for _ in range(3):
            with django_capture_on_commit_callbacks(execute=True):
                outbox.put("paper.released")
    assert sent.call_count == 1
    assert "The broker does not answer" in caplog.text
    assert OutboxMessage.objects.waiting().count() == 3


def test_a_failure_waits_and_tries_again(heard):
    outbox.handles("paper.released")(refuse)
    message = outbox.put("paper.released", key="1001")
    before = timezone.now()
    assert outbox.relay_outbox() == 1
    message.refresh_from_db()
    assert (message.attempts, message.sent_at, message.dead_at) == (1, None, None)
    assert message.error == "RuntimeError: no answer for 1001"
    assert before + timedelta(seconds=30) <= message.retry_at <= timezone.now() + timedelta(seconds=30)
    assert outbox.relay_outbox() == 0  # not due yet


def test_handlers_that_succeeded_are_not_run_again(heard):
    failures = [RuntimeError("first time")]

    @outbox.handles("paper.released")
    def stumble(*, key, message_id):
        if failures:
            raise failures.pop()

    message = outbox.put("paper.released", key="1001")
    outbox.relay_outbox()
    make_due()
    outbox.relay_outbox()
    message.refresh_from_db()
    assert len(heard) == 1
    assert message.sent_at is not None
    assert len(message.delivered_to) == 2


def test_what_a_failing_handler_wrote_is_undone(heard):
    @outbox.handles("paper.released")
    def write_and_fail(*, key, message_id):
        User.objects.create(username="half")
        raise RuntimeError("and then it broke")

    outbox.put("paper.released", key="1001")
    outbox.relay_outbox()
    assert not User.objects.filter(username="half").exists()
    assert heard == [("1001", {})]


def test_waits_double_up_to_six_hours():
    waits = [outbox.wait_after(attempts).total_seconds() for attempts in range(1, 13)]
    assert waits[:4] == [30, 60, 120, 240]
    assert waits[-3:] == [15360, 21600, 21600]
    assert outbox.wait_after(10**6) == timedelta(hours=6)


def test_too_many_failures_are_a_dead_letter(settings, heard):
    settings.OUTBOX_MAX_ATTEMPTS = 2
    outbox.handles("paper.released")(refuse)
    message = outbox.put("paper.released", key="1001")
    for _ in range(3):
        make_due()
        outbox.relay_outbox()
    assert list(OutboxMessage.objects.dead()) == [message]
    message.refresh_from_db()
    assert message.attempts == 2
    assert not OutboxMessage.objects.waiting().exists()

    # Somebody mends what was wrong and retries.
    outbox._handlers["paper.released"].remove(refuse)
    assert outbox.retry(OutboxMessage.objects.dead(), now=timezone.now()) == 1
    assert outbox.relay_outbox() == 1
    message.refresh_from_db()
    assert (message.sent_at is None, message.dead_at, message.attempts) == (False, None, 1)


def test_what_was_delivered_is_not_retried(heard):
    outbox.put("paper.released")
    outbox.relay_outbox()
    assert outbox.retry(OutboxMessage.objects.all(), now=timezone.now()) == 0


def test_order_within_a_key():
    """1001's second message waits for its first, which failed; other documents do not wait."""
    heard, broken = [], {"1001"}

    @outbox.handles("paper.released")
    def listen(*, key, message_id, n):
        if key in broken:
            raise RuntimeError("not now")
        heard.append((key, n))

    outbox.put("paper.released", key="1001", n=1)
    outbox.put("paper.released", key="1001", n=2)
    outbox.put("paper.released", key="1002", n=3)
    outbox.relay_outbox()
    assert heard == [("1002", 3)]
    broken.clear()
    outbox.relay_outbox()
    assert heard == [("1002", 3)]
    make_due()
    outbox.relay_outbox()
    assert heard == [("1002", 3), ("1001", 1), ("1001", 2)]


def test_a_dead_message_does_not_hold_up_its_key(heard):
    dead = outbox.put("paper.released", key="1001", n=1)
    OutboxMessage.objects.filter(pk=dead.pk).update(dead_at=timezone.now())
    outbox.put("paper.released", key="1001", n=2)
    outbox.relay_outbox()
    assert heard == [("1001", {"n": 2})]


def test_the_limit_hands_over_to_another_run(heard):
    for n in range(3):
        outbox.put("paper.released", key=str(n))
    with patch.object(outbox.relay_outbox, "apply_async") as sent:
        assert outbox.relay_outbox(limit=2, something_newer=True) == 2
    assert sent.called
    assert len(heard) == 2


def test_old_deliveries_are_forgotten(heard):
    outbox.put("paper.released", key="1")
    outbox.put("paper.released", key="2")
    outbox.relay_outbox(limit=1)
    assert outbox.forget_sent(before=datetime(2000, 1, 1, tzinfo=UTC)) == 0
    assert outbox.forget_sent(before=timezone.now() + timedelta(seconds=1)) == 1
    assert OutboxMessage.objects.get().key == "2"


def test_registering_twice_listens_once(heard):
    outbox.handles("t")(refuse)
    outbox.handles("t")(refuse)
    assert outbox.handlers_of("t") == [refuse]
    assert outbox.handlers_of("u") == []


@pytest.mark.django_db(transaction=True)
def test_a_delivery_that_breaks_at_commit_is_a_failure_like_any_other():
    """A deferred check refuses what the handler wrote only when everything is committed."""

    @outbox.handles("paper.released")
    def point_nowhere(*, key, message_id):
        from erp.kernel.models import ChangeLogEntry

        ChangeLogEntry.objects.create(
            at=timezone.now(), user_id=-1, table="t", record_key="k", action="insert"
        )

    message = outbox.put("paper.released", key="1001")
    assert outbox.relay_one()
    message.refresh_from_db()
    assert message.attempts == 1
    assert message.error.startswith(IntegrityError.__name__)
    assert not outbox.relay_one()
