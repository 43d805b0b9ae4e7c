from datetime import date, datetime

from django.db.models import QuerySet

from erp.kernel.access import needs
from sales.models import ReturnReceipt, SalesDocument
from sales.plans.combining import Summary
from sales.rights import to_combine_returns
from sales.routines.combine import Combined, Wishes, combine


@needs(to_combine_returns)
def combine_return_receipts(
    *,
    orders: QuerySet[SalesDocument] | None = None,
    receipts: QuerySet[ReturnReceipt] | None = None,
    posting_date: date,
    document_date: date | None = None,
    summary: str = Summary.CUSTOMER,
    calc_invoice_discount: bool = False,
    post: bool = False,
    only_standard_terms: bool = False,
    copy_texts: bool = False,
    by,
    at: datetime,
) -> Combined:
    """Credit what has come back on return orders and is not credited: as `combine_shipments`, on credit memos.

    Source: Business Central, Combine Return Receipts.
    """
    wishes = Wishes(
        posting_date=posting_date,
        document_date=document_date,
        summary=Summary(summary),
        calc_invoice_discount=calc_invoice_discount,
        post=post,
        only_standard_terms=only_standard_terms,
        copy_texts=copy_texts,
    )
    return combine(wishes, receives=True, orders=orders, papers=receipts, by=by, at=at)
