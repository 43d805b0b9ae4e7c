"""Posted return receipts: goods that came back on one day."""

from erp.kernel.odata.entity import EntitySet
from erp.kernel.odata.properties import Moment, Number
from sales.api import properties as of_head
from sales.api.raw import head, paper_ways
from sales.models import ReturnReceipt

NOT_KEPT = ("status", "orderDate", "requestedDeliveryDate", "quoteNumber", "lastModifiedDateTime")


class ReturnReceipts(EntitySet):
    """What came back; v2.0 does not show the lines."""

    name, entity, model = "returnReceipts", "returnReceipt", ReturnReceipt
    scope = "sales.returnOrders"
    unique = ("number",)
    properties = of_head.read_only(
        *head(without=NOT_KEPT),
        Moment("lastModifiedDateTime", "created_at"),
        Number("orderNumber", "order_no", length=20),
    )
    navigation = paper_ways()
