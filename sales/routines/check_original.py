"""What keeps a posted paper from being taken back: the facts that the checks of `plans.correction_checks` want."""

from collections.abc import Iterable, Sequence
from datetime import date

from customers.checks import check_not_blocked
from erp.kernel.errors import ErpError, Problem
from erp.kernel.numbering import peek_number
from inventory.models import ItemVariant
from posting.dates import check_posting_date
from posting.models import GLAccount
from posting.selectors import entries_for
from sales.models import SalesDocument, SalesInvoice
from sales.models.base import PostedLine, PostedMoney
from sales.plans import correction_checks as check
from sales.plans.check import check_series
from sales.plans.correction_checks import Deed
from sales.routines.original import Original
from sales.selectors import cancelled_by, takes_back
from sales.values import SalesValues

Type = SalesDocument.Type


def check_original(
    original: Original, deed: Deed, *, own: Sequence[Problem], by, series: Iterable[str], on: date
) -> list[Problem]:
    """Everything that keeps a paper from being taken back, in the order in which people look for it.

    own     what the paper's history says against it; one that was taken back already says nothing else
    series  fields of the sales set-up that name the series of the papers to be written
    on      the work date, for the number of the draft
    """
    paper, values = original.paper, original.values
    done = [problem for problem in own if problem.code == f"{deed.prefix}-DONE"]
    if done:
        return done
    problems = check.check_period(deed, paper, check_posting_date(paper.posting_date, by, values.posting))
    blocked = check_not_blocked(
        paper.customer,
        paper.bill_to_customer,
        document_type=Type.INVOICE,
        action="post",
        ships=deed.sells_again and original.moves_goods,
    )
    problems += [*own, *check.check_customers(deed, paper, blocked)]
    problems += check.check_masters(
        deed,
        paper,
        original.lines,
        variants=_variants(original.lines),
        blocked_accounts=_blocked_accounts(paper),
    )
    problems += check.check_returned(deed, paper, original.missing)
    problems += check.check_numbers(deed, paper, _refused_series(values, series, paper.posting_date, on))
    mandatory = values.sales.external_document_no_mandatory
    problems += check.check_external_no(deed, paper, mandatory=mandatory)
    earliest = values.stock.rules.earliest_valuation_date if original.moves_goods else None
    return problems + check.check_inventory_period(deed, paper, earliest)


def check_history(original: Original, deed: Deed) -> list[Problem]:
    """Whether another paper has taken this one back, or this one takes another back."""
    paper = original.paper
    is_invoice = isinstance(paper, SalesInvoice)
    return check.check_history(
        deed,
        paper,
        cancelled_by=cancelled_by(paper),
        takes_back=takes_back(paper) if is_invoice else "",
    )


def _variants(lines: Iterable[PostedLine]) -> dict[tuple[int, str], ItemVariant]:
    named = {line.item_id for line in lines if line.item_id and line.variant_code}
    rows = ItemVariant.objects.filter(item_id__in=named) if named else ()
    return {(row.item_id, row.code): row for row in rows}


def _blocked_accounts(paper: PostedMoney) -> list[str]:
    """Of the accounts that the paper was posted to, those that nobody may post to today."""
    used = {row.account_no for row in entries_for(paper.number, posting_date=paper.posting_date).gl}
    rows = GLAccount.objects.filter(number__in=used, blocked=True)
    return list(rows.order_by("number").values_list("number", flat=True))


def _refused_series(
    values: SalesValues, fields: Iterable[str], posting_date: date, on: date
) -> list[Problem]:
    """What is wrong with the number series that will be drawn from; a preview draws from none."""
    refused = []
    for name in dict.fromkeys(fields):
        code = getattr(values.sales, name)
        if not code:
            refused += check_series(values.sales, [name])
            continue
        try:
            peek_number(code, on=posting_date if name.startswith("posted") else on)
        except ErpError as error:
            refused.append(error.as_problem(field=name))
    return refused
