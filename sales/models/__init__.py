"""Every table of the sales room."""

from sales.models.credit_memo import SalesCreditMemo, SalesCreditMemoLine
from sales.models.document import SalesDocument
from sales.models.invoice import SalesInvoice, SalesInvoiceLine
from sales.models.line import SalesLine
from sales.models.price import CustomerInvoiceDiscount, PriceList, PriceListLine
from sales.models.return_receipt import ReturnReceipt, ReturnReceiptLine
from sales.models.setup import SalesSetup, UserSalesSetup
from sales.models.shipment import SalesShipment, SalesShipmentLine

__all__ = [
    "CustomerInvoiceDiscount",
    "PriceList",
    "PriceListLine",
    "ReturnReceipt",
    "ReturnReceiptLine",
    "SalesCreditMemo",
    "SalesCreditMemoLine",
    "SalesDocument",
    "SalesInvoice",
    "SalesInvoiceLine",
    "SalesLine",
    "SalesSetup",
    "SalesShipment",
    "SalesShipmentLine",
    "UserSalesSetup",
]
