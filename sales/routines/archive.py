"""Keeping a version of a document as it is: by hand, and wherever the set-up wants one before it changes or goes."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TypeVar

from django.db import models, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from erp.kernel.access import needs
from erp.kernel.errors import Problem, raise_problems
from sales.arithmetic.values import ZERO
from sales.models import (
    ArchivedDocument,
    ChargeAssignment,
    QuoteProgress,
    SalesComment,
    SalesDocument,
    SalesLine,
)
from sales.plans.archive import content_of
from sales.plans.archive_rules import ARCHIVED
from sales.routines.lock import lock

Reason = ArchivedDocument.Reason
Row = TypeVar("Row", bound=models.Model)


@needs("sales.change_salesdocument")
@transaction.atomic
def archive(document: SalesDocument, *, reason: str = Reason.ASKED, by, at: datetime) -> ArchivedDocument:
    """Keep the document as it is now, whole: head, lines, comments, charge assignments, progress.

    raises  ProblemsFound: E-ARCH-TYPE for invoices and credit memos, which posting keeps

    Source: Business Central, archiving of sales documents.
    """
    document = lock(document.pk)
    if document.type not in ARCHIVED:
        message = _("{document} is not archived: its posted paper is what is kept.")
        raise_problems(document, [Problem("E-ARCH-TYPE", message.format(document=document), field="type")])
    (version,) = write_versions([document], reason=reason, by=by, at=at)
    return version


def write_versions(
    documents: Sequence[SalesDocument], *, reason: str, by, at: datetime
) -> list[ArchivedDocument]:
    """The next version of every document, which the caller has locked; as many queries for many as for one."""
    contents = read_contents(documents)
    last = _last_versions(documents)
    return ArchivedDocument.objects.bulk_create(
        ArchivedDocument(
            type=document.type,
            number=document.number,
            occurrence=document.occurrence,
            version=last.get((document.type, document.number, document.occurrence), 0) + 1,
            reason=reason,
            customer_no=document.customer_number,
            sell_to_name=document.sell_to_name,
            currency_code=document.currency_code,
            amount=_sum(contents[document.pk], "amount"),
            amount_including_vat=_sum(contents[document.pk], "amount_including_vat"),
            archived_at=at,
            archived_by=by.get_username() if by else "",
            content=contents[document.pk],
        )
        for document in documents
    )


def read_contents(documents: Sequence[SalesDocument]) -> dict[int, dict]:
    """By key, what documents are now, as `sales.plans.archive` writes it; a handful of queries for any number."""
    keys = [document.pk for document in documents]
    comments = SalesComment.objects.filter(
        kind__in={document.type for document in documents},
        number__in={document.number for document in documents},
    )
    charges = ChargeAssignment.objects.filter(line__document__in=keys).select_related("line")
    progress = QuoteProgress.objects.filter(document__in=keys).select_related("reason")
    lines_of = _grouped(
        SalesLine.objects.filter(document__in=keys).order_by("line_no"), lambda line: line.document_id
    )
    comments_of = _grouped(comments.order_by("id"), lambda comment: (comment.kind, comment.number))
    charges_of = _grouped(charges.order_by("id"), lambda charge: charge.line.document_id)
    progress_of = {row.document_id: row for row in progress}
    return {
        document.pk: content_of(
            document,
            lines_of[document.pk],
            comments=comments_of[document.type, document.number],
            charges=charges_of[document.pk],
            progress=progress_of.get(document.pk),
        )
        for document in documents
    }


def _grouped(rows: Iterable[Row], key: Callable[[Row], Hashable]) -> Mapping[Hashable, list[Row]]:
    found: Mapping[Hashable, list[Row]] = defaultdict(list)
    for row in rows:
        found[key(row)].append(row)
    return found


def _last_versions(documents: Sequence[SalesDocument]) -> dict[tuple[str, str, int], int]:
    """The highest version there is of each document, by type, number and occurrence."""
    rows = ArchivedDocument.objects.filter(
        type__in={document.type for document in documents},
        number__in={document.number for document in documents},
    )
    found = rows.order_by().values_list("type", "number", "occurrence").annotate(last=Max("version"))
    return {(type, number, occurrence): last for type, number, occurrence, last in found}


def _sum(content: Mapping, column: str) -> Decimal:
    return sum((Decimal(line[column]) for line in content["lines"]), ZERO)
