from datetime import date, datetime

from django.utils.translation import gettext as _

from erp.kernel.access import needs
from erp.kernel.errors import Problem, raise_problems
from sales.models import SalesDocument
from sales.plans.pro_forma import ProForma, pro_forma_of
from sales.routines.post import preview


@needs("sales.view_salesdocument")
def pro_forma(
    document: SalesDocument,
    *,
    by,
    at: datetime,
    on: date,
    ship: bool = True,
    posting_date: date | None = None,
) -> ProForma:
    """What the invoice of a document will say, made by the posting itself and taken back: not a trace of it is left.

    on            the work date, for a document that has no posting date yet
    ship          False: only what has been shipped; else also what the lines say is to ship next
    posting_date  of the invoice; None: the document's own
    raises        ProblemsFound where there is nothing to invoice, or an amount cannot be worked out

    What would keep the posting itself from being done, such as goods that are not in stock, is told in `problems`.
    Source: Business Central, Pro Forma Invoice; Dynamics 365 Finance, pro forma invoices.
    """
    day = posting_date or document.posting_date or on
    plan = preview(document, by=by, at=at, ship=ship, invoice=True, posting_date=day)
    if plan.invoice is None:
        raise_problems(document, plan.problems or [_nothing(document)])
    raise_problems(document, plan.invoice.problems)
    return pro_forma_of(plan)


def _nothing(document: SalesDocument) -> Problem:
    message = _("There is nothing to invoice on {document}: enter a quantity to invoice.")
    return Problem("E-POST-NOTHING", message.format(document=document))
