"""What combining shipments and combining return receipts share: one document for every bundle, each by itself."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import QuerySet

from customers.models import Customer
from erp.kernel.errors import ErpError, Problem
from sales.models import SalesDocument
from sales.models.base import Paper, PostedMoney
from sales.plans.combining import Bundle, Skipped, Summary, bundles_of, why_skipped
from sales.plans.fetching import already_gone
from sales.routines.discount import discount_invoice
from sales.routines.draft import draft
from sales.routines.fetch import fetch
from sales.routines.follow import follow
from sales.routines.lock import lock
from sales.routines.post import post
from sales.uninvoiced import UninvoicedLine, uninvoiced_lines
from sales.values import SalesValues

Type = SalesDocument.Type
# What the document has of its own; all else on its head is what the first order says.
OWN = frozenset(
    {
        "order_date",
        "posting_date",
        "document_date",
        "vat_date",
        "due_date",
        "shipment_date",
        "payment_discount_date",
        "payment_discount_percent",
        "external_document_no",
        "your_reference",
        "posting_description",
        "currency_factor",
        "package_tracking_no",
        "reason_code",
        "work_description",
        "free_text",
    }
)
PAPER = tuple(name for name in (row.attname for row in Paper._meta.get_fields()) if name not in OWN)
HEAD = ("bill_to_customer_id", "price_group_code", "discount_group_code", "invoice_discount_code",
        "allow_line_discount")  # fmt: skip
AGREED = ("external_document_no", "your_reference")


class Unposted(NamedTuple):
    """A document that was made and stays as it is, and why it could not be posted."""

    document: SalesDocument
    problems: tuple[Problem, ...]


@dataclass
class Combined:
    """What a run has made, posted and left out.

    created  the documents, as they were written; those that were posted are gone from the working table
    posted   the posted invoices or credit memos
    """

    created: list[SalesDocument] = field(default_factory=list)
    posted: list[PostedMoney] = field(default_factory=list)
    unposted: list[Unposted] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)


@dataclass(frozen=True)
class Wishes:
    """What is asked of a run; see `combine_shipments`."""

    posting_date: date
    document_date: date | None = None
    summary: str = Summary.CUSTOMER
    calc_invoice_discount: bool = False
    post: bool = False
    only_standard_terms: bool = False
    copy_texts: bool = False


def combine(
    wishes: Wishes,
    *,
    receives: bool,
    orders: QuerySet[SalesDocument] | None,
    papers: QuerySet | None,
    by,
    at: datetime,
) -> Combined:
    """Make, and where wished post, a document for every bundle; each succeeds or fails alone."""
    rows = uninvoiced_lines(SalesDocument.objects.all() if orders is None else orders, receives=receives)
    if papers is not None:
        wanted = set(papers.order_by().values_list("pk", flat=True))
        rows = [row for row in rows if row.shipped.document_id in wanted]
    result = Combined()
    rows = _take_along([row for row in rows if row.remaining], wishes, result)
    values: dict[str, SalesValues] = {}
    for bundle in bundles_of(rows, wishes.summary):
        currency = bundle.first.currency_code
        values[currency] = SalesValues.fit(currency, values.get(currency))
        _combine_one(bundle, wishes, result, by=by, at=at, values=values[currency])
    return result


def _take_along(rows: list[UninvoicedLine], wishes: Wishes, result: Combined) -> list[UninvoicedLine]:
    """The rows of orders that nothing keeps from this run."""
    orders = {row.order.pk: row.order for row in rows}
    terms = _usual_terms(orders.values()) if wishes.only_standard_terms else None
    refused = set()
    for order in orders.values():
        problems = why_skipped(order, summary=wishes.summary, standard_terms=terms)
        if problems:
            refused.add(order.pk)
            result.skipped.append(Skipped(order.number, problems[0]))
    return [row for row in rows if row.order.pk not in refused]


def _usual_terms(orders: Iterable[SalesDocument]) -> dict[int, str]:
    customers = Customer.objects.filter(pk__in={order.bill_to_customer_id for order in orders})
    return {key: code or "" for key, code in customers.values_list("pk", "payment_terms__code")}


def _combine_one(
    bundle: Bundle, wishes: Wishes, result: Combined, *, by, at: datetime, values: SalesValues
) -> None:
    """One bundle that cannot be invoiced must not keep the others from it."""
    try:
        document = make(bundle, wishes, by=by, at=at, values=values)
        problem = already_gone()
    except ErpError as error:
        document, problem = None, error.problems[0]
    if document is None:
        result.skipped += [Skipped(order.number, problem) for order in bundle.orders]
        return
    result.created.append(document)
    if wishes.post:
        _post(document, result, by=by, at=at)


def _post(document: SalesDocument, result: Combined, *, by, at: datetime) -> None:
    try:
        result.posted.append(post(document, by=by, at=at).invoice)
    except ErpError as error:
        result.unposted.append(Unposted(document, error.problems))


@transaction.atomic
def make(
    bundle: Bundle, wishes: Wishes, *, by, at: datetime, values: SalesValues, all_or_none: bool = False
) -> SalesDocument | None:
    """Write one document for a bundle; None, and nothing written, where somebody else was faster with all of it.

    all_or_none  refuse (E-GSL-QTY) where somebody was faster with a single line
    """
    document = _head(bundle, wishes, by=by, at=at, values=values)
    document = lock(document.pk)
    chosen = [row.shipped for row in bundle.rows]
    lines = fetch(
        document, chosen, at=at, values=values, all_or_none=all_or_none, copy_texts=wishes.copy_texts
    )
    if not lines:
        document.delete()
        return None
    if wishes.calc_invoice_discount:
        discount_invoice(document, values=values, at=at)
        document.refresh_from_db()
    return document


def _head(bundle: Bundle, wishes: Wishes, *, by, at: datetime, values: SalesValues) -> SalesDocument:
    """The head: of the one who ordered, or who pays, and with what the first order says on everything else."""
    first = bundle.first
    to_payer = wishes.summary == Summary.BILL_TO
    document = draft(
        Type.CREDIT_MEMO if first.traits.receives else Type.INVOICE,
        first.bill_to_customer if to_payer else first.customer,
        by=by,
        at=at,
        on=wishes.posting_date,
        posting_date=wishes.posting_date,
        ship_to_code="",
        values=values,
    )
    for name in _followed(to_payer):
        setattr(document, name, getattr(first, name))
    for name in AGREED:
        setattr(document, name, bundle.common(name))
    document.document_date = wishes.document_date or wishes.posting_date
    dated = {"posting_date", "document_date", "payment_terms_code", "currency_code"}
    follow(
        document,
        dated,
        typed={"document_date"},
        setup=values.sales,
        ledger=values.posting.gl,
        on=wishes.posting_date,
    )
    document.save()
    return document


def _followed(to_payer: bool) -> Collection[str]:
    """An invoice to the one who pays goes to their own address."""
    if not to_payer:
        return (*PAPER, *HEAD)
    return [name for name in (*PAPER, *HEAD) if not name.startswith(("sell_to_", "ship_to_"))]
