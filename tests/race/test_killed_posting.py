"""A process that is killed leaves nothing half done: an order is posted once, its invoice is mailed once.

Every stage is killed, and moments that dice choose; KILLS=20 does all of it twenty times over.
"""

import os
import random
import time
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.db import transaction
from django.utils import timezone

from erp.kernel import outbox
from erp.kernel.idempotency import hash_request, once
from erp.kernel.mail import TOPIC, Status, unsure
from erp.kernel.models import OutboxMessage, OutgoingMail
from posting.models import Register
from sales.models import SalesDocument, SalesInvoice, SalesShipment
from sales.routines.mail_posted import WANTED, mail_posted
from sales.routines.post import ship_and_invoice
from tests.race.stages import NOBODY_KNOWS, POSTING, PRINTING, SENDING
from tests.support.kills import KILLED, run_and_kill
from tests.support.smtp import mail_server

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = int(os.environ.get("KILLS", "1"))
PDF = b"%PDF-1.7 not much of one"


@pytest.fixture
def server(settings):
    """A mail server that counts; no broker, and a printer that is done at once."""
    quiet = patch.object(outbox.relay_outbox, "apply_async")
    with (
        mail_server() as server,
        quiet,
        patch("sales.routines.send_paper.print_papers", lambda *_, **__: PDF),
    ):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        yield server


@pytest.fixture
def till(world, server):
    return Till(world, server)


class Till:
    """Orders that are posted and mailed, by processes that may die over it."""

    def __init__(self, world, server):
        self.world, self.server = world, server
        self.item = world.item(stock=100_000, cost=60)
        self.customer = world.customer("Adatum", email="anna@adatum.example")

    def order(self) -> int:
        return self.world.order(self.customer).sells(1, self.item, at=100).key

    def post(self, key: int) -> str:
        """Post an order and have its invoice mailed, once for its key; returns the invoice's number."""

        def work() -> str:
            posted = ship_and_invoice(
                SalesDocument.objects.get(pk=key), by=self.world.by, at=self.world.at()
            ).invoice
            mail_posted(posted, by=self.world.by, user_language="en")
            return posted.number

        operation, request = "test.post", hash_request(key=key)
        with transaction.atomic():
            return once(key=f"order-{key}", user=self.world.by, operation=operation, request_hash=request)(
                work
            )

    def kill_over(self, key: int, stage: str) -> None:
        """Post an order, print and mail it, in three processes of which one dies at a stage."""
        steps = {
            WANTED: (PRINTING, outbox.relay_one),
            TOPIC: (SENDING, outbox.relay_one),
        }
        if stage in POSTING:
            assert run_and_kill(lambda: self.post(key), stage=POSTING[stage]) == KILLED
            return
        self.post(key)
        for topic, (stages, work) in steps.items():
            OutboxMessage.objects.waiting().exclude(topic=topic).update(sent_at=timezone.now())
            if stage in stages:
                assert run_and_kill(work, stage=stages[stage]) == KILLED
                return
            assert work()

    def recover(self, key: int) -> OutgoingMail:
        """An hour later somebody presses the same button again, and the relay runs; returns the invoice's mail."""
        number = self.post(key)
        past = timezone.now() - timedelta(seconds=1)
        OutgoingMail.objects.exclude(claim=None).update(claimed_until=past)
        OutboxMessage.objects.waiting().update(retry_at=past)
        while outbox.relay_one():
            pass
        return OutgoingMail.objects.get(subject_no=number)

    def times_taken(self, mail: OutgoingMail) -> int:
        return self.server.counted()[f"<{mail.uuid}@localhost>"]

    def check(self, orders: int) -> None:
        """Every order has one invoice and one shipment, numbered without a gap, and every ledger holds."""
        numbers = sorted(SalesInvoice.objects.values_list("number", flat=True))
        assert [int(number[-5:]) for number in numbers] == list(range(1, orders + 1))
        assert SalesShipment.objects.count() == orders
        assert not SalesDocument.objects.exists()
        assert OutgoingMail.objects.count() == orders
        assert max(self.server.counted().values()) == 1
        self.world.check()


def test_a_killed_posting_is_all_or_nothing(till):
    """Until the commit nothing is there; the same order is posted in the end, with the first number."""
    key = till.order()
    registers, messages = Register.objects.count(), OutboxMessage.objects.count()
    for stage in POSTING:
        if stage != "posting committed":
            till.kill_over(key, stage)
            assert SalesInvoice.objects.count() == SalesShipment.objects.count() == 0, stage
            assert Register.objects.count() == registers, stage
            assert OutboxMessage.objects.count() == messages, stage
    till.kill_over(key, "posting committed")
    assert SalesInvoice.objects.get().number.endswith("00001")
    assert OutboxMessage.objects.waiting().filter(topic=WANTED).count() == 1
    assert till.recover(key).status == Status.SENT
    till.check(1)


def test_killed_at_every_stage_of_the_way_an_invoice_is_mailed_once(till):
    """Where nobody can know whether the server took the mail it is shown as unsure, and not sent a second time."""
    stages = [stage for stage in (*PRINTING, *SENDING) for _round in range(ROUNDS)]
    for stage in stages:
        key = till.order()
        till.kill_over(key, stage)
        mail = till.recover(key)
        if stage in NOBODY_KNOWS:
            assert mail.status == Status.UNSURE and mail in unsure(), stage
            assert till.times_taken(mail) == (stage != "marked"), stage
        else:
            assert (mail.status, till.times_taken(mail)) == (Status.SENT, 1), stage
    assert unsure().count() == len(NOBODY_KNOWS) * ROUNDS
    till.check(len(stages))


def test_killed_at_any_moment(till):
    """From outside, after as long as dice say, while it posts, prints and sends."""
    dice = random.Random(20260302)

    def all_the_way(key: int):
        def run():
            till.post(key)
            while outbox.relay_one():
                pass

        return run

    keys = [till.order() for _kill in range(12 * ROUNDS + 1)]
    begun = time.monotonic()
    assert run_and_kill(all_the_way(keys[0])) == 0
    longest = time.monotonic() - begun
    ended = [run_and_kill(all_the_way(key), after=dice.random() * longest) for key in keys[1:]]
    assert KILLED in ended
    for key in keys:
        mail = till.recover(key)
        if mail.status == Status.UNSURE:
            assert till.times_taken(mail) <= 1
        else:
            assert (mail.status, till.times_taken(mail)) == (Status.SENT, 1)
    till.check(len(keys))
