from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _

from erp.kernel import outbox
from erp.kernel.access import needs
from erp.kernel.errors import Problem, raise_problems
from erp.kernel.workflow import transition
from inventory.models import InventorySetup, ItemVariant
from sales.approval import RELEASE, check_needs_no_approval
from sales.arithmetic.values import ZERO
from sales.errors import QuoteClosed
from sales.models import SalesDocument, SalesLine
from sales.plans.check import check_goods, check_not_queued, wants_variant
from sales.plans.quote import CLOSED, progress_of, stage_of
from sales.plans.totals import AMOUNTS, final_totals
from sales.routines.discount import discount_invoice
from sales.selectors import waits_in_queue
from sales.values import SalesValues

Status = SalesDocument.Status


@needs("sales.release_salesdocument")
@transition(source={Status.OPEN, Status.PENDING_PREPAYMENT}, target=Status.RELEASED)
def release(
    document: SalesDocument,
    *,
    by,
    at: datetime,
    values: SalesValues | None = None,
    was_approved: bool = False,
) -> None:
    """Promise the lines: from here on the warehouse may rely on them. Amounts and VAT become final.

    was_approved  the machine reopened it a moment ago, for what changes nothing that anybody approved
    raises        ProblemsFound: E-REL-APPROVAL where it must be approved first, E-REL-QUOTE-NOCUST, E-QUO-CLOSED,
                  E-REL-NOTHING, E-TF (unit), E-LOCATION-REQUIRED, E-VARIANT-REQUIRED

    Source: Business Central, releasing sales documents. Stock, credit limit and blocked customers are not asked.
    """
    lines = list(document.lines.select_related("item").order_by("line_no"))
    problems = [] if was_approved else check_needs_no_approval(document, code=RELEASE)
    raise_problems(document, [*problems, *check_release(document, lines)])
    finish_amounts(document, lines, values=SalesValues.fit(document.currency_code, values), at=at)
    outbox.put("sales.document.released", key=document.number, type=document.type)


@needs("sales.reopen_salesdocument")
@transition(source={Status.RELEASED, Status.PENDING_PREPAYMENT}, target=Status.OPEN)
def reopen(document: SalesDocument, *, by, at: datetime, from_queue: bool = False) -> None:
    """Take the promise back, so that lines can be changed again.

    raises  ProblemsFound: E-QUEUED while the document waits to be posted, but for the job queue itself
    """
    if not from_queue and waits_in_queue(document):
        raise_problems(document, check_not_queued(document))
    outbox.put("sales.document.reopened", key=document.number, type=document.type)


def finish_amounts(
    document: SalesDocument, lines: list[SalesLine], *, values: SalesValues, at: datetime
) -> None:
    """VAT rounded once per VAT group and spread on the lines; before it the invoice discount, where it is automatic."""
    if values.sales.calc_invoice_discount:
        lines = discount_invoice(document, values=values, at=at, lines=lines)
    changed, _totals = final_totals(lines, values.total_rules(document))
    if changed:
        SalesLine.objects.bulk_update(changed, AMOUNTS)


def check_release(document: SalesDocument, lines: list[SalesLine]) -> list[Problem]:
    """What keeps a document from being released; all of it."""
    problems = _check_quote(document)
    selling = [line for line in lines if line.sells_something and line.quantity != ZERO]
    if not selling:
        message = _("There is nothing to release in {document}: enter a line with a quantity.")
        return [*problems, Problem("E-REL-NOTHING", message.format(document=document))]
    setup = InventorySetup.objects.get()
    with_variants = items_with_variants(selling, setup)
    for line in selling:
        problems += check_goods(line, setup, items_with_variants=with_variants)
    return problems


def _check_quote(document: SalesDocument) -> list[Problem]:
    """A quote is released for a customer, and only while it may still be won."""
    problems = []
    if document.is_for_prospect:
        message = _("{document} is for a prospect: assign or create the customer before you release it.")
        problems.append(Problem("E-REL-QUOTE-NOCUST", message.format(document=document), field="customer"))
    if stage_of(document) in CLOSED:
        closed = QuoteClosed(document=document, stage=progress_of(document).get_stage_display())
        problems.append(closed.as_problem(field="stage"))
    return problems


def items_with_variants(lines: Iterable[SalesLine], setup: InventorySetup) -> set[int]:
    """Items that have variants; asked, in one query, only of lines that lack one and may have to name it."""
    unsure = {line.item_id for line in lines if wants_variant(line, setup)}
    if not unsure:
        return set()
    return set(ItemVariant.objects.filter(item_id__in=unsure).values_list("item_id", flat=True))
