"""Correct a posted invoice: cancel it, and write it once more for editing."""

from datetime import date, datetime
from typing import NamedTuple

from django.db import transaction

from erp.kernel.access import needs
from erp.kernel.errors import Problem, raise_problems
from sales.models import SalesCreditMemo, SalesDocument, SalesInvoice
from sales.plans.correction_checks import correcting
from sales.rights import CORRECT
from sales.routines.cancel_invoice import Effect, check_cancel, preview_cancel, take_back_invoice
from sales.routines.draft_from_posted import draft_from_posted
from sales.routines.original import load_original

DRAWN = ("invoice_nos",)


class Corrected(NamedTuple):
    """The credit memo that cancelled the invoice, and the open invoice that is to replace it.

    skipped  lines that the open invoice lacks, with the reason
    """

    credit_memo: SalesCreditMemo
    invoice: SalesDocument
    skipped: tuple[Problem, ...] = ()


@needs(CORRECT)
@transaction.atomic
def correct_invoice(invoice: SalesInvoice, *, by, at: datetime, on: date) -> Corrected:
    """Cancel a posted invoice and write an open one with the same content, to be changed and posted.

    on      the work date, for the numbers of the drafts; the new invoice has the dates of the old one
    raises  as `cancel_invoice`; E-COR-NOSERIES for the number of the new invoice as well

    The new invoice is tied to no shipment and no order: posting it ships from stock.
    Source: Business Central, correcting posted sales invoices.
    """
    original = load_original(invoice)
    raise_problems(invoice, check_cancel(original, correcting(), by=by, on=on, series=DRAWN))
    copied = draft_from_posted(SalesDocument.Type.INVOICE, original.paper, by=by, at=at, on=on)
    credit_memo = take_back_invoice(original, by=by, at=at, on=on)
    return Corrected(credit_memo, copied.document, copied.skipped)


def preview_correct(invoice: SalesInvoice, *, by, at: datetime, on: date) -> Effect:
    """The plan of the credit memo, and what speaks against correcting the invoice; nothing is written."""
    return preview_cancel(invoice, by=by, at=at, on=on, deed=correcting(), series=DRAWN)
