"""manage.py change_line: changes, adds or removes a line of a working document."""

from argparse import ArgumentParser
from datetime import datetime

from django.core.management.base import CommandError
from django.utils import timezone

from erp.kernel.models import User
from erp.management.arguments import day
from erp.management.documents import (
    LINE_HELP,
    DocumentCommand,
    add_document,
    figure,
    find_document,
    new_line,
    text_of_lines,
)
from sales.routines.add_lines import add_lines
from sales.routines.change_line import change_line
from sales.routines.remove_line import remove_line

FIELDS = {
    "quantity": ("quantity", figure),
    "unit": ("unit_code", str),
    "price": ("unit_price", figure),
    "discount": ("line_discount_percent", figure),
    "ship": ("qty_to_ship", figure),
    "invoice": ("qty_to_invoice", figure),
    "description": ("description", str),
    "location": ("location_code", str),
    "shipment_date": ("shipment_date", day),
}
LENGTHS = {"unit_code": 10, "description": 100, "location_code": 10}


class Command(DocumentCommand):
    """The door for changing what is on a document."""

    help = (
        "Changes a line: change_line SO-10001 10000 --quantity 3 --ship 1. "
        "Adds lines with --add, takes one off with --remove."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        add_document(parser)
        parser.add_argument("line_no", nargs="?", type=int, metavar="LINE", help="line number, as 10000")
        for name, (field, read) in FIELDS.items():
            words = field.replace("_", " ")
            parser.add_argument(f"--{name.replace('_', '-')}", type=read, metavar="VALUE", help=words)
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--add", nargs="+", type=new_line, metavar="NEW", help=LINE_HELP)
        what.add_argument("--remove", action="store_true", help="take the line off")
        parser.add_argument("--date", type=day, metavar="DATE", help="work date, for prices; default: today")

    def act(self, *, by: User | None, at: datetime, number: str, type: str | None, **options) -> None:
        document = find_document(number, type)
        changes = {
            field: options[name] for name, (field, _read) in FIELDS.items() if options[name] is not None
        }
        for name, longest in LENGTHS.items():
            if len(changes.get(name, "")) > longest:
                raise CommandError(f"{changes[name]} is too long: at most {longest} characters.")
        on = options["date"] or timezone.localdate()
        line_no = options["line_no"]
        if options["add"]:
            if line_no is not None or changes:
                raise CommandError("--add stands alone: new lines go to the end of the document.")
            add_lines(document, options["add"], by=by, at=at, on=on)
        else:
            line = _line(document, line_no)
            if options["remove"]:
                if changes:
                    raise CommandError("A line is either changed or removed.")
                remove_line(line, by=by, at=at)
            elif not changes:
                raise CommandError("Say what to change: --quantity, --price, --ship …, or --remove.")
            else:
                change_line(line, by=by, at=at, on=on, **changes)
        self.stdout.write(f"{document} is changed.")
        for line in text_of_lines(document.lines.order_by("line_no")):
            self.stdout.write(line)


def _line(document, line_no: int | None):
    if line_no is None:
        raise CommandError("Name the line, as in: change_line SO-10001 10000 --quantity 3")
    line = document.lines.filter(line_no=line_no).first()
    if line is None:
        there = ", ".join(str(number) for number in document.lines.values_list("line_no", flat=True)[:20])
        raise CommandError(f"{document} has no line {line_no}; it has {there or 'none'}.")
    return line
