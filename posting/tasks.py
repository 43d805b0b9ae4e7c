"""What this room does in the background: the root of the ledgers, once a day."""

from pathlib import Path

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from posting.routines.publish_root import publish_root


@shared_task(acks_late=True, ignore_result=True)
def publish_daily_root(**_newer_arguments) -> None:
    """Write and mail the root of the ledgers as the settings say. Run twice, it is there twice, which does no harm."""
    file, mail_to = settings.LEDGER_ROOT_FILE, settings.LEDGER_ROOT_MAIL
    if file or mail_to:
        publish_root(
            on=timezone.localdate(), at=timezone.now(), file=Path(file) if file else None, mail_to=mail_to
        )
