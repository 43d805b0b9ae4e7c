"""What hangs on a record: its paper as PDF, the files with it, its picture.

`attachments` and `documentAttachments` show the same files: there is one list with a record, as on its page.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Case, CharField, IntegerField, OuterRef, Q, Subquery, UUIDField, Value, When
from django.utils import translation
from django.utils.translation import gettext as _

from customers.models import Customer
from erp.kernel.api.scopes import SCOPES, allows
from erp.kernel.attachments import announce, clean_name, detach, ending, fill
from erp.kernel.models import Attachment, Picture
from erp.kernel.odata.asking import Asking
from erp.kernel.odata.entity import ALL, EntitySet, Source
from erp.kernel.odata.errors import bad_request, denied, invalid, missing, not_found
from erp.kernel.odata.properties import Bool, Choice, Guid, Int, Moment, Stream, Text
from erp.kernel.pictures import put_picture, remove_picture
from inventory.models import Item
from sales.print import language_of, print_papers, sheet_of
from sales.subjects import SUBJECTS, subject_with

# What each kind of record is called outside; a posted invoice is an invoice there.
PARENTS = {
    "sales.quote": "Sales Quote",
    "sales.order": "Sales Order",
    "sales.invoice": "Sales Invoice",
    "sales.credit_memo": "Sales Credit Memo",
    "sales.blanket_order": "Blanket Sales Order",
    "sales.return_order": "Sales Return Order",
    "sales.posted-shipment": "Sales Shipment",
    "sales.posted-invoice": "Sales Invoice",
    "sales.posted-credit_memo": "Sales Credit Memo",
    "sales.posted-return_receipt": "Return Receipt",
    "customer": "Customer",
    "item": "Item",
}
PAPERS = tuple(name for name in SUBJECTS if name.startswith("sales."))
PICTURED = {"customer": (Customer, "Customer"), "item": (Item, "Item")}


class PdfDocuments(EntitySet):
    """The paper of a document, as its customer gets it; one for each document."""

    name, entity = "pdfDocument", "pdfDocument"
    scope = "sales.orders"
    permissions = {"GET": ()}  # those of the document
    needs = ("parentId", "id")
    properties = (
        Guid("id", "uuid", read_only=True),
        Guid("parentId", "uuid", read_only=True),
        Choice("parentType", "type", values={name: PARENTS[name] for name in PAPERS}, read_only=True,
               type="attachmentEntityBufferDocType"),
        Stream("pdfDocumentContent", read_only=True),
    )  # fmt: skip

    def sources(self, asking: Asking) -> list[Source]:
        """Every document that the caller may see."""
        return [
            Source(SUBJECTS[name].rows().order_by(), {"parentType": Value(name, CharField())})
            for name in PAPERS
            if _may_see(asking, name)
        ]

    def stream(self, asking: Asking, record: Any, name: str) -> tuple[bytes, str, str]:
        """The PDF, in the customer's language; without amounts for those who may not see invoices."""
        language = translation.get_language() or "en"
        with_amounts = asking.user.has_perm("sales.view_salesinvoice")
        content = print_papers([record], with_amounts=with_amounts, user_language=language)
        with translation.override(language_of(record, language)):
            return content, "application/pdf", sheet_of(record, with_amounts=with_amounts).file_name


class ParentId(Guid):
    """The record that a file is with: kept as its kind and number."""

    def literal(self, value: Any, asking: Asking) -> tuple[str, str] | None:
        id = value if isinstance(value, UUID) else self.read(value)
        found = subject_with(id) if id is not None else None
        return (found[0], found[1].number) if found else ("", "")

    def literals(self, values: Sequence[Any], asking: Asking) -> list[tuple[str, str]]:
        """As `literal`, for all the records of a page: one query for each kind, not one for each record."""
        ids = [value if isinstance(value, UUID) else self.read(value) for value in values]
        return [
            (kind, number)
            for kind, subject in SUBJECTS.items()
            for number in subject.rows()
            .filter(uuid__in=[id for id in ids if id])
            .values_list("number", flat=True)
        ]

    def compare(self, path: str, operator: str, value: Any) -> Q:
        condition = self.among(path, [value])
        if operator not in ("eq", "ne"):
            raise bad_request(_("parentId is compared by eq and ne."), "$filter")
        return condition if operator == "eq" else ~condition

    def among(self, path: str, values: list[Any]) -> Q:
        numbers: dict[str, list[str]] = {}
        for kind, number in values:
            numbers.setdefault(kind, []).append(number)
        condition = Q(pk__in=[])
        for kind, theirs in numbers.items():
            condition |= Q(subject_type=kind, subject_no__in=theirs)
        return condition


