"""How invoices get paid: in time for the discount, on the day, late, in parts, or not at all."""

from datetime import date, timedelta
from decimal import Decimal
from functools import partial

from erp.demo.company import Company
from erp.demo.diary import PAY, Diary, Moment
from erp.demo.plan import Settlement
from erp.kernel.money import CENT, round_to
from receivables.ledger import ApplyRequest
from receivables.models import CustomerLedgerEntry, DocumentType, OpenItem
from receivables.routines.receive_payment import receive_payment
from sales.models import SalesInvoice

UNNAMED = 0.02  # of the payments name no invoice, so that somebody has to find it
SHORT = 0.04  # of them are a little short, as bank charges are


def settle(company: Company, diary: Diary, habit: Settlement | None, invoice: SalesInvoice) -> None:
    """Plan the payment of an invoice as its customer is used to pay."""
    if habit is None or not invoice.amount_including_vat:
        return
    diary.note(_day(habit, invoice), PAY, partial(_pay, company, diary, habit, invoice.number))


def _day(habit: Settlement, invoice: SalesInvoice) -> date:
    start = {
        "discount": invoice.payment_discount_date,
        "invoice": invoice.posting_date,
        "due": invoice.due_date,
    }
    day = (start[habit.when] or invoice.due_date) + timedelta(days=habit.days)
    return max(day, invoice.posting_date)


def _pay(company: Company, diary: Diary, habit: Settlement, number: str, when: Moment) -> None:
    """Pay what is still open, less the discount where the day allows it."""
    entry = CustomerLedgerEntry.objects.select_related("customer__currency", "open_item").get(
        document_no=number, document_type=DocumentType.INVOICE
    )
    item = OpenItem.objects.filter(pk=entry.pk).first()
    if item is None or item.remaining_amount <= 0:
        return
    amount = item.remaining_amount
    if item.payment_discount_date and when.day <= item.payment_discount_date:
        amount -= item.remaining_payment_discount
    amount = round_to(amount * habit.share, CENT)
    luck = company.chance.random()
    if luck < SHORT and habit.share == 1 and amount > 100:
        amount -= Decimal(company.chance.choice((100, 150, 200))) / 100
    names_it = luck < 1 - UNNAMED
    receive_payment(
        customer=entry.customer,
        amount=amount,
        on=when.day,
        bank=company.bank_account(entry.currency_code),
        currency_code=entry.currency_code,
        apply=ApplyRequest.to_document(DocumentType.INVOICE, number) if names_it else None,
        external_document_no=number if names_it else "",
        payment_reference=number if names_it else "",
        by=company.accountant,
        at=when.at,
    )
    company.done["payments"] += 1
    if habit.share < 1 and habit.rest is not None:
        rest = Settlement("due", 0)
        diary.note(when.day + timedelta(days=habit.rest), PAY, partial(_pay, company, diary, rest, number))
