"""manage.py make_order: makes an order, or an invoice, of a quote."""

from argparse import ArgumentParser
from datetime import datetime

from django.utils import timezone

from erp.kernel.models import User
from erp.management.arguments import day
from erp.management.documents import DocumentCommand, find_document
from sales.models import SalesDocument
from sales.routines.convert import make_invoice, make_order


class Command(DocumentCommand):
    """The door for a quote that was accepted."""

    help = "Makes an order of a quote, with its prices and discounts; the quote is gone."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("number", metavar="QUOTE", help="number of the quote")
        parser.add_argument(
            "--invoice", action="store_true", help="make an invoice instead, to be posted at once"
        )
        parser.add_argument("--date", type=day, metavar="DATE", help="work date; default: today")

    def act(self, *, by: User | None, at: datetime, number: str, invoice: bool, **options) -> None:
        quote = find_document(number, SalesDocument.Type.QUOTE)
        convert = make_invoice if invoice else make_order
        made = convert(quote, by=by, at=at, on=options["date"] or timezone.localdate())
        self.stdout.write(f"{quote} became {made.get_type_display().lower()} {made.number}.")
