from django.db import transaction
from django.utils.translation import gettext as _

from erp.kernel.errors import Problem, raise_problems
from sales.models import SalesDocument, SalesSetup
from sales.plans.line import plain
from sales.routines.lock import lock


@transaction.atomic
def delete(document: SalesDocument, *, by) -> None:
    """Throw a working document away. Its number is lost; posted papers stay.

    raises  ProblemsFound: E-HDR-RELEASED while it is not open, E-LINE-SHIPNOTINV while goods are shipped and
            not invoiced, E-HDR-NUMBER where its number is its posted number and would leave a gap
    """
    document = lock(document.pk)
    problems = []
    if document.status != SalesDocument.Status.OPEN:
        message = _("{document} is {status}: reopen it before deleting it.")
        message = message.format(document=document, status=document.get_status_display())
        problems.append(Problem("E-HDR-RELEASED", message, field="status"))
    for line in document.lines.order_by("line_no"):
        if line.shipped_not_invoiced:
            message = _("{quantity} units are shipped and not invoiced: invoice them or undo the shipment.")
            message = message.format(quantity=plain(line.shipped_not_invoiced))
            problems.append(Problem("E-LINE-SHIPNOTINV", message, line_no=line.line_no))
    if SalesSetup.objects.get().keeps_number(document.traits):
        message = _(
            "{document} holds a number of the posted series, which must not have gaps: post it, "
            "or number drafts from a series of their own."
        )
        setup = "admin:sales_salessetup_changelist"
        problems.append(
            Problem("E-HDR-NUMBER", message.format(document=document), field="number", setup=setup)
        )
    raise_problems(document, problems)
    document.delete()
