from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from erp.kernel.access import needs
from sales.models import SalesDocument, SalesLine, SalesShipmentLine
from sales.rights import to_add_lines
from sales.routines.fetch import fetch
from sales.routines.lock import lock, refuse_locked
from sales.values import SalesValues


@needs(to_add_lines)
@transaction.atomic
def get_shipment_lines(
    invoice: SalesDocument,
    shipment_lines: Iterable[SalesShipmentLine],
    *,
    by,
    at: datetime,
    values: SalesValues | None = None,
) -> list[SalesLine]:
    """Put what is left uninvoiced of lines of posted shipments on an open invoice; returns the new lines.

    raises  LinesLocked when the invoice is not open; ProblemsFound: E-GSL-QTY where nothing is left of a line,
            E-GSL-BILL, E-GSL-CUR, E-GSL-VAT where bill-to customer, currency or VAT group are others, E-GSL-TYPE,
            E-FT-ITEM

    Nothing leaves when the invoice is posted: it invoices the goods of those shipments, and their orders move on. A
    line that is removed gives its quantity back. Source: Business Central, Get Shipment Lines.
    """
    invoice = lock(invoice.pk)
    refuse_locked(invoice, wants_open=[_("lines")])
    values = SalesValues.fit(invoice.currency_code, values)
    return fetch(invoice, list(shipment_lines), at=at, values=values)
