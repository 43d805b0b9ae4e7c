"""What integration does in the background, through Celery: webhooks."""

from celery import shared_task
from django.utils import timezone

from integration.webhooks.collect import collect
from integration.webhooks.deliver import relay
from integration.webhooks.sweep import sweep


@shared_task(acks_late=True, ignore_result=True)
def collect_webhooks(**_newer_arguments) -> None:
    """Every few seconds: what changed becomes notices, which are delivered by a task of their own."""
    if collect(at=timezone.now()):
        deliver_webhooks.apply_async(retry=False, expires=60)


@shared_task(acks_late=True, ignore_result=True)
def deliver_webhooks(**_newer_arguments) -> None:
    """Every minute, and whenever there is something new: notices that are due. Two of them share the work."""
    relay(clock=timezone.now)


@shared_task(acks_late=True, ignore_result=True)
def sweep_webhooks(**_newer_arguments) -> None:
    """Every ten minutes: what expired, and what is old."""
    sweep(at=timezone.now())
