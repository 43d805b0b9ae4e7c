"""Requests that arrive more than once."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal as D

import pytest
from django.utils import timezone

from erp.kernel import outbox
from erp.kernel.errors import ErpError
from erp.kernel.idempotency import forget_keys, hash_request, once
from erp.kernel.models import IdempotencyKey, OutboxMessage, User
from erp.kernel.tasks import tidy

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk():
    return User.objects.create(username="clerk")


@pytest.fixture
def work():
    """Work that counts how often it was done."""
    done = []

    def work():
        done.append(1)
        return {"number": f"SI-{len(done)}", "amount": D("9.90"), "on": date(2026, 3, 10)}

    work.done = done
    return work


def ask(clerk, work, key="K", operation="sales.post", request_hash="abc"):
    return once(key=key, user=clerk, operation=operation, request_hash=request_hash)(work)


def test_the_same_request_is_done_once(clerk, work):
    first = ask(clerk, work)
    assert first == ask(clerk, work) == {"number": "SI-1", "amount": "9.90", "on": "2026-03-10"}
    assert len(work.done) == 1


@pytest.mark.parametrize("other", [{"request_hash": "xyz"}, {"operation": "sales.ship"}])
def test_the_same_key_for_another_request(clerk, work, other):
    ask(clerk, work)
    with pytest.raises(ErpError, match="K was used for another request") as caught:
        ask(clerk, work, **other)
    assert (caught.value.code, caught.value.status) == ("E-IDEM-MISMATCH", 409)
    assert len(work.done) == 1


def test_keys_belong_to_their_user(clerk, work):
    ask(clerk, work)
    assert ask(User.objects.create(username="other"), work)["number"] == "SI-2"


def test_no_key_no_memory(clerk, work):
    assert ask(clerk, work, key="")["number"] == "SI-1"
    assert ask(clerk, work, key="")["number"] == "SI-2"
    assert not IdempotencyKey.objects.exists()


def test_failed_work_may_be_tried_again(clerk, work):
    def fail():
        work()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        ask(clerk, fail)
    assert ask(clerk, work)["number"] == "SI-2"


def test_work_that_returns_nothing(clerk):
    assert ask(clerk, lambda: None) is None
    assert ask(clerk, lambda: pytest.fail("done again")) is None


def test_keys_have_a_length(clerk, work):
    assert ask(clerk, work, key="k" * 64)
    with pytest.raises(ErpError) as caught:
        ask(clerk, work, key="k" * 65)
    assert caught.value.code == "E-IDEM-LEN"


def test_the_hash_is_of_what_is_asked_for():
    assert hash_request(a=1, b=D("1.0")) == hash_request(b=D("1.0"), a=1)
    assert hash_request(a=1) != hash_request(a=2)
    assert len(hash_request()) == 64


def test_old_keys_are_forgotten(clerk, work):
    ask(clerk, work)
    assert forget_keys(before=datetime(2000, 1, 1, tzinfo=UTC)) == 0
    assert forget_keys(before=timezone.now() + timedelta(seconds=1)) == 1


def test_the_daily_tidying(clerk, work):
    """A week-old key and a message delivered a quarter ago go; what is younger, or never arrived, stays."""
    ask(clerk, work, key="old")
    IdempotencyKey.objects.update(created_at=timezone.now() - timedelta(days=8))
    ask(clerk, work, key="new")
    for days, topic in ((91, "old"), (89, "new")):
        message = outbox.put(topic)
        OutboxMessage.objects.filter(pk=message.pk).update(sent_at=timezone.now() - timedelta(days=days))
    outbox.put("waiting")
    tidy(something_newer=True)
    assert IdempotencyKey.objects.get().key == "new"
    assert list(OutboxMessage.objects.values_list("topic", flat=True)) == ["new", "waiting"]
