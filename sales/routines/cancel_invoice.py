"""Cancel a posted invoice by a credit memo that takes all of it back."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from erp.kernel import outbox
from erp.kernel.access import needs
from erp.kernel.errors import Problem, raise_problems
from sales.models import CancelledDocument, SalesCreditMemo, SalesDocument, SalesInvoice
from sales.plans import correction_checks as check
from sales.plans.correction_checks import Deed, cancelling
from sales.plans.posting import PostingPlan
from sales.rights import CORRECT
from sales.routines.check_original import check_history, check_original
from sales.routines.decide import decide
from sales.routines.draft_mirror import (
    caption_of,
    draft_mirror,
    draw_number,
    placeholder,
    posting_of,
    series_of,
)
from sales.routines.original import Original, load_original
from sales.routines.post import post

CREDIT_MEMO = SalesDocument.Type.CREDIT_MEMO


@dataclass(frozen=True)
class Effect:
    """What taking a paper back would post, or why it cannot be done; `plan` is None where nothing was planned."""

    plan: PostingPlan | None
    problems: tuple[Problem, ...]


@needs(CORRECT)
@transaction.atomic
def cancel_invoice(invoice: SalesInvoice, *, by, at: datetime, on: date) -> SalesCreditMemo:
    """Take a posted invoice back whole: as if it had never been, in every ledger and on its day.

    on       the work date: the draft's number is of this day; everything is posted on the day of the invoice
    returns  the posted credit memo, applied to the invoice: both are settled
    raises   ProblemsFound: E-COR-CLOSED, -DONE, -CORRECTIVE, -PAID, -CUST, -ITEM, -VARIANT, -ACCOUNT, -RESOURCE,
             -RETURNED, -NOSERIES, -EXTDOC, -INVTPERIOD, all that apply; nothing is written and no number drawn then

    Goods come back at the cost they left with. An order that is still there has its quantities again, to be shipped and
    invoiced once more; one that was finished does not come back. Taken back by `cancel_credit_memo`.
    Source: Business Central, cancelling posted sales invoices; revenue goes back where the invoice had it.
    """
    original = load_original(invoice)
    raise_problems(invoice, check_cancel(original, cancelling(), by=by, on=on))
    return take_back_invoice(original, by=by, at=at, on=on)


def preview_cancel(
    invoice: SalesInvoice,
    *,
    by,
    at: datetime,
    on: date,
    deed: Deed | None = None,
    series: tuple[str, ...] = (),
) -> Effect:
    """The plan of the credit memo that would cancel an invoice, with everything that speaks against it.

    Not a trace is left: no row, no number. `deed` and `series` are those of another routine that cancels.
    """
    with transaction.atomic():
        original = load_original(invoice)
        problems = check_cancel(original, deed or cancelling(), by=by, on=on, series=series)
        plan = None
        if not problems:
            document = _draft(original, number=placeholder(at), by=by, at=at)
            plan, _work = decide(document, mirror=original.mirror, **posting_of(original, by=by, at=at))
            problems = plan.problems
        transaction.set_rollback(True)
    return Effect(plan, tuple(problems))


def check_cancel(
    original: Original, deed: Deed, *, by, on: date, series: tuple[str, ...] = ()
) -> list[Problem]:
    """What keeps an invoice from being cancelled; `series` is what is drawn from besides."""
    entry = original.entry
    own = check_history(original, deed)
    own += check.check_unpaid(deed, original.paper, amount=entry.amount, remaining=entry.remaining)
    drawn = (*series_of(CREDIT_MEMO, original), *series)
    return check_original(original, deed, own=own, by=by, series=drawn, on=on)


def take_back_invoice(original: Original, *, by, at: datetime, on: date) -> SalesCreditMemo:
    """Write and post the credit memo of an invoice that nothing speaks against, under its locks."""
    number = draw_number(original, CREDIT_MEMO, on=on)
    document = _draft(original, number=number, by=by, at=at)
    posted = post(document, mirror=original.mirror, **posting_of(original, by=by, at=at))
    credit_memo, invoice = posted.invoice, original.paper
    CancelledDocument.objects.create(
        kind=CancelledDocument.Kind.INVOICE,
        cancelled_no=invoice.number,
        cancelled_by_no=credit_memo.number,
        created_at=at,
        created_by=by.get_username() if by else "",
    )
    outbox.put("sales.invoice.cancelled", key=invoice.number, credit_memo=credit_memo.number)
    return credit_memo


def _draft(original: Original, *, number: str, by, at: datetime) -> SalesDocument:
    return draft_mirror(
        original,
        CREDIT_MEMO,
        number=number,
        caption=caption_of(original.paper),
        by=by,
        at=at,
        applies_to_document_type="invoice",
        applies_to_document_no=original.paper.number,
        correction=original.values.posting.gl.mark_credit_memos_as_corrections,
    )
