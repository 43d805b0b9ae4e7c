"""Working documents as entities: how one is written, changed and thrown away, whatever its type.

    class SalesOrders(Documents):
        name, entity, type = "salesOrders", "salesOrder", SalesDocument.Type.ORDER
        properties = (*document_key(), …)

What is given takes effect in one order: customer, who pays, what the head says besides, lines, invoice discount last
(source: api-v2, section 4). The pages ask; a program has answered by what it sends, so every question is answered yes.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from erp.kernel.odata.asking import Asking
from erp.kernel.odata.entity import ALL, EntitySet, RowVersion, Source
from erp.kernel.odata.errors import denied, missing
from erp.kernel.odata.properties import Guid, Moment, Number, Property
from sales.api.lines import placed_line
from sales.api.properties import versions_of_lines
from sales.api.waiting import refuse_waiting
from sales.models import SalesDocument
from sales.routines.change_customer import SAME
from sales.routines.delete import delete
from sales.routines.discount import type_invoice_discount
from sales.routines.draft import GIVEN, draft
from sales.routines.edit_head import edit_head
from sales.routines.place_lines import place_lines
from sales.routines.settle_discount import discount_by_rule, settle_discount
from sales.values import SalesValues
from sales.warnings import kept_from, warnings_of

YES: Mapping[str, bool] = {
    "confirmed": True,
    "recreate_lines": True,
    "update_rate": True,
    "convert_prices": True,
    "cascade": True,
}
Advice = SalesDocument.ShippingAdvice
ZERO = Decimal(0)


class Documents(EntitySet):
    """Working documents of one type; of a set with posted ones too, `drafts` is one source of two."""

    model = SalesDocument
    verbs = ALL
    unique = ("number",)
    type: ClassVar[str]

    def rows(self, asking: Asking) -> QuerySet:
        return SalesDocument.objects.filter(type=self.type).order_by()

    def sources(self, asking: Asking) -> list[Source]:
        return [self.drafts(asking)]

    def drafts(self, asking: Asking, **more: Any) -> Source:
        """The working documents; their etag changes with their lines as well."""
        return Source(self.rows(asking), etag=(RowVersion(), versions_of_lines()), **more)

    def create(self, asking: Asking, given: dict[str, Any]) -> UUID:
        return write_document(self.type, given, asking).uuid

    def change(self, asking: Asking, record: SalesDocument, given: dict[str, Any]) -> None:
        change_head(record, given, asking)

    def remove(self, asking: Asking, record: SalesDocument) -> None:
        refuse_waiting(record)
        delete(record, by=asking.user, at=asking.at, archive=True)


def document_key() -> tuple[Property, ...]:
    """The identifier and the number of a document; both are ours to choose."""
    return Guid("id", "uuid", read_only=True), Number(
        "number", "number", length=20, read_only=True, sortable=True
    )


def modified() -> Property:
    """When the document or one of its lines was changed last."""
    return Moment("lastModifiedDateTime", "modified_at", read_only=True, sortable=True)


def write_document(type: str, given: dict[str, Any], asking: Asking) -> SalesDocument:
    """A new document of a type with its lines.

    given   what `read_body` makes of the body; "lines" is a list of the same
    raises  ApiError 400 without a customer, 403 for lines where the caller may not add any; what the routines raise
    """
    head = inner(given)
    lines = head.pop("lines", ())
    customer, bill_to = head.pop("customer", None), head.pop("bill_to", None)
    discounts, discount = "discount_amount" in head, head.pop("discount_amount", None)
    if customer is None:
        raise missing(_("customerId or customerNumber must be given."), "customerNumber")
    if lines:
        need_right(asking, "sales.add_salesline")
    told = {"by": asking.user, "at": asking.at, "on": asking.on}
    pays = bill_to is not None and bill_to != customer.bill_to
    early = {} if pays else {name: value for name, value in head.items() if name in GIVEN}
    late = {name: value for name, value in head.items() if name not in early}
    values = SalesValues.load()
    document = draft(type, customer, values=values, **told, **early)
    if pays or late:
        document = edit_head(
            document,
            bill_to=bill_to if pays else SAME,
            changes=late,
            answers=YES,
            warnings=asking.warnings,
            **told,
        )
    values = SalesValues.fit(document.currency_code, values)
    if lines:
        place_lines(document, [placed_line(each) for each in lines], values=values, **told)
    if discounts and (discount or lines):
        give_discount(document, discount, asking, values)
    elif lines:
        settle_discount(document, typed=ZERO, at=asking.at, values=values)
    warn_of(document, asking)
    return document


def change_head(document: SalesDocument, given: dict[str, Any], asking: Asking) -> None:
    """Change what is given of a document's head; what stays the same is let through.

    raises  ApiError 409 Approval_Pending; what the routines raise
    """
    refuse_waiting(document)
    head = inner(given)
    sell_to, bill_to = head.pop("customer", SAME), head.pop("bill_to", SAME)
    discounts, discount = "discount_amount" in head, head.pop("discount_amount", None)
    document = edit_head(
        document,
        by=asking.user,
        at=asking.at,
        on=asking.on,
        sell_to=sell_to,
        bill_to=bill_to,
        changes=head,
        answers=YES,
        warnings=asking.warnings,
    )
    if discounts and discount != sum((line.inv_discount_amount for line in document.lines.all()), ZERO):
        give_discount(document, discount, asking)
    warn_of(document, asking)


def give_discount(
    document: SalesDocument, amount: Decimal | None, asking: Asking, values: SalesValues | None = None
) -> None:
    """The invoice discount: an amount, or what the customer's rule says (None)."""
    if amount is None:
        discount_by_rule(document, at=asking.at, values=values)
        return
    values = SalesValues.fit(document.currency_code, values)
    type_invoice_discount(document, amount, values=values, at=asking.at, by=asking.user)


def inner(given: Mapping[str, Any]) -> dict[str, Any]:
    """What is given by the columns of routines: whole or partial shipping."""
    head = dict(given)
    if "partial_shipping" in head:
        head["shipping_advice"] = Advice.PARTIAL if head.pop("partial_shipping") else Advice.COMPLETE
    return head


def need_right(asking: Asking, permission: str) -> None:
    """Refuse (403) what only some contents of a request ask for."""
    if not asking.user.has_perm(permission):
        message = _("{user} has no permission {permission}.")
        raise denied(message.format(user=asking.user.get_username(), permission=permission))


def warn_of(document: SalesDocument, asking: Asking) -> None:
    """Tell what a page would warn of; it stops nothing (source: api-v2, section 10.4.13)."""
    lines = list(document.lines.order_by("line_no"))
    asking.warnings += warnings_of(
        document, lines=lines, on=asking.on, by=asking.user, without=kept_from(asking.user)
    )
