"""Mails about approvals leave after the commit, and only while they are true."""

from decimal import Decimal as D

import pytest
from django.core import mail
from django.core.mail.backends import locmem
from django.db import transaction
from django.utils import timezone

from erp.kernel import outbox
from erp.kernel.mail import last_recipients
from erp.kernel.models import OutboxMessage, OutgoingMail
from tests.world.office import Office


class Died(Exception):
    """Whoever delivered it, before the commit."""


def refuse(*_args):
    raise OSError("no route to host")


@pytest.fixture
def office(world):
    office = Office(world)
    office.workflow()
    return office


def deliver() -> list[tuple[str, str]]:
    """Deliver all that waits; returns to whom and about what."""
    mail.outbox.clear()
    while outbox.relay_one():
        pass
    assert not outbox.OutboxMessage.objects.exclude(error="").exists()
    return [(sent.to[0].partition("@")[0], sent.subject) for sent in mail.outbox]


def test_the_approver_is_asked_and_the_sender_is_told(office):
    order = office.order(9_000)
    run = office.send(order, comment="They pay on Friday")
    assert deliver() == [("mira", f"Please approve: Order {order.number}, Adatum")]
    text = mail.outbox[0].body
    assert "9,000.00" in text and "clara: They pay on Friday" in text
    assert f"/sales/order/{order.number}/" in text

    office.approve(run, "mira")
    assert deliver() == [("clara", f"Approved: Order {order.number}, Adatum")]


def test_a_rejection_carries_its_reason(office):
    run = office.send(office.order(9_000))
    deliver()
    office.reject(run, "mira", "Margin too low")
    assert [who for who, _subject in deliver()] == ["clara"]
    assert "Margin too low" in mail.outbox[0].body


def test_nobody_is_asked_by_mail_what_was_answered_meanwhile(office):
    run = office.send(office.order(9_000))
    office.cancel(run, "clara")
    assert deliver() == []


def test_a_mail_is_written_with_the_note_that_its_message_was_delivered(office):
    office.send(office.order(9_000))
    message = outbox.OutboxMessage.objects.get(topic="approvals.requested")
    with pytest.raises(Died), transaction.atomic():
        outbox.relay_now(message, now=timezone.now())
        assert OutgoingMail.objects.count() == 1
        raise Died
    assert not OutgoingMail.objects.exists()  # neither was committed
    assert len(deliver()) == 1
    assert deliver() == []
    written = OutgoingMail.objects.get()
    assert (written.status, written.created_by) == ("sent", None)


def test_a_mail_server_that_is_away_costs_a_wait_and_no_second_mail(office, monkeypatch):
    office.send(office.order(9_000))
    monkeypatch.setattr(locmem.EmailBackend, "send_messages", refuse)
    assert deliver() == []
    assert OutgoingMail.objects.get().status == "queued"
    monkeypatch.undo()
    OutboxMessage.objects.filter(sent_at=None).update(retry_at=timezone.now())
    assert [who for who, _subject in deliver()] == ["mira"]


def test_an_approver_is_not_suggested_as_recipient_of_the_paper(office):
    order = office.order(9_000)
    office.send(order)
    assert len(deliver()) == 1
    assert last_recipients("sales.order", order.number) == ""


def test_who_has_no_address_gets_no_mail(office):
    mira = office.user("mira")
    mira.email = ""
    mira.save()
    assert office.send(office.order(D(9_000))).status == "pending"
    assert deliver() == []
