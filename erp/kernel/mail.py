"""Mails that leave with a paper: queued in the transaction that asks for them, sent through the outbox.

    mail = queue(("sales.order", "1001"), to="anna@adatum.example", title="…", body="…", paper=pdf,
                 paper_name="Order 1001.pdf", by=user, at=now)

A mail is sent once, whatever dies on the way (`mail_delivery`, ADR 0032). A mail server that does not answer, or
refuses, costs a wait, twice as long each time, as for any message of the outbox; after 12 attempts the mail is marked
as failed, and waits for somebody to send it again or to give it up. One of which nobody can know whether the server
took it is unsure: it stays as it is until somebody says that it arrived, or sends it again.
"""

import re
from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from erp.kernel import outbox
from erp.kernel.errors import Problem, WrongStatus, raise_problems
from erp.kernel.models.outbox import OutboxMessage
from erp.kernel.models.paper import OutgoingMail
from erp.kernel.models.user import User

TOPIC = "kernel.mail.queued"
AT_ONCE = 50  # addresses in one field
Status = OutgoingMail.Status
CLAIM = ("claim", "claimed_until")
HELD = Q(claimed_until__gt=Now())  # somebody is sending it; a process that died holds it no longer than that


def addresses(text: str) -> list[str]:
    """The addresses in a field, separated by semicolons, commas or line breaks."""
    return [part.strip() for part in re.split(r"[;,\n]", text) if part.strip()]


def check_addresses(text: str, *, field: str, is_needed: bool = False) -> list[Problem]:
    """E-MAIL-TO where nobody is named who must be; E-MAIL-ADDRESS for each that is no address."""
    found = addresses(text)
    if is_needed and not found:
        return [Problem("E-MAIL-TO", _("Say to whom the mail goes: enter an e-mail address."), field=field)]
    problems = []
    for address in found:
        try:
            validate_email(address)
        except ValidationError:
            message = _("“{address}” is no e-mail address. Separate several with a semicolon.")
            problems.append(Problem("E-MAIL-ADDRESS", message.format(address=address), field=field))
    if len(found) > AT_ONCE:
        message = _("At most {count} addresses fit into one mail.").format(count=AT_ONCE)
        problems.append(Problem("E-MAIL-MANY", message, field=field))
    return problems


@transaction.atomic
def queue(
    subject: tuple[str, str],
    *,
    to: str,
    title: str,
    by: User | None,
    at: datetime,
    body: str = "",
    cc: str = "",
    bcc: str = "",
    paper: bytes | None = None,
    paper_name: str = "",
) -> OutgoingMail:
    """Have a mail sent once this transaction commits.

    subject  what it is about: ("sales.order", its number)
    raises   ProblemsFound: E-MAIL-TO, E-MAIL-ADDRESS, E-MAIL-MANY, E-MAIL-TITLE
    """
    problems = check_addresses(to, field="to", is_needed=True)
    problems += check_addresses(cc, field="cc") + check_addresses(bcc, field="bcc")
    title = " ".join(title.split())
    if not title:
        problems.append(Problem("E-MAIL-TITLE", _("Enter a subject."), field="title"))
    raise_problems(title, problems)
    mail = OutgoingMail.objects.create(
        subject_type=subject[0],
        subject_no=subject[1],
        to="; ".join(addresses(to)),
        cc="; ".join(addresses(cc)),
        bcc="; ".join(addresses(bcc)),
        title=title[:250],
        body=body,
        paper=paper,
        paper_name=paper_name[:150],
        created_at=at,
        created_by=by,
    )
    outbox.put(TOPIC, key=str(mail.uuid))
    return mail


@transaction.atomic
def send_again(mail: OutgoingMail) -> OutgoingMail:
    """Queue a mail that failed, was cancelled or may not have arrived, with all its attempts; one that waits is tried
    at once.
    """
    waiting = waiting_for(mail)
    mail = _taken(mail, {Status.FAILED, Status.CANCELLED, Status.QUEUED, Status.SENDING, Status.UNSURE})
    waiting.delete()
    mail.status, mail.attempts, mail.last_error = Status.QUEUED, 0, ""
    mail.save(update_fields=["status", "attempts", "last_error", *CLAIM])
    outbox.put(TOPIC, key=str(mail.uuid))
    return mail


@transaction.atomic
def cancel(mail: OutgoingMail) -> OutgoingMail:
    """Give up a mail that has not left."""
    waiting = waiting_for(mail)
    mail = _taken(mail, {Status.FAILED, Status.QUEUED, Status.SENDING})
    waiting.delete()
    mail.status = Status.CANCELLED
    mail.save(update_fields=["status", *CLAIM])
    return mail


@transaction.atomic
def confirm(mail: OutgoingMail, *, at: datetime) -> OutgoingMail:
    """Somebody knows that a mail arrived of which the machine is unsure."""
    mail = _taken(mail, {Status.UNSURE})
    mail.status, mail.sent_at, mail.last_error = Status.SENT, at, ""
    mail.save(update_fields=["status", "sent_at", "last_error", *CLAIM])
    return mail


def unsure() -> QuerySet[OutgoingMail]:
    """Mails of which nobody knows whether they arrived, and which nobody is handing over at this moment."""
    return OutgoingMail.objects.filter(status=Status.UNSURE).exclude(HELD)


def mails_of(subject_type: str, subject_no: str, limit: int = 20) -> Sequence[OutgoingMail]:
    """The mails that left, or are to leave, from a record, the latest first; without their papers."""
    mails = OutgoingMail.objects.filter(subject_type=subject_type, subject_no=subject_no)
    return list(mails.defer("paper", "body").select_related("created_by")[:limit])


def mails_for(user: User) -> QuerySet[OutgoingMail]:
    """The mails that somebody may look at: their own, or all."""
    mails = OutgoingMail.objects.defer("paper").select_related("created_by")
    return mails if user.has_perm("kernel.view_outgoingmail") else mails.filter(created_by=user)


def last_recipients(subject_type: str, subject_no: str) -> str:
    """To whom the last mail about a record went, or is to go; blank where there was none."""
    mails = OutgoingMail.objects.filter(subject_type=subject_type, subject_no=subject_no)
    return mails.exclude(status=Status.CANCELLED).values_list("to", flat=True).first() or ""


def waiting_for(mail: OutgoingMail) -> QuerySet[OutboxMessage]:
    """What waits in the outbox for this mail, locked: in this order, message before mail, as the relay does it."""
    waiting = OutboxMessage.objects.filter(topic=TOPIC, key=str(mail.uuid), sent_at=None)
    keys = list(waiting.select_for_update(skip_locked=True).values_list("pk", flat=True))
    return OutboxMessage.objects.filter(pk__in=keys)


def _taken(mail: OutgoingMail, statuses: set[str]) -> OutgoingMail:
    """The mail, locked, and nobody's any more; raises WrongStatus, also while somebody is sending it."""
    rows = OutgoingMail.objects.annotate(is_held=ExpressionWrapper(HELD, BooleanField()))
    mail = rows.select_for_update(of=("self",)).defer("paper").get(pk=mail.pk)
    if mail.status not in statuses or mail.is_held:
        expected = " / ".join(str(status.label) for status in Status if status in statuses)
        raise WrongStatus(document=mail, status=mail.get_status_display(), expected=expected)
    mail.claim = mail.claimed_until = None
    return mail
