"""Archived versions of quotes, orders, blanket orders and return orders, as they were; nobody changes them.

A version is one row that holds the whole document as JSON: a page's heads are read from it at once, and the database
looks into it where $filter asks. The lines are no rows of any table, so that there is no set of them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import BooleanField, CharField, DateField, OuterRef, QuerySet, Subquery, Value
from django.db.models.fields.json import KT, KeyTransform
from django.db.models.functions import Cast, Coalesce

from customers.models import Customer
from erp.kernel.odata.asking import Asking
from erp.kernel.odata.entity import EntitySet, One, Source
from erp.kernel.odata.properties import (
    Bool,
    Choice,
    Code,
    Day,
    Guid,
    Int,
    Moment,
    Place,
    Property,
    Text,
    as_extension,
)
from erp.kernel.odata.rowid import pk_of
from sales.api import properties as of_head
from sales.api.raw import head
from sales.models import ArchivedDocument, SalesDocument

Type = SalesDocument.Type


def customer_id(number: Any) -> Subquery:
    """The identifier of the customer who has a number today."""
    return Subquery(Customer.objects.filter(number=number).order_by().values("uuid")[:1])


# What a version keeps beside its content; by property, its column.
COLUMNS: Mapping[str, Place] = {
    "number": "number",
    "sellToCustomerNumber": "customer_no",
    "sellToCustomerName": "sell_to_name",
    "currencyCode": "currency_code",
    "lastModifiedDateTime": "archived_at",
    "sellToCustomerId": customer_id(OuterRef("customer_no")),
    "currencyId": "currency_code",
}
REASON: Mapping[str, str] = {
    "asked": "Asked",
    "deleted": "Deleted",
    "converted": "Converted",
    "posted": "Posted",
    "restored": "Restored",
    "revised": "Revised",
    "lost": "Lost",
}


def kept(name: str) -> Coalesce:
    """A value of the archived head as text; blank where the version has none."""
    return Coalesce(KT(f"content__head__{name}"), Value(""), output_field=CharField())


def column_of(each: Property) -> str:
    """What a version calls the value of a property of the head."""
    return str(each.at).partition("__")[0]


def sought(each: Property) -> Property:
    """The property as $filter looks for it within the JSON."""
    column = column_of(each)
    if isinstance(each, Day):
        return replace(each, at=Cast(KT(f"content__head__{column}"), DateField()))
    if isinstance(each, Bool):
        return replace(each, at=Cast(KT(f"content__head__{column}"), BooleanField()))
    if isinstance(each, Guid):
        return replace(each, at=customer_id(OuterRef("bill_to_no")))
    return replace(each, at=kept(column))


def of_version(each: Property) -> Property:
    """A property of the head, at its own column, or within the JSON that is read once for a page."""
    if each.name == "id":
        return Guid("id", key="pk", of=ArchivedDocument, read_only=True)
    return replace(each, at=COLUMNS.get(each.name), read_only=True, sortable=each.name == "number")


HEAD: tuple[Property, ...] = (
    *head(),
    *as_extension(Code("shippingAgentCode", "shipping_agent_code", length=10)),
)
WITHIN: Mapping[str, Property] = {
    each.name: each for each in HEAD if each.name not in COLUMNS and each.name != "id" and each.at
}


class Archive(EntitySet):
    """Versions of documents of one type."""

    model = ArchivedDocument
    unique = ("number", "docNoOccurrence", "versionNumber")
    type: ClassVar[str]
    properties = (
        *map(of_version, HEAD),
        *of_head.read_only(
            Int("docNoOccurrence", "occurrence"),
            Int("versionNumber", "version"),
            Day("dateArchived", Cast("archived_at", DateField())),
            Text("archivedBy", "archived_by", length=50),
            *as_extension(
                Moment("archivedAt", "archived_at"),
                Choice("archiveReason", "reason", values=REASON, type="ArchiveReason"),
            ),
        ),
    )
    navigation = (One("customer", to="customers", key="sellToCustomerId"),)

    def rows(self, asking: Asking) -> QuerySet:
        rows = ArchivedDocument.objects.filter(type=self.type).order_by()
        return rows.alias(bill_to_no=kept("bill_to_customer"))

    def sources(self, asking: Asking) -> list[Source]:
        return [Source(self.rows(asking), kinds={name: sought(each) for name, each in WITHIN.items()})]

    def extra(self, asking: Asking, rows: list[dict[str, Any]]) -> None:
        """What stands within the JSON; the database reads each version once, not once for every property."""
        shown = [each for name, each in WITHIN.items() if rows and name in rows[0]]
        if not shown:
            return
        keys = {row["id"]: pk_of(ArchivedDocument._meta.label_lower, UUID(row["id"])) for row in rows}
        kept_heads = ArchivedDocument.objects.filter(pk__in=keys.values()).order_by()
        heads = dict(kept_heads.values_list("pk", KeyTransform("head", "content")))
        payers = _payers(heads.values()) if "billToCustomerId" in rows[0] else {}
        for row in rows:
            content = heads[keys[row["id"]]]
            for each in shown:
                value = content.get(column_of(each))
                if isinstance(each, Guid):
                    value = payers.get(value)
                row[each.name] = each.show(_decoded(each, value), asking)


def _decoded(each: Property, value: Any) -> Any:
    return date.fromisoformat(value) if isinstance(each, Day) and value else value


def _payers(heads: Iterable[Mapping[str, Any]]) -> dict[str, UUID]:
    """The identifiers of customers who pay, by number. One query."""
    numbers = {each["bill_to_customer"] for each in heads if each.get("bill_to_customer")}
    return dict(Customer.objects.filter(number__in=numbers).values_list("number", "uuid"))


class SalesOrderArchives(Archive):
    """Versions of orders."""

    name, entity, type = "salesOrderArchives", "salesOrderArchive", Type.ORDER
    scope = "sales.orders"


class SalesQuoteArchives(Archive):
    """Versions of quotes."""

    name, entity, type = "salesQuoteArchives", "salesQuoteArchive", Type.QUOTE
    scope = "sales.quotes"


class SalesBlanketOrderArchives(Archive):
    """Versions of blanket orders."""

    name, entity, type = "salesBlanketOrderArchives", "salesBlanketOrderArchive", Type.BLANKET_ORDER
    scope = "sales.blanketOrders"


class SalesReturnOrderArchives(Archive):
    """Versions of return orders."""

    name, entity, type = "salesReturnOrderArchives", "salesReturnOrderArchive", Type.RETURN_ORDER
    scope = "sales.returnOrders"
