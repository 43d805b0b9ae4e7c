from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _

from erp.kernel import outbox
from erp.kernel.errors import Problem, raise_problems
from erp.kernel.workflow import transition
from inventory.models import InventorySetup, ItemVariant
from sales.arithmetic.values import ZERO
from sales.models import SalesDocument, SalesLine
from sales.plans.check import check_goods, wants_variant
from sales.plans.totals import AMOUNTS, final_totals
from sales.routines.discount import discount_invoice
from sales.values import SalesValues

Status = SalesDocument.Status


@transition(source={Status.OPEN, Status.PENDING_PREPAYMENT}, target=Status.RELEASED)
def release(document: SalesDocument, *, by, at: datetime, values: SalesValues | None = None) -> None:
    """Promise the lines: from here on the warehouse may rely on them. Amounts and VAT become final.

    raises  ProblemsFound: E-REL-NOTHING, E-TF (unit), E-LOCATION-REQUIRED, E-VARIANT-REQUIRED

    Source: Business Central, releasing sales documents. Stock, credit limit and blocked customers are not asked.
    """
    lines = list(document.lines.select_related("item").order_by("line_no"))
    raise_problems(document, check_release(document, lines))
    finish_amounts(document, lines, values=SalesValues.fit(document.currency_code, values), at=at)
    outbox.put("sales.document.released", key=document.number, type=document.type)


@transition(source={Status.RELEASED, Status.PENDING_PREPAYMENT}, target=Status.OPEN)
def reopen(document: SalesDocument, *, by, at: datetime) -> None:
    """Take the promise back, so that lines can be changed again."""
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
    selling = [line for line in lines if line.sells_something and line.quantity != ZERO]
    if not selling:
        message = _("There is nothing to release in {document}: enter a line with a quantity.")
        return [Problem("E-REL-NOTHING", message.format(document=document))]
    setup = InventorySetup.objects.get()
    with_variants = items_with_variants(selling, setup)
    return [
        problem for line in selling for problem in check_goods(line, setup, items_with_variants=with_variants)
    ]


def items_with_variants(lines: Iterable[SalesLine], setup: InventorySetup) -> set[int]:
    """Items that have variants; asked, in one query, only of lines that lack one and may have to name it."""
    unsure = {line.item_id for line in lines if wants_variant(line, setup)}
    if not unsure:
        return set()
    return set(ItemVariant.objects.filter(item_id__in=unsure).values_list("item_id", flat=True))
