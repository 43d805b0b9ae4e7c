"""manage.py ledger_root: what to keep outside, so that the ledgers can be proved against it."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from erp.kernel.errors import ErpError
from posting.routines.publish_root import publish_root


class Command(BaseCommand):
    help = "Prints the root of the ledgers: the day, the last register, its seal and the last numbers of the ledgers."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--file", type=Path, metavar="FILE", help="add it to this file as well")
        parser.add_argument("--mail", default="", metavar="ADDRESS", help="send it to somebody as well")

    def handle(self, *, file: Path | None, mail: str, **options) -> None:
        try:
            root = publish_root(on=timezone.localdate(), at=timezone.now(), file=file, mail_to=mail)
        except (OSError, ErpError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(str(root) if root else "Nothing is posted yet.")
