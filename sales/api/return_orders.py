"""Return orders and their lines: what comes back, step by step, and what the customer gets for it.

What comes back of a sale that the line names is worth what it cost then, and no more of it comes back than was sold:
beyond that, 409 (source: api-v2, section 13.2).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from erp.kernel.odata.asking import Asking
from erp.kernel.odata.codec import encode
from erp.kernel.odata.entity import Action, Done
from erp.kernel.odata.errors import ApiError, bad_request
from erp.kernel.odata.properties import (
    Bool,
    Choice,
    Day,
    Dec,
    Guid,
    Int,
    Property,
    Text,
    as_extension,
)
from sales.api import properties as of_head
from sales.api.approval_actions import approvals
from sales.api.kinds import Guids
from sales.api.raw import head, line_end, line_key, named, ways
from sales.api.raw_documents import LINES, RELEASING, RawDocuments, RawLines, quantities_by_line
from sales.api.reversing import GET_POSTED_LINES
from sales.models import ReturnReason, SalesDocument
from sales.routines.create_replacement_order import create_replacement_order
from sales.routines.post import Posted, post
from sales.routines.type_quantities import type_quantities

RECEIVES, CREDITS = "sales.receive_returnorder", "sales.credit_returnorder"
GIVEN: tuple[Property, ...] = (Day("postingDate", to="posting_date"),)
RECEIPT = (
    Guid("returnReceiptId", read_only=True),
    Text("returnReceiptNumber", length=20, read_only=True),
)
CREDIT_MEMO = (
    Guid("salesCreditMemoId", read_only=True),
    Text("salesCreditMemoNumber", length=20, read_only=True),
)
LEFT = (
    Choice("status", values=of_head.INTERNAL_STATUS, type="SalesDocStatus", read_only=True),
    Bool("orderDeleted", read_only=True),
)


@dataclass(frozen=True, kw_only=True)
class EntryNo(Int):
    """The number of an entry; 0 or null is none."""

    def read(self, value: Any) -> int | None:
        return super().read(value) or None


# Posting --------------------------------------------------------------------------------------------------------------


def receive(asking: Asking, record: SalesDocument, given: Mapping[str, Any]) -> Done:
    """Post a return receipt of what the lines say, or of the lines that are given."""
    _type(record, given)
    posted = _post(asking, record, given, ship=True)
    return Done(_location(record, posted.shipment, "returnReceipts"), _told(posted), _headers(posted))


def receive_and_invoice(asking: Asking, record: SalesDocument, given: Mapping[str, Any]) -> Done:
    """Post what comes back and the credit memo for it; the address is that of the credit memo, if there is one."""
    _type(record, given)
    posted = _post(asking, record, given, ship=True, invoice=True)
    return Done(_location(record, posted.invoice, "salesCreditMemos"), _told(posted), _headers(posted))


def invoice(asking: Asking, record: SalesDocument, given: Mapping[str, Any]) -> Done:
    """Post a credit memo of what came back and is not credited; raises 409 for more than that."""
    quantities = quantities_by_line(record, given.get("lines"))
    if quantities is not None:
        _check_received(record, quantities)
        type_quantities(record, invoice=quantities)
    posted = _post(asking, record, given, invoice=True)
    return Done(_location(record, posted.invoice, "salesCreditMemos"), _told(posted), _headers(posted))


def _type(order: SalesDocument, given: Mapping[str, Any]) -> None:
    quantities = quantities_by_line(order, given.get("lines"))
    if quantities is not None:
        type_quantities(order, ship=quantities)


def _post(asking: Asking, order: SalesDocument, given: Mapping[str, Any], **what: bool) -> Posted:
    day = given.get("posting_date")
    return post(order, by=asking.user, at=asking.at, posting_date=day, confirmed_date=True, **what)


def _check_received(order: SalesDocument, quantities: Mapping[int, Decimal]) -> None:
    for line in order.lines.filter(line_no__in=quantities).order_by("line_no"):
        if abs(quantities[line.line_no]) > abs(line.shipped_not_invoiced):
            message = _(
                "Line {line_no}: {received} came back and are not credited, {wanted} were to be credited."
            ).format(
                line_no=line.line_no,
                received=f"{line.shipped_not_invoiced.normalize():f}",
                wanted=f"{quantities[line.line_no].normalize():f}",
            )
            raise ApiError(409, "BadRequest_InvalidOperation", message, target="lines")


def _location(order: SalesDocument, paper: Any, name: str) -> tuple[str, Any]:
    return (name, paper.uuid) if paper is not None else ("salesReturnOrders", order.uuid)


def _headers(posted: Posted) -> dict[str, str]:
    papers = {"X-Posted-Return-Receipt-Id": posted.shipment, "X-Posted-Credit-Memo-Id": posted.invoice}
    return {name: str(paper.uuid) for name, paper in papers.items() if paper is not None}


def _told(posted: Posted) -> dict[str, Any]:
    """What was posted, and how the return order stands; without a status where it is gone."""
    body: dict[str, Any] = {}
    if posted.shipment is not None:
        body |= {"returnReceiptId": str(posted.shipment.uuid), "returnReceiptNumber": posted.shipment.number}
    if posted.invoice is not None:
        body |= {
            "salesCreditMemoId": str(posted.invoice.uuid),
            "salesCreditMemoNumber": posted.invoice.number,
        }
    if posted.document is not None:
        body["status"] = encode(of_head.INTERNAL_STATUS[posted.document.status])
    return body | {"orderDeleted": posted.document is None}


# Replacing ------------------------------------------------------------------------------------------------------------


def replace_goods(asking: Asking, record: SalesDocument, given: Mapping[str, Any]) -> Done:
    """Write an order that sends again what comes back, or some lines of it."""
    if given.get("sales_order") is False:
        message = _("Nothing else than a sales order can replace what comes back; leave salesOrder out.")
        raise bad_request(message, "salesOrder")
    numbers = dict(record.lines.values_list("uuid", "line_no"))
    chosen = given.get("line_ids")
    for id in chosen or ():
        if id not in numbers:
            message = _("{document} has no line {id}.").format(document=record, id=id)
            raise bad_request(message, "lineIds", "Internal_DataNotFoundFilter")
    line_nos = None if chosen is None else {numbers[id] for id in chosen}
    order = create_replacement_order(record, lines=line_nos, by=asking.user, at=asking.at, on=asking.on)
    return Done(
        location=("salesOrders", order.uuid),
        body={"salesOrderId": str(order.uuid), "salesOrderNumber": order.number},
    )


# The sets -------------------------------------------------------------------------------------------------------------


class SalesReturnOrders(RawDocuments):
    """What customers send back; one of which everything is credited is gone."""

    name, entity, type = "salesReturnOrders", "salesReturnOrder", SalesDocument.Type.RETURN_ORDER
    scope = "sales.returnOrders"
    properties = head(without=["quoteNumber"])
    navigation = ways("salesReturnOrderLines")
    actions = (
        GET_POSTED_LINES,
        *RELEASING,
        Action(
            "receive",
            run=receive,
            permissions=(RECEIVES,),
            given=GIVEN,
            lists=LINES,
            answers=(*RECEIPT, *LEFT),
            extension=True,
            about="Posts a return receipt, and no credit memo.",
        ),
        Action(
            "invoice",
            run=invoice,
            permissions=(CREDITS,),
            given=GIVEN,
            lists=LINES,
            answers=(*CREDIT_MEMO, *LEFT),
            extension=True,
            about="Posts a credit memo of what came back and is not credited.",
        ),
        Action(
            "receiveAndInvoice",
            run=receive_and_invoice,
            permissions=(RECEIVES, CREDITS),
            given=GIVEN,
            lists=LINES,
            answers=(*RECEIPT, *CREDIT_MEMO, *LEFT),
            extension=True,
            about="Posts what comes back and the credit memo for it.",
        ),
        Action(
            "createReplacementOrder",
            run=replace_goods,
            permissions=("sales.view_salesdocument", "sales.add_salesdocument", "sales.add_salesline"),
            given=(Bool("salesOrder", to="sales_order"), Guids("lineIds", to="line_ids")),
            answers=(
                Guid("salesOrderId", read_only=True),
                Text("salesOrderNumber", length=20, read_only=True),
            ),
            scope="write",
            extension=True,
            about="Writes an order that sends the customer again what comes back.",
        ),
        *approvals(),
    )


class SalesReturnOrderLines(RawLines):
    """Lines of return orders: what comes back, why, of which sale, and what of it is received and credited next."""

    name, entity, type = "salesReturnOrderLines", "salesReturnOrderLine", SalesDocument.Type.RETURN_ORDER
    scope = "sales.returnOrders"
    properties = (
        *line_key(),
        Dec("returnQtyToReceive", "qty_to_ship"),
        Dec("returnQtyReceived", "quantity_shipped", read_only=True),
        *line_end(),
        *as_extension(
            Dec("quantityToInvoice", "qty_to_invoice"),
            Dec("quantityInvoiced", "quantity_invoiced", read_only=True),
            named("returnReasonCode", "return_reason_code", 10, ReturnReason),
            EntryNo("appliesFromItemEntry", "applies_from_item_entry", big=True, nullable=True),
        ),
    )
