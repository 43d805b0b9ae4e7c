"""manage.py make_order: makes an order, or an invoice, of a quote; or an order of a blanket order."""

from argparse import ArgumentParser
from datetime import datetime

from django.utils import timezone

from erp.kernel.models import User
from erp.management.arguments import day
from erp.management.documents import DocumentCommand, add_archive, find_document
from sales.models import SalesDocument
from sales.routines.call_off import call_off
from sales.routines.convert import make_invoice, make_order


class Command(DocumentCommand):
    """The door for a quote that was accepted, and for a call-off."""

    help = (
        "Makes an order of a quote, with its prices and discounts; the quote is gone. Of a blanket order it makes an "
        "order of the quantities to ship."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("number", metavar="NUMBER", help="number of the quote or blanket order")
        parser.add_argument(
            "--type",
            choices=(SalesDocument.Type.QUOTE, SalesDocument.Type.BLANKET_ORDER),
            default=SalesDocument.Type.QUOTE,
            help="default: quote",
        )
        parser.add_argument(
            "--invoice",
            action="store_true",
            help="make an invoice of the quote instead, to be posted at once",
        )
        parser.add_argument(
            "--create-customer", action="store_true", help="make the prospect of the quote a customer first"
        )
        parser.add_argument(
            "--recalculate", action="store_true", help="at the prices of today, instead of those offered"
        )
        parser.add_argument("--date", type=day, metavar="DATE", help="work date; default: today")
        add_archive(parser)

    def act(self, *, by: User | None, at: datetime, number: str, type: str, invoice: bool, **options) -> None:
        source = find_document(number, type)
        who = {"by": by, "at": at, "on": options["date"] or timezone.localdate()}
        if source.traits.calls_off:
            made = call_off(source, **who)
        else:
            convert = make_invoice if invoice else make_order
            made = convert(
                source,
                recalculate=options["recalculate"],
                create_customer=options["create_customer"],
                archive=options["archive"],
                **who,
            )
        self.stdout.write(f"{source} became {made.get_type_display().lower()} {made.number}.")
