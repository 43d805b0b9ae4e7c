from collections.abc import Collection, Iterable
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from erp.kernel.access import needs
from erp.kernel.errors import Problem, ProblemsFound, raise_problems
from sales.models import ReturnReceiptLine, SalesDocument
from sales.plans.combining import Bundle, Summary, bundles_of
from sales.plans.fetching import check_left
from sales.routines.combine import Wishes, make
from sales.uninvoiced import ShippedLine, UninvoicedLine, uninvoiced_lines
from sales.values import SalesValues


@needs("sales.add_salesdocument", "sales.add_salesline")
@transaction.atomic
def invoice_shipments(
    lines: Collection[ShippedLine], *, posting_date: date, document_date: date | None = None, by, at: datetime
) -> SalesDocument:
    """Write one invoice for chosen lines of posted shipments, or one credit memo for lines of return receipts.

    lines    of one kind of paper, with their papers at hand
    returns  the open invoice: look it over, then post it
    raises   ProblemsFound: E-GSL-NONE where nothing was chosen, E-GSL-SEVERAL where the lines cannot share an invoice,
             E-GSL-QTY where nothing is left of one, and what writing an invoice to the customer finds
    """
    lines = list(lines)
    if not lines:
        message = _("Choose the lines of the shipments that are to be invoiced.")
        raise_problems(_("New invoice"), [Problem("E-GSL-NONE", message)])
    receives = isinstance(lines[0], ReturnReceiptLine)
    type = SalesDocument.Type.RETURN_ORDER if receives else SalesDocument.Type.ORDER
    orders = SalesDocument.objects.filter(type=type, number__in={line.order_no for line in lines})
    rows = uninvoiced_lines(orders, receives=receives, lines={line.pk for line in lines})
    raise_problems(_("New invoice"), check_left(lines, rows))
    bundle, summary = _one_bundle([row for row in rows if row.remaining])
    wishes = Wishes(posting_date=posting_date, document_date=document_date, summary=summary)
    values = SalesValues.load(bundle.first.currency_code)
    return make(bundle, wishes, by=by, at=at, values=values, all_or_none=True)


def _one_bundle(rows: Iterable[UninvoicedLine]) -> tuple[Bundle, str]:
    """All rows on one invoice: to the one who ordered, or to the one who pays for several who did."""
    rows = list(rows)
    for summary in (Summary.CUSTOMER, Summary.BILL_TO):
        bundles = bundles_of(rows, summary)
        if len(bundles) == 1:
            return bundles[0], summary
    message = _(
        "The chosen lines cannot share an invoice: bill-to customer, currency, VAT group and EU 3-party trade must be "
        "the same. Choose fewer of them."
    )
    raise ProblemsFound([Problem("E-GSL-SEVERAL", message)], subject=_("New invoice"))
