"""# From quote to order

An accepted quote becomes an order, or an invoice, exactly as it was offered; only what belongs to the day is new.
"""

from datetime import date
from decimal import Decimal as D

import pytest

from erp.kernel.errors import ErpError
from inventory.models import Item
from sales.models import CustomerInvoiceDiscount, SalesDocument
from sales.routines.discount import type_invoice_discount
from sales.values import SalesValues


def codes(step, *args, **values) -> set[str]:
    with pytest.raises(ErpError) as caught:
        step(*args, **values)
    return {problem.code for problem in caught.value.problems}


def test_discounts_come_along_to_the_cent(world):
    """10.01 off the line and 20.00 off the whole were typed on the quote; the invoice gives both."""
    quote = world.quote(world.customer()).sells(3, world.item(stock=10, cost=1), at=100)
    quote.changes(line_discount_amount=D("10.01"))
    type_invoice_discount(quote.document, D(20), values=SalesValues.load(), at=world.at())
    order = quote.becomes_order()
    (line,) = order.lines
    assert (line.line_discount_amount, line.inv_discount_amount) == (D("10.01"), D("20.00"))
    assert order.document.invoice_discount_value == D("20.00")
    assert order.post().amount == D("269.99")


def test_the_service_charge_is_charged_once(world):
    """The quote carries a charge of 25.00; the order takes that line over and adds no second one."""
    world.sales_setup(calc_invoice_discount=True)
    adatum = world.customer()
    CustomerInvoiceDiscount.objects.create(code=adatum.number, service_charge=25)
    quote = world.quote(adatum).sells(10, world.item(stock=10, cost=1), at=100).release()
    assert quote.becomes_order().post().amount == D("1025.00")


def test_terms_agreed_on_the_quote_date_the_order(world):
    """Adatum usually pays within 30 days; this quote says a month, with 2 % for eight days."""
    quote = world.quote(world.customer(terms="30D"), payment_terms_code="1M(8D)").sells(
        1, world.item(stock=10, cost=1), at=100
    )
    order = quote.becomes_order(on=date(2026, 3, 9)).document
    assert (order.payment_terms_code, order.due_date) == ("1M(8D)", date(2026, 4, 9))
    assert (order.payment_discount_date, order.payment_discount_percent) == (date(2026, 3, 17), D(2))


def test_whoever_was_to_pay_pays(world):
    """Since the quote Adatum's bills go to somebody else; the order still goes to Fabrikam, name and ledger alike."""
    adatum, fabrikam, contoso = (world.customer(name) for name in ("Adatum", "Fabrikam", "Contoso"))
    adatum.bill_to_customer = fabrikam
    adatum.save()
    quote = world.quote(adatum).sells(1, world.item(stock=10, cost=1), at=100)
    adatum.bill_to_customer = contoso
    adatum.save()
    order = quote.becomes_order()
    document = order.document
    assert (document.bill_to_customer, document.bill_to_name) == (fabrikam, "Fabrikam")
    order.post()
    assert [world.balance(customer) for customer in (fabrikam, contoso)] == [D("125.00"), 0]
    world.check()


def test_the_rate_is_that_of_the_order(world):
    """The price in dollars stays; what it is worth is settled by the day of the order."""
    world.rate("USD", 100, 125, on=date(2026, 1, 1))
    world.rate("USD", 100, 128, on=date(2026, 3, 5))
    adatum = world.customer(group="EXPORT", currency="USD")
    quote = world.quote(adatum).sells(1, world.item(stock=3, cost=1), at=100)
    assert quote.document.currency_factor == D("0.8")
    order = quote.becomes_order(on=date(2026, 3, 9))
    assert order.document.currency_factor == D("0.78125")
    assert world.ledger(order.post().number)["1120"] == D("128.00")


def test_what_may_not_become_an_order(world):
    """A quote that awaits approval, one with an item that is blocked by now, and what is no quote at all."""
    item = world.item(stock=10, cost=1)
    quote = world.quote(world.customer()).sells(3, item, at=100)
    SalesDocument.objects.update(status="pending_approval")
    assert codes(quote.becomes_order) == {"E-LINE-STATUS"}
    SalesDocument.objects.update(status="open")
    Item.objects.update(sales_blocked=True)
    assert codes(quote.becomes_invoice) == {"E-ITEM-SALES-BLOCKED"}
    SalesDocument.objects.update(type="order")
    assert codes(quote.becomes_order) == {"E-QUO-TYPE"}
