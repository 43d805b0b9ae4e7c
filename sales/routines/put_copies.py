"""Writing copied lines: read what they name, decide every line, price those that want it, insert them at once."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Max

from erp.kernel.errors import raise_problems
from inventory.selectors import issues
from sales.masters import LineMasters, NewLine
from sales.models import ChargeAssignment, SalesComment, SalesDocument, SalesLine
from sales.models.base import LineType
from sales.plans import line as edit
from sales.plans.copying import Copied, CopyRules, CopySource, LinesPlan
from sales.plans.copying_lines import LineCopier
from sales.reversible import unclaimed
from sales.routines.date_lines import date_lines
from sales.routines.price import apply_price, price_lines
from sales.routines.total import total
from sales.routines.write_lines import write_lines
from sales.values import SalesValues


def put_copies(
    document: SalesDocument,
    sources: Sequence[CopySource],
    rules: CopyRules,
    *,
    values: SalesValues,
    by,
    at: datetime,
    on: date,
) -> Copied:
    """Copy the lines of papers, with their comments, to the end of a document that the caller holds.

    The number of queries does not depend on the number of papers or lines.
    """
    named = [
        NewLine(type=line.type, number=line.number, variant_code=line.variant_code)
        for source in sources
        for line in source.lines
        if line.type != LineType.COMMENT
    ]
    masters = LineMasters.load(named, customer_no="", on=on)
    after = document.lines.aggregate(last=Max("line_no"))["last"] or 0
    copier = LineCopier(
        document,
        rules,
        masters=masters,
        values=values,
        after=after,
        left=_left(document, sources),
    )
    for source in sources:
        copier.copy(source)
    plan = copier.plan
    _price(document, plan, values, on)
    if rules.recalculates or not rules.keeps_dates:
        date_lines(document, plan.lines, ledger=values.posting.gl)
    written = write_lines(plan.lines, plan.parents)
    _copy_charges(sources, plan, written)
    _copy_line_comments(document, sources, plan, by=by, at=at)
    total(document, values=values, at=at)
    return Copied(document, tuple(plan.lines), tuple(plan.skipped), plan.origins)


def _left(document: SalesDocument, sources: Sequence[CopySource]) -> dict[int, Decimal]:
    """By item entry behind the lines, or named by them: what the lines that the document has leave of it."""
    behind = [entry for source in sources for entries in source.entries.values() for entry in entries]
    named = {
        line.applies_from_item_entry
        for source in sources
        for line in source.lines
        if line.applies_from_item_entry
    }
    left = {no: issue.left for no, issue in issues(named).items()} if named else {}
    left |= {entry.entry_no: entry.left for entry in behind}
    return unclaimed(document, left) if left else {}


def _price(document: SalesDocument, plan: LinesPlan, values: SalesValues, on: date) -> None:
    rules = values.line_rules(document)
    decisions = price_lines(document, plan.to_price, values=values, on=on)
    problems = []
    for line, decision in zip(plan.to_price, decisions, strict=True):
        if decision is not None:
            apply_price(line, decision)
            problems += edit.set_unit_price(line, line.unit_price, rules)
    raise_problems(document, problems)


def _copy_charges(sources: Sequence[CopySource], plan: LinesPlan, written: dict[int, SalesLine]) -> None:
    """Assignments of item charges whose line was copied, and the line they go to as well."""
    new_nos = {origin: line_no for line_no, origin in plan.origins.items()}
    copies = []
    for source in sources:
        for charge, line_no, target_no in source.charges:
            line = written.get(new_nos.get((source.kind, source.head.number, line_no), 0))
            target = written.get(new_nos.get((source.kind, source.head.number, target_no), 0))
            if line is None or (target is None and target_no):
                continue
            copies.append(
                ChargeAssignment(
                    line=line,
                    target=charge.target,
                    target_line=target,
                    target_no=charge.target_no,
                    target_line_no=charge.target_line_no,
                    item_no=charge.item_no,
                    description=charge.description,
                    quantity=charge.quantity,
                    amount=charge.amount,
                )
            )
    ChargeAssignment.objects.bulk_create(copies)


def _copy_line_comments(
    document: SalesDocument, sources: Sequence[CopySource], plan: LinesPlan, *, by, at: datetime
) -> None:
    new_nos: dict[tuple[str, str, int], int] = {}
    for line_no, origin in plan.origins.items():
        new_nos.setdefault(origin, line_no)
    SalesComment.objects.bulk_create(
        copied_comment(comment, document, new_no, by=by, at=at)
        for source in sources
        for comment in source.comments
        for new_no in [new_nos.get((source.kind, source.head.number, comment.line_no))]
        if new_no
    )


def copied_comment(
    comment: SalesComment, document: SalesDocument, line_no: int, *, by, at: datetime
) -> SalesComment:
    """The same remark on another document, unsaved; it keeps its day."""
    return SalesComment(
        kind=document.type,
        number=document.number,
        line_no=line_no,
        date=comment.date,
        text=comment.text,
        created_at=at,
        created_by=by.get_username() if by else "",
    )
