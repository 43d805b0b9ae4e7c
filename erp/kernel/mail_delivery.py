"""Sending a queued mail once, whoever dies on the way.

    claimed     "being sent", by one process and for a while; committed, and with it all that was committed before
    all but the end of the mail has been transmitted
    marked      "unsure"; committed
    the end, and the server's answer
    noted       "sent", also over a lost connection to the database

Who dies before the mark has sent nothing: the claim runs out and the mail is tried again. Who dies after it leaves the
mail unsure: the machine never sends it again, people may. A process that lost its claim to another finds that out at
the mark, and goes away without the last line.
"""

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from email.utils import formataddr
from smtplib import SMTPException
from uuid import UUID, uuid4

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import DatabaseError, InterfaceError, OperationalError, connections, router, transaction
from django.db.models import BooleanField, ExpressionWrapper, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.kernel import outbox
from erp.kernel.errors import ErpError
from erp.kernel.faults import is_away
from erp.kernel.handover import Handover, NoAnswer
from erp.kernel.mail import HELD, TOPIC, Status, addresses, waiting_for
from erp.kernel.models.outbox import OutboxMessage
from erp.kernel.models.paper import OutgoingMail

logger = logging.getLogger(__name__)

# Seconds between attempts to note down what happened while the database is away; a restart fits in.
WAITS = (0.1, 0.2, 0.5, 1, 2, 4, 8, 15, 30)


class MailBusy(ErpError):
    """Another process is sending the mail, or died over it a moment ago."""

    code = "E-MAIL-BUSY"
    template = gettext_lazy("The mail “{title}” is being sent.")


class ClaimLost(Exception):
    """The mail was slower than its claim, and is somebody else's by now."""


def deliver(uuid: UUID | str, *, at: datetime, timeout: float | None = None) -> None:
    """Send a queued mail; told twice, it is sent once. A failure puts it back for later, or ends it.

    timeout  seconds that the mail server has to answer; None: as the settings say
    raises   MailBusy

    To be called outside of any transaction: each step has its own.
    """
    mail = _claim(uuid)
    if mail is None:
        return
    try:
        message = _message(mail)
        with Handover(timeout=timeout) as way:
            way.send(message, before_end=lambda: _mark(mail))
            _note(mail, status=Status.SENT, sent_at=at, last_error="")
    except ClaimLost:
        logger.warning("Mail %s was slower than its claim", mail.uuid)
    except NoAnswer as error:
        logger.error("Mail %s may have been taken, or not: %s", mail.uuid, error)
        _note(mail, last_error=str(error)[:2000])
    except (OSError, SMTPException, ValueError, DatabaseError, InterfaceError) as error:
        logger.warning("Mail %s was not taken: %s", mail.uuid, error)
        said = f"{type(error).__name__}: {error}"[:2000]
        _persistently(lambda: _put_back(mail, said, at=at))


def try_now(mail: OutgoingMail, *, at: datetime, timeout: float) -> str:
    """Try a mail without waiting for the relay; returns its status. One that fails is marked so, and tried again later.

    timeout  seconds that the mail server has to answer: somebody waits
    """
    with transaction.atomic():
        waiting = waiting_for(mail)
        outbox.hold(waiting)
    try:
        deliver(mail.uuid, at=at, timeout=timeout)
    except MailBusy:
        return Status.SENDING
    with transaction.atomic():
        waiting.delete()  # it was sent, or waits anew
        OutgoingMail.objects.filter(pk=mail.pk, status=Status.QUEUED).update(status=Status.FAILED)
    mail.refresh_from_db(fields=["status", "attempts", "last_error", "sent_at"])
    return mail.status


