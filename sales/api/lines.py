"""Lines of working documents as entities: written at the end or at a chosen place, changed, taken off.

A line names what it sells by `itemId`, by `accountId`, or by `lineType` and `lineObjectNumber`; with none of them it is
a comment. A unit price that somebody typed stays when the quantity changes (source: api-v2, section 10.4).
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from erp.kernel.fields import AmountField
from erp.kernel.odata.asking import Asking
from erp.kernel.odata.entity import ALL, EntitySet, Source
from erp.kernel.odata.errors import bad_request, missing
from sales.api.waiting import refuse_waiting
from sales.masters import NewLine
from sales.models import SalesDocument, SalesLine
from sales.models.base import LineType
from sales.routines.change_line import change_line
from sales.routines.lock import lock as lock_document
from sales.routines.place_lines import PlacedLine, place_lines
from sales.routines.remove_line import remove_line
from sales.routines.settle_discount import settle_discount
from sales.values import SalesValues
from sales.warnings import kept_from, warnings_of

FIXED = ("document", "line_no", "type", "number")  # what a line is, for as long as it is there
# What a change of amounts begins with: the invoice discount is shared anew after it.
COUNTED = frozenset({"quantity", "unit_code", "variant_code", "unit_price", "line_discount_percent",
                     "line_discount_amount", "line_amount", "vat_prod_posting_group"})  # fmt: skip
HUNDRED = Decimal(100)
AMOUNT = AmountField()


class Lines(EntitySet):
    """Lines of working documents of one type."""

    model = SalesLine
    verbs = ALL
    unique = ("documentId", "sequence")
    needs = ("documentId", "id", "lastModifiedDateTime")
    permissions = {
        "GET": ("sales.view_salesdocument",),
        "POST": ("sales.change_salesdocument", "sales.add_salesline"),
        "PATCH": ("sales.change_salesdocument", "sales.change_salesline"),
        "DELETE": ("sales.change_salesdocument", "sales.delete_salesline"),
    }
    type: ClassVar[str]

    def rows(self, asking: Asking) -> QuerySet:
        return SalesLine.objects.filter(document__type=self.type).order_by()

    def drafts(self, asking: Asking, **more: Any) -> Source:
        """The lines of working documents."""
        return Source(self.rows(asking), **more)

    def sources(self, asking: Asking) -> list[Source]:
        return [self.drafts(asking)]

    def find(self, asking: Asking, id: Any, *, lock: bool = False) -> SalesLine:
        """The line; to be changed, its document is held first, as everybody who changes lines does."""
        record = super().find(asking, id)
        if lock and isinstance(record, SalesLine):
            lock_document(record.document_id)
            record = super().find(asking, id)
        return record

    def create(self, asking: Asking, given: dict[str, Any]) -> UUID:
        return add_line(self.type, given, asking).uuid

    def change(self, asking: Asking, record: SalesLine, given: dict[str, Any]) -> None:
        edit_line(record, given, asking)

    def remove(self, asking: Asking, record: SalesLine) -> None:
        document = record.document
        refuse_waiting(document)
        remove_line(record, by=asking.user, at=asking.at)
        if record.sells_something and document.status == SalesDocument.Status.OPEN:
            settle_discount(document, typed=document.invoice_discount_value, at=asking.at)


# Writing --------------------------------------------------------------------------------------------------------------


def add_line(type: str, given: dict[str, Any], asking: Asking) -> SalesLine:
    """A new line on the document that it names; raises ApiError 400 where that is not of the type."""
    document = given.pop("document", None)
    if document is None:
        raise missing(_("documentId must be given."), "documentId")
    if document.type != type:
        message = _("{document} has no lines of this kind.").format(document=document)
        raise bad_request(message, "documentId")
    refuse_waiting(document)
    values = SalesValues.load(document.currency_code)
    told = {"by": asking.user, "at": asking.at, "on": asking.on, "values": values}
    (line,) = place_lines(document, [placed_line(given)], **told)
    if line.sells_something:
        settle_discount(document, typed=document.invoice_discount_value, at=asking.at, values=values)
    warn_of_line(line, asking)
    return line


def edit_line(line: SalesLine, given: dict[str, Any], asking: Asking) -> None:
    """Change what is given of a line; what stays the same is let through, what it is cannot change."""
    document = line.document
    changes = _named(given, line)
    for name in FIXED:
        if name in changes and changes.pop(name) != getattr(line, name):
            message = _("{property} of a line can't change: take the line off and add another one.")
            raise bad_request(message.format(property=OUTSIDE[name]), OUTSIDE[name])
    changes = _what_differs(line, changes)
    if not changes:
        return
    refuse_waiting(document)
    values = SalesValues.load(document.currency_code)
    change_line(line, by=asking.user, at=asking.at, on=asking.on, values=values, **changes)
    if COUNTED & changes.keys():
        settle_discount(document, typed=document.invoice_discount_value, at=asking.at, values=values)
    warn_of_line(line, asking)


def placed_line(given: Mapping[str, Any]) -> PlacedLine:
    """A line as it is given, as the routine wants it; raises ApiError 400 for what contradicts itself."""
    given = _named(given)
    given.pop("document", None)
    given = _one_discount(given)
    more = {
        name: given.pop(name, None) for name in ("line_no", "description_2", "qty_to_ship", "qty_to_invoice")
    }
    given.setdefault("type", LineType.COMMENT)
    return PlacedLine(NewLine(**given), **more)


OUTSIDE = {"document": "documentId", "line_no": "sequence", "type": "lineType", "number": "lineObjectNumber"}


def _named(given: Mapping[str, Any], line: SalesLine | None = None) -> dict[str, Any]:
    """What the line sells as type and number, whichever way it was named.

    line  the one that is changed: identifiers of nothing say nothing about it
    """
    given = dict(given)
    item, account = given.pop("item", None), given.pop("gl_account", None)
    if item is not None and account is not None:
        raise bad_request(_("Give itemId or accountId, not both."), "accountId")
    found = (LineType.ITEM, item) if item is not None else (LineType.GL_ACCOUNT, account)
    if found[1] is not None:
        for name, value in (("type", found[0]), ("number", found[1].number)):
            if given.setdefault(name, value) != value:
                message = _("{property} and {other} values do not match.")
                by = "itemId" if item is not None else "accountId"
                raise bad_request(message.format(property=by, other=OUTSIDE[name]), OUTSIDE[name])
    if given.get("number") and "type" not in given and line is None:
        message = _("lineType must be given with lineObjectNumber, or itemId or accountId instead.")
        raise missing(message, "lineType")
    if "variant" in given:
        variant = given.pop("variant")
        given["variant_code"] = variant.code if variant else ""
        sold = item.pk if item is not None else line.item_id if line is not None else None
        number = line.number if line is not None else given.get("number")
        if variant and variant.item_id != sold and variant.item.number != number:
            message = _("The variant {variant} is not one of this item.").format(variant=variant.code)
            raise bad_request(message, "itemVariantId")
    return given


def _one_discount(given: dict[str, Any]) -> dict[str, Any]:
    """Percentage and amount drive each other; of both the percentage wins, unless it is none."""
    if given.get("line_discount_percent"):
        given.pop("line_discount_amount", None)
    elif given.get("line_discount_amount"):
        given.pop("line_discount_percent", None)
    return given


def _what_differs(line: SalesLine, changes: Mapping[str, Any]) -> dict[str, Any]:
    """What is really new; and what a change would otherwise take along."""
    changed = {name: value for name, value in changes.items() if getattr(line, name) != value}
    if {"line_discount_percent", "line_discount_amount"} <= changed.keys():
        changed = _one_discount(changed)
    if {"quantity", "unit_code", "variant_code"} & changed.keys() and "unit_price" in changes:
        changed["unit_price"] = changes["unit_price"]
    elif (
        "quantity" in changed and is_price_typed(line) and not changed.keys() & {"unit_code", "variant_code"}
    ):
        changed["unit_price"] = line.unit_price
    if "qty_to_ship" in changed and "qty_to_invoice" in changes:
        changed["qty_to_invoice"] = changes["qty_to_invoice"]
    return changed


def is_price_typed(line: SalesLine) -> bool:
    """Whether somebody chose the price, instead of finding it."""
    return (line.price_explanation or {}).get("from") == "typed"


def warn_of_line(line: SalesLine, asking: Asking) -> None:
    """What a page would warn of at this line, or of its document."""
    document = line.document
    lines = list(document.lines.order_by("line_no"))
    found = warnings_of(document, lines=lines, on=asking.on, by=asking.user, without=kept_from(asking.user))
    asking.warnings += [each for each in found if each.line_no in (None, line.line_no)]
