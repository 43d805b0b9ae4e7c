"""PostgreSQL and Redis go down and come back while people post: whatever was reported posted is there, once."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from unittest.mock import patch

import pytest
from django.db import Error, connection
from django.utils import timezone

from erp.celery import app
from erp.kernel import outbox
from erp.kernel.faults import is_away
from erp.kernel.models import OutboxMessage, OutgoingMail
from sales.models import PostingJob, SalesInvoice
from sales.routines.schedule import schedule
from tests.race.test_killed_posting import Till, server, till
from tests.support.kills import begin, end
from tests.support.services import OwnServices, address_of_this_database, own_services, wait_until

__all__ = ["server", "till"]
pytestmark = pytest.mark.django_db(transaction=True)

ROOT = Path(__file__).resolve().parents[2]


def stubborn(work):
    """Do a thing until the database is there for it."""
    while True:
        try:
            return work()
        except Error as error:
            if not is_away(error):
                raise
            connection.close()
            time.sleep(0.05)


def test_postgresql_crashes_while_several_processes_post(till, tmp_path, settings):
    """Three tills and a relay, two crashes: nobody is started again by hand."""
    settings.OUTBOX_LEASE = 2
    keys = [till.order() for _order in range(24)]
    closed = tmp_path / "closed"

    def serve(place: int):
        def run():
            with (tmp_path / f"till-{place}").open("w", buffering=1) as reported:
                for key in keys[place::3]:
                    reported.write(stubborn(lambda key=key: till.post(key)) + "\n")

        return run

    def relay():
        def left() -> bool:
            return not closed.exists() or OutboxMessage.objects.waiting().exists()

        while stubborn(outbox.relay_one) or stubborn(left):
            time.sleep(0.01)

    with own_services(tmp_path) as own:
        own.start_postgresql()
        with own.copy_of_the_database():
            tills, office = [begin(serve(place)) for place in range(3)], begin(relay)
            for share in (1, 2):
                wait_until(lambda share=share: SalesInvoice.objects.count() >= 8 * share, "invoices")
                connection.close()
                own.crash_postgresql()
                own.start_postgresql()
            assert [end(child) for child in tills] == [0, 0, 0]
            closed.touch()
            assert end(office) == 0
            reported = [number for path in tmp_path.glob("till-*") for number in path.read_text().split()]
            assert sorted(reported) == sorted(SalesInvoice.objects.values_list("number", flat=True))
            mails = OutgoingMail.objects.all()
            assert {(mail.status, till.times_taken(mail)) for mail in mails} == {("sent", 1)}
            till.check(len(keys))


class Worker:
    """A real worker, with beat in it, that listens to our own Redis and works on the test database."""

    def __init__(self, own: OwnServices, till: Till, log: Path):
        self.url = own.home.redis_url()
        self.env = os.environ | {
            "DATABASE_URL": address_of_this_database(),
            "REDIS_URL": self.url,
            "DJANGO_SETTINGS_MODULE": "erp.settings",
            "EMAIL_URL": f"smtp://127.0.0.1:{till.server.port}",
        }
        self.log = log

    def start(self) -> None:
        words = ["celery", "-A", "erp", "worker", "-B", "-s", str(self.log.with_suffix(".beat")), "-c", "1"]
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", *words],
                cwd=ROOT,
                env=self.env,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def nudge(self, **_given) -> None:
        """What `apply_async` does, with the other Redis."""
        with app.connection_for_write(self.url.replace("unix://", "redis+socket://", 1)) as broker:
            app.send_task(outbox.relay_outbox.name, connection=broker, queue="handel", retry=False)


def test_a_worker_is_killed_and_its_redis_restarted(till, tmp_path, settings):
    """Six orders in the job queue, and six invoices to be mailed: the next worker finds everything as it was."""
    settings.OUTBOX_LEASE = 1
    world = till.world
    with own_services(tmp_path) as own:
        own.start_redis()
        worker = Worker(own, till, tmp_path / "worker.log")
        with patch.object(outbox.relay_outbox, "apply_async", worker.nudge):
            worker.start()
            try:
                for _order in range(3):
                    till.post(till.order())
                stories = [world.order(till.customer).sells(1, till.item, at=100) for _order in range(6)]
                schedule([story.document for story in stories], by=world.by, at=world.at())
                wait_until(lambda: PostingJob.objects.filter(status="posted").exists(), "the first job")
                worker.kill()
                worker.start()
                own.stop_redis()
                own.start_redis()
                past = timezone.now() - outbox.LONGEST_WAIT
                PostingJob.objects.filter(status="posting").update(started_at=past)
                OutgoingMail.objects.exclude(claim=None).update(claimed_until=past)
                OutboxMessage.objects.waiting().update(retry_at=past)

                def done() -> bool:
                    jobs = PostingJob.objects.exclude(status="posted").exists()
                    waiting = OutboxMessage.objects.waiting().exists()
                    if jobs or waiting:
                        worker.nudge()
                    return not jobs and not waiting

                wait_until(done, worker.log.read_text()[-2000:])
            finally:
                worker.kill()
    mails = OutgoingMail.objects.all()
    assert {(mail.status, till.times_taken(mail)) for mail in mails} <= {
        ("sent", 1),
        ("unsure", 1),
        ("unsure", 0),
    }
    assert SalesInvoice.objects.count() == 9
    world.check()
