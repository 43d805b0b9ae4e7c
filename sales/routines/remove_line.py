from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from erp.kernel.access import needs
from erp.kernel.errors import raise_problems
from sales.errors import LineNotEmpty
from sales.models import SalesComment, SalesLine
from sales.models.base import LineType
from sales.plans.line import plain
from sales.rights import to_remove_line
from sales.routines.check_blanket import check_not_called_off
from sales.routines.discount import give_back
from sales.routines.lock import line_now, lock, refuse_locked
from sales.routines.total import total
from sales.values import SalesValues


@needs(to_remove_line)
@transaction.atomic
def remove_line(line: SalesLine, *, by, at: datetime) -> None:
    """Take a line off a document, with the texts that hang on it and its comments.

    Fetched goods are free for another invoice then.

    raises  LinesLocked when the document is not open (texts and lines of the system may always go);
            LineNotEmpty while goods of the line are shipped and not invoiced; ProblemsFound: E-BLK-LINKED while
            documents that were called off from it are open
    """
    document = lock(line.document_id)
    line = line_now(line)
    is_free = line.type == LineType.COMMENT or line.system_created
    refuse_locked(document, wants_open=[] if is_free else [_("lines")], texts=True)
    if line.shipped_not_invoiced and not line.is_fetched:
        quantity = plain(line.shipped_not_invoiced)
        raise LineNotEmpty(line_no=line.line_no, document=document, quantity=quantity)
    raise_problems(document, check_not_called_off(document, line))
    gone = [line.line_no, *line.attached_lines.values_list("line_no", flat=True)]
    SalesComment.objects.filter(kind=document.type, number=document.number, line_no__in=gone).delete()
    line.delete()
    give_back(document, line.inv_discount_amount - line.inv_discount_invoiced)
    total(document, values=SalesValues.load(document.currency_code), at=at)
