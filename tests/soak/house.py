"""The same operations done by the house: one function per name of an `Op`, by the public routines and nothing else.

Every function runs in the caller's transaction and returns what the model cannot know: numbers, copied lines.
"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Max

from customers.models import BlockedFor, Customer
from customers.routines.create import create_customer
from erp.kernel import mail
from erp.kernel.idempotency import hash_request, once
from inventory.routines.adjust_cost import adjust_cost as run_adjustment
from inventory.routines.post_item_journal import JournalLine, post_item_journal
from posting.models import GeneralLedgerSetup
from posting.routines.reverse import reverse_transaction
from receivables.ledger import ApplyRequest
from receivables.models import CustomerLedgerEntry
from receivables.routines import apply as applying
from receivables.routines import unapply as unapplying
from receivables.routines.receive_payment import receive_payment
from sales.models import SalesDocument, SalesInvoice, SalesLine, SalesShipment
from sales.models.base import LineType
from sales.routines import add_lines
from sales.routines import change_line as changing
from sales.routines import remove_line as removing
from sales.routines.cancel_invoice import cancel_invoice
from sales.routines.convert import make_order
from sales.routines.correct_invoice import correct_invoice
from sales.routines.delete import delete as throw_away
from sales.routines.discount import type_invoice_discount
from sales.routines.draft import draft as write_draft
from sales.routines.draft_corrective_credit_memo import draft_corrective_credit_memo
from sales.routines.post import post as post_document
from sales.routines.release import release as release_document
from sales.routines.release import reopen as reopen_document
from sales.routines.reverse_posted_lines import reverse_posted_lines
from sales.routines.undo_shipment import undo_shipment as undo_lines
from sales.values import SalesValues
from tests.soak.finding import document_of, entry_of, line_of, new_line
from tests.soak.model import Op
from tests.soak.model.chart import CUSTOMERS, ITEMS
from tests.world.calendar import SET_UP_ON, nine_o_clock
from tests.world.goods import make_item

NAMES = {
    "price": "unit_price",
    "percent": "line_discount_percent",
    "to_ship": "qty_to_ship",
    "to_invoice": "qty_to_invoice",
}
TODAY = date(2026, 3, 2)


def perform(op: Op, by) -> dict[str, Any]:
    """Do it, in the caller's transaction; raises what the house refuses it with."""
    return DEEDS[op.name](by=by, **op.given) or {}


def set_up(by) -> None:
    """The customers and items of the soak's company; its set-up is there already."""
    for number, group in CUSTOMERS.items():
        create_customer(name=number.title(), number=number, template=group, on=SET_UP_ON)
    for number, (method, group) in ITEMS.items():
        make_item(
            number, cost=Decimal(0), price=Decimal(0), group=group, units={}, on=SET_UP_ON, by=by,
            costing_method=method, prevent_negative_inventory="yes",
        )  # fmt: skip


# Set-up -------------------------------------------------------------------------------------------------------------
def block(customer, what, by) -> None:
    Customer.objects.filter(number=customer).update(blocked=BlockedFor(what) if what else "")


def close_until(day, by) -> None:
    GeneralLedgerSetup.objects.update(allow_posting_from=date.fromisoformat(day))


# Goods --------------------------------------------------------------------------------------------------------------
def receive_goods(item, place, quantity, cost, kind, day, by) -> None:
    _journal(by, day, item=item, location_code=place, quantity=Decimal(quantity), unit_amount=Decimal(cost),
             entry_type="purchase" if kind == "purchase" else "positive_adjustment")  # fmt: skip


def issue_goods(item, place, quantity, day, by) -> None:
    _journal(
        by, day, item=item, location_code=place, quantity=Decimal(quantity), entry_type="negative_adjustment"
    )


def _journal(by, day: str, **given) -> None:
    on = date.fromisoformat(day)
    line = JournalLine(line_no=10000, posting_date=on, document_no="SOAK", gen_bus="DOMESTIC", **given)
    post_item_journal([line], by=by, at=nine_o_clock(on))


