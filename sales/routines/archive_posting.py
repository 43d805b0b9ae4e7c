from datetime import datetime

from sales.models import ArchivedDocument
from sales.plans.archive_rules import keeps_version
from sales.plans.posting import PostingPlan
from sales.routines.archive import write_versions
from sales.values import SalesValues


def archive_posting(plan: PostingPlan, values: SalesValues, *, by, at: datetime) -> None:
    """Keep a version of a document as it is before a posting moves goods or finishes it, where the set-up wants one.

    Source: Business Central, archiving at posting; once per posting.
    """
    document = plan.document
    if not keeps_version(values.sales, document.type):
        return
    is_last = all(part.line.quantity_invoiced + part.invoice == part.line.quantity for part in plan.parts)
    if plan.moves_goods or is_last:
        write_versions([document], reason=ArchivedDocument.Reason.POSTED, by=by, at=at)
