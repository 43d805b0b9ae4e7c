"""Reading what can be copied: any working document, posted paper or archived version, as one kind of value."""

from collections.abc import Iterable, Sequence

from customers.models import Customer, CustomerTemplate
from inventory.selectors import PaperEntry, entries_behind
from sales.models import (
    ArchivedDocument,
    ChargeAssignment,
    ReturnReceipt,
    SalesComment,
    SalesCreditMemo,
    SalesDocument,
    SalesInvoice,
    SalesShipment,
)
from sales.models.base import PostedPaper
from sales.plans.copying import CopySource
from sales.plans.restore import plan_restore, restore_head

Kind = SalesComment.Kind
# Each posted paper: its kind, and what the item ledger calls it.
POSTED: dict[type[PostedPaper], tuple[str, str]] = {
    SalesShipment: (Kind.POSTED_SHIPMENT, "sales_shipment"),
    SalesInvoice: (Kind.POSTED_INVOICE, "sales_invoice"),
    ReturnReceipt: (Kind.POSTED_RETURN_RECEIPT, "sales_return_receipt"),
    SalesCreditMemo: (Kind.POSTED_CREDIT_MEMO, "sales_credit_memo"),
}


def read_source(source: SalesDocument | PostedPaper | ArchivedDocument) -> CopySource:
    """What there is to copy of a paper; a handful of queries, whatever it has on it."""
    if isinstance(source, SalesDocument):
        return _read_working(source)
    if isinstance(source, ArchivedDocument):
        return _read_archived(source)
    return read_posted([source])[0]


def read_posted(papers: Sequence[PostedPaper]) -> list[CopySource]:
    """Posted papers of one kind, with their lines; as many queries for many as for one."""
    if not papers:
        return []
    kind, document_type = POSTED[type(papers[0])]
    numbers = [paper.number for paper in papers]
    line_model = papers[0].lines.model
    lines = line_model.objects.filter(document__in=papers).select_related("item__inventory_posting_group")
    comments = SalesComment.objects.filter(kind=kind, number__in=numbers).order_by("id")
    lines, comments = list(lines.order_by("document", "line_no")), list(comments)
    entries = entries_behind(document_type, numbers) if any(line.item_id for line in lines) else []
    return [
        CopySource(
            kind=kind,
            name=f"{Kind(kind).label} {paper.number}",
            head=paper,
            lines=tuple(line for line in lines if line.document_id == paper.pk),
            comments=tuple(comment for comment in comments if comment.number == paper.number),
            entries=_by_line(entry for entry in entries if entry.document_no == paper.number),
        )
        for paper in papers
    ]


def _by_line(entries: Iterable[PaperEntry]) -> dict[int, list[PaperEntry]]:
    found: dict[int, list[PaperEntry]] = {}
    for entry in entries:
        found.setdefault(entry.line_no, []).append(entry)
    return found


def _read_working(document: SalesDocument) -> CopySource:
    rows = document.lines.select_related("item__inventory_posting_group").order_by("line_no")
    lines = list(rows)
    line_nos = {line.pk: line.line_no for line in lines}
    charges = ChargeAssignment.objects.filter(line__document=document).order_by("id")
    return CopySource(
        kind=document.type,
        name=str(document),
        head=document,
        lines=tuple(lines),
        parents={
            line.line_no: line_nos[line.attached_to_line_id] for line in lines if line.attached_to_line_id
        },
        comments=tuple(SalesComment.objects.filter(kind=document.type, number=document.number)),
        charges=tuple(
            (charge, line_nos[charge.line_id], line_nos.get(charge.target_line_id, 0)) for charge in charges
        ),
    )


def _read_archived(version: ArchivedDocument) -> CopySource:
    """A version as the document was; customers and template are looked up by what they are called today."""
    content = version.content
    document = SalesDocument(type=version.type, number=version.number)
    restore_head(document, content)
    head = content["head"]
    numbers = {head[name] for name in ("customer", "bill_to_customer")} - {None}
    known = {customer.number: customer for customer in Customer.objects.filter(number__in=numbers)}
    document.customer = known.get(head["customer"])
    document.bill_to_customer = known.get(head["bill_to_customer"])
    if head["customer_template"]:
        document.customer_template = CustomerTemplate.objects.filter(code=head["customer_template"]).first()
    plan = plan_restore(document, content)
    return CopySource(
        kind=version.type,
        name=str(version),
        head=document,
        lines=tuple(plan.lines),
        parents=plan.parents,
        comments=tuple(plan.comments),
        charges=tuple((charge, line_no, target or 0) for charge, line_no, target in plan.charges),
    )
