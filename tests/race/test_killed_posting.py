"""A posting process that is killed leaves nothing half done: all of it is there, or none."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from erp.kernel.models import OutboxMessage
from posting.models import Register
from sales.models import SalesInvoice, SalesShipment
from tests.race.killed import STAGES

pytestmark = pytest.mark.django_db(transaction=True)

ROOT = Path(__file__).resolve().parents[2]


def this_database() -> str:
    """The address of the test database, over TCP or a socket."""
    facts = connection.settings_dict
    login = facts["USER"] + (f":{facts['PASSWORD']}" if facts["PASSWORD"] else "")
    host = facts["HOST"] or facts["OPTIONS"].get("host", "")
    if host.startswith("/"):
        return f"postgres://{login}@/{facts['NAME']}?host={host}"
    return f"postgres://{login}@{host}:{facts['PORT'] or 5432}/{facts['NAME']}"


def kill_while_posting(stage: str, document_id: int) -> None:
    environment = os.environ | {"DATABASE_URL": this_database()}
    done = subprocess.run(
        [sys.executable, "-m", "tests.race.killed", stage, str(document_id)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr


def test_a_killed_posting_is_all_or_nothing(transactional_db, world):
    """Killed at every stage in turn, the same order is posted in the end, with the first number."""
    adatum = world.customer("Adatum")
    order = world.order(adatum).sells(2, world.item(stock=10, cost=60), at=100).release()
    registers = Register.objects.count()
    messages = OutboxMessage.objects.count()
    for stage in STAGES:
        if stage == "committed":
            continue
        kill_while_posting(stage, order.key)
        assert SalesInvoice.objects.count() == SalesShipment.objects.count() == 0, stage
        assert Register.objects.count() == registers, stage
        assert OutboxMessage.objects.count() == messages, stage
    world.check()

    kill_while_posting("committed", order.key)
    invoice = SalesInvoice.objects.get()
    assert invoice.number.endswith("00001")
    assert order.is_done
    assert (
        OutboxMessage.objects.filter(topic="sales.invoice.posted", key=invoice.number, sent_at=None).count()
        == 1
    )
    assert world.balance(adatum) == 250
    world.check()
