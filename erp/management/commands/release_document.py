"""manage.py release_document: releases documents: from here on the warehouse may rely on them."""

from argparse import ArgumentParser
from datetime import datetime

from django.db import transaction

from erp.kernel.models import User
from erp.management.documents import DocumentCommand, find_document
from sales.routines.release import release
from sales.traits import TRAITS


class Command(DocumentCommand):
    """The door for releasing by hand."""

    help = "Releases documents: amounts become final, lines can no longer be changed. All of them or none."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("numbers", nargs="+", metavar="NUMBER")
        parser.add_argument("--type", choices=tuple(TRAITS), help="needed where types share a number")

    @transaction.atomic
    def act(self, *, by: User | None, at: datetime, numbers: list[str], type: str | None, **options) -> None:
        for number in dict.fromkeys(numbers):
            document = release(find_document(number, type), by=by, at=at)
            self.stdout.write(f"{document} is released.")