def _parent_id(_asking: Asking) -> Case:
    """The identifier of the record that a file is with."""
    found = [
        When(subject_type=name, then=Subquery(subject.rows().filter(number=OuterRef("subject_no")).values("uuid")[:1]))
        for name, subject in SUBJECTS.items()
    ]  # fmt: skip
    return Case(*found, default=Value(None, UUIDField()), output_field=UUIDField())


class _Files(EntitySet):
    """Files with documents, customers and items: first announced by name, then sent as content."""

    model = Attachment
    verbs = ALL
    scope = "sales.orders"
    permissions = {"GET": (), "POST": (), "PATCH": (), "DELETE": ()}  # those of the record
    needs = ("parentId", "id", "lastModifiedDateTime")

    def rows(self, asking: Asking):
        """Those of records that the caller may see."""
        seen = [name for name in SUBJECTS if _may_see(asking, name)]
        return Attachment.objects.filter(subject_type__in=seen).order_by()

    def create(self, asking: Asking, given: dict[str, Any]) -> UUID:
        """Make room for a file with a record; its content comes by PATCH."""
        parent = subject_with(given["parent"]) if given.get("parent") else None
        if parent is None:
            raise missing(_("parentId must name a document, a customer or an item."), "parentId")
        kind, record = parent
        _may_change(asking, kind)
        said = given.get("parent_type")
        if said and PARENTS[said] != PARENTS[kind]:
            raise bad_request(_("parentId and parentType values do not match."), "parentType")
        if given.get("line_number"):
            raise bad_request(
                _("Files are with the whole document here: leave lineNumber out."), "lineNumber"
            )
        return announce(kind, record.number, given["name"], by=asking.user, at=asking.at).uuid

    def change(self, asking: Asking, record: Attachment, given: dict[str, Any]) -> None:
        """Another name; the record that a file is with stays."""
        _may_change(asking, record.subject_type)
        parent = subject_with(given["parent"]) if given.get("parent") else None
        if "parent" in given and (
            parent is None or (parent[0], parent[1].number) != (record.subject_type, record.subject_no)
        ):
            raise bad_request(_("A file stays with its record: parentId can't be changed."), "parentId")
        if given.get("name"):
            name = clean_name(given["name"])
            if ending(name) != ending(record.name):
                message = _("The name must end as before: {end}").format(end=ending(record.name))
                raise invalid(message, "fileName")
            record.name = name
            record.save(update_fields=["name"])

    def remove(self, asking: Asking, record: Attachment) -> None:
        _may_change(asking, record.subject_type)
        detach(record)

    def stream(self, asking: Asking, record: Attachment, name: str) -> tuple[bytes, str, str]:
        """The file, as bytes without a kind: nobody's browser shows it by itself."""
        if not record.file:
            raise not_found(
                _("{name} was announced, but its content has not come yet.").format(name=record.name)
            )
        with record.file.open("rb") as file:
            return file.read(), "application/octet-stream", record.name

    def put_stream(
        self, asking: Asking, record: Attachment, name: str, data: bytes, content_type: str
    ) -> None:
        """Keep the content, the first time or anew."""
        _may_change(asking, record.subject_type)
        fill(record, data)


def _allows(asking: Asking, kind: str, verb: str) -> bool:
    """Whether the token allows it; shipments have no scope to write, theirs is that of orders."""
    wanted = f"{SUBJECTS[kind].stem}.{verb}"
    return asking.scopes is None or wanted not in SCOPES or allows(asking.scopes, wanted)


def _may_see(asking: Asking, kind: str) -> bool:
    return asking.user.has_perm(SUBJECTS[kind].view) and _allows(asking, kind, "read")


def _may_change(asking: Asking, kind: str) -> None:
    subject = SUBJECTS[kind]
    if not _allows(asking, kind, "write"):
        raise denied(_("This takes the scope {scope}.").format(scope=f"{SUBJECTS[kind].stem}.write"))
    if not asking.user.has_perms([subject.view, subject.change]):
        raise denied(
            _("{user} may not change what hangs on this record.").format(user=asking.user.get_username())
        )


