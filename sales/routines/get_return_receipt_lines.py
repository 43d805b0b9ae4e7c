from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from erp.kernel.access import needs
from sales.models import ReturnReceiptLine, SalesDocument, SalesLine
from sales.rights import to_add_lines
from sales.routines.fetch import fetch
from sales.routines.lock import lock, refuse_locked
from sales.values import SalesValues


@needs(to_add_lines)
@transaction.atomic
def get_return_receipt_lines(
    credit_memo: SalesDocument,
    receipt_lines: Iterable[ReturnReceiptLine],
    *,
    by,
    at: datetime,
    values: SalesValues | None = None,
) -> list[SalesLine]:
    """Put what is left uncredited of lines of posted return receipts on an open credit memo; returns the new lines.

    raises  as `get_shipment_lines`

    Source: Business Central, Get Return Receipt Lines.
    """
    credit_memo = lock(credit_memo.pk)
    refuse_locked(credit_memo, wants_open=[_("lines")])
    values = SalesValues.fit(credit_memo.currency_code, values)
    return fetch(credit_memo, list(receipt_lines), at=at, values=values)
