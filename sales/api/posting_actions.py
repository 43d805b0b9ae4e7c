"""Orders are shipped and invoiced: as v2.0 does it, in steps, and as a preview (source: api-v2, sections 10.6, 13.1).

With an empty body what the lines say is posted, and the answer is an address; with one, or of the actions that v2.0
lacks, the answer names what was posted. Nothing is posted in part: with a problem nothing is.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from erp.kernel.odata.asking import Asking
from erp.kernel.odata.codec import encode
from erp.kernel.odata.entity import Action, Done
from erp.kernel.odata.errors import ApiError
from erp.kernel.odata.properties import Bool, Choice, Code, Day, Guid, Text
from sales.api.operations import hand_over
from sales.api.planned import planned_json
from sales.api.properties import ORDER_STATUS
from sales.api.raw_documents import LINES, quantities_by_line
from sales.api.waiting import refuse_waiting
from sales.models import SalesDocument
from sales.routines.change_document import change_document
from sales.routines.post import Posted, post, preview
from sales.routines.type_quantities import type_quantities

SHIPS, INVOICES = "sales.ship_salesdocument", "sales.invoice_salesdocument"
DAY = Day("postingDate", to="posting_date")
PARCEL = (
    Text("packageTrackingNo", length=50, to="package_tracking_no"),
    Code("shippingAgentCode", length=10, to="shipping_agent_code"),
)
STATUS = Choice("status", values=ORDER_STATUS, type="OrderStatus", read_only=True)
SHIPMENT = (
    Guid("salesShipmentId", read_only=True),
    Text("salesShipmentNumber", length=20, read_only=True),
)
INVOICE = (Guid("salesInvoiceId", read_only=True), Text("salesInvoiceNumber", length=20, read_only=True))


def ship_and_invoice(asking: Asking, record: SalesDocument, given: Mapping[str, Any]) -> Done:
    """Post what the lines say, or the lines that are given; the address is that of the new invoice, if there is one."""
    quantities = _quantities(record, given.get("lines"))
    if quantities is not None:
        type_quantities(record, ship=quantities)
    posted = _post(asking, record, given, ship=True, invoice=True)
    location = ("salesInvoices", posted.invoice.uuid) if posted.invoice else ("salesOrders", record.uuid)
    return Done(location, _told(posted) if given else None, _headers(posted))


def ship(asking: Asking, record: SalesDocument, given: Mapping[str, Any]) -> Done:
    """Post a shipment of what the lines say, or of the lines that are given."""
    quantities = _quantities(record, given.get("lines"))
    if quantities is not None:
        type_quantities(record, ship=quantities)
    posted = _post(asking, record, given, ship=True)
    location = ("salesShipments", posted.shipment.uuid) if posted.shipment else ("salesOrders", record.uuid)
    return Done(location, _told(posted), _headers(posted))


def invoice(asking: Asking, record: SalesDocument, given: Mapping[str, Any]) -> Done:
    """Post an invoice of what was shipped and is not invoiced; raises 409 for more than that."""
    quantities = _quantities(record, given.get("lines"))
    if quantities is not None:
        _check_shipped(record, quantities)
        type_quantities(record, invoice=quantities)
    posted = _post(asking, record, given, invoice=True)
    location = ("salesInvoices", posted.invoice.uuid) if posted.invoice else ("salesOrders", record.uuid)
    return Done(location, _told(posted), _headers(posted))


def preview_posting(asking: Asking, record: SalesDocument, given: Mapping[str, Any]) -> Done:
    """The entries that posting would write, and what stands in its way; nothing stays of it."""
    asked = {"ship": given.get("ship", True), "invoice": given.get("invoice", True)}
    plan = preview(record, by=asking.user, at=asking.at, posting_date=given.get("posting_date"), **asked)
    return Done(body=planned_json(plan))


def _post(asking: Asking, order: SalesDocument, given: Mapping[str, Any], **what: bool) -> Posted:
    """What is given of the head goes first; a program that names a day means it."""
    day: date | None = given.get("posting_date")
    changes = {
        name: given[name] for name in ("package_tracking_no", "shipping_agent_code") if given.get(name)
    }
    if given.get("document_date"):
        changes["document_date"] = given["document_date"]
        changes |= {"posting_date": day} if day else {}
    if changes:
        told = {"by": asking.user, "at": asking.at, "on": asking.on, "warnings": asking.warnings}
        change_document(order, update_rate=True, cascade=True, **told, **changes)
        day = None if given.get("document_date") else day
    return post(order, by=asking.user, at=asking.at, posting_date=day, confirmed_date=True, **what)


def _quantities(order: SalesDocument, lines: Iterable[Mapping[str, Any]] | None) -> dict[int, Decimal] | None:
    """Quantities by line number; None where no lines are given. Raises 400 for a line that the order does not have."""
    refuse_waiting(order, code="Approval_Required")
    return quantities_by_line(order, lines)


def _check_shipped(order: SalesDocument, quantities: Mapping[int, Decimal]) -> None:
    for line in order.lines.filter(line_no__in=quantities).order_by("line_no"):
        if abs(quantities[line.line_no]) > abs(line.shipped_not_invoiced):
            message = _(
                "Line {line_no}: {shipped} are shipped and not invoiced, {wanted} were to be invoiced."
            )
            message = message.format(
                line_no=line.line_no,
                shipped=f"{line.shipped_not_invoiced.normalize():f}",
                wanted=f"{quantities[line.line_no].normalize():f}",
            )
            raise ApiError(409, "BadRequest_InvalidOperation", message, target="lines")


def _headers(posted: Posted) -> dict[str, str]:
    headers = {}
    if posted.shipment is not None:
        headers["X-Posted-Shipment-Id"] = str(posted.shipment.uuid)
    if posted.invoice is not None:
        headers["X-Posted-Invoice-Id"] = str(posted.invoice.uuid)
    return headers


def _told(posted: Posted) -> dict[str, Any]:
    """What was posted, and how the order stands; without a status where it is gone."""
    body: dict[str, Any] = {}
    if posted.shipment is not None:
        body |= {"salesShipmentId": str(posted.shipment.uuid), "salesShipmentNumber": posted.shipment.number}
    if posted.invoice is not None:
        body |= {"salesInvoiceId": str(posted.invoice.uuid), "salesInvoiceNumber": posted.invoice.number}
    if posted.document is not None:
        body["status"] = encode(ORDER_STATUS[posted.document.status])
    body["orderDeleted"] = posted.document is None
    return body


POSTING = (
    Action(
        "shipAndInvoice",
        run=ship_and_invoice,
        later=hand_over(ship_and_invoice, ship=True, invoice=True),
        permissions=(SHIPS, INVOICES),
        given=(DAY, *PARCEL),
        lists=LINES,
        answers=(*SHIPMENT, *INVOICE, STATUS, Bool("orderDeleted", read_only=True)),
        about="Posts shipQuantity and invoiceQuantity of the lines; an order that is invoiced whole is gone.",
    ),
    Action(
        "ship",
        run=ship,
        later=hand_over(ship, ship=True, invoice=False),
        permissions=(SHIPS,),
        given=(DAY, *PARCEL),
        lists=LINES,
        answers=(*SHIPMENT, STATUS, Bool("orderDeleted", read_only=True)),
        extension=True,
        about="Posts a shipment, and no invoice.",
    ),
    Action(
        "invoice",
        run=invoice,
        later=hand_over(invoice, ship=False, invoice=True),
        permissions=(INVOICES,),
        given=(DAY, Day("documentDate", to="document_date")),
        lists=LINES,
        answers=(*INVOICE, STATUS, Bool("orderDeleted", read_only=True)),
        extension=True,
        about="Posts an invoice of what was shipped and is not invoiced.",
    ),
    Action(
        "previewPosting",
        run=preview_posting,
        permissions=("sales.view_salesdocument", "sales.change_salesdocument"),
        given=(Bool("ship", to="ship"), Bool("invoice", to="invoice"), DAY),
        scope="read",
        extension=True,
        about="Shows the entries that posting would write, and the problems that it would meet.",
    ),
)
