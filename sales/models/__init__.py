"""Every table of the sales room."""

from sales.models.archive import ArchivedDocument
from sales.models.charge import ChargeAssignment
from sales.models.comment import SalesComment
from sales.models.correction import CancelledDocument
from sales.models.credit_memo import SalesCreditMemo, SalesCreditMemoLine
from sales.models.document import SalesDocument
from sales.models.invoice import SalesInvoice, SalesInvoiceLine
from sales.models.line import SalesLine
from sales.models.price import CustomerInvoiceDiscount, PriceList, PriceListLine
from sales.models.quote import QuoteProgress
from sales.models.return_receipt import ReturnReceipt, ReturnReceiptLine
from sales.models.run import PostingJob, PostingRun
from sales.models.setup import ReasonCode, ReturnReason, RoleSalesSetup, SalesSetup, UserSalesSetup
from sales.models.shipment import SalesShipment, SalesShipmentLine
from sales.models.text import ExtendedText, StandardText

__all__ = [
    "ArchivedDocument",
    "CancelledDocument",
    "ChargeAssignment",
    "CustomerInvoiceDiscount",
    "ExtendedText",
    "PostingJob",
    "PostingRun",
    "PriceList",
    "PriceListLine",
    "QuoteProgress",
    "ReasonCode",
    "ReturnReason",
    "ReturnReceipt",
    "ReturnReceiptLine",
    "RoleSalesSetup",
    "SalesComment",
    "SalesCreditMemo",
    "SalesCreditMemoLine",
    "SalesDocument",
    "SalesInvoice",
    "SalesInvoiceLine",
    "SalesLine",
    "SalesSetup",
    "SalesShipment",
    "SalesShipmentLine",
    "StandardText",
    "UserSalesSetup",
]
