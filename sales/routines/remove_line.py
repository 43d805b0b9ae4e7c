from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from sales.errors import LineNotEmpty
from sales.models import SalesLine
from sales.models.base import LineType
from sales.plans.line import plain
from sales.routines.discount import give_back
from sales.routines.lock import lock, refuse_locked
from sales.routines.total import total
from sales.values import SalesValues


@transaction.atomic
def remove_line(line: SalesLine, *, by, at: datetime) -> None:
    """Take a line off a document, with the texts that hang on it.

    raises  LinesLocked when the document is not open (comments may always go);
            LineNotEmpty while goods of the line are shipped and not invoiced
    """
    document = lock(line.document_id)
    line = SalesLine.objects.get(pk=line.pk)
    refuse_locked(document, wants_open=[] if line.type == LineType.COMMENT else [_("lines")])
    if line.shipped_not_invoiced:
        quantity = plain(line.shipped_not_invoiced)
        raise LineNotEmpty(line_no=line.line_no, document=document, quantity=quantity)
    line.delete()
    give_back(document, line.inv_discount_amount - line.inv_discount_invoiced)
    total(document, values=SalesValues.load(document.currency_code), at=at)
