"""Housekeeping of the kernel, once a day."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from erp.kernel.idempotency import KEEP, forget_keys
from erp.kernel.outbox import forget_sent

KEEP_SENT = timedelta(days=90)


@shared_task(acks_late=True, ignore_result=True)
def tidy(**_newer_arguments) -> None:
    """Forget idempotency keys after a week and delivered messages after a quarter; dead letters stay."""
    now = timezone.now()
    forget_keys(before=now - KEEP)
    forget_sent(before=now - KEEP_SENT)
