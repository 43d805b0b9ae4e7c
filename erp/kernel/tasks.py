"""What the kernel does in the background: mails that leave, and housekeeping once a day."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone
from oauth2_provider.models import clear_expired

from erp.kernel import mail, outbox
from erp.kernel.idempotency import KEEP, forget_keys
from erp.kernel.mail_delivery import deliver
from erp.kernel.outbox import forget_sent

KEEP_SENT = timedelta(days=90)


@shared_task(acks_late=True, ignore_result=True)
def tidy(**_newer_arguments) -> None:
    """Forget idempotency keys after a week, delivered messages after a quarter, what applications were given and
    is over; dead letters stay.
    """
    now = timezone.now()
    forget_keys(before=now - KEEP)
    forget_sent(before=now - KEEP_SENT)
    clear_expired()


@outbox.handles(mail.TOPIC, outside=True)
def send_mail(*, key: str, **_newer_fields) -> None:
    """Send a queued mail; safe to run twice."""
    deliver(key, at=timezone.now())
