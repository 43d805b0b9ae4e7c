"""One mail and several workers: it leaves once; and one that is cancelled at the same moment leaves or does not."""

from datetime import UTC, datetime
from unittest.mock import patch

import pytest

from erp.kernel import mail, outbox
from erp.kernel.errors import WrongStatus
from erp.kernel.mail_delivery import MailBusy, deliver
from erp.kernel.models import OutgoingMail
from tests.support.races import race
from tests.support.smtp import mail_server

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def server(settings):
    with mail_server() as server, patch.object(outbox.relay_outbox, "apply_async"):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        yield server


def queued() -> OutgoingMail:
    return mail.queue(("sales.order", "1001"), to="anna@adatum.example", title="Order 1001", by=None, at=NOW)


def test_several_workers_send_a_mail_once(server):
    row = queued()

    told = race(*[lambda: deliver(row.uuid, at=NOW)] * 4)
    assert {type(each) for each in told} <= {type(None), MailBusy}
    row.refresh_from_db()
    assert (row.status, row.attempts, len(server.mails)) == ("sent", 1, 1)


def test_cancelled_or_sent_but_never_both(server):
    """The relay holds the message, then the mail; whoever cancels takes them in the same order."""
    for _time in range(5):
        server.mails.clear()
        row = queued()
        refused = []

        def give_up(row=row, refused=refused):
            try:
                mail.cancel(row)
            except WrongStatus as error:
                refused.append(error)

        race(outbox.relay_one, give_up)
        row.refresh_from_db()
        assert (row.status, len(server.mails), len(refused)) in (("sent", 1, 1), ("cancelled", 0, 0))
        outbox.relay_outbox()
        assert len(server.mails) == len(refused)
