"""Write a credit memo that takes back a posted invoice, or the part of it that somebody leaves on it."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from erp.kernel.access import needs
from erp.kernel.errors import Problem, raise_problems
from receivables.selectors import entry
from sales.models import SalesDocument, SalesInvoice, SalesLine
from sales.plans.copying import Copied
from sales.routines.draft_from_posted import draft_from_posted, new_lines
from sales.routines.follow import follow
from sales.selectors import cancelled_by, order_lines_of
from sales.values import SalesValues

OrderLines = Mapping[tuple[str, int], SalesLine]
LINKS = ("order_no", "order_line_no", "restores_order", "blanket_order_no", "blanket_order_line_no")


class Corrective(NamedTuple):
    """The open credit memo; what should be known before it is posted, and which lines it lacks and why."""

    document: SalesDocument
    warnings: tuple[Problem, ...]
    skipped: tuple[Problem, ...]


@needs("sales.add_salesdocument")
@transaction.atomic
def draft_corrective_credit_memo(
    invoice: SalesInvoice, *, restore_order: bool | None = None, by, at: datetime, on: date
) -> Corrective:
    """Write an open credit memo with everything of a posted invoice that has not come back, at exactly its cost.

    restore_order  whether posting it also gives the order, where it is still there, its quantities back; None asks
                   (Q-COR-ORDER)
    on             the work date, and the date of the credit memo; the exchange rate is that of the invoice
    returns        with W-COR-PARTLY or W-COR-CLOSED where the invoice is paid, W-COR-DONE where it is cancelled

    It is applied to the invoice as far as that is open. Lines may be changed before it is posted.
    Source: Business Central, Create Corrective Credit Memo.
    """
    orders = order_lines_of(invoice)
    raise_problems(invoice, _ask_for_order(invoice, orders, restore_order))
    warnings = check_paid(invoice)
    copied = draft_from_posted(SalesDocument.Type.CREDIT_MEMO, invoice, by=by, at=at, on=on)
    document = copied.document
    _date(document, invoice, on=on)
    if restore_order or not orders:
        _link(copied, invoice, orders)
    return Corrective(document, tuple(warnings), copied.skipped)


def _ask_for_order(invoice: SalesInvoice, orders: OrderLines, restore_order: bool | None) -> list[Problem]:
    if not orders or restore_order is not None:
        return []
    named = ", ".join(sorted({number for number, _line_no in orders}))
    message = _(
        "Invoice {number} is of order {orders}, which is still there. Shall the credit memo give the order its "
        "quantities back, to be shipped and invoiced again?"
    )
    message = message.format(number=invoice.number, orders=named)
    return [Problem("Q-COR-ORDER", message, field="restore_order")]


def check_paid(invoice: SalesInvoice) -> list[Problem]:
    """Warnings: what is paid is not settled by the credit memo, and what is cancelled needs none."""
    found = entry(invoice.customer_entry_no)
    facts = {"number": invoice.number, "amount": found.amount, "remaining": found.remaining}
    problems = []
    if other := cancelled_by(invoice):
        message = _("Invoice {number} is cancelled by {other} already.").format(other=other, **facts)
        problems.append(Problem("W-COR-DONE", message))
    elif not found.remaining:
        message = _(
            "Invoice {number} is settled: the credit memo is applied to nothing, and owed to the customer."
        )
        problems.append(Problem("W-COR-CLOSED", message.format(**facts)))
    elif found.remaining != found.amount:
        message = _(
            "Only {remaining} of the {amount} of invoice {number} are open: what the credit memo is above that is owed "
            "to the customer."
        )
        problems.append(Problem("W-COR-PARTLY", message.format(**facts)))
    return problems


def _date(document: SalesDocument, invoice: SalesInvoice, *, on: date) -> None:
    """A credit memo of today, at the rate of the invoice."""
    values = SalesValues.load(document.currency_code)
    document.posting_date = document.document_date = on
    changed = {"posting_date", "document_date", "payment_terms_code"}
    follow(document, changed, typed=(), setup=values.sales, ledger=values.posting.gl, on=on)
    document.currency_factor = invoice.currency_factor
    document.correction = values.posting.gl.mark_credit_memos_as_corrections
    document.save()


def _link(copied: Copied, invoice: SalesInvoice, orders: OrderLines) -> None:
    """Tie the new lines to the order lines that posting them moves back, and to the blanket order behind."""
    by_origin = new_lines(copied)
    changed = []
    for line in invoice.lines.all():
        for new in by_origin.get(line.line_no, ()):
            if (line.order_no, line.order_line_no) in orders:
                new.order_no, new.order_line_no, new.restores_order = line.order_no, line.order_line_no, True
            new.blanket_order_no, new.blanket_order_line_no = (
                line.blanket_order_no,
                line.blanket_order_line_no,
            )
            changed.append(new)
    SalesLine.objects.bulk_update(changed, LINKS)
