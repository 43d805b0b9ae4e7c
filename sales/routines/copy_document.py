from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from customers.checks import check_not_blocked
from erp.kernel.access import needs
from erp.kernel.errors import Problem, raise_problems
from sales.models import ArchivedDocument, SalesComment, SalesDocument
from sales.models.base import PostedPaper
from sales.plans.copying import Copied, CopyRules, CopySource
from sales.plans.copying_head import check_same
from sales.plans.line import plain
from sales.rights import to_add_lines
from sales.routines.carry_over import sum_invoice_discount
from sales.routines.copy_head import copy_head
from sales.routines.copy_source import read_source
from sales.routines.discount import give_back
from sales.routines.lock import lock, refuse_locked
from sales.routines.put_copies import copied_comment, put_copies
from sales.values import SalesValues


@needs(to_add_lines)
@transaction.atomic
def copy_document(
    target: SalesDocument,
    source: SalesDocument | PostedPaper | ArchivedDocument,
    *,
    include_header: bool = False,
    recalculate_lines: bool = False,
    delete_lines: bool | None = None,
    by,
    at: datetime,
    on: date,
) -> Copied:
    """Copy a working document, a posted paper or an archived version to an open document.

    include_header     take the whole head, dates and customer too; the lines that are there go (`delete_lines`)
    recalculate_lines  take only what is sold, in which unit and how much; prices, discounts, costs are found anew
    delete_lines       the answer to Q-COPY-DEL; asked where the head is copied and lines stand in the way
    on                 the work date
    raises             LinesLocked; ProblemsFound: E-COPY-SELF, E-COPY-MISMATCH where neither head nor prices are
                       taken anew, Q-COPY-DEL, E-LINE-SHIPNOTINV for lines that are partly posted, blocked customers
    returns            what was copied, and what was left out for which reason

    What was posted comes with the full posted quantity. On a credit document goods of posted shipments and invoices
    come back at exactly their cost, and only as many as have not come back yet.
    Source: Business Central, Copy Document.
    """
    document = lock(target.pk)
    refuse_locked(document, wants_open=[_("lines")])
    paper = read_source(source)
    raise_problems(document, _check(document, paper, source, include_header, recalculate_lines, delete_lines))
    if include_header:
        _make_room(document)
    values = SalesValues.load(paper.head.currency_code if include_header else document.currency_code)
    if include_header:
        copy_head(document, paper, values=values, at=at, on=on)
        _copy_head_comments(document, paper, by=by, at=at)
    rules = CopyRules(
        keeps_dates=include_header,
        recalculates=recalculate_lines,
        wants_exact_cost=values.sales.exact_cost_reversing_mandatory,
    )
    copied = put_copies(document, [paper], rules, values=values, by=by, at=at, on=on)
    if include_header:  # lines may have been left out
        sum_invoice_discount(document, copied.lines)
        document.save(update_fields=["invoice_discount_value"])
    else:
        give_back(document, -copied.inv_discount_amount)
    return copied


def preview_copy(target: SalesDocument, source, **options) -> Copied:
    """What copying would bring, and not a trace of it; options as `copy_document` takes them."""
    with transaction.atomic():
        copied = copy_document(target, source, **options)
        transaction.set_rollback(True)
    return copied


def _check(
    document: SalesDocument,
    paper: CopySource,
    source,
    include_header: bool,
    recalculate_lines: bool,
    delete_lines: bool | None,
) -> list[Problem]:
    if isinstance(source, SalesDocument) and source.pk == document.pk:
        message = _("{document} cannot be copied onto itself; choose another document.")
        return [Problem("E-COPY-SELF", message.format(document=document), field="number")]
    if not include_header:
        return [] if recalculate_lines else check_same(document, paper)
    is_quote = document.type == SalesDocument.Type.QUOTE
    if paper.head.customer_id is None and not (is_quote and paper.head.customer_template_id):
        message = _("{source} is for nobody who is a customer; choose one on it first.")
        return [Problem("E-QUO-NOCUST", message.format(source=paper.name), field="customer")]
    problems = check_not_blocked(
        paper.head.customer, paper.head.bill_to_customer, document_type=document.type, action="create"
    )
    lines = list(document.lines.order_by("line_no"))
    message = _(
        "Line {line_no} ({number}) of {document}: {quantity} are posted, so its head cannot be replaced."
    )
    problems += [
        Problem(
            "E-LINE-SHIPNOTINV",
            message.format(
                line_no=line.line_no,
                number=line.number,
                document=document,
                quantity=plain(line.quantity_shipped or line.quantity_invoiced),
            ),
            line_no=line.line_no,
        )
        for line in lines
        if line.quantity_shipped or line.quantity_invoiced
    ]
    if lines and not problems and not delete_lines:
        message = _("{document} has lines; they are deleted before the header is copied. Continue?")
        problems.append(Problem("Q-COPY-DEL", message.format(document=document), field="delete_lines"))
    return problems


def _make_room(document: SalesDocument) -> None:
    """The lines go, and what was said about them."""
    document.lines.all().delete()
    comments = SalesComment.objects.filter(kind=document.type, number=document.number)
    comments.exclude(line_no=0).delete()


def _copy_head_comments(document: SalesDocument, paper: CopySource, *, by, at: datetime) -> None:
    """What was said about the whole paper goes along with its head."""
    SalesComment.objects.bulk_create(
        copied_comment(comment, document, 0, by=by, at=at)
        for comment in paper.comments
        if not comment.line_no
    )
