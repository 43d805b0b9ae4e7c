"""manage.py cancel_remainder: closes what of an order will not be delivered any more."""

from argparse import ArgumentParser
from datetime import datetime

from erp.kernel.models import User
from erp.management.documents import DocumentCommand, add_document, find_document, plain
from sales.plans.fulfilment import document_fulfilment, label_of
from sales.routines.cancel_remainder import cancel_remainder


class Command(DocumentCommand):
    """The door for closing an order's rest by hand, or by a script."""

    help = (
        "Closes what is outstanding: cancel_remainder SO-10001, or only --line 20000. It never ships again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        add_document(parser)
        parser.add_argument(
            "--line", type=int, action="append", metavar="NO", help="only this line; may be repeated"
        )

    def act(
        self,
        *,
        by: User | None,
        at: datetime,
        number: str,
        type: str | None,
        line: list[int] | None,
        **options,
    ) -> None:
        document = find_document(number, type)
        for closed in cancel_remainder(document, line_nos=line, by=by, at=at):
            quantity = plain(closed.quantity_cancelled)
            self.stdout.write(f"Line {closed.line_no} ({closed.number}): {quantity} cancelled in all.")
        reached = document_fulfilment(document.lines.all())
        words = label_of(reached, receives=document.traits.receives).lower()
        self.stdout.write(f"{document} is {words}.")
