"""The sets of the API that this room declares; `erp/api.py` composes them."""

from erp.kernel.odata.entity import register
from sales.api.archives import (
    SalesBlanketOrderArchives,
    SalesOrderArchives,
    SalesQuoteArchives,
    SalesReturnOrderArchives,
)
from sales.api.blanket_orders import BlanketSalesOrderLines, BlanketSalesOrders
from sales.api.credit_memos import SalesCreditMemoLines, SalesCreditMemos
from sales.api.files import Attachments, DocumentAttachments, PdfDocuments, Pictures
from sales.api.invoices import SalesInvoiceLines, SalesInvoices
from sales.api.job_queue import JobQueueEntries
from sales.api.operations import OperationItems, Operations
from sales.api.orders import SalesOrderLines, SalesOrders
from sales.api.price_quotes import PriceQuotes
from sales.api.prices import SalesPriceListLines, SalesPriceLists
from sales.api.quotes import SalesQuoteLines, SalesQuotes
from sales.api.return_orders import SalesReturnOrderLines, SalesReturnOrders
from sales.api.return_receipts import ReturnReceipts
from sales.api.setup import CustomerReturnReasons, ReasonCodes, ReturnReasons
from sales.api.shipment_lines import SalesShipmentLines
from sales.api.shipments import SalesShipments

register(SalesQuotes, SalesQuoteLines)
register(SalesOrders, SalesOrderLines)
register(PdfDocuments, Attachments, DocumentAttachments, Pictures)
register(CustomerReturnReasons, ReasonCodes, ReturnReasons)
register(SalesInvoices, SalesInvoiceLines, SalesCreditMemos, SalesCreditMemoLines)
register(SalesShipments, SalesShipmentLines)
register(BlanketSalesOrders, BlanketSalesOrderLines, SalesReturnOrders, SalesReturnOrderLines, ReturnReceipts)
register(SalesOrderArchives, SalesQuoteArchives, SalesBlanketOrderArchives, SalesReturnOrderArchives)
register(JobQueueEntries, OperationItems, Operations)
register(PriceQuotes, SalesPriceListLines, SalesPriceLists)