_ID = Guid("id", "uuid", read_only=True)
_PARENT_TYPE = Choice("parentType", "subject_type", values=PARENTS, to="parent_type",
                      type="attachmentEntityBufferDocType")  # fmt: skip
_MODIFIED = Moment("lastModifiedDateTime", "created_at", read_only=True)


class Attachments(_Files):
    """Files with a record, the classic set; the same files as `documentAttachments`."""

    name, entity = "attachments", "attachment"
    properties = (
        _ID,
        ParentId("parentId", _parent_id, to="parent"),
        Text("fileName", "name", length=250, required=True),
        Int("byteSize", "size", to="size"),
        Stream("attachmentContent"),
        _MODIFIED,
        _PARENT_TYPE,
    )


class DocumentAttachments(_Files):
    """Files with a record, as its page lists them."""

    name, entity = "documentAttachments", "documentAttachment"
    properties = (
        _ID,
        Text("fileName", "name", length=250, required=True),
        Int("byteSize", "size", read_only=True),
        Stream("attachmentContent"),
        _PARENT_TYPE,
        ParentId("parentId", _parent_id, to="parent"),
        Int("lineNumber", Value(0, IntegerField()), to="line_number", filterable=False),
        Bool("documentFlowSales", to="flow_sales"),
        Bool("documentFlowPurchase", to="flow_purchase"),
        _MODIFIED,
    )


class Pictures(EntitySet):
    """The picture of a customer or an item. It is there with its parent, at first without content."""

    name, entity = "pictures", "picture"
    verbs = frozenset({"GET", "PATCH", "DELETE"})
    scope = "items"
    permissions = {"GET": (), "PATCH": (), "DELETE": ()}  # those of the parent
    needs = ("id",)
    properties = (
        Guid("id", "uuid", read_only=True),
        Choice("parentType", "kind", values={name: outside for name, (_model, outside) in PICTURED.items()},
               read_only=True, type="pictureEntityParentType"),
        Int("width", "width", read_only=True),
        Int("height", "height", read_only=True),
        Text("contentType", "content_type", length=100, read_only=True),
        Stream("pictureContent"),
    )  # fmt: skip

    def sources(self, asking: Asking) -> list[Source]:
        """Every customer and item that the caller may see."""
        return [
            Source(model.objects.order_by(), _of_picture(kind))
            for kind, (model, _outside) in PICTURED.items()
            if _may_see(asking, kind)
        ]

    def remove(self, asking: Asking, record: Any) -> None:
        """Throw the picture away; the parent stays."""
        kind = _kind_of(record)
        _may_change(asking, kind)
        remove_picture(kind, record.number)

    def stream(self, asking: Asking, record: Any, name: str) -> tuple[bytes, str, str]:
        picture = Picture.objects.filter(subject_type=_kind_of(record), subject_no=record.number).first()
        if picture is None:
            raise not_found(_("{record} has no picture.").format(record=record))
        with picture.file.open("rb") as file:
            return (
                file.read(),
                picture.content_type,
                f"{record.number}.{picture.content_type.partition('/')[2]}",
            )

    def put_stream(self, asking: Asking, record: Any, name: str, data: bytes, content_type: str) -> None:
        """Keep another picture; an empty one throws it away."""
        kind = _kind_of(record)
        _may_change(asking, kind)
        if data:
            put_picture(kind, record.number, data)
        else:
            remove_picture(kind, record.number)


def _kind_of(record: Any) -> str:
    return next(kind for kind, (model, _outside) in PICTURED.items() if isinstance(record, model))


def _of_picture(kind: str) -> dict[str, Any]:
    """Where the facts of a picture are, seen from its parent."""
    picture = Picture.objects.filter(subject_type=kind, subject_no=OuterRef("number"))
    return {
        "parentType": Value(kind, CharField()),
        "width": Subquery(picture.values("width")[:1], output_field=IntegerField()),
        "height": Subquery(picture.values("height")[:1], output_field=IntegerField()),
        "contentType": Subquery(picture.values("content_type")[:1], output_field=CharField()),
    }
