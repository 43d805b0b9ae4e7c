from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from erp.kernel.access import needs
from erp.kernel.errors import Problem, raise_problems
from sales.masters import NewLine
from sales.models import SalesDocument, SalesLine
from sales.models.base import LineType
from sales.rights import to_add_lines
from sales.routines.add_lines import STEP, plan_lines
from sales.routines.check_concessions import check_new_lines
from sales.routines.lock import lock, refuse_locked
from sales.routines.texts import attach_texts
from sales.routines.total import total
from sales.values import SalesValues


@needs(to_add_lines)
@transaction.atomic
def insert_lines(
    document: SalesDocument,
    lines: Sequence[NewLine],
    *,
    after: int,
    by,
    at: datetime,
    on: date,
    values: SalesValues | None = None,
) -> list[SalesLine]:
    """Put lines between two that are there, or above the first: all of them or none.

    after   number of the line above them, 0 for the top
    on      the work date, for prices where the document has no date of its own
    raises  LinesLocked when the document is not open; ProblemsFound with every problem of every line, E-LINE-ROOM where
            there are fewer numbers left between the two lines than there are lines to put there

    The number of queries does not depend on the number of lines.
    """
    document = lock(document.pk)
    selling = {_("lines") for new in lines if new.type != LineType.COMMENT}
    refuse_locked(document, wants_open=selling, texts=bool(lines))
    values = SalesValues.fit(document.currency_code, values)
    numbers = numbers_after(document, after, len(lines))
    added = plan_lines(document, zip(numbers, lines, strict=True), on=on, values=values)
    check_new_lines(document, lines, added, by=by, values=values, on=on)
    SalesLine.objects.bulk_create(added)
    attach_texts(document, added, on=on)
    total(document, values=values, at=at)
    return added


def numbers_after(document: SalesDocument, after: int, count: int) -> list[int]:
    """Numbers for so many new lines below a line, evenly spread; at the end in steps of ten thousand.

    raises  ProblemsFound E-LINE-ROOM
    """
    following = document.lines.filter(line_no__gt=after).order_by("line_no")
    below = following.values_list("line_no", flat=True).first()
    if below is None:
        return [after + STEP * place for place in range(1, count + 1)]
    step = (below - after) // (count + 1)
    if not step:
        message = _(
            "There is no room for {count} lines between line {above} and line {below}; add them at the end."
        )
        message = message.format(count=count, above=after, below=below)
        raise_problems(document, [Problem("E-LINE-ROOM", message)])
    return [after + step * place for place in range(1, count + 1)]
