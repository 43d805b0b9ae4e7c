"""Working documents that go by the names of their tables: how one is written, released, and what actions share."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from erp.kernel.odata.asking import Asking
from erp.kernel.odata.codec import encode
from erp.kernel.odata.entity import Action, Done, Many
from erp.kernel.odata.errors import ApiError, bad_request, invalid, missing
from erp.kernel.odata.properties import (
    Choice,
    Dec,
    Guid,
    Property,
    Text,
)
from sales.api import properties as of_head
from sales.api.head import Documents
from sales.api.lines import Lines
from sales.models import SalesDocument, SalesLine
from sales.models.base import LineType
from sales.routines.release import release, reopen

Status, Type = SalesDocument.Status, SalesDocument.Type
RELEASES = ("sales.view_salesdocument", "sales.release_salesdocument")
REOPENS = ("sales.view_salesdocument", "sales.reopen_salesdocument")
LINES: Mapping[str, tuple[Property, ...]] = {
    "lines": (Guid("lineId", to="line_id"), Dec("quantity", to="quantity"))
}


# Sets -----------------------------------------------------------------------------------------------------------------


class RawDocuments(Documents):
    """Working documents of a type that goes by the names of its table."""

    def create(self, asking: Asking, given: dict[str, Any]) -> UUID:
        if given.get("customer") is None:
            message = _("sellToCustomerNumber or sellToCustomerId must be given.")
            raise missing(message, "sellToCustomerNumber")
        for place, line in enumerate(given.get("lines", ())):
            if line.pop("document_number", ""):
                message = _("The number of the document is not known yet; leave it out.")
                way = next(each.name for each in self.navigation if isinstance(each, Many) and each.given)
                raise bad_request(message, f"{way}[{place}].documentNumber")
        return super().create(asking, given)


class RawLines(Lines):
    """Their lines; a new one names its document by number or, as an extension, by identifier."""

    needs = ("documentId", "documentNumber", "id", "lastModifiedDateTime")

    def create(self, asking: Asking, given: dict[str, Any]) -> UUID:
        number, document = given.pop("document_number", ""), given.get("document")
        if document is not None and number and document.number != number:
            raise bad_request(_("documentNumber and documentId values do not match."), "documentNumber")
        if document is None:
            if not number:
                raise missing(_("documentNumber or documentId must be given."), "documentNumber")
            given["document"] = SalesDocument.objects.filter(type=self.type, number=number).first()
            if given["document"] is None:
                message = _("There is no {type} {number}.")
                message = message.format(type=Type(self.type).label, number=number)
                raise invalid(message, "documentNumber", "Internal_InvalidTableRelation")
        return super().create(asking, given)

    def change(self, asking: Asking, record: SalesLine, given: dict[str, Any]) -> None:
        number = record.document.number
        if given.pop("document_number", number) != number:
            message = _("{property} of a line can't change: take the line off and add another one.")
            raise bad_request(message.format(property="documentNumber"), "documentNumber")
        super().change(asking, record, given)


# Actions --------------------------------------------------------------------------------------------------------------


def standing(document: SalesDocument) -> dict[str, Any]:
    """Which document it is and how it stands, for answers."""
    status = encode(of_head.INTERNAL_STATUS[document.status])
    return {"id": str(document.uuid), "number": document.number, "status": status}


def release_it(asking: Asking, record: SalesDocument, given: Mapping[str, Any]) -> Done:
    """Promise the lines; where a workflow wants it, somebody must approve the document first (409)."""
    return Done(body=standing(release(record, by=asking.user, at=asking.at)))


def reopen_it(asking: Asking, record: SalesDocument, given: Mapping[str, Any]) -> Done:
    """Take the promise back; while it awaits approval the request is cancelled instead (409)."""
    if record.status == Status.PENDING_APPROVAL:
        message = _("{document} awaits approval: cancel the request instead.").format(document=record)
        raise ApiError(409, "Approval_Pending", message)
    return Done(body=standing(reopen(record, by=asking.user, at=asking.at)))


def quantities_by_line(
    document: SalesDocument, lines: Iterable[Mapping[str, Any]] | None
) -> dict[int, Decimal] | None:
    """Quantities by line number; None where no lines are given. Raises 400 for a line that the document has not."""
    if lines is None:
        return None
    rows = document.lines.values_list("uuid", "line_no", "type")
    numbers = {id: line_no for id, line_no, _type in rows}
    comments = {id for id, _line_no, type in rows if type == LineType.COMMENT}
    quantities: dict[int, Decimal] = {}
    for place, line in enumerate(lines):
        target = f"lines[{place}]"
        if line.get("line_id") is None or line.get("quantity") is None:
            raise missing(_("A line needs lineId and quantity."), target)
        if line["line_id"] not in numbers:
            message = _("{document} has no line {id}.").format(document=document, id=line["line_id"])
            raise bad_request(message, f"{target}.lineId", "Internal_DataNotFoundFilter")
        if numbers[line["line_id"]] in quantities:
            raise bad_request(_("The line is named twice."), f"{target}.lineId")
        if line["quantity"] and line["line_id"] in comments:
            raise bad_request(_("A comment has no quantity."), f"{target}.quantity")
        quantities[numbers[line["line_id"]]] = line["quantity"]
    return quantities


STANDING = (
    Guid("id", read_only=True),
    Text("number", length=20, read_only=True),
    Choice("status", values=of_head.INTERNAL_STATUS, type="SalesDocStatus", read_only=True),
)
RELEASING = (
    Action(
        "release",
        run=release_it,
        permissions=RELEASES,
        answers=STANDING,
        extension=True,
        about="Promises the lines: from here on others rely on them.",
    ),
    Action(
        "reopen",
        run=reopen_it,
        permissions=REOPENS,
        answers=STANDING,
        extension=True,
        about="Takes the promise back, so that the document can be changed.",
    ),
)
