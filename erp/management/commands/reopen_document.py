"""manage.py reopen_document: takes releases back, so that lines can be changed again."""

from argparse import ArgumentParser
from datetime import datetime

from django.db import transaction

from erp.kernel.models import User
from erp.management.documents import DocumentCommand, find_document
from sales.routines.release import reopen
from sales.traits import TRAITS


class Command(DocumentCommand):
    """The door for reopening by hand."""

    help = "Reopens released documents, so that their lines can be changed again. All of them or none."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("numbers", nargs="+", metavar="NUMBER")
        parser.add_argument("--type", choices=tuple(TRAITS), help="needed where types share a number")

    @transaction.atomic
    def act(self, *, by: User | None, at: datetime, numbers: list[str], type: str | None, **options) -> None:
        for number in dict.fromkeys(numbers):
            document = reopen(find_document(number, type), by=by, at=at)
            self.stdout.write(f"{document} is reopened.")
