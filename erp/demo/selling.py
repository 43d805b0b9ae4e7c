"""From the offer to the bill."""

from datetime import timedelta
from decimal import Decimal
from functools import partial

from customers.models import Customer
from erp.demo.company import Company
from erp.demo.diary import BILL, DELIVER, ORDER, Diary, Moment
from erp.demo.paying import settle
from erp.demo.plan import Delivery, Quote, Sale
from erp.demo.returning import note_return
from erp.kernel.money import CENT
from posting.currency import factor_on, from_lcy
from sales.masters import NewLine
from sales.models import SalesDocument, SalesLine
from sales.models.base import LineType
from sales.routines.change_line import change_line
from sales.routines.convert import make_order
from sales.routines.draft import draft
from sales.routines.post import Posted, post
from sales.routines.release import release

FREIGHT_ACCOUNT = "4520"
FREIGHT = (
    Decimal("9.50"),
    Decimal("17.50"),
    Decimal("29.00"),
)  # local currency, by the weight of the parcel, say
Type = SalesDocument.Type


def quote(company: Company, offered: Quote, when: Moment) -> None:
    """An offer that stays one."""
    _draft(company, Type.QUOTE, company.customers[offered.customer], offered, when)
    company.done["quotes"] += 1


def offer(company: Company, diary: Diary, number: int, sale: Sale, when: Moment) -> None:
    """An offer that will be accepted."""
    offered = _draft(company, Type.QUOTE, company.customers[sale.customer], sale, when)
    company.done["quotes"] += 1
    diary.note(sale.on, ORDER, partial(_accept, company, diary, sale, offered))


def _accept(company: Company, diary: Diary, sale: Sale, offered: SalesDocument, when: Moment) -> None:
    _go_on(company, diary, sale, make_order(offered, by=company.clerk, at=when.at, on=when.day), when)


def order(company: Company, diary: Diary, number: int, sale: Sale, when: Moment) -> None:
    """A customer orders, or has work done that is billed at once."""
    customer = company.customers[sale.customer]
    given = {"external_document_no": f"{company.chance.choice(('PO', 'B', 'IO'))}-{2600 + number * 7}"}
    addresses = list(customer.ship_to_addresses.all())
    if addresses and number % 3 == 0:
        given["ship_to_code"] = addresses[0].code
    if sale.kind == "invoice":
        paper = _draft(company, Type.INVOICE, customer, sale, when, **given)
        _billed(company, diary, sale, _post(company, paper, when))
        return
    extra = [_freight(company, customer, when)] if number % 4 == 1 and sale.location == "MAIN" else []
    _go_on(company, diary, sale, _draft(company, Type.ORDER, customer, sale, when, extra, **given), when)


def _draft(
    company: Company, type: str, customer: Customer, wanted: Sale | Quote, when: Moment, extra=(), **given
) -> SalesDocument:
    lines = [
        NewLine(
            number=line.item,
            variant_code=line.variant,
            unit_code=line.unit,
            quantity=Decimal(line.quantity),
            line_discount_percent=line.discount or None,
        )
        for line in wanted.lines
    ]
    return draft(
        type,
        customer,
        by=company.clerk,
        at=when.at,
        on=when.day,
        lines=[*lines, *extra],
        values=company.values(_currency(customer)),
        location_code=wanted.location,
        **given,
    )


def _currency(customer: Customer) -> str:
    return customer.currency.code if customer.currency_id else ""


def _freight(company: Company, customer: Customer, when: Moment) -> NewLine:
    price = from_lcy(company.chance.choice(FREIGHT), factor_on(_currency(customer), when.day), precision=CENT)
    return NewLine(type=LineType.GL_ACCOUNT, number=FREIGHT_ACCOUNT, quantity=Decimal(1), unit_price=price)


def _go_on(company: Company, diary: Diary, sale: Sale, paper: SalesDocument, when: Moment) -> None:
    """Release the order and plan its deliveries; some orders are still being talked about."""
    company.done["orders"] += 1
    if not sale.released:
        return
    release(paper, by=company.clerk, at=when.at, values=company.values(paper.currency_code))
    for place, delivery in enumerate(sale.deliveries):
        last = place == len(sale.deliveries) - 1
        diary.note(delivery.on, DELIVER, partial(_deliver, company, diary, sale, paper.pk, delivery, last))


def _deliver(
    company: Company, diary: Diary, sale: Sale, key: int, delivery: Delivery, last: bool, when: Moment
) -> None:
    """Ship what is planned for the day, and bill it along, later, or with the next delivery."""
    paper = SalesDocument.objects.get(pk=key)
    if not last:
        lines = SalesLine.objects.filter(document=paper, type=LineType.ITEM).order_by("line_no")
        for line, quantity in zip(lines, delivery.quantities, strict=True):
            if line.qty_to_ship != quantity:
                change_line(
                    line,
                    by=company.warehouse,
                    at=when.at,
                    on=when.day,
                    values=company.values(paper.currency_code),
                    qty_to_ship=Decimal(quantity),
                )
    if delivery.billed == 0:
        _billed(company, diary, sale, _post(company, paper, when))
        return
    post(
        paper,
        ship=True,
        posting_date=when.day,
        by=company.warehouse,
        at=when.at,
        values=company.values(paper.currency_code),
    )
    company.done["shipments"] += 1
    if delivery.billed:
        diary.note(
            when.day + timedelta(days=delivery.billed), BILL, partial(_bill, company, diary, sale, key)
        )


def _bill(company: Company, diary: Diary, sale: Sale, key: int, when: Moment) -> None:
    """Bill what has been delivered, unless that has been done with a later delivery."""
    paper = SalesDocument.objects.filter(pk=key).first()
    if paper is None or not any(line.shipped_not_invoiced for line in paper.lines.all()):
        return
    posted = post(
        paper,
        invoice=True,
        posting_date=when.day,
        by=company.accountant,
        at=when.at,
        values=company.values(paper.currency_code),
    )
    _billed(company, diary, sale, posted)


def _post(company: Company, paper: SalesDocument, when: Moment) -> Posted:
    return post(
        paper,
        ship=True,
        invoice=True,
        posting_date=when.day,
        by=company.manager,
        at=when.at,
        values=company.values(paper.currency_code),
    )


def _billed(company: Company, diary: Diary, sale: Sale, posted: Posted) -> None:
    company.done["shipments"] += posted.shipment is not None
    company.done["invoices"] += 1
    settle(company, diary, sale.settlement, posted.invoice)
    note_return(company, diary, sale, posted.invoice)
