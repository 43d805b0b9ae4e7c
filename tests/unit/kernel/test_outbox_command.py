"""manage.py outbox."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from erp.kernel import outbox
from erp.kernel.models import OutboxMessage

pytestmark = pytest.mark.django_db


def run(*arguments) -> list[str]:
    out = StringIO()
    call_command("outbox", *arguments, stdout=out)
    return out.getvalue().splitlines()


@pytest.fixture
def dead():
    outbox.put("paper.released", key="1002")
    message = outbox.put("paper.released", key="1001")
    OutboxMessage.objects.filter(pk=message.pk).update(
        dead_at=timezone.now(), attempts=12, error="RuntimeError: no"
    )
    return message


def test_status(dead):
    assert run("status") == run()
    topic, total = run()
    assert topic.split()[:2] == ["1", "paper.released"]
    assert total == "1 waiting, 1 given up"


def test_the_dead_are_shown_and_retried(dead):
    assert run("dead") == [f"{dead.pk}  paper.released 1001  12 attempts  RuntimeError: no"]
    assert run("retry", str(dead.pk)) == ["1 messages are due again"]
    assert run("dead") == []
    assert run("relay") == ["2 messages relayed"]
    assert run("forget", "--days", "0") == ["2 messages deleted"]


def test_retry_all(dead):
    assert run("retry", "--all") == ["1 messages are due again"]
    assert run("retry", "--all") == ["0 messages are due again"]


def test_retry_wants_to_know_which(dead):
    with pytest.raises(CommandError, match="Say which"):
        run("retry")
    with pytest.raises(CommandError, match="Not among the messages given up: 999999"):
        run("retry", "999999")
    assert OutboxMessage.objects.dead().count() == 1
