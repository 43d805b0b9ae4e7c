"""manage.py outbox: what waits to leave, what was given up, and another try."""

from argparse import ArgumentParser
from datetime import timedelta

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Count, Min
from django.utils import timezone

from erp.kernel import outbox
from erp.kernel.models import OutboxMessage


class Command(BaseCommand):
    help = "Shows and mends the outbox."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", metavar="status | dead | retry | relay | forget")
        verbs.add_parser("status", help="how many messages wait, per topic, and since when (the default)")
        verbs.add_parser("dead", help="the messages that were given up, with their last error")
        retry = verbs.add_parser("retry", help="make given-up messages due again")
        retry.add_argument("ids", nargs="*", type=int, metavar="ID")
        retry.add_argument("--all", action="store_true", help="all that were given up")
        relay = verbs.add_parser("relay", help="deliver what is due now, in this process")
        relay.add_argument("--limit", type=int, default=1000)
        forget = verbs.add_parser("forget", help="delete messages delivered long ago")
        forget.add_argument("--days", type=int, default=90)

    def handle(self, *, verb: str | None, **options) -> None:
        getattr(self, f"_{verb or 'status'}")(**options)

    def _status(self, **options) -> None:
        waiting = (
            OutboxMessage.objects.waiting()
            .values("topic")
            .annotate(count=Count("id"), since=Min("created_at"))
        )
        for row in waiting.order_by("topic"):
            self.stdout.write(f"{row['count']:>6}  {row['topic']}  since {row['since']:%Y-%m-%d %H:%M} UTC")
        dead = OutboxMessage.objects.dead().count()
        self.stdout.write(f"{sum(row['count'] for row in waiting)} waiting, {dead} given up")

    def _dead(self, **options) -> None:
        for message in OutboxMessage.objects.dead().order_by("pk"):
            self.stdout.write(
                f"{message.pk}  {message}  {message.attempts} attempts  {message.error.splitlines()[-1]}"
            )

    def _retry(self, *, ids: list[int], all: bool, **options) -> None:
        if bool(ids) == all:
            raise CommandError("Say which: outbox retry ID …, or outbox retry --all")
        dead = OutboxMessage.objects.dead()
        chosen = dead if all else dead.filter(pk__in=ids)
        if missing := set(ids) - set(chosen.values_list("pk", flat=True)):
            raise CommandError(f"Not among the messages given up: {', '.join(map(str, sorted(missing)))}")
        self.stdout.write(f"{outbox.retry(chosen, now=timezone.now())} messages are due again")

    def _relay(self, *, limit: int, **options) -> None:
        self.stdout.write(f"{outbox.relay_outbox(limit=limit)} messages relayed")

    def _forget(self, *, days: int, **options) -> None:
        self.stdout.write(
            f"{outbox.forget_sent(before=timezone.now() - timedelta(days=days))} messages deleted"
        )
