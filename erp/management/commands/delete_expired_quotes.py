"""manage.py delete_expired_quotes: deletes the quotes that are no longer valid."""

from argparse import ArgumentParser
from datetime import date, datetime

from django.utils import timezone

from erp.kernel.models import User
from erp.management.arguments import day
from erp.management.documents import DocumentCommand, add_archive
from sales.routines.delete_expired_quotes import delete_expired_quotes


class Command(DocumentCommand):
    """The door for a schedule."""

    help = "Deletes the quotes that were valid until a day before DATE; those without such a day stay."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--date", type=day, metavar="DATE", help="default: today")
        add_archive(parser)

    def act(
        self, *, by: User | None, at: datetime, date: date | None, archive: bool | None, **_options
    ) -> None:
        done = delete_expired_quotes(on=date or timezone.localdate(), by=by, at=at, archive=archive)
        self.stdout.write(f"{len(done.deleted):,} expired quotes are deleted.")
        if done.kept:
            self.stdout.write(f"Waiting for approval, so they stay: {', '.join(done.kept)}.")
