from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from erp.kernel.access import needs
from erp.kernel.errors import Problem, raise_problems
from sales.models import SalesDocument
from sales.models.base import PostedPaper
from sales.plans.copying import Copied, CopyRules, CopySource
from sales.reversible import KINDS, reversible_lines
from sales.rights import to_add_lines
from sales.routines.copy_source import read_posted
from sales.routines.discount import give_back
from sales.routines.lock import lock, refuse_locked
from sales.routines.put_copies import put_copies
from sales.values import SalesValues


@needs(to_add_lines)
@transaction.atomic
def reverse_posted_lines(
    document: SalesDocument,
    *,
    kind: str,
    papers: Collection[str] = (),
    lines: Collection[tuple[str, int]] = (),
    show_reversible_only: bool = True,
    original_quantity: bool = False,
    by,
    at: datetime,
    on: date,
) -> Copied:
    """Put lines of posted papers of the document's customer at its end: on a credit document to take them back.

    kind                  "shipment", "invoice", "return_receipt" or "credit_memo"
    papers                numbers of papers of which every line is wanted, whatever has come back
    lines                 single lines: number of the paper and line number
    show_reversible_only  of the single lines pass over what cannot be taken back any more, without a word
    original_quantity     as many as were posted, though some have come back; posting then refuses what is too much
    on                    the work date
    raises                LinesLocked; ProblemsFound: E-COPY-NONE for what is not there, E-COPY-MISMATCH for papers of
                          another customer or in another currency

    Goods of shipments and invoices come back at exactly the cost of the sale, and only as many as are still out.
    Invoices and credit memos bring their prices and discounts; for shipments and receipts prices are looked up.
    Source: Business Central, Get Posted Document Lines to Reverse.
    """
    document = lock(document.pk)
    refuse_locked(document, wants_open=[_("lines")])
    numbers = set(papers) | {number for number, _line_no in lines}
    rows = KINDS[kind].model.objects.filter(number__in=numbers).select_related("customer").order_by("id")
    found = list(rows)
    raise_problems(document, _check(document, numbers, found))
    chosen = set(lines)
    if show_reversible_only:
        wanted = reversible_lines(document, kind, found)
        chosen &= {(row.paper.number, row.line.line_no) for row in wanted}
    sources = [_chosen(source, papers, chosen) for source in read_posted(found)]
    values = SalesValues.load(document.currency_code)
    rules = CopyRules(
        original_quantity=original_quantity,
        reprices_goods=True,
        wants_exact_cost=values.sales.exact_cost_reversing_mandatory,
    )
    copied = put_copies(document, sources, rules, values=values, by=by, at=at, on=on)
    give_back(document, -copied.inv_discount_amount)
    return copied


def _chosen(source: CopySource, papers: Collection[str], lines: Collection[tuple[str, int]]) -> CopySource:
    """A paper with only those of its lines that are wanted."""
    number = source.head.number
    if number in papers:
        return source
    return replace(source, lines=tuple(line for line in source.lines if (number, line.line_no) in lines))


def _check(document: SalesDocument, numbers: Collection[str], papers: list[PostedPaper]) -> list[Problem]:
    missing = set(numbers) - {paper.number for paper in papers}
    message = _("There is no posted paper {number} of this kind.")
    problems = [
        Problem("E-COPY-NONE", message.format(number=number), field="papers") for number in sorted(missing)
    ]
    message = _("{field} must be the same: {document} has {here}, {paper} has {there}.")
    for paper in papers:
        for name in ("customer", "currency_code", "prices_including_vat"):
            here, there = getattr(document, name), getattr(paper, name)
            if here != there:
                text = message.format(
                    field=document._meta.get_field(name).verbose_name,
                    document=document,
                    here=here or "–",
                    paper=paper.number,
                    there=there or "–",
                )
                problems.append(Problem("E-COPY-MISMATCH", text, field=name))
    return problems
