"""Blanket orders and their lines: what a customer agreed to take in the course of time, and orders made of it."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from erp.kernel.errors import raise_problems
from erp.kernel.odata.asking import Asking
from erp.kernel.odata.entity import Action, Done
from erp.kernel.odata.properties import Day, Dec, Guid, Text, as_extension
from sales.api.approval_actions import approvals
from sales.api.raw import head, line_end, line_key, outstanding, ways
from sales.api.raw_documents import LINES, RELEASING, RawDocuments, RawLines, quantities_by_line
from sales.api.waiting import refuse_waiting
from sales.models import SalesDocument
from sales.plans.blanket import check_call_off
from sales.routines.call_off import call_off
from sales.routines.change_document import change_document
from sales.routines.change_line import change_line
from sales.routines.lock import lock
from sales.routines.type_quantities import type_quantities
from sales.selectors import unposted_of_blanket

ZERO = Decimal(0)


def make_order(asking: Asking, record: SalesDocument, given: Mapping[str, Any]) -> Done:
    """Make an order of the lines that are given, or of what the lines say is next.

    raises  ApiError 400 for lines of another document; ProblemsFound: E-BLK-QTY (409) for more than is outstanding and
            on no order, E-BLK-NOTHING, and what `call_off` raises
    """
    refuse_waiting(record, code="Approval_Required")
    quantities = quantities_by_line(record, given.get("lines"))
    if quantities is not None:
        _check_quantities(record, quantities)
        type_quantities(record, ship=quantities)
    order = call_off(record, by=asking.user, at=asking.at, on=asking.on)
    if given.get("shipment_date"):
        _deliver_on(order, given["shipment_date"], asking)
    return Done(
        location=("salesOrders", order.uuid),
        body={"salesOrderId": str(order.uuid), "salesOrderNumber": order.number},
    )


def _check_quantities(blanket: SalesDocument, quantities: Mapping[int, Decimal]) -> None:
    """What is asked for, against what is left; before it is typed into the lines, which know nothing of orders."""
    lines = [line for line in lock(blanket.pk).lines.order_by("line_no") if line.sells_something]
    for line in lines:
        line.qty_to_ship = quantities.get(line.line_no, ZERO)
    raise_problems(blanket, check_call_off(lines, unposted_of_blanket(blanket.number)))


def _deliver_on(order: SalesDocument, day: date, asking: Asking) -> None:
    """All of the order leaves on a day, whatever was agreed for the lines."""
    told = {"by": asking.user, "at": asking.at, "on": asking.on}
    change_document(order, shipment_date=day, cascade=True, warnings=asking.warnings, **told)
    for line in order.lines.order_by("line_no"):
        if line.sells_something and line.shipment_date != day:
            change_line(line, shipment_date=day, **told)


class BlanketSalesOrders(RawDocuments):
    """What customers agreed to take in parts; each part becomes an order, at the prices that were agreed."""

    name, entity, type = "blanketSalesOrders", "blanketSalesOrder", SalesDocument.Type.BLANKET_ORDER
    scope = "sales.blanketOrders"
    properties = head()
    navigation = ways("blanketSalesOrderLines")
    actions = (
        Action(
            "makeOrder",
            run=make_order,
            permissions=("sales.view_salesdocument", "sales.add_salesdocument"),
            given=(Day("shipmentDate", to="shipment_date"),),
            lists=LINES,
            answers=(
                Guid("salesOrderId", read_only=True),
                Text("salesOrderNumber", length=20, read_only=True),
            ),
            extension=True,
            about="Makes an order of a part of what was agreed; the order's lines stay linked to it.",
        ),
        *RELEASING,
        *approvals(),
    )


class BlanketSalesOrderLines(RawLines):
    """Lines of blanket orders: what was agreed, what orders of it have shipped, and what is ordered next."""

    name, entity, type = "blanketSalesOrderLines", "blanketSalesOrderLine", SalesDocument.Type.BLANKET_ORDER
    scope = "sales.blanketOrders"
    properties = (
        *line_key(),
        Dec("outstandingQuantity", outstanding(), read_only=True),
        Dec("qtyToShip", "qty_to_ship"),
        Dec("quantityShipped", "quantity_shipped", read_only=True),
        *line_end(),
        *as_extension(Dec("quantityToOrder", "qty_to_ship")),
    )
