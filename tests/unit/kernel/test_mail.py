"""Mails leave through the outbox: once, with their paper; and wait where the server does not take them."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from erp.kernel import mail, mail_delivery, outbox
from erp.kernel.errors import ErpError, ProblemsFound
from erp.kernel.models import OutboxMessage, OutgoingMail, User
from tests.support.smtp import mail_server

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PDF = b"%PDF-1.7 not much of one"


@pytest.fixture
def server(settings):
    """A mail server that the settings point to."""
    with mail_server() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.DEFAULT_FROM_EMAIL = "Handel <handel@fjord.example>"
        yield server


@pytest.fixture
def clerk():
    return User.objects.create(
        username="clara", first_name="Clara", last_name="Berg", email="clara@fjord.example"
    )


def queued(clerk, **given) -> OutgoingMail:
    values = {"to": "anna@adatum.example", "title": "Your order 1001", "body": "Dear Anna,\n"} | given
    return mail.queue(
        ("sales.order", "1001"), paper=PDF, paper_name="Order 1001.pdf", by=clerk, at=NOW, **values
    )


def make_due():
    OutboxMessage.objects.waiting().update(retry_at=timezone.now() - timedelta(seconds=1))


def now(row: OutgoingMail) -> OutgoingMail:
    row.refresh_from_db()
    return row


def test_a_mail_arrives_once_with_its_paper(server, clerk):
    """To two, with a copy, answers to Clara; told again, nothing is sent again."""
    row = queued(
        clerk, to="anna@adatum.example; bo@adatum.example", cc="c@adatum.example", bcc="archive@fjord.example"
    )
    assert outbox.relay_outbox() == 1
    mail_delivery.deliver(row.uuid, at=NOW)
    outbox.relay_outbox()

    (message,) = server.mails
    assert server.recipients == [
        ["anna@adatum.example", "bo@adatum.example", "c@adatum.example", "archive@fjord.example"]
    ]
    assert message["Subject"] == "Your order 1001"
    assert message["From"] == "Handel <handel@fjord.example>"
    assert message["Reply-To"] == "Clara Berg <clara@fjord.example>"
    assert message["Message-ID"] == f"<{row.uuid}@fjord.example>"
    assert "archive" not in str(message["Cc"]) and message["Bcc"] is None
    (attached,) = message.iter_attachments()
    assert (attached.get_filename(), attached.get_content()) == ("Order 1001.pdf", PDF)
    assert "Dear Anna" in message.get_body().get_content()
    assert now(row).status == "sent" and row.sent_at is not None and row.attempts == 1


def test_a_server_that_refuses_leaves_a_retry(server, clerk):
    """The first attempt waits half a minute; the second finds the server willing."""
    server.refuses = True
    row = queued(clerk)
    outbox.relay_outbox()
    assert now(row).status == "queued" and row.attempts == 1
    assert "451" in row.last_error
    waiting = OutboxMessage.objects.waiting().get(topic=mail.TOPIC, key=str(row.uuid))
    assert waiting.retry_at > timezone.now() + timedelta(seconds=20)
    assert outbox.relay_outbox() == 0

    server.refuses = False
    make_due()
    outbox.relay_outbox()
    assert now(row).status == "sent" and row.last_error == ""
    assert len(server.mails) == 1
    assert not OutboxMessage.objects.waiting().exists()


def test_no_server_at_all_and_in_the_end_it_has_failed(server, clerk, settings):
    """After the last attempt somebody has to look; sent again, it arrives."""
    settings.OUTBOX_MAX_ATTEMPTS = 3
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 9
    row = queued(clerk)
    for attempt in (1, 2, 3):
        make_due()
        outbox.relay_outbox()
        assert now(row).attempts == attempt
    assert row.status == "failed" and row.last_error
    assert not OutboxMessage.objects.waiting().exists()

    settings.EMAIL_PORT = port
    mail.send_again(row)
    outbox.relay_outbox()
    assert now(row).status == "sent" and len(server.mails) == 1


def test_a_cancelled_mail_is_not_sent(server, clerk):
    row = queued(clerk)
    mail.cancel(row)
    assert outbox.relay_outbox() == 0
    assert now(row).status == "cancelled" and server.mails == []
    with pytest.raises(ErpError, match="Cancelled"):
        mail.cancel(row)

    # Second thoughts: it goes out after all, and then cannot be called back.
    mail.send_again(row)
    outbox.relay_outbox()
    assert now(row).status == "sent" and len(server.mails) == 1
    with pytest.raises(ErpError):
        mail.cancel(row)
    with pytest.raises(ErpError):
        mail.send_again(row)


def test_one_that_waits_is_tried_at_once_when_sent_again(server, clerk):
    server.refuses = True
    row = queued(clerk)
    outbox.relay_outbox()
    server.refuses = False
    mail.send_again(row)
    assert outbox.relay_outbox() == 1
    assert now(row).status == "sent" and len(server.mails) == 1


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"to": " ; "}, "E-MAIL-TO"),
        ({"to": "anna@adatum.example; nobody"}, "E-MAIL-ADDRESS"),
        ({"cc": "a@b"}, "E-MAIL-ADDRESS"),
        ({"bcc": "a@b.example\nBcc: everybody"}, "E-MAIL-ADDRESS"),
        ({"title": "  "}, "E-MAIL-TITLE"),
        ({"to": ";".join(f"a{n}@b.example" for n in range(51))}, "E-MAIL-MANY"),
    ],
)
def test_what_is_not_queued(clerk, given, code):
    with pytest.raises(ProblemsFound) as found:
        queued(clerk, **given)
    assert found.value.code == code
    assert not OutgoingMail.objects.exists() and not OutboxMessage.objects.exists()


def test_a_subject_is_one_line(server, clerk):
    """A line break in it would be a header of its own."""
    queued(clerk, title="Your order\nBcc: everybody@adatum.example")
    outbox.relay_outbox()
    assert server.mails[0]["Subject"] == "Your order Bcc: everybody@adatum.example"
    assert server.recipients == [["anna@adatum.example"]]


def test_whose_mails_one_may_look_at(clerk):
    own, other = queued(clerk), queued(User.objects.create(username="otto"))
    boss = User.objects.create(username="boss", is_superuser=True)
    assert list(mail.mails_for(clerk)) == [own]
    assert set(mail.mails_for(boss)) == {own, other}
    assert mail.mails_of("sales.order", "1001") == [other, own]
    assert mail.last_recipients("sales.order", "1001") == "anna@adatum.example"


def test_one_that_is_tried_at_once_says_whether_it_left(server, clerk):
    """Somebody waits for the answer: what the server refuses has failed, and the outbox goes on trying by itself."""
    taken = queued(clerk)
    assert mail_delivery.try_now(taken, at=NOW, timeout=5) == "sent"
    assert not OutboxMessage.objects.waiting().exists()

    server.refuses = True
    row = queued(clerk)
    assert mail_delivery.try_now(row, at=NOW, timeout=5) == "failed"
    assert row.attempts == 1 and "451" in row.last_error
    make_due()
    outbox.relay_outbox()
    assert now(row).status == "failed" and row.attempts == 2

    server.refuses = False
    make_due()
    outbox.relay_outbox()
    assert now(row).status == "sent" and row.last_error == ""
    assert len(server.mails) == 2
    assert mail_delivery.try_now(row, at=NOW, timeout=5) == "sent" and len(server.mails) == 2


def test_a_message_is_relayed_without_waiting(server, clerk):
    """What is due is delivered; what is not, or is done already, is left alone."""
    row = queued(clerk)
    message = OutboxMessage.objects.waiting().get(key=str(row.uuid))
    OutboxMessage.objects.filter(pk=message.pk).update(retry_at=timezone.now() + timedelta(hours=1))
    assert not outbox.relay_now(message, now=NOW)
    make_due()
    assert outbox.relay_now(message, now=NOW)
    assert now(row).status == "sent"
    assert not outbox.relay_now(message, now=NOW)


def test_nobody_answers_for_the_last_line(server, clerk):
    """The server took it and said nothing: the machine leaves it alone, a person settles it."""
    server.after_data = lambda: False
    settled, doubted = queued(clerk), queued(clerk)
    assert outbox.relay_outbox() == 2
    make_due()
    assert outbox.relay_outbox() == 0
    assert now(settled).status == now(doubted).status == "unsure"
    assert "disconnected" in settled.last_error.lower() and settled.sent_at is None
    assert set(mail.unsure()) == {settled, doubted} and len(server.mails) == 2
    with pytest.raises(ErpError, match="Unsure"):
        mail.cancel(settled)

    mail.confirm(settled, at=NOW)
    assert now(settled).status == "sent" and settled.sent_at == NOW
    server.after_data = lambda: True
    mail.send_again(doubted)
    outbox.relay_outbox()
    assert now(doubted).status == "sent" and not mail.unsure()
    assert sorted(server.counted().values()) == [1, 2]
    with pytest.raises(ErpError, match="Sent"):
        mail.confirm(doubted, at=NOW)


def test_a_server_that_refuses_after_the_last_line_has_said_so(server, clerk):
    """That is an answer: the mail waits for its next attempt."""
    server.says_no = True
    row = queued(clerk)
    outbox.relay_outbox()
    assert now(row).status == "queued" and "554" in row.last_error and server.mails == []
    server.says_no = False
    make_due()
    outbox.relay_outbox()
    assert now(row).status == "sent" and len(server.mails) == 1


def test_while_it_is_being_sent_nobody_else_touches_it(server, clerk):
    """Neither a second process nor a person; once the claim has run out both may."""
    row = queued(clerk)
    mail_delivery._claim(row.uuid)
    with pytest.raises(mail_delivery.MailBusy):
        mail_delivery.deliver(row.uuid, at=NOW)
    for step in (mail.cancel, mail.send_again):
        with pytest.raises(ErpError, match="Being sent"):
            step(row)
    OutgoingMail.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
    mail_delivery.deliver(row.uuid, at=NOW)
    assert now(row).status == "sent" and row.attempts == 2 and len(server.mails) == 1


def test_who_was_slower_than_the_claim_goes_away_without_the_last_line(server, clerk, monkeypatch):
    row = queued(clerk)
    mark = mail_delivery._mark

    def slowly(mine):
        OutgoingMail.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
        monkeypatch.setattr(mail_delivery, "_mark", mark)
        mail_delivery.deliver(row.uuid, at=NOW)  # somebody else, in the meantime
        mark(mine)

    monkeypatch.setattr(mail_delivery, "_mark", slowly)
    mail_delivery.deliver(row.uuid, at=NOW)
    assert now(row).status == "sent" and row.claim is None
    assert list(server.counted().values()) == [1]


def test_a_mail_that_kills_whoever_sends_it_fails_in_the_end(server, clerk, settings):
    settings.OUTBOX_MAX_ATTEMPTS = 2
    row = queued(clerk)
    for _death in range(2):
        mail_delivery._claim(row.uuid)
        OutgoingMail.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
    mail_delivery.deliver(row.uuid, at=NOW)
    assert now(row).status == "failed" and "again and again" in row.last_error and server.mails == []


def test_dots_at_the_beginning_of_a_line_arrive(server, clerk):
    """A line that is a dot would end the mail too early."""
    queued(clerk, body="Dear Anna,\n.\n..\n.hidden\n")
    outbox.relay_outbox()
    assert server.mails[0].get_body().get_content().split() == ["Dear", "Anna,", ".", "..", ".hidden"]


def test_another_backend_sends_in_one_step(clerk, settings, mailoutbox):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    row = queued(clerk)
    outbox.relay_outbox()
    assert now(row).status == "sent" and len(mailoutbox) == 1


@pytest.mark.parametrize(("answer", "status"), [("200 yes", "sent"), ("354 go on", "unsure")])
def test_an_unusual_answer_to_the_last_line_is_no_refusal(server, clerk, answer, status):
    """The server has the mail already: it is not sent a second time."""
    server.yes = answer
    row = queued(clerk)
    for _again in range(2):
        make_due()
        outbox.relay_outbox()
    assert now(row).status == status
    assert len(server.mails) == 1
