from datetime import date, datetime

from django.db.models import QuerySet

from erp.kernel.access import needs
from sales.models import SalesDocument, SalesShipment
from sales.plans.combining import Summary
from sales.rights import to_combine
from sales.routines.combine import Combined, Wishes, combine


@needs(to_combine)
def combine_shipments(
    *,
    orders: QuerySet[SalesDocument] | None = None,
    shipments: QuerySet[SalesShipment] | None = None,
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
    """Invoice what has been shipped and not invoiced: one invoice for many shipments, or many, as `summary` says.

    orders, shipments      which of them count; None: all
    posting_date           of the invoices; document_date likewise, None: the same day
    summary                an invoice per customer (and currency, VAT group), bill-to customer, day, order or shipment
    calc_invoice_discount  by the customer's discount code; else each line keeps its share of what the order gives
    post                   each invoice is posted at once, by itself; one that cannot be stays as it is
    only_standard_terms    orders with other payment terms than their customer's card are left out
    copy_texts             texts on the shipments go along

    Left out are customers who are blocked, and orders with Combine Shipments off where an invoice could hold more than
    one order; the result names each order with the reason. Source: Business Central, Combine Shipments; Dynamics 365
    Finance, summary update of customer invoices.
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
    return combine(wishes, receives=False, orders=orders, papers=shipments, by=by, at=at)
