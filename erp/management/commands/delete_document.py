"""manage.py delete_document: throws a working document away."""

from argparse import ArgumentParser
from datetime import datetime

from erp.kernel.models import User
from erp.management.documents import DocumentCommand, add_archive, add_document, find_document
from sales.routines.delete import delete


class Command(DocumentCommand):
    """The door for deleting by hand."""

    help = "Deletes an open document of which nothing is shipped and not invoiced. Posted papers stay."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        add_document(parser)
        add_archive(parser)

    def act(self, *, by: User | None, at: datetime, number: str, type: str | None, **options) -> None:
        document = find_document(number, type)
        name = str(document)
        delete(document, by=by, at=at, archive=options["archive"])
        self.stdout.write(f"{name} is deleted.")
