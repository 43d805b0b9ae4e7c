"""Cancel a corrective credit memo by an invoice that takes it back: the invoice that it cancelled stands again."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from erp.kernel import outbox
from erp.kernel.access import needs
from erp.kernel.errors import Problem, raise_problems
from receivables.routines.apply import apply_entries
from receivables.routines.unapply import unapply
from receivables.selectors import details_of
from sales.models import CancelledDocument, SalesCreditMemo, SalesDocument, SalesInvoice
from sales.plans.correction_checks import Deed, cancelling_credit_memo
from sales.rights import CORRECT
from sales.routines.cancel_invoice import Effect
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
from sales.selectors import takes_back

INVOICE = SalesDocument.Type.INVOICE
Kind = CancelledDocument.Kind


@needs(CORRECT)
@transaction.atomic
def cancel_credit_memo(credit_memo: SalesCreditMemo, *, by, at: datetime, on: date) -> SalesInvoice:
    """Take a corrective credit memo back whole, on its own day; the invoice that it cancelled is owed again.

    on       the work date: the draft's number is of this day
    returns  the posted invoice that settles the credit memo
    raises   ProblemsFound: E-CMC-NOTCORR, -APPLIED, and as `cancel_invoice` -CLOSED, -DONE, -CUST, -ITEM, -VARIANT,
             -ACCOUNT, -RESOURCE, -NOSERIES, -EXTDOC, -INVTPERIOD, all that apply

    The goods that came back go again: the very same, or others of the stock where those were sold meanwhile. An order
    that got its quantities back has them taken once more. Source: Business Central, cancelling corrective credit memos.
    """
    original = load_original(credit_memo)
    raise_problems(credit_memo, _check(original, cancelling_credit_memo(), by=by, on=on))
    document = _draft(original, number=draw_number(original, INVOICE, on=on), by=by, at=at)
    posted = post(document, mirror=original.mirror, **posting_of(original, by=by, at=at))
    invoice = posted.invoice
    # Only now: whoever settles entries holds the head of the ledgers, which is locked after everything else.
    if original.entry.amount:
        unapply(credit_memo.customer_entry_no, by=by, at=at)
        apply_entries(applying=invoice.customer_entry_no, to=[credit_memo.customer_entry_no], by=by, at=at)
    _note(credit_memo, invoice, by=by, at=at)
    return invoice


def preview_cancel_credit_memo(credit_memo: SalesCreditMemo, *, by, at: datetime, on: date) -> Effect:
    """The plan of the invoice that would take a credit memo back, with everything that speaks against it; no trace."""
    with transaction.atomic():
        original = load_original(credit_memo)
        problems = _check(original, cancelling_credit_memo(), by=by, on=on)
        plan = None
        if not problems:
            document = _draft(original, number=placeholder(at), by=by, at=at)
            plan, _work = decide(document, mirror=original.mirror, **posting_of(original, by=by, at=at))
            problems = plan.problems
        transaction.set_rollback(True)
    return Effect(plan, tuple(problems))


def _check(original: Original, deed: Deed, *, by, on: date) -> list[Problem]:
    paper = original.paper
    own = check_history(original, deed)
    if not own and not takes_back(paper):
        reason = _("it is not corrective: no invoice was cancelled by it")
        own.append(deed.refusal(paper, "NOTCORR", reason))
    if not own and not _settles_one(original):
        reason = _(
            "it is not applied whole, and at once, to exactly one document; unapply and apply it again"
        )
        own.append(deed.refusal(paper, "APPLIED", reason))
    return check_original(original, deed, own=own, by=by, series=series_of(INVOICE, original), on=on)


def _settles_one(original: Original) -> bool:
    """Whether one application, and no other, settles the whole credit memo against one entry; of nothing, none."""
    if original.entry.remaining or not original.entry.amount:
        return not original.entry.remaining
    rows = [row for row in details_of(original.entry.entry_no) if row.application_no]
    standing = [row for row in rows if row.reverses is None and row.unapplied_by is None]
    return len(standing) == 1 and standing[0].amount == -original.entry.amount


def _draft(original: Original, *, number: str, by, at: datetime) -> SalesDocument:
    return draft_mirror(original, INVOICE, number=number, caption=caption_of(original.paper), by=by, at=at)


def _note(credit_memo: SalesCreditMemo, invoice: SalesInvoice, *, by, at: datetime) -> None:
    """The credit memo is cancelled now, and the invoice that it cancelled no longer is."""
    CancelledDocument.objects.filter(kind=Kind.INVOICE, cancelled_by_no=credit_memo.number).delete()
    CancelledDocument.objects.create(
        kind=Kind.CREDIT_MEMO,
        cancelled_no=credit_memo.number,
        cancelled_by_no=invoice.number,
        created_at=at,
        created_by=by.get_username() if by else "",
    )
    outbox.put("sales.credit_memo.cancelled", key=credit_memo.number, invoice=invoice.number)
