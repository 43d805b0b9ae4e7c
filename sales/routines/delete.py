from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from erp.kernel.access import needs
from erp.kernel.errors import Problem, raise_problems
from sales.models import ArchivedDocument, SalesDocument, SalesSetup
from sales.plans.archive_rules import check_answered, keeps_version
from sales.plans.line import plain
from sales.rights import to_delete
from sales.routines.archive import write_versions
from sales.routines.carry_over import forget_comments
from sales.routines.check_blanket import check_not_called_off
from sales.routines.lock import lock


@needs(to_delete)
@transaction.atomic
def delete(document: SalesDocument, *, by, at: datetime, archive: bool | None = None) -> None:
    """Throw a working document away, archived first where the set-up says so. Its number is lost; posted papers stay.

    archive  whether a version of a quote is kept, where the set-up asks
    raises   ProblemsFound: E-HDR-RELEASED while it is not open, E-LINE-SHIPNOTINV while goods are shipped and
             not invoiced, E-HDR-NUMBER where its number is its posted number and would leave a gap, E-BLK-LINKED
             while documents that were called off from it are open; Q-ARCH for what was asked and not answered
    """
    document = lock(document.pk)
    setup = SalesSetup.objects.get()
    problems = []
    if document.status != SalesDocument.Status.OPEN:
        message = _("{document} is {status}: reopen it before deleting it.")
        if document.status == SalesDocument.Status.PENDING_APPROVAL:
            message = _("{document} is {status}: cancel the request before deleting it.")
        message = message.format(document=document, status=document.get_status_display())
        problems.append(Problem("E-HDR-RELEASED", message, field="status"))
    for line in document.lines.order_by("line_no"):
        if line.shipped_not_invoiced and not line.is_fetched:
            message = _("{quantity} units are shipped and not invoiced: invoice them or undo the shipment.")
            message = message.format(quantity=plain(line.shipped_not_invoiced))
            problems.append(Problem("E-LINE-SHIPNOTINV", message, line_no=line.line_no))
    if setup.keeps_number(document.traits):
        message = _(
            "{document} holds a number of the posted series, which must not have gaps: post it, "
            "or number drafts from a series of their own."
        )
        page = "admin:sales_salessetup_changelist"
        problems.append(
            Problem("E-HDR-NUMBER", message.format(document=document), field="number", setup=page)
        )
    problems += check_not_called_off(document)
    raise_problems(document, problems + check_answered(setup, document, archive))
    if keeps_version(setup, document.type, archive):
        write_versions([document], reason=ArchivedDocument.Reason.DELETED, by=by, at=at)
    forget_comments(document)
    document.delete()
