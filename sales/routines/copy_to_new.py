from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from erp.kernel.access import needs
from erp.kernel.errors import Problem, raise_problems
from sales.models import ArchivedDocument, SalesDocument
from sales.models.base import PostedPaper
from sales.plans.copying import Copied
from sales.rights import to_draft
from sales.routines.copy_document import copy_document
from sales.routines.copy_source import read_source
from sales.routines.draft import draft


@needs(to_draft)
@transaction.atomic
def copy_to_new(
    type: str,
    source: SalesDocument | PostedPaper | ArchivedDocument,
    *,
    recalculate_lines: bool = False,
    by,
    at: datetime,
    on: date,
) -> Copied:
    """Write a new document of a type to the customer of a paper, with the paper's head and lines.

    on      the work date
    raises  ProblemsFound: E-QUO-NOCUST for what is for no customer and becomes no quote; whatever `draft` and
            `copy_document` refuse

    Its dates are those of the source: look at them before it is posted.
    """
    paper = read_source(source)
    head = paper.head
    template = getattr(head, "customer_template", None)
    if head.customer is None and not (type == SalesDocument.Type.QUOTE and template):
        message = _("{source} is for nobody who is a customer; choose one on it first.")
        problem = Problem("E-QUO-NOCUST", message.format(source=paper.name), field="customer")
        raise_problems(paper.name, [problem])
    prospect = {} if head.customer else {"template": template.code, "sell_to_name": head.sell_to_name}
    new = draft(type, head.customer, by=by, at=at, on=on, **prospect)
    return copy_document(
        new, source, include_header=True, recalculate_lines=recalculate_lines, by=by, at=at, on=on
    )
