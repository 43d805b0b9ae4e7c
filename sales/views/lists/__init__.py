"""The lists of sales: working documents, posted papers, earlier versions, posting runs, customers, prices."""

from sales.views.lists.customers import CUSTOMERS, customer_list
from sales.views.lists.documents import DOCUMENTS, TITLES, document_list
from sales.views.lists.papers import POSTED, archive_list, posted_list, run_list
from sales.views.lists.prices import price_list, price_lists

__all__ = [
    "CUSTOMERS",
    "DOCUMENTS",
    "POSTED",
    "TITLES",
    "archive_list",
    "customer_list",
    "document_list",
    "posted_list",
    "price_list",
    "price_lists",
    "run_list",
]