def adjust_cost(by) -> None:
    run_adjustment(by=by, at=nine_o_clock(TODAY), everything=True)


# Working documents --------------------------------------------------------------------------------------------------
def draft(ref, type, customer, lines, day, by, pays_by="") -> dict:
    on = date.fromisoformat(day)
    given = {"payment_method_code": pays_by} if pays_by else {}
    customer = Customer.objects.get(number=customer)
    new = [new_line(line) for line in lines]
    document = write_draft(
        type, customer, by=by, at=nine_o_clock(on), on=on, your_reference=ref, lines=new, **given
    )
    return {"number": document.number}


def add_line(ref, line, by) -> None:
    add_lines.add_lines(document_of(ref), [new_line(line)], by=by, at=nine_o_clock(TODAY), on=TODAY)


def change_line(ref, line_no, changes, by) -> None:
    values = {NAMES.get(name, name): Decimal(value) for name, value in changes.items()}
    changing.change_line(line_of(ref, line_no), by=by, at=nine_o_clock(TODAY), on=TODAY, **values)


def remove_line(ref, line_no, by) -> None:
    removing.remove_line(line_of(ref, line_no), by=by, at=nine_o_clock(TODAY))


def discount(ref, amount, by) -> None:
    document = document_of(ref)
    values = SalesValues.load(document.currency_code)
    type_invoice_discount(document, Decimal(amount), values=values, at=nine_o_clock(TODAY))


def release(ref, by) -> None:
    release_document(document_of(ref), by=by, at=nine_o_clock(TODAY))


def reopen(ref, by) -> None:
    reopen_document(document_of(ref), by=by, at=nine_o_clock(TODAY))


def delete(ref, by) -> None:
    throw_away(document_of(ref), by=by, at=nine_o_clock(TODAY))


def accept(ref, quote, day, by) -> dict:
    on = date.fromisoformat(day)
    order = make_order(document_of(quote), by=by, at=nine_o_clock(on), on=on)
    SalesDocument.objects.filter(pk=order.pk).update(your_reference=ref)
    return {"number": order.number}


# Posting ------------------------------------------------------------------------------------------------------------
def post(ref, ship, invoice, day, by, key="", mail=False) -> dict:
    """Post; with a key a second time it is told what came of it the first time."""

    def work() -> dict:
        on = date.fromisoformat(day)
        posted = post_document(
            document_of(ref), by=by, at=nine_o_clock(on), ship=ship, invoice=invoice, posting_date=on
        )
        if mail and posted.invoice:
            _mail(posted.invoice.number, by, on)
        numbers = (paper.number if paper else "" for paper in (posted.shipment, posted.invoice))
        return dict(zip(("shipment", "invoice"), numbers, strict=True))

    asked = hash_request(ref=ref, ship=ship, invoice=invoice, day=day)
    return once(key=key, user=by, operation="sales.post", request_hash=asked)(work)


def _mail(number: str, by, on: date) -> None:
    mail.queue(("sales.invoice", number), to="anna@adatum.example", title=number, by=by, at=nine_o_clock(on))


def undo_shipment(shipment, line_no, by) -> None:
    found = SalesShipment.objects.get(number=shipment)
    undo_lines(found, [line_no], by=by, at=nine_o_clock(found.posting_date))


def cancel(invoice, day, by) -> dict:
    on = date.fromisoformat(day)
    memo = cancel_invoice(SalesInvoice.objects.get(number=invoice), by=by, at=nine_o_clock(on), on=on)
    return {"credit_memo": memo.number}


def correct(ref, invoice, day, by) -> dict:
    on = date.fromisoformat(day)
    done = correct_invoice(SalesInvoice.objects.get(number=invoice), by=by, at=nine_o_clock(on), on=on)
    return {"credit_memo": done.credit_memo.number, **_copied(done.invoice, ref)}


