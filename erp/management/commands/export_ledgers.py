"""manage.py export_ledgers: the sealed ledgers as text files, for bin/verify-seal and for whoever audits the books."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from posting.seal_export import export_ledgers


class Command(BaseCommand):
    help = "Writes every sealed table with its seals into an empty folder: text that is proved without a database."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)

    def handle(self, *, folder: Path, **options) -> None:
        try:
            counts = export_ledgers(folder)
        except OSError as error:
            raise CommandError(str(error)) from error
        for table, rows in counts.items():
            self.stdout.write(f"{rows:>12,}  {table}")
