"""What comes back: goods, by return order or credit memo, and allowances for what was not quite right."""

from datetime import timedelta
from decimal import Decimal
from functools import partial

from erp.demo.company import Company
from erp.demo.diary import RETURN, Diary, Moment
from erp.demo.plan import Return, Sale
from erp.kernel.money import CENT, ZERO
from inventory.selectors import returnable
from posting.currency import from_lcy
from receivables.models import DocumentType, OpenItem
from sales.masters import NewLine
from sales.models import SalesDocument, SalesInvoice, SalesInvoiceLine, SalesShipmentLine
from sales.models.base import LineType
from sales.routines.draft import draft
from sales.routines.post import post
from sales.routines.release import release

ALLOWANCE_ACCOUNT = "4300"


def note_return(company: Company, diary: Diary, sale: Sale, invoice: SalesInvoice) -> None:
    """Plan what will come of an invoice besides its payment."""
    if sale.returned:
        day = invoice.posting_date + timedelta(days=sale.returned.days)
        diary.note(day, RETURN, partial(_take_back, company, sale.returned, invoice))
    elif sale.allowance:
        day = invoice.posting_date + timedelta(days=9)
        diary.note(day, RETURN, partial(_allow, company, Decimal(sale.allowance), invoice))


def _take_back(company: Company, returned: Return, invoice: SalesInvoice, when: Moment) -> None:
    """One of the goods comes back, at the price it was sold for and at the cost it left with."""
    line = (
        invoice.lines.filter(type=LineType.ITEM, quantity__gte=returned.quantity).order_by("line_no").first()
    )
    shipped = line and shipped_of(line, Decimal(returned.quantity))
    if not shipped:
        return
    back = NewLine(
        number=line.number,
        variant_code=line.variant_code,
        unit_code=line.unit_code,
        quantity=Decimal(returned.quantity),
        unit_price=line.unit_price,
        line_discount_percent=line.line_discount_percent,
        location_code=line.location_code,
        applies_from_item_entry=shipped,
    )
    kind = SalesDocument.Type.RETURN_ORDER if returned.by_order else SalesDocument.Type.CREDIT_MEMO
    paper = _draft(company, kind, invoice, back, when)
    if returned.by_order:
        release(paper, by=company.clerk, at=when.at)
        post(paper, ship=True, by=company.warehouse, at=when.at)
        post(paper, invoice=True, by=company.accountant, at=when.at)
        company.done["return orders"] += 1
    else:
        post(paper, by=company.accountant, at=when.at)
    company.done["credit memos"] += 1


def shipped_of(line: SalesInvoiceLine, quantity: Decimal) -> int | None:
    """The item entry of goods on an invoice line of which so much can still come back; None where there is none."""
    if not line.order_no:
        return None
    shipments = SalesShipmentLine.objects.filter(order_no=line.order_no, order_line_no=line.order_line_no)
    shipments = shipments.filter(quantity__gt=0, item_entry_no__isnull=False).order_by("pk")
    entries = list(shipments.values_list("item_entry_no", flat=True))
    left = returnable(entries)
    return next((entry for entry in entries if left.get(entry, ZERO) >= quantity), None)


def _allow(company: Company, amount: Decimal, invoice: SalesInvoice, when: Moment) -> None:
    """Something off the price, for a scratch or a delay."""
    line = NewLine(
        type=LineType.GL_ACCOUNT,
        number=ALLOWANCE_ACCOUNT,
        quantity=Decimal(1),
        unit_price=from_lcy(amount, invoice.currency_factor, precision=CENT),
        description=f"Allowance on invoice {invoice.number}",
    )
    paper = _draft(company, SalesDocument.Type.CREDIT_MEMO, invoice, line, when)
    post(paper, by=company.accountant, at=when.at)
    company.done["credit memos"] += 1


def _draft(company: Company, kind: str, invoice: SalesInvoice, line: NewLine, when: Moment) -> SalesDocument:
    """A paper that settles the invoice, if that is still open."""
    is_open = OpenItem.objects.filter(pk=invoice.customer_entry_no).exists()
    given = {"applies_to_document_type": DocumentType.INVOICE, "applies_to_document_no": invoice.number}
    return draft(
        kind,
        invoice.customer,
        by=company.manager,  # who may repeat what was agreed then, below the list of today
        at=when.at,
        on=when.day,
        lines=[line],
        values=company.values(invoice.currency_code),
        external_document_no=invoice.number,
        **(given if is_open else {}),
    )
