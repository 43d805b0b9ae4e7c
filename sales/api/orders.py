"""Orders and their lines."""

from erp.kernel.odata.properties import Bool, Choice, Day, Dec, Text
from sales.api import line_properties as of_line
from sales.api import properties as of_head
from sales.api.approval_actions import approvals
from sales.api.head import Documents, document_key, modified
from sales.api.lines import Lines
from sales.api.order_actions import ORDER_ACTIONS
from sales.api.order_extensions import OUTSTANDING, SOLD, order_extensions, order_line_extensions
from sales.api.posting_actions import POSTING
from sales.models import SalesDocument


class SalesOrders(Documents):
    """What customers have ordered and is not invoiced completely; an order that is, is gone."""

    name, entity, type = "salesOrders", "salesOrder", SalesDocument.Type.ORDER
    scope = "sales.orders"
    properties = (
        *document_key(),
        Text("externalDocumentNumber", "external_document_no", length=35, sortable=True),
        Day("orderDate", "order_date", sortable=True),
        Day("postingDate", "posting_date"),
        *of_head.customer(),
        *of_head.bill_to(),
        *of_head.ship_to(),
        *of_head.address("sellTo", "sell_to"),
        *of_head.read_only(*of_head.address("billTo", "bill_to")),
        *of_head.address("shipTo", "ship_to"),
        *of_head.dimensions(),
        of_head.currency_id(),
        of_head.currency_code(),
        of_head.prices_include_tax(),
        *of_head.terms(),
        of_head.partial_shipping(),
        Day("requestedDeliveryDate", "requested_delivery_date"),
        of_head.invoice_discount(),
        of_head.discount_before_tax(),
        *of_head.totals(),
        Bool("fullyShipped", of_head.lines_are(SOLD, none=OUTSTANDING), read_only=True),
        Choice("status", "status", values=of_head.ORDER_STATUS, type="OrderStatus", read_only=True),
        modified(),
        *of_head.contact(),
        *order_extensions(),
    )
    navigation = of_head.ways("salesOrderLines")
    actions = (*POSTING, *ORDER_ACTIONS, *approvals())


class SalesOrderLines(Lines):
    """Lines of orders: what is ordered, has left, is invoiced, and leaves and is invoiced next."""

    name, entity, type = "salesOrderLines", "salesOrderLine", SalesDocument.Type.ORDER
    scope = "sales.orders"
    properties = (
        *of_line.line_key(),
        of_line.quantity(),
        of_line.unit_price(),
        *of_line.amounts(),
        of_line.invoice_discount_share(),
        *of_line.nets(),
        of_line.shipment_date(),
        Dec("shippedQuantity", "quantity_shipped", read_only=True),
        Dec("invoicedQuantity", "quantity_invoiced", read_only=True),
        Dec("invoiceQuantity", "qty_to_invoice"),
        Dec("shipQuantity", "qty_to_ship"),
        *of_line.places(),
        *order_line_extensions(),
        *of_line.line_extensions(),
    )
    navigation = of_line.line_ways()
