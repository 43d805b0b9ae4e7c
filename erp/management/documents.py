"""What the commands about sales documents share: finding one, reading lines, showing it in text."""

import re
from argparse import ArgumentParser, ArgumentTypeError, BooleanOptionalAction
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal, InvalidOperation

from django.core.management.base import CommandError
from django.utils import timezone

from erp.kernel.changelog import acting_as
from erp.kernel.errors import ErpError
from erp.kernel.models import User
from erp.management.acting import ActingCommand
from erp.management.arguments import refusal, user_named
from erp.management.unmigrated import tables_expected
from sales.masters import NewLine
from sales.models import SalesDocument
from sales.models.base import LineType, PaperLine
from sales.plans.paper_totals import totals_of
from sales.traits import TRAITS

LINE = re.compile(
    r"(?P<number>[^,:]+)(?:,(?P<variant>[^:]+))?:(?P<quantity>-?[0-9.]+)(?:\*(?P<unit>[^@%]+?))?"
    r"(?:@(?P<price>-?[0-9.]+))?(?:-(?P<discount>[0-9.]+)%)?"
)
LINE_HELP = (
    "ITEM[,VARIANT]:QUANTITY[*UNIT][@PRICE][-DISCOUNT%%], as in BICYCLE:2 or FRAME:1@99.50-10%%; "
    "gl=ACCOUNT:QUANTITY@PRICE for a G/L account; #TEXT for a comment"
)


class DocumentCommand(ActingCommand):
    """A command that does something with documents in the name of somebody; a subclass has `act`."""

    def handle(self, *, user: str | None, **options) -> None:
        with tables_expected():
            by = user_named(user)
            try:
                with acting_as(by):
                    self.act(by=by, at=timezone.now(), **options)
            except ErpError as error:
                raise refusal(error) from error

    def act(self, *, by: User | None, at: datetime, **options) -> None:
        raise NotImplementedError


def add_document(parser: ArgumentParser) -> None:
    """The arguments that name one working document."""
    parser.add_argument("number", metavar="NUMBER", help="number of the document")
    parser.add_argument(
        "--type", choices=tuple(TRAITS), help="needed where documents of several types share a number"
    )


def add_archive(parser: ArgumentParser) -> None:
    """The answer where the set-up asks whether quotes are archived."""
    parser.add_argument(
        "--archive",
        action=BooleanOptionalAction,
        default=None,
        help="keep a version of the quote, or none; needed where the sales set-up asks",
    )


def find_document(number: str, type: str | None = None) -> SalesDocument:
    """The working document of that number."""
    documents = SalesDocument.objects.select_related("customer", "bill_to_customer").filter(number=number)
    found = list(documents.filter(type=type) if type else documents)
    if not found:
        raise CommandError(f"There is no {type.replace('_', ' ') if type else 'document'} {number}.")
    if len(found) > 1:
        types = ", ".join(sorted(document.type for document in found))
        raise CommandError(f"{number} is the number of several documents: name the --type ({types}).")
    return found[0]


def new_line(text: str) -> NewLine:
    """A line argument; see LINE_HELP."""
    if text.startswith("#"):
        return NewLine(type=LineType.COMMENT, description=text[1:].strip()[:100])
    is_account = text.startswith("gl=")
    typed = LINE.fullmatch(text.removeprefix("gl="))
    if typed is None:
        raise ArgumentTypeError(f"{text} is not a line; write it as BICYCLE:2 or FRAME:1@99.50-10%")
    return NewLine(
        type=LineType.GL_ACCOUNT if is_account else LineType.ITEM,
        number=typed["number"],
        quantity=_figure(typed["quantity"], text),
        unit_code=typed["unit"] or "",
        variant_code=typed["variant"] or "",
        unit_price=_figure(typed["price"], text) if typed["price"] else None,
        line_discount_percent=_figure(typed["discount"], text) if typed["discount"] else None,
    )


def figure(text: str) -> Decimal:
    """A quantity or price argument."""
    return _figure(text, text)


def _figure(text: str, whole: str) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise ArgumentTypeError(f"{whole}: {text} is not a number; write it as 12.50") from None
    if not value.is_finite() or abs(value) >= Decimal("1e13"):
        raise ArgumentTypeError(f"{whole}: {text} is too large")
    if value != round(value, 5):
        raise ArgumentTypeError(f"{whole}: {text} has more than five decimals")
    return value


def text_of_lines(lines: Iterable[PaperLine]) -> Iterable[str]:
    """A table of lines with the totals under it."""
    lines = list(lines)
    yield (
        f"{'Line':>7}  {'No.':<20}  {'Description':<36}  {'Quantity':>10}  {'Unit':<6}  {'Price':>12}"
        f"  {'Disc.%':>6}  {'Amount':>14}"
    )
    for line in lines:
        if line.type == LineType.COMMENT:
            yield f"{line.line_no:>7}  {'':<20}  {line.description}"
            continue
        yield (
            f"{line.line_no:>7}  {line.number:<20}  {line.description[:36]:<36}  {plain(line.quantity):>10}"
            f"  {line.unit_code:<6}  {price(line.unit_price):>12}  {plain(line.line_discount_percent):>6}"
            f"  {line.line_amount:>14,.2f}"
        )
    totals = totals_of(lines)
    yield f"{'Net':>105}  {totals.net:>16,.2f}"
    for group in totals.groups:
        yield f"{f'VAT {plain(group.percent)} % of {group.base:,.2f}':>105}  {group.amount:>16,.2f}"
    yield f"{'Total':>105}  {totals.gross:>16,.2f}"


def plain(value: Decimal) -> str:
    """Without idle zeros."""
    text = f"{value.normalize():f}"
    return text if text != "-0" else "0"


def price(value: Decimal) -> str:
    """At least two decimals."""
    return f"{value:,.2f}" if value == round(value, 2) else plain(value)