def _claim(uuid: UUID | str) -> OutgoingMail | None:
    """Take a mail for ourselves; None where nothing is left to do."""
    rows = OutgoingMail.objects.annotate(is_held=ExpressionWrapper(HELD, BooleanField()))
    with transaction.atomic(durable=True):
        _commit_for_good()
        mail = rows.select_for_update(of=("self",)).filter(uuid=uuid).first()
        if mail is None or mail.status not in (Status.QUEUED, Status.FAILED, Status.SENDING):
            return None
        if mail.is_held:
            raise MailBusy(title=mail.title)
        if mail.status == Status.SENDING and mail.attempts >= _most_attempts():
            mail.last_error = _("Whoever sent it ended without a word, again and again.")
            _ours(mail).update(status=Status.FAILED, last_error=mail.last_error, claim=None)
            return None
        mail.status_before = Status.FAILED if mail.status == Status.FAILED else Status.QUEUED
        lease = timedelta(seconds=getattr(settings, "OUTBOX_LEASE", outbox.LEASE))
        mail.status, mail.claim, mail.claimed_until = Status.SENDING, uuid4(), Now() + lease
        mail.attempts += 1
        mail.save(update_fields=["status", "attempts", "claim", "claimed_until"])
    return mail


def _mark(mail: OutgoingMail) -> None:
    """From here on nobody knows, but for the server's answer."""
    with transaction.atomic(durable=True):
        _commit_for_good()
        if not _ours(mail).filter(status=Status.SENDING).update(status=Status.UNSURE):
            raise ClaimLost


def _note(mail: OutgoingMail, **values) -> None:
    """Give up the claim, and write down how it ended; nobody else can know, so a lost database is waited for."""
    try:
        _persistently(lambda: _ours(mail).update(claim=None, claimed_until=None, **values))
    except (DatabaseError, InterfaceError):
        logger.exception("Mail %s stays unsure; what happened: %s", mail.uuid, values)


@transaction.atomic
def _put_back(mail: OutgoingMail, said: str, *, at: datetime) -> None:
    """The mail was not taken: it waits for its next attempt, or has failed."""
    is_last = mail.attempts >= _most_attempts()
    status = Status.FAILED if is_last else mail.status_before
    if _ours(mail).update(status=status, last_error=said, claim=None, claimed_until=None) and not is_last:
        again = outbox.put(TOPIC, key=str(mail.uuid))
        OutboxMessage.objects.filter(pk=again.pk).update(retry_at=at + outbox.wait_after(mail.attempts))


def _ours(mail: OutgoingMail) -> QuerySet[OutgoingMail]:
    """The row of a mail, as long as the claim is ours."""
    return OutgoingMail.objects.filter(pk=mail.pk, claim=mail.claim)


def _commit_for_good() -> None:
    """Whatever the session says, this transaction is on disk once it is committed, and all before it."""
    with connections[router.db_for_write(OutgoingMail)].cursor() as cursor:
        cursor.execute(
            "SELECT set_config('synchronous_commit', 'on', true) WHERE current_setting('synchronous_commit') = 'off'"
        )


def _persistently(work: Callable[[], object]) -> None:
    """Do a piece of work in spite of a database that goes away for a moment; safe to do twice."""
    connection = connections[router.db_for_write(OutgoingMail)]
    for wait in WAITS:
        try:
            work()
        except (DatabaseError, InterfaceError) as error:
            if connection.in_atomic_block or not (isinstance(error, OperationalError) or is_away(error)):
                raise
            connection.close()
            time.sleep(wait)
        else:
            return
    work()


def _most_attempts() -> int:
    return getattr(settings, "OUTBOX_MAX_ATTEMPTS", outbox.MAX_ATTEMPTS)


def _message(mail: OutgoingMail) -> EmailMessage:
    sender = mail.created_by
    answers = (
        [formataddr((sender.get_full_name() or sender.username, sender.email))]
        if sender and sender.email
        else []
    )
    host = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ") or "localhost"
    message = EmailMessage(
        subject=mail.title,
        body=mail.body,
        to=addresses(mail.to),
        cc=addresses(mail.cc),
        bcc=addresses(mail.bcc),
        reply_to=answers,
        headers={"Message-ID": f"<{mail.uuid}@{host}>"},
    )
    if mail.paper is not None:
        message.attach(mail.paper_name, bytes(mail.paper), "application/pdf")
    return message