def credit(ref, invoice, restores, day, by) -> dict:
    on = date.fromisoformat(day)
    found = SalesInvoice.objects.get(number=invoice)
    done = draft_corrective_credit_memo(found, restore_order=restores, by=by, at=nine_o_clock(on), on=on)
    return _copied(done.document, ref)


def take_back(ref, invoice, day, by) -> dict:
    on, found = date.fromisoformat(day), SalesInvoice.objects.get(number=invoice)
    document = write_draft("return_order", found.customer, by=by, at=nine_o_clock(on), on=on)
    lines = [(invoice, line.line_no) for line in found.lines.all() if line.quantity]
    reverse_posted_lines(document, kind="invoice", lines=lines, by=by, at=nine_o_clock(on), on=on)
    return _copied(document, ref)


def _copied(document: SalesDocument, ref: str) -> dict:
    """Give a copied document its reference; returns its number and the lines that were copied."""
    SalesDocument.objects.filter(pk=document.pk).update(your_reference=ref)
    orders = dict(SalesDocument.objects.filter(type="order").values_list("number", "your_reference"))
    rows = SalesLine.objects.filter(document=document).exclude(type=LineType.COMMENT).order_by("line_no")
    lines = [
        {
            "no": line.line_no, "number": line.number, "quantity": str(line.quantity), "place": line.location_code,
            "price": str(line.unit_price), "percent": str(line.line_discount_percent),
            "discount": str(line.line_discount_amount), "amount": str(line.line_amount),
            "given": str(line.inv_discount_amount), "source": line.applies_from_item_entry,
            "order": _moved_back(line, orders),
        }
        for line in rows
    ]  # fmt: skip
    texts = SalesLine.objects.filter(document=document, type=LineType.COMMENT).aggregate(last=Max("line_no"))
    return {"number": document.number, "lines": lines, "last_text": texts["last"] or 0}


def _moved_back(line: SalesLine, orders: dict[str, str]) -> list | None:
    """The order line that a line gives its quantities back to: reference of the order, line number."""
    is_there = line.restores_order and line.order_no in orders
    return [orders[line.order_no], line.order_line_no] if is_there else None


# Money --------------------------------------------------------------------------------------------------------------
def pay(customer, amount, day, by, to=(), oldest=False, refund=False, key="") -> dict:
    request = ApplyRequest.oldest() if oldest else None
    if to:
        request = ApplyRequest.to_entries([(entry_of(name), None) for name in to])
    on = date.fromisoformat(day)
    receipt = receive_payment(
        customer=Customer.objects.get(number=customer), amount=Decimal(amount), on=on, refund=refund,
        currency_code="", apply=request, idempotency_key=key, by=by, at=nine_o_clock(on),
    )  # fmt: skip
    return {"payment": receipt.document_no}


def apply_entries(applying, to, by, amount=None) -> None:
    chosen = [(entry_of(name), None if amount is None else Decimal(amount)) for name in to]
    _apply(applying=entry_of(applying), to=chosen, by=by, at=nine_o_clock(TODAY))


_apply = applying.apply_entries


def unapply(name, by) -> None:
    unapplying.unapply(entry_of(name), by=by, at=nine_o_clock(TODAY))


def reverse(name, by) -> None:
    entry = CustomerLedgerEntry.objects.get(pk=entry_of(name))
    reverse_transaction(entry.transaction_no, by=by, at=nine_o_clock(TODAY))


DEEDS: dict[str, Callable] = {
    deed.__name__: deed
    for deed in (
        block, close_until, receive_goods, issue_goods, adjust_cost, draft, add_line, change_line, remove_line,
        discount, release, reopen, delete, accept, post, undo_shipment, cancel, correct, credit,
        take_back, pay, apply_entries, unapply, reverse,
    )
}  # fmt: skip
