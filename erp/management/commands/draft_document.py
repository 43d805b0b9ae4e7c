"""manage.py draft_document: writes a quote, order, invoice, credit memo or return order."""

from argparse import ArgumentParser
from datetime import date, datetime

from django.core.management.base import CommandError
from django.db import transaction
from django.utils import timezone

from customers.resolve import resolve
from erp.kernel.models import User
from erp.management.arguments import day
from erp.management.documents import LINE_HELP, DocumentCommand, new_line, text_of_lines
from sales.models import SalesDocument
from sales.routines.draft import draft
from sales.routines.release import release
from sales.traits import TRAITS


class Command(DocumentCommand):
    """The door for a document that is written by hand, or by a script."""

    help = (
        "Writes a sales document: draft_document order C00010 BICYCLE:2 FRAME:1@99.50-10% --reference PO-77. "
        "What is not given follows from the customer, the price lists and the set-up."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("type", choices=tuple(TRAITS), metavar="TYPE", help=" | ".join(TRAITS))
        parser.add_argument(
            "customer",
            metavar="CUSTOMER",
            help="number or name of the customer; with --template, of a prospect",
        )
        parser.add_argument("lines", nargs="*", type=new_line, metavar="LINE", help=LINE_HELP)
        parser.add_argument("--date", type=day, metavar="DATE", help="work date; default: today")
        parser.add_argument("--posting-date", type=day, metavar="DATE", help="default: the work date")
        parser.add_argument("--shipment-date", type=day, metavar="DATE", help="default: the work date")
        parser.add_argument("--reference", default="", metavar="TEXT", help="the customer's order number")
        parser.add_argument("--your-reference", default="", metavar="TEXT")
        parser.add_argument("--location", default="", metavar="CODE", help="where the goods leave")
        parser.add_argument("--ship-to", metavar="CODE", help="ship-to address of the customer")
        parser.add_argument("--currency", metavar="CODE", help="default: the customer's")
        parser.add_argument(
            "--applies-to", default="", metavar="NUMBER", help="invoice that a credit memo settles"
        )
        parser.add_argument(
            "--number", default="", help="where the number series lets one type it; default: the next"
        )
        parser.add_argument(
            "--template", default="", metavar="CODE", help="of customers, for the quote of a prospect"
        )
        parser.add_argument("--release", action="store_true", help="release it at once")

    @transaction.atomic
    def act(self, *, by: User | None, at: datetime, **options) -> None:
        on: date = options["date"] or timezone.localdate()
        given = {
            "external_document_no": options["reference"],
            "your_reference": options["your_reference"],
            "posting_date": options["posting_date"],
            "shipment_date": options["shipment_date"],
            "location_code": options["location"],
            "applies_to_document_no": options["applies_to"],
            "applies_to_document_type": "invoice" if options["applies_to"] else "",
        }
        given = {name: value for name, value in given.items() if value}
        for name, longest in (("external_document_no", 35), ("your_reference", 35), ("location_code", 10)):
            if len(given.get(name, "")) > longest:
                raise CommandError(f"{given[name]} is too long: at most {longest} characters.")
        if options["currency"] is not None:
            given["currency_code"] = options["currency"]
        if options["template"]:
            given |= {"sell_to_name": options["customer"], "template": options["template"]}
        document = draft(
            options["type"],
            None if options["template"] else _customer(options["customer"]),
            by=by,
            at=at,
            on=on,
            number=options["number"],
            ship_to_code=options["ship_to"],
            lines=options["lines"],
            **given,
        )
        if options["release"]:
            document = release(document, by=by, at=at)
        document = SalesDocument.objects.get(pk=document.pk)
        name = document.customer or document.sell_to_name
        self.stdout.write(f"{document} for {name} is {document.get_status_display().lower()}.")
        for line in text_of_lines(document.lines.order_by("line_no")):
            self.stdout.write(line)


def _customer(text: str):
    found = resolve(text)
    if found.customer is not None:
        return found.customer
    if found.candidates:
        names = ", ".join(str(customer) for customer in found.candidates[:10])
        raise CommandError(f"{text} fits several customers: {names}.")
    raise CommandError(f"There is no customer {text}.")
